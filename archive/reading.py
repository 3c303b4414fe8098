"""One testimony whole: what is known of it, its recordings, its text passage by passage, and when each word is spoken.

All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from archive.browse import ENTRY, RECORDING, Entry, Recording, TermLink, entry_of, recording_of
from archive.errors import UnknownTestimony
from archive.records import VocabularyName

Spoken: TypeAlias = tuple[float, float, int, int]  # a word: start and end in seconds, characters from and to


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How the text that readers see came to be; `reviewed` counts the passages that a person has checked."""

    kind: str
    engine: str | None
    model: str | None
    language: str | None
    reviewed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One passage in its testimony. `who` is a narrator's name or, failing that, the source's label of a speaker."""

    position: int
    start: float | None
    end: float | None
    who: str | None
    text: str
    confidence: float | None
    reviewed: bool
    tags: tuple[TermLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """One testimony whole. `terms` are those of the testimony and of its passages, the most frequent first."""

    entry: Entry
    interviewers: tuple[str, ...]
    sources: tuple[str, ...]
    making: Making | None
    recordings: tuple[Recording, ...]
    lines: tuple[Line, ...]
    terms: tuple[TermLink, ...]


def read_testimony(conn: sqlite3.Connection, accession: str) -> Testimony:
    """Return one testimony whole. Raises UnknownTestimony."""
    row = conn.execute(f"{ENTRY} where catalogue.accession = :accession", {"accession": accession}).fetchone()
    if row is None:
        raise UnknownTestimony(accession)
    number = int(row[0])
    sources = conn.execute("select sources from testimonies where id = ?", [number]).fetchone()[0] or ""
    return Testimony(
        entry=entry_of(row),
        interviewers=_interviewers(conn, number),
        sources=tuple(line for line in sources.splitlines() if line.strip()),
        making=_making(conn, number),
        recordings=_recordings(conn, number),
        lines=_lines(conn, number),
        terms=_terms_of(conn, number),
    )


def read_word_timings(conn: sqlite3.Connection, accession: str) -> Iterator[tuple[int, tuple[Spoken, ...]]]:
    """Yield position and words of each passage with word timings."""
    rows = conn.execute(
        "select position, passages.text, words from passages join word_timings on segment = passages.id "
        "where testimony = (select id from testimonies where accession = ?) order by position",
        [accession],
    )
    for position, text, words in rows:
        yield position, tuple(_placed(text, json.loads(words)))


def _interviewers(conn: sqlite3.Connection, testimony: int) -> tuple[str, ...]:
    rows = conn.execute(
        "select name from contributions join narrators on narrators.id = narrator "
        "where testimony = ? and role = 'interviewer' order by position",
        [testimony],
    )
    return tuple(name for (name,) in rows)


def _making(conn: sqlite3.Connection, testimony: int) -> Making | None:
    row = conn.execute(
        "select transcripts.kind, engine, model, transcripts.language, "
        "(select count(*) from segments where segments.transcript = transcripts.id and reviewed) "
        "from testimonies join transcripts on transcripts.id = testimonies.transcript where testimonies.id = ?",
        [testimony],
    ).fetchone()
    if row is None:
        return None
    kind, engine, model, language, reviewed = row
    return Making(kind=kind, engine=engine, model=model, language=language, reviewed=reviewed)


def _recordings(conn: sqlite3.Connection, testimony: int) -> tuple[Recording, ...]:
    """Return the testimony's recordings, the one that the text was taken from first."""
    rows = conn.execute(
        f"select (select max(heard_until) from transcripts where transcripts.recording = recordings.id "  # noqa: S608 - our own columns
        f"and transcripts.state = 'running'), {RECORDING} from recordings where testimony = :testimony "
        "order by id is not (select recording from transcripts join testimonies "
        "on testimonies.transcript = transcripts.id where testimonies.id = :testimony), id",
        {"testimony": testimony},
    )
    return tuple(recording_of(row[1:], row[0]) for row in rows)


def _lines(conn: sqlite3.Connection, testimony: int) -> tuple[Line, ...]:
    tags = _tags(conn, testimony)
    rows = conn.execute(
        'select passages.id, passages.position, passages.start, passages."end", coalesce(name, speaker), '
        "passages.text, confidence, reviewed from passages left join segments on segments.id = passages.id "
        "left join narrators on narrators.id = passages.narrator where passages.testimony = ? "
        "order by passages.position",
        [testimony],
    )
    names = ("position", "start", "end", "who", "text", "confidence")
    return tuple(
        Line(**dict(zip(names, row[1:7], strict=True)), reviewed=bool(row[7]), tags=tuple(tags.get(row[0], ())))
        for row in rows
    )


def _tags(conn: sqlite3.Connection, testimony: int) -> dict[int, list[TermLink]]:
    """Return the terms of each passage: places, then movements, then themes, each in the order of their names."""
    found: dict[int, list[TermLink]] = {}
    for vocabulary in VocabularyName:
        rows = conn.execute(
            f"select passage, slug, preferred from passages join passage_{vocabulary.plural} on passage = passages.id "  # noqa: S608 - the vocabularies' own names
            "join terms on terms.id = term where testimony = ? order by passage, preferred",
            [testimony],
        )
        for passage, slug, preferred in rows:
            found.setdefault(passage, []).append(TermLink(vocabulary=vocabulary, slug=slug, preferred=preferred))
    return found


def _terms_of(conn: sqlite3.Connection, testimony: int) -> tuple[TermLink, ...]:
    found: list[TermLink] = []
    for vocabulary in VocabularyName:
        rows = conn.execute(
            f"select slug, preferred from testimony_{vocabulary.plural} whole "  # noqa: S608 - the vocabularies' own names
            "join terms on terms.id = whole.term "
            f"left join (select term, count(*) as number from passage_{vocabulary.plural} "
            "join passages on passage = id where testimony = :testimony group by term) spoken "
            "on spoken.term = whole.term where whole.testimony = :testimony "
            "order by coalesce(number, 0) desc, preferred",
            {"testimony": testimony},
        )
        found += [TermLink(vocabulary=vocabulary, slug=slug, preferred=preferred) for slug, preferred in rows]
    return tuple(found)


def _placed(text: str, words: Sequence[Sequence[object]]) -> Iterator[Spoken]:
    """Find each timed word in the text, in order; a word that the text does not have is passed over."""
    place = 0
    for start, end, word, *_ in words:
        spoken = str(word).strip()
        at = text.find(spoken, place)
        if spoken and at >= 0:
            place = at + len(spoken)
            yield float(str(start)), float(str(end)), at, place
