"""Archives of which a part may be published, with a word in everything else that must never be seen."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.consent import Artefact, Attribution, Audience, Event, Happening, Use
from archive.consents import read_standing
from archive.declaring import declare
from archive.folder import Archive
from archive.publish.edition import write_edition
from archive.publish.ledger import read_editions, tombstones
from archive.publish.selection import select
from archive.publish.source import Source
from archive.records import Description
from archive.store.browsing import refresh_counts
from archive.store.consents import record_consent
from tests.builders import a_testimony, an_archive
from tests.web.served import tag

DAY = date(2026, 11, 22)
CANARY = "zqxcanary"  # stands in everything that is withheld
EVERYTHING: dict[str, Any] = {
    "artefacts": frozenset(Artefact), "uses": frozenset(Use), "audience": Audience.PUBLIC,
}  # fmt: skip
WORDS = {
    "artefacts": frozenset({Artefact.TRANSCRIPT, Artefact.CATALOGUE_ENTRY}),
    "uses": frozenset({Use.READ, Use.QUOTE}),
    "audience": Audience.PUBLIC,
}
PLACES = f"""
vocabulary: place
terms:
  - id: scotland
    labels: {{en: Scotland, fr: Écosse}}
  - id: glasgow
    labels: {{en: Glasgow}}
    parents: [scotland]
  - id: turin
    labels: {{en: Turin, it: Torino}}
  - id: {CANARY}-street
    kind: address
    labels: {{en: {CANARY.title()} Street}}
    parents: [turin]
"""
KINDS = 8  # of what was decided


def event(happening: Happening, **said: Any) -> Event:
    """Something that was decided today."""
    return Event(happening=happening, **{"on": DAY, **said})


def a_publishable_archive(folder: Path, testimonies: int = 8) -> Archive:
    """Testimonies on which eight different things were decided, by turns; see `_decide`."""
    archive = an_archive(folder, vocabularies={"places": PLACES})
    with archive.write() as db:
        for number in range(testimonies):
            _tell(db, number)
        tag(db)
        for number, accession in enumerate(accessions(db)):
            _decide(db, accession, number % KINDS)
        refresh_counts(db)
    return archive


def accessions(db: Database) -> list[str]:
    """All accession numbers, in their order."""
    return [accession for (accession,) in db.execute("select accession from testimonies order by id")]


def _tell(db: Database, number: int) -> None:
    kind = number % KINDS
    narrators: tuple[str, ...] = (f"Ana {number // 3}",)
    texts = [f"We lived in Glasgow, house {number}.", "The Strike began in Turin.", "Nobody paid the Rent."]
    speakers: list[str | None] = []
    if kind in (2, 3, 5, 6):
        texts = [f"{CANARY} {text}" for text in texts]
        narrators = (f"Eva {number}" if kind == 6 else f"{CANARY} {number}",)
    elif kind == 4:
        narrators = (f"Luz {number}", f"{CANARY} {number}")
        texts, speakers = ["I rang the bell.", f"{CANARY} barred the stairs."], list(narrators)
    elif kind == 7:
        texts.append(f"My sister {CANARY} hid us in {CANARY.title()} Street.")
    description = Description(
        title=f"{CANARY} talks" if kind in (2, 3, 5) else f"Talk {number}",
        narrators=narrators,
        described_as=("docker",) if kind == 0 else (),
        interviewers=(f"{CANARY} asks",),
        recorded_on="1979-05-01",
        place=f"{CANARY.title()} Street" if kind == 7 else "Turin",
        language="en",
        collection="Talks",
        summary=f"{CANARY} in short" if kind != 0 else "In short.",
        consent=f"{CANARY} said yes",
    )
    a_testimony(db, *texts, digest=f"{number:x}b", description=description, speakers=speakers)


def _decide(db: Database, accession: str, kind: int) -> None:
    """0 everything, 1 words, 2 nothing, 3 withdrawn, 4 one of two, 5 embargoed, 6 not approved, 7 words with a cut."""
    narrators = [voice.narrator for voice in read_standing(db.conn, accession).voices]
    agrees = narrators[0]
    granted = {0: EVERYTHING, 2: None}.get(kind, WORDS)
    if granted is None:
        return
    called = Attribution.ROLE if kind == 0 else Attribution.PSEUDONYM
    decide(db, accession, event(Happening.GRANTED, narrator=agrees, attribution=called, **granted))
    if kind != 6:
        approve(db, accession, agrees)
    if kind == 3:
        decide(db, accession, event(Happening.WITHDRAWN))
    if kind == 5:
        decide(db, accession, event(Happening.EMBARGO_SET, until=date(2040, 1, 1)))
    if kind == 7:
        cut(db, accession, CANARY)
        cut(db, accession, f"{CANARY.title()} Street")


def decide(db: Database, accession: str, decided: Event) -> None:
    """Add one event, without the checks of a person's own words."""
    (number,) = db.execute("select id from testimonies where accession = ?", [accession]).fetchone()
    record_consent(db, number, decided, note=f"{CANARY} noted")


def approve(db: Database, accession: str, narrator: int | None) -> None:
    """Approve the transcript as it is."""
    revision = read_standing(db.conn, accession).revision
    decide(db, accession, event(Happening.REVIEW_APPROVED, narrator=narrator, revision=revision))


def agree(archive: Archive, accession: str, **said: Any) -> None:
    """Let the only narrator agree to everything, as a person records it."""
    with archive.write() as db:
        declare(db, accession, event(Happening.GRANTED, **{**EVERYTHING, **said}), today=DAY)
        declare(db, accession, event(Happening.REVIEW_APPROVED), today=DAY)


def cut(db: Database, accession: str, words: str) -> None:
    """Approve that these words are cut wherever the testimony says them."""
    rows = db.execute(
        "select testimonies.id, segments.id, segments.text from segments join testimonies using (transcript) "
        "where accession = ?",
        [accession],
    ).fetchall()
    for testimony, segment, text in rows:
        if words in text:
            first = text.index(words)
            db.execute(
                "insert into redactions (testimony, segment, start_char, end_char, words, reason, source, state, "
                "proposed_by, proposed_at) values (?, ?, ?, ?, ?, ?, 'member', 'approved', ?, '2026-11-22')",
                [testimony, segment, first, first + len(words), words, f"{CANARY} asked", CANARY],
            )


def an_edition(archive: Archive, target: Path, on: date = DAY) -> Path:
    """The database of an edition, without recordings and without the gate."""
    target.unlink(missing_ok=True)
    with closing(archive.read()) as db:
        db.conn.execute("begin")
        selection = select(db.conn, on)
        source = Source.of(db.conn)
        gone = tombstones(read_editions(db.conn), selection)
        write_edition(target, source, map(source.read, selection.testimonies), {}, gone)
    return target


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A database, for reading and for planting faults."""
    with closing(sqlite3.connect(path)) as conn:
        yield conn
        conn.commit()


def copied(archive: Archive, folder: Path) -> Archive:
    """Another archive that is the same."""
    shutil.copytree(archive.path, folder)
    return Archive(folder)
