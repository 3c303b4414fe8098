"""Writing an edition: a fresh database with numbers of its own, in the order in which it is published.

Two editions of the same accounts are the same bytes, whatever else the archive holds.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.consent import Attribution
from archive.migrations import SCHEMA
from archive.publish.allowlist import COLUMNS, DERIVED, FIXED
from archive.publish.index import index_edition
from archive.publish.source import Account, Line, Source, Teller
from archive.records import VocabularyName
from archive.searchable import searchable
from archive.sql import statements

PARTS = ("testimonies", "transcripts", "vocabularies", "browsing", "facets", "waveforms", "histories", "publishing")
_MADE = re.compile(
    r"create (?:virtual |unique )?(?P<kind>table|view|index|trigger) (?P<name>\w+)(?:\s+on (?P<of>\w+))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A recording encoded for an edition, `size` in bytes, `duration` in seconds.

    `name`: 64 signs that nobody can guess. `peaks`: see `ingest/waveforms.py`.
    """

    name: str
    suffix: str
    media_type: str
    size: int
    duration: float
    peaks: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Who a narrator of an edition is in the archive, and whether their name is meant to be known.

    A testimony that names nobody has one narrator, with its number below zero, here and there.
    """

    narrator: int
    by_name: bool


def write_edition(
    path: Path,
    source: Source,
    accounts: Iterable[Account],
    sounds: Mapping[str, Sequence[Sound]],
    tombstones: Iterable[str],
) -> dict[int, Known]:
    """Write the database of an edition, which must not exist yet, and return who has which number in it.

    `sounds` are the recordings by accession number, the one that the text was taken from first.
    """
    db = Database(sqlite3.connect(path, isolation_level=None))
    try:
        # nothing is lost with a file that is only half written: it is thrown away
        for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -65536", "secure_delete = on"):
            db.execute(f"pragma {pragma}").fetchall()
        for command in schema():
            db.execute(command)
        # in the place of the archive's view of this name; a temporary table is in no file that is published
        db.execute("create temp table counted_tags (testimony integer, segment integer, term integer)")
        db.conn.execute("begin")
        writer = _Writer(db, source)
        for account in accounts:
            writer.add(account, sounds.get(account.selected.accession, ()))
        writer.insert("tombstones", [{"accession": accession} for accession in sorted(tombstones)])
        writer.insert("edition", [{"id": 1, "schema": SCHEMA}])
        index_edition(db)
        for command in ("commit", "analyze", "vacuum"):
            db.execute(command)
        return writer.known
    finally:
        db.close()


def open_edition(path: Path) -> sqlite3.Connection:
    """Open the database of an edition, which nobody changes any more."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def schema() -> Iterator[str]:
    """Yield the statements that make an edition's tables: those of the archive that are published, and its own.

    There are no triggers: nothing is ever written to an edition again.
    """
    yield from statements("schema/edition")
    for part in PARTS:
        for command in statements(f"schema/{part}"):
            made = _MADE.search(command)
            if made and made["kind"] != "trigger" and (made["of"] or made["name"]) in COLUMNS.keys() | DERIVED:
                yield command


@dataclass(slots=True)
class _Writer:
    """Adds accounts one by one and gives everything new numbers."""

    db: Database
    source: Source
    testimonies: Iterator[int] = field(default_factory=lambda: count(1))
    transcripts: Iterator[int] = field(default_factory=lambda: count(1))
    passages: Iterator[int] = field(default_factory=lambda: count(1))
    recordings: Iterator[int] = field(default_factory=lambda: count(1))
    notes: Iterator[int] = field(default_factory=lambda: count(1))
    narrators: dict[object, int] = field(default_factory=dict)
    known: dict[int, Known] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    terms: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.insert("vocabularies", [{"name": name.value} for name in VocabularyName])

    def add(self, account: Account, sounds: Sequence[Sound]) -> None:
        """Add one testimony with all that is published of it."""
        number, at = next(self.testimonies), f"{account.said['accessioned_on']}T00:00:00+00:00"
        said = {name: value for name, value in account.said.items() if name != "accessioned_on"}
        told = self._tellers(number, account)
        if not told:
            self.known[-number] = Known(narrator=-account.selected.number, by_name=account.selected.by_name)
        first = self._sounds(number, account.selected.accession, at, sounds)
        transcript = self._text(number, account, first, told) if account.lines else None
        row = {"id": number, "accession": account.selected.accession, "transcript": transcript, "accessioned_at": at}
        self.insert("testimonies", [{**row, **said}])
        self._tag([(number, None, term) for term in account.terms])
        refused = [{"testimony": number, "use": use.value} for use in sorted(account.selected.refused)]
        self.insert("refused_uses", refused)
        notes = [
            {"id": next(self.notes), "testimony": number, "kind": kind, "language": language, "text": text}
            for kind, language, text in account.notes
        ]
        self.insert("content_notes", notes)

    def _tellers(self, testimony: int, account: Account) -> dict[int, int]:
        """Add those who tell and return their new numbers; a role is nobody who tells elsewhere."""
        told: dict[int, int] = {}
        for position, teller in enumerate(account.tellers):
            by_role = teller.attribution is Attribution.ROLE
            key = (teller.narrator, testimony) if by_role else teller.narrator
            if key not in self.narrators:
                self.narrators[key] = len(self.narrators) + 1
                self._teller(self.narrators[key], teller)
            told[teller.narrator] = number = self.narrators[key]
            by_name = teller.attribution is Attribution.NAME and (
                number not in self.known or self.known[number].by_name
            )
            self.known[number] = Known(narrator=teller.narrator, by_name=by_name)
            contribution = {"testimony": testimony, "narrator": told[teller.narrator], "role": "narrator"}
            self.insert("contributions", [{**contribution, "position": position}])
        return told

    def _teller(self, number: int, teller: Teller) -> None:
        by_role = teller.attribution is Attribution.ROLE
        name = self._unused(", ".join(teller.described) or "Narrator") if by_role else self._unused(teller.name)
        self.insert("narrators", [{"id": number, "name": name, "note": None if by_role else teller.note}])
        self.insert("tellers", [{"narrator": number, "described": one} for one in teller.described])

    def _unused(self, name: str) -> str:
        """Return the name, with a number where somebody else has it already."""
        numbered = (f"{name} {number}" for number in count(2))
        free = next(one for one in chain([name], numbered) if one not in self.names)
        self.names.add(free)
        return free

    def _sounds(self, testimony: int, accession: str, at: str, sounds: Sequence[Sound]) -> int | None:
        """Add the recordings and return the number of the first."""
        first = None
        for position, sound in enumerate(sounds):
            number = next(self.recordings)
            first = number if first is None else first
            ending = f"-{position + 1}" if position else ""
            row = {
                "id": number, "testimony": testimony, "sha256": sound.name, "suffix": sound.suffix,
                "media_type": sound.media_type, "bytes": sound.size, "duration": sound.duration,
                "filename": f"{accession}{ending}{sound.suffix}", "accessioned_at": at,
            }  # fmt: skip
            self.insert("recordings", [row])
            if sound.peaks is not None:
                self.insert("waveforms", [{"recording": number, "peaks": sound.peaks}])
        return first

    def _text(self, testimony: int, account: Account, recording: int | None, told: Mapping[int, int]) -> int:
        """Add the transcript and its passages, which are its segments; return its number."""
        number = next(self.transcripts)
        lines = [(next(self.passages), position, line) for position, line in enumerate(account.lines)]
        digest = hashlib.sha256("".join(f"{line.start}\t{line.text}\n" for line in account.lines).encode())
        transcript = {"id": number, "testimony": testimony, "recording": recording, **account.text}
        self.insert("transcripts", [{**transcript, "sha256": digest.hexdigest()}])
        language = account.text["language"] or account.said["language"]
        self.insert("segments", [self._segment(number, told, *line) for line in lines])
        self.insert("passages", [_passage(testimony, language, told, *line) for line in lines])
        timed = [{"segment": place, "words": line.words} for place, _, line in lines if line.words and recording]
        self.insert("word_timings", timed)
        self._tag([(testimony, place, term) for place, _, line in lines for term in line.terms])
        return number

    @staticmethod
    def _segment(transcript: int, told: Mapping[int, int], number: int, position: int, line: Line) -> dict[str, Any]:
        return {
            "id": number, "transcript": transcript, "position": position, "start": line.start, "end": line.end,
            "speaker": line.speaker, "narrator": told.get(line.narrator or 0), "text": line.text,
            "confidence": line.confidence, "reviewed": int(line.reviewed),
        }  # fmt: skip

    def _tag(self, tags: Iterable[tuple[int, int | None, int]]) -> None:
        rows = [(testimony, passage, self._term(term)) for testimony, passage, term in tags]
        self.db.conn.executemany("insert into counted_tags values (?, ?, ?)", rows)

    def _term(self, number: int) -> int:
        """Return the new number of a term; with the first mention it comes in, and all that stands above it."""
        if number in self.terms:
            return self.terms[number]
        self.terms[number] = new = len(self.terms) + 1
        conn = self.source.conn
        names = [name for name in COLUMNS["terms"] if name != "id"]
        row = conn.execute(f"select {', '.join(names)} from terms where id = ?", [number]).fetchone()  # noqa: S608
        self.insert("terms", [{"id": new, **dict(zip(names, row, strict=True))}])
        variants = conn.execute(
            "select language, text, label from variants where term = ? order by language, text", [number]
        )
        self.insert(
            "variants",
            [{"term": new, "language": lang, "text": text, "label": label} for lang, text, label in variants],
        )
        parents = conn.execute(
            "select parent from term_parents join terms on terms.id = parent where term = ? order by slug", [number]
        ).fetchall()
        self.insert("term_parents", [{"term": new, "parent": self._term(parent)} for (parent,) in parents])
        return new

    def insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert rows of allowed columns; the fixed ones are added."""
        if not rows:
            return
        fixed = FIXED.get(table, {})
        columns = [*COLUMNS[table], *fixed]
        unknown = rows[0].keys() - set(COLUMNS[table])
        if unknown:
            raise ValueError(f"{table}: not published: {', '.join(sorted(unknown))}")
        names, places = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
        self.db.conn.executemany(
            f"insert into {table} ({names}) values ({places})",  # noqa: S608 - our own names
            [[row.get(name, fixed.get(name)) for name in columns] for row in rows],
        )


def _passage(
    testimony: int, language: str | None, told: Mapping[int, int], number: int, position: int, line: Line
) -> dict[str, Any]:
    return {
        "id": number, "testimony": testimony, "position": position, "start": line.start, "end": line.end,
        "narrator": told.get(line.narrator or 0), "language": language, "text": line.text,
        "spaced": searchable(line.text),
    }  # fmt: skip
