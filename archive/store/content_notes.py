"""Writing content notes and community labels: what people say, and who wrote it down when."""

from __future__ import annotations

from sqlite_utils import Database

from archive.content_notes import NoteKind
from archive.database import insert, writing
from archive.errors import ArchiveError, UnknownTestimony
from archive.store.clock import now
from archive.store.events import actor, record_event


class UnknownNote(ArchiveError):
    """A testimony has no note of this number."""

    def __init__(self, accession: str, number: int) -> None:
        super().__init__(f"{accession} has no note {number}: 'conricerca note list {accession}' shows those it has")


class EmptyNote(ArchiveError):
    """A note without words."""

    def __init__(self) -> None:
        super().__init__("a note needs words: the program writes none itself")


def add_note(db: Database, accession: str, kind: NoteKind, text: str, *, language: str | None = None) -> int:
    """Add a note or a label to a testimony and return its number. Raises UnknownTestimony, EmptyNote."""
    words = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if not words:
        raise EmptyNote
    with writing(db):
        testimony = _testimony(db, accession)
        row = {"testimony": testimony, "kind": kind.value, "language": language, "text": words}
        number = insert(db, "content_notes", row | {"actor": actor(), "at": now()})
        record_event(db, f"{kind.value} added", testimony=testimony, detail=f"{number}: {words}")
    return number


def remove_note(db: Database, accession: str, number: int) -> None:
    """Take a note or a label away; what it said stays in the log. Raises UnknownTestimony, UnknownNote."""
    with writing(db):
        testimony = _testimony(db, accession)
        found = db.execute(
            "select kind, text from content_notes where id = ? and testimony = ?", [number, testimony]
        ).fetchone()
        if found is None:
            raise UnknownNote(accession, number)
        db.execute("delete from content_notes where id = ?", [number])
        record_event(db, f"{found[0]} removed", testimony=testimony, detail=f"{number}: {found[1]}")


def _testimony(db: Database, accession: str) -> int:
    row = db.execute("select id from testimonies where accession = ?", [accession]).fetchone()
    if row is None:
        raise UnknownTestimony(accession)
    return int(row[0])
