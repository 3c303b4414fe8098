"""An archive worth reading, and a real browser to read it in."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from archive.folder import Archive
from archive.media import keep_original
from archive.records import Accession, Description, Kind, Original
from archive.store.browsing import refresh_counts
from archive.store.testimonies import store_accession
from archive.store.transcripts import begin_listening, complete_listening, store_heard
from tests import builders
from tests.builders import TODAY, a_wav
from tests.web.served import tag
from transcripts.model import Segment, Transcript, Word

SECONDS = 12.0  # of each recording
STAIRS, GATE, CORTEO, WAITING = "2026.001", "2026.002", "2026.003", "2026.004"
ADDRESS = "https://archive.example"  # where others find these archives
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LABEL = "Written for a test, not a testimony."
TOLD = (
    (0.5, 3.0, "We lived in Glasgow then."),
    (3.2, 5.8, "The Rent went up in the spring."),
    (6.0, 8.5, "A bell rang on the stairs."),
    (9.0, 11.5, "That was the Strike."),
)


def an_archive(folder: Path, *, vocabularies: dict[str, str] | None = None) -> Archive:
    """Four testimonies with tags: a machine's transcript, an Arabic interview, an Italian account, one that waits."""
    archive = found_at(builders.an_archive(folder, vocabularies=vocabularies))
    with archive.write() as db:
        _tell_of_the_stairs(archive, db)
        _tell_of_the_gate(archive, db)
        _tell_of_the_march(archive, db)
        a_recorded(archive, db, Description(title="Not heard yet", language="en"), tone=4)
        tag(db)
        refresh_counts(db)
    return archive


def found_at(archive: Archive, address: str = ADDRESS) -> Archive:
    """The archive, with the address at which others find it."""
    said = archive.metadata.read_text(encoding="utf-8")
    archive.metadata.write_text(said.replace("    address:\n", f"    address: {address}\n"), encoding="utf-8")
    return archive


def a_recorded(
    archive: Archive, db: Database, description: Description, *, tone: int, transcript: Transcript | None = None
) -> str:
    """A testimony with a sound file that a browser can play; each `tone` is another file."""
    path = a_wav(archive.path / f"talk-{tone}.wav", seconds=SECONDS + tone / 100, rate=8000)
    original = Original(
        path=path,
        sha256=keep_original(archive, path, ".wav"),
        bytes=path.stat().st_size,
        media_type="audio/wav",
        suffix=".wav",
        filename=path.name,
        duration=SECONDS + tone / 100,
    )
    path.unlink()
    return store_accession(db, Accession(description=description, recording=original, transcript=transcript), on=TODAY)


def words_of(text: str, start: float, end: float) -> tuple[Word, ...]:
    """The words of a passage, each as long as the others."""
    words = text.split()
    step = (end - start) / len(words)
    return tuple(
        Word(start=start + number * step, end=start + (number + 1) * step, text=f" {word}", probability=0.9)
        for number, word in enumerate(words)
    )


def _tell_of_the_stairs(archive: Archive, db: Database) -> None:
    description = Description(
        title="The stairs in Govan",
        kind=Kind.INTERVIEW,
        narrators=("Mary",),
        interviewers=("Jean",),
        recorded_on="1984-05-03",
        place="Glasgow",
        language="en",
        collection="Stairs",
        label=LABEL,
        summary="A rent strike, told on a staircase.",
        sources=("A book of stairs", "A second book"),
    )
    a_recorded(archive, db, description, tone=1)
    recording = db.execute("select max(id) from recordings").fetchone()[0]
    listening = begin_listening(db, recording, engine="faster-whisper", model="tiny-whisper", options={})
    heard = [
        Segment(
            text=text, start=start, end=end, words=words_of(text, start, end), confidence=0.3 if "bell" in text else 0.9
        )
        for start, end, text in TOLD
    ]
    store_heard(db, listening.transcript, heard, until=SECONDS, language="en")
    complete_listening(db, listening.transcript)


def _tell_of_the_gate(archive: Archive, db: Database) -> None:
    description = Description(
        title="أمام باب المصنع", kind=Kind.INTERVIEW, narrators=("أم ياسين",), recorded_on="2011-02", language="ar"
    )
    transcript = Transcript(
        segments=(
            Segment(text="ماذا رأيت؟", start=0.0, end=2.0, speaker="Interviewer"),
            Segment(text="كنا نقف أمام باب المصنع.", start=2.0, end=6.0, speaker="أم ياسين"),
        ),
        language="ar",
    )
    a_recorded(archive, db, description, tone=2, transcript=transcript)


def _tell_of_the_march(archive: Archive, db: Database) -> None:
    text = f"Il corteo parte da Turin, e la città ascolta. {'La strada era piena di gente. ' * 20}Poi venne la Rent."
    path = archive.path / "march.txt"
    path.write_text(text, encoding="utf-8")
    document = Original(
        path=path,
        sha256=keep_original(archive, path, ".txt"),
        bytes=path.stat().st_size,
        media_type="text/plain",
        suffix=".txt",
        filename="march.txt",
    )
    path.unlink()
    description = Description(title="Il corteo", kind=Kind.ACCOUNT, language="it", recorded_on="1969-07-03")
    transcript = Transcript(segments=(Segment(text=text), Segment(text="La sera tornò la calma.")), language="it")
    store_accession(db, Accession(description=description, document=document, transcript=transcript), on=TODAY)


def chromium() -> str | None:
    """Where a Chromium is: CONRICERCA_CHROMIUM, one on the path, else None, which means Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = (os.environ.get("CONRICERCA_CHROMIUM"), *map(shutil.which, names))
    return next((path for path in found if path), None)


QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """A person's window on the archive, and every address that it asked for."""

    page: Any
    address: str
    requests: list[str]
    errors: list[str]

    def goto(self, path: str) -> None:
        """Open one of the archive's pages."""
        self.page.goto(self.address.rstrip("/") + path)

    def until(self, condition: str, *, seconds: float = 10.0) -> None:
        """Wait until the condition holds in the page; Playwright's own way needs `eval`, which our pages forbid."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(condition):
            assert time.monotonic() < end, f"not within {seconds} s: {condition}"
            self.page.wait_for_timeout(20)


@contextmanager
def a_browser() -> Iterator[Any]:
    """A real Chromium. The test is skipped, with a line that says how to get one, where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    with sync_api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        except sync_api.Error as error:
            pytest.skip(f"no Chromium ({error.message.splitlines()[0]}): run 'playwright install chromium'")
        yield browser
        browser.close()


@contextmanager
def reading(browser: Any, address: str, **window: Any) -> Iterator[Reader]:
    """A window in which nobody has read anything yet."""
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | window))
    page = context.new_page()
    reader = Reader(page=page, address=address, requests=[], errors=[])
    page.on("request", lambda request: reader.requests.append(request.url))
    page.on("pageerror", lambda error: reader.errors.append(str(error)))
    page.on("console", lambda said: reader.errors.append(said.text) if said.type == "error" else None)
    try:
        yield reader
    finally:
        context.close()


def barriers(reader: Reader, paths: Iterable[str]) -> list[tuple[str, str, str]]:
    """What axe finds on these pages: the page, the rule that it breaks, and where."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python").Axe()
    found = []
    for path in paths:
        reader.goto(path)
        # only what is wrong is described: describing the rest as well takes most of the time
        violations = axe.run(reader.page, options={"resultTypes": ["violations"]}).response["violations"]
        found += [(path, rule["id"], node["html"][:160]) for rule in violations for node in rule["nodes"][:3]]
    return found
