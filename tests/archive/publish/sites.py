"""Small archives that are published for real, with a real recording, and what lies on their site afterwards."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.consent import Attribution
from archive.folder import Archive
from archive.publish.publishing import Wishes, publish
from archive.publish.report import Report
from archive.publish.site import public
from archive.records import Description
from archive.store.browsing import refresh_counts
from cli import main
from ingest.commands import publish as command
from tests.archive.publish.editions import CANARY, DAY, agree
from tests.builders import a_testimony, an_archive
from tests.web.builders import a_recorded
from tests.web.served import tag
from transcripts.model import Segment, Transcript

STAIRS, BELL, MARCH, SECRET = "2026.001", "2026.002", "2026.003", "2026.004"
TOLD = ((0.5, 3.0, "We lived in Glasgow then."), (3.2, 5.8, "The Rent went up in the spring."))
FEW = 25  # pages that an edition is asked for, so that the tests are quick; the gate's own tests ask for more


def a_small_archive(folder: Path) -> Archive:
    """Two recordings and a written account, to which those who tell agree by name, and one that nobody agreed to."""
    archive = an_archive(folder)
    with archive.write() as db:
        for number, (title, narrator) in enumerate((("The stairs", "Mary"), ("The bell", "Rosa")), 1):
            said = Description(
                title=title, narrators=(narrator,), language="en", recorded_on="1984-05-03", place="Glasgow"
            )
            segments = tuple(Segment(text=text, start=start, end=end) for start, end, text in TOLD)
            a_recorded(archive, db, said, tone=number, transcript=Transcript(segments=segments, language="en"))
        march = Description(title="The march", narrators=("Ugo",), language="en", place="Turin")
        a_testimony(db, "The Strike began in Turin.", "Ask the baker of the square.", digest="c1", description=march)
        secret = Description(title=f"{CANARY} talks", narrators=(f"{CANARY} Eva",), language="en")
        a_testimony(db, f"{CANARY} hid us in Turin.", digest="c2", description=secret)
        tag(db)
        refresh_counts(db)
    for accession in (STAIRS, BELL, MARCH):
        agree(archive, accession, attribution=Attribution.NAME)
    return archive


def published(archive: Archive, **wishes: Any) -> Report:
    """Publish it, asking for few pages only."""
    return publish(archive, Wishes(**{"on": DAY, "encode": encoder(), "pages": FEW} | wishes))


def encoder() -> Any:
    """What really encodes recordings."""
    from ingest.listening_copies import encode

    return encode


def called(
    archive: Archive, patch: pytest.MonkeyPatch, *arguments: str, status: int = 0, entered: str | None = None
) -> Result:
    """What a command says that must end with this status; publishing asks for few pages."""
    ask_for_few_pages(patch)
    done = CliRunner().invoke(main, ["-C", str(archive.path), *arguments], input=entered)
    assert done.exit_code == status, (done.output, done.exception)
    return done


def ask_for_few_pages(patch: pytest.MonkeyPatch) -> None:
    """Let the commands that publish ask an edition for few pages only."""
    wishes = command._wishes
    patch.setattr(command, "_wishes", lambda *said, **more: replace(wishes(*said, **more), pages=FEW))


def on_the_site(archive: Archive) -> dict[str, str]:
    """Every file that can be seen at `public/current`, with its SHA-256."""
    site = (public(archive) / "current").resolve()
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def beside_the_site(archive: Archive) -> list[str]:
    """What lies in `public/` besides the link and the one edition that it leads to."""
    folder = public(archive)
    known = {folder / "current", folder / "editions", (folder / "current").resolve()}
    return sorted(path.name for path in [*folder.glob("*"), *folder.glob("editions/*")] if path not in known)
