"""Saying something else of a testimony or a narrator than the archive said before: what is said anew counts.

The log has which fields were changed, and none of the words: who is described in other words has a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from archive.database import writing
from archive.errors import ArchiveError, UnknownTestimony
from archive.folding import fold
from archive.media import names_of_files
from archive.records import VocabularyName
from archive.store.browsing import refresh_counts, refresh_testimony
from archive.store.descriptions import tag_whole
from archive.store.events import record_event
from archive.store.transcripts import keep_speaker, show_transcript

AMENDABLE = ("title", "summary", "collection", "label", "place", "recorded_on", "language", "sources")


class CannotBeAmended(ArchiveError):
    """What was said cannot stand in the archive; the message says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field that says something else now; None where nothing is said."""

    field: str
    before: str | None
    after: str | None


def amend_description(db: Database, accession: str, said: Mapping[str, str]) -> tuple[Change, ...]:
    """Put what is said in the place of what the archive says of a testimony; an empty text clears a field.

    `said` has names of `AMENDABLE` and values that were checked. Returns what is other than it was. Raises
    UnknownTestimony, CannotBeAmended.
    """
    if said.get("title") == "":
        raise CannotBeAmended("a testimony needs a title: say another one")
    with writing(db):
        row = next(db.query("select * from testimonies where accession = ?", [accession]), None)
        if row is None:
            raise UnknownTestimony(accession)
        changes = tuple(
            Change(field=name, before=row[name], after=said[name] or None)
            for name in AMENDABLE
            if name in said and (said[name] or None) != row[name]
        )
        testimony = int(row["id"])
        if not changes and said.get("title") in names_of_files(db.conn, testimony):
            record_event(db, "described", testimony=testimony, detail="title")  # confirmed: see publish/unsettled.py
        if changes:
            db.table("testimonies").update(testimony, {change.field: change.after for change in changes})
            for change in changes:
                if change.field == "place":
                    _tag_place(db, testimony, change)
            if row["transcript"] is not None and any(change.field == "language" for change in changes):
                show_transcript(db, testimony, row["transcript"])
            record_event(db, "described", testimony=testimony, detail=", ".join(one.field for one in changes))
            refresh_testimony(db, testimony)
            refresh_counts(db)
    return changes


def rename_narrator(db: Database, old: str, new: str) -> tuple[str, ...]:
    """Call a narrator by another name in everything that the archive shows; return their testimonies.

    Whose words are whose does not change, whatever the transcripts call them. Raises CannotBeAmended.
    """
    called = " ".join(new.split())
    if not called:
        raise CannotBeAmended("a narrator needs a name: one that they choose, or how they want to be called")
    with writing(db):
        number = _narrator(db, old)
        if any(fold(name) == fold(called) for name in _others(db, number)):
            raise CannotBeAmended(f"somebody else is called {called} already: choose a name that tells them apart")
        told = db.execute(
            "select testimony, accession from contributions join testimonies on testimonies.id = testimony "
            "where narrator = ? order by testimony",
            [number],
        ).fetchall()
        for testimony, _ in told:
            keep_speaker(db, testimony, number)
        db.table("narrators").update(number, {"name": called})
        for testimony, _ in told:
            record_event(db, "narrator renamed", testimony=testimony)
            refresh_testimony(db, testimony)
        refresh_counts(db)
    return tuple(dict.fromkeys(accession for _, accession in told))


def _tag_place(db: Database, testimony: int, change: Change) -> None:
    """Tag the testimony as a whole with the place that is said now, no longer with the one that was said before."""
    if change.before:
        db.execute(
            "delete from tags where testimony = :testimony and segment is null and source = 'import' and term in "
            "(select terms.id from terms join variants on variants.term = terms.id where vocabulary = 'place' "
            "and (variants.text = :name collate nocase or slug = :name))",
            {"testimony": testimony, "name": change.before},
        )
    if change.after:
        tag_whole(db, testimony, VocabularyName.PLACE, (change.after,))


def _narrator(db: Database, name: str) -> int:
    """Return the number of whoever is called so: exactly, else however it is written where only one is."""
    names = db.execute("select id, name from narrators order by id").fetchall()
    same = [number for number, one in names if one == name] or [
        number for number, one in names if fold(one) == fold(name)
    ]
    if len(same) != 1:
        why = "several narrators are" if same else "no narrator is"
        raise CannotBeAmended(f"{why} called {name!r}: write the name as the testimony's page has it")
    return int(same[0])


def _others(db: Database, number: int) -> list[str]:
    return [name for (name,) in db.execute("select name from narrators where id <> ?", [number])]
