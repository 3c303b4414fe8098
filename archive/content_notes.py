"""What a community wants said before a testimony is read or played, in its own words. The program never writes one.

A note prepares whoever listens; a label says whose it is and how it is to be treated. All functions only read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class NoteKind(StrEnum):
    """What a text is for."""

    NOTE = "note"  # read before listening or reading
    LABEL = "label"  # stands with the title


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One text. `language` is its code, None where nobody said so."""

    number: int
    accession: str
    kind: NoteKind
    language: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beforehand:
    """What a reader meets before a testimony: notes in their language, and `further` ones in others, none left out."""

    notes: tuple[Note, ...]
    further: tuple[Note, ...]
    labels: tuple[Note, ...]


def read_notes(conn: sqlite3.Connection, accessions: Iterable[str] | None = None) -> tuple[Note, ...]:
    """Return the notes and labels of these testimonies, or of all, in the order in which they were written."""
    rows = conn.execute(
        "select content_notes.id, accession, content_notes.kind, content_notes.language, text from content_notes "
        "cross join testimonies on testimonies.id = testimony "  # there are few notes and many testimonies
        "where :wanted is null or accession in (select value from json_each(:wanted)) "
        "order by accession, content_notes.id",
        {"wanted": None if accessions is None else json.dumps(list(accessions))},
    )
    return tuple(
        Note(number=number, accession=accession, kind=NoteKind(kind), language=language, text=text)
        for number, accession, kind, language, text in rows
    )


def read_beforehand(conn: sqlite3.Connection, accessions: Iterable[str], language: str) -> dict[str, Beforehand]:
    """Return what readers of this language meet before these testimonies; those without a note are not among them."""
    found: dict[str, list[Note]] = {}
    for note in read_notes(conn, dict.fromkeys(accessions)):
        found.setdefault(note.accession, []).append(note)
    return {accession: _beforehand(notes, language) for accession, notes in found.items()}


def _beforehand(notes: Sequence[Note], language: str) -> Beforehand:
    said = [note for note in notes if note.kind is NoteKind.NOTE]
    labels = [note for note in notes if note.kind is NoteKind.LABEL]
    own = [note for note in said if _speaks(note, language)]
    return Beforehand(
        notes=tuple(own or said),
        further=tuple(note for note in said if own and not _speaks(note, language)),
        labels=tuple([note for note in labels if _speaks(note, language)] or labels),
    )


def _speaks(note: Note, language: str) -> bool:
    return note.language is None or note.language.lower().split("-")[0] == language
