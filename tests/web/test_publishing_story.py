"""From a grant under embargo to the public site, heard there in a real browser, and withdrawn: with commands only."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import archive.commands.consent as recording
import ingest.commands.publish as publishing
from archive.folder import Archive
from archive.publish.site import DATABASE, public
from archive.records import Description
from archive.store.browsing import refresh_counts
from tests.archive.publish.editions import CANARY
from tests.archive.publish.sites import TOLD, called
from tests.builders import a_testimony, an_archive, rows
from tests.web.builders import Reader, a_recorded, reading
from tests.web.served import listening, tag
from transcripts.model import Segment, Transcript

pytestmark = pytest.mark.browser
STAIRS, MARCH = "2026.001", "2026.002"
BEFORE, ENDS, AFTER = date(2026, 11, 20), date(2026, 11, 22), date(2026, 11, 23)
GRANTED = ("granted", "--artefact", "all", "--use", "all", "--audience", "public", "--attribution", "name")
Command = Callable[..., Result]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """A recording of Mary, and what Ugo wrote."""
    archive = an_archive(tmp_path / "archive")
    with archive.write() as db:
        said = Description(
            title="The stairs", narrators=("Mary",), language="en", recorded_on="1984", consent=f"{CANARY} on the phone"
        )
        segments = tuple(Segment(text=text, start=start, end=end) for start, end, text in TOLD)
        a_recorded(archive, db, said, tone=1, transcript=Transcript(segments=segments, language="en"))
        march = Description(title="The march", narrators=("Ugo",), language="en")
        a_testimony(db, "The Strike began in Turin.", digest="c1", description=march)
        tag(db)
        refresh_counts(db)
    return archive


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[date]]:
    """The day on which everything happens: a test puts another in its place, as if time had passed."""
    today = [BEFORE]
    monkeypatch.setattr(recording, "_today", lambda: today[0])
    monkeypatch.setattr(publishing, "_today", lambda: today[0])
    return iter([today])


@pytest.fixture
def command(archive: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Run a command on the archive; it must end well."""
    monkeypatch.chdir(tmp_path)  # where receipts are written
    return partial(called, archive, monkeypatch)


def on_site(archive: Archive) -> set[str]:
    """The accession numbers that the public site has."""
    with closing(sqlite3.connect(public(archive) / "current" / DATABASE)) as conn:
        return {accession for (accession,) in conn.execute("select accession from testimonies")}


def heard(reader: Reader) -> str:
    """Play the testimony that is open until something sounds, and return the recording's address."""
    reader.page.click("text=The Rent went up in the spring.")
    reader.until("document.querySelector('[data-media]').currentTime > 3.4")
    assert not reader.page.evaluate("document.querySelector('[data-media]').paused")
    return str(reader.page.evaluate("document.querySelector('[data-media]').currentSrc"))


def test_a_testimony_is_granted_waits_is_published_heard_and_withdrawn(
    archive: Archive, command: Command, day: Iterator[list[date]], browser: Any
) -> None:
    [today] = day
    for accession in (STAIRS, MARCH):
        command("consent", "record", accession, *GRANTED)
        command("consent", "record", accession, "review-approved")
    command("consent", "record", STAIRS, "embargo-set", "--until", ENDS.isoformat())

    done = command("publish")
    assert f"there is an embargo until {ENDS}, set for Mary" in done.output
    assert on_site(archive) == {MARCH}

    today[0] = AFTER  # the day has come, but nobody has confirmed that it is over
    done = command("publish")
    assert f"the embargo ran until {ENDS}: a person must confirm that it is over" in done.output
    assert on_site(archive) == {MARCH}

    with listening(archive, public=True) as address, reading(browser, address) as reader:
        reader.goto(f"/testimonies/{STAIRS}")
        assert "The stairs" not in reader.page.content()

        command("consent", "record", STAIRS, "embargo-ended")
        assert f"new: {STAIRS}" in command("publish").output
        reader.goto("/search?q=rent")
        reader.page.click("text=The stairs")
        assert "The Rent went up in the spring." in reader.page.inner_text("main")
        sound = heard(reader)
        assert reader.page.request.get(sound).status == 200

        done = command("withdraw", STAIRS, "--narrator", "Mary", "--language", "it", "--yes")
        check_withdrawn(archive, reader, sound)
    check_receipt(Path(f"withdrawal-{STAIRS}-mary.txt"), done)
    check_private_archive(archive)


def check_withdrawn(archive: Archive, reader: Reader, sound: str) -> None:
    """Nothing of it is on the site, in the window that had it open a moment ago."""
    answer = reader.page.goto(f"{reader.address}/testimonies/{STAIRS}")
    assert answer.status == 410
    shown = reader.page.inner_text("body")
    assert "closed" in shown
    assert "Mary" not in shown
    assert "The stairs" not in shown
    for path in ("/search?q=rent", "/testimonies", "/narrators", "/timeline", "/"):
        reader.goto(path)
        assert "Mary" not in reader.page.content(), path
        assert "The stairs" not in reader.page.content(), path
        assert "went up in the spring" not in reader.page.content(), path
    assert reader.page.request.get(sound).status == 404
    assert on_site(archive) == {MARCH}
    assert not list(public(archive).rglob(sound.rpartition("/")[2]))
    assert not list((archive.derived / "published").glob("*"))


def check_receipt(receipt: Path, done: Result) -> None:
    """Mary has it in her language, and the terminal says where it lies."""
    said = receipt.read_text(encoding="utf-8")
    assert STAIRS in said
    assert "Mary" in said
    assert "novembre 2026" in said
    assert receipt.name in done.output


def check_private_archive(archive: Archive) -> None:
    """The original is there, and the record of everything that happened."""
    [(digest, suffix)] = rows(archive, "select sha256, suffix from recordings")
    assert archive.original(str(digest), str(suffix)).is_file()
    assert rows(archive, "select count(*) from segments")[0] == (3,)
    events = [event for (event,) in rows(archive, "select event from consents where testimony = 1 order by id")]
    assert events == ["stated", "granted", "review-approved", "embargo-set", "embargo-ended", "withdrawn"]
    assert rows(archive, "select count(*) from publications") == [(4,)]
