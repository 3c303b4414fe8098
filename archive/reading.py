"""One testimony whole: what is known of it, its recordings, its text passage by passage, and when each word is spoken.

All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from archive.browse import ENTRY, RECORDING, Entry, Recording, TermLink, entry_of, recording_of
from archive.consent import Artefact, Use
from archive.consents import reader_may
from archive.errors import UnknownTestimony
from archive.highlights import CLOSE, OPEN, marked_ranges
from archive.records import VocabularyName
from archive.words import wanted

Spoken: TypeAlias = tuple[float, float, int, int]  # a word: start and end in seconds, characters from and to
DOUBTFUL = 0.5  # probability below which the machine was unsure of a word
_PROBABILITY = 3  # its place in a word's timing
_LOW = re.compile(r",\s*(?:0(?:\.[0-4]\d*)?|[\d.]+[eE]-\d+)\]")  # spares reading the others: there are thousands


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
    """One passage in its testimony. `who` is a narrator's name or, failing that, the source's label of a speaker.

    `doubts` are the character ranges of words that the machine was unsure of and nobody has reviewed.
    """

    position: int
    start: float | None
    end: float | None
    who: str | None
    text: str
    confidence: float | None
    reviewed: bool
    tags: tuple[TermLink, ...]
    doubts: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """One testimony whole. `terms` are those of the testimony and of its passages, the most frequent first.

    The text and its times belong to the first of its recordings. `peaks` are the waveforms of all, where there are
    any: see `ingest/waveforms.py`. `place` is the term whose name the place of the recording has, if one has.
    """

    entry: Entry
    interviewers: tuple[str, ...]
    sources: tuple[str, ...]
    making: Making | None
    recordings: tuple[Recording, ...]
    lines: tuple[Line, ...]
    terms: tuple[TermLink, ...]
    peaks: tuple[bytes | None, ...] = ()
    place: TermLink | None = None


def read_testimony(conn: sqlite3.Connection, accession: str, language: str | None = None) -> Testimony:
    """Return one testimony whole, its terms called as in this language. Raises UnknownTestimony."""
    row = conn.execute(f"{ENTRY} where catalogue.accession = :accession", {"accession": accession}).fetchone()
    if row is None:
        raise UnknownTestimony(accession)
    number = int(row[0])
    sources = conn.execute("select sources from testimonies where id = ?", [number]).fetchone()[0] or ""
    recordings = _audible(conn, accession, _recordings(conn, number))
    labels = _labels(conn, language)
    return Testimony(
        entry=entry_of(row),
        interviewers=_interviewers(conn, number),
        sources=tuple(line for line in sources.splitlines() if line.strip()),
        making=_making(conn, number),
        recordings=recordings,
        lines=_lines(conn, number, labels),
        terms=_terms_of(conn, number, labels),
        peaks=tuple(_peaks(conn, one.sha256) for one in recordings),
        place=_place(conn, number, labels),
    )


def find_inside(conn: sqlite3.Connection, accession: str, words: str) -> dict[int, tuple[tuple[int, int], ...]]:
    """Return the passages of one testimony that say these words: position, and where the words stand in its text.

    Raises SearchError.
    """
    query = wanted(conn, words).fts
    testimony, first, last = conn.execute(
        "select testimony, min(id), max(id) from passages "
        "where testimony = (select id from catalogue where accession = ?)",
        [accession],
    ).fetchone()
    if not query or testimony is None:
        return {}
    rows = conn.execute(
        "select position, passages.text, highlight(passages_fts, 0, ?, ?) from passages_fts "
        "join passages on passages.id = passages_fts.rowid "
        "where passages_fts match ? and passages_fts.rowid between ? and ? and testimony = ? order by position",
        [OPEN, CLOSE, query, first, last, testimony],
    )
    return {position: marked_ranges(marked, text) for position, text, marked in rows}


def read_word_timings(conn: sqlite3.Connection, accession: str) -> Iterator[tuple[int, tuple[Spoken, ...]]]:
    """Yield position and words of each passage with word timings. Raises UnknownTestimony."""
    found = conn.execute("select id from catalogue where accession = ?", [accession]).fetchone()
    if found is None:
        raise UnknownTestimony(accession)
    rows = conn.execute(
        "select position, passages.text, words from passages join word_timings on segment = passages.id "
        "where testimony = ? order by position",
        found,
    )
    for position, text, words in rows:
        yield position, tuple(_placed(text, json.loads(words)))


def _place(conn: sqlite3.Connection, testimony: int, labels: Mapping[int, str]) -> TermLink | None:
    row = conn.execute(
        "select terms.id, slug, preferred from testimonies join variants on variants.text = place "
        "join terms on terms.id = variants.term where testimonies.id = ? and vocabulary = 'place' and not retired "
        "order by variants.label desc, terms.id limit 1",
        [testimony],
    ).fetchone()
    if row is None:
        return None
    term, slug, preferred = row
    return TermLink(vocabulary=VocabularyName.PLACE, slug=slug, preferred=labels.get(term, preferred))


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


def _audible(conn: sqlite3.Connection, accession: str, recordings: Iterable[Recording]) -> tuple[Recording, ...]:
    """Return those of the testimony's recordings that the team may hear."""
    return tuple(
        one
        for one in recordings
        if reader_may(conn, accession, Use.LISTEN, Artefact.VIDEO if one.is_video else Artefact.AUDIO)
    )


def _peaks(conn: sqlite3.Connection, sha256: str) -> bytes | None:
    row = conn.execute(
        "select peaks from waveforms join recordings on recordings.id = recording where sha256 = ?", [sha256]
    ).fetchone()
    return bytes(row[0]) if row else None


def _lines(conn: sqlite3.Connection, testimony: int, labels: Mapping[int, str]) -> tuple[Line, ...]:
    tags = _tags(conn, testimony, labels)
    rows = conn.execute(
        'select passages.id, passages.position, passages.start, passages."end", coalesce(name, speaker), '
        "passages.text, confidence, reviewed, case when reviewed then null else words end "
        "from passages left join segments on segments.id = passages.id "
        "left join word_timings on word_timings.segment = passages.id "
        "left join narrators on narrators.id = passages.narrator where passages.testimony = ? "
        "order by passages.position",
        [testimony],
    )
    return tuple(
        Line(
            position=position,
            start=start,
            end=end,
            who=who,
            text=text,
            confidence=confidence,
            reviewed=bool(reviewed),
            tags=tuple(tags.get(number, ())),
            doubts=tuple(_doubted(text, json.loads(words))) if words and _LOW.search(words) else (),
        )
        for number, position, start, end, who, text, confidence, reviewed, words in rows
    )


def _doubted(text: str, words: Sequence[Sequence[object]]) -> Iterator[tuple[int, int]]:
    """Yield where the words stand that the machine was unsure of."""
    for word, (_, _, first, last) in _found(text, words):
        if len(word) > _PROBABILITY and _is_doubtful(word[_PROBABILITY]):
            yield first, last


def _is_doubtful(probability: object) -> bool:
    return isinstance(probability, float | int) and probability < DOUBTFUL


def _labels(conn: sqlite3.Connection, language: str | None) -> dict[int, str]:
    """Return what terms are called in this language, where their vocabulary says it."""
    if language is None:
        return {}
    return dict(conn.execute("select term, text from variants where label and language = ?", [language]).fetchall())


def _tags(conn: sqlite3.Connection, testimony: int, labels: Mapping[int, str]) -> dict[int, list[TermLink]]:
    """Return the terms of each passage: places, then movements, then themes, each in the order of their names."""
    found: dict[int, list[TermLink]] = {}
    known: dict[int, TermLink] = {}
    for vocabulary in VocabularyName:
        rows = conn.execute(
            f"select passage, term, slug, preferred from passage_{vocabulary.plural} "  # noqa: S608 - the vocabularies' own names
            "join passages on passages.id = passage "
            "join terms on terms.id = term where testimony = ? order by passage, preferred",
            [testimony],
        )
        for passage, term, slug, preferred in rows:
            if term not in known:
                known[term] = TermLink(vocabulary=vocabulary, slug=slug, preferred=labels.get(term, preferred))
            found.setdefault(passage, []).append(known[term])
    return found


def _terms_of(conn: sqlite3.Connection, testimony: int, labels: Mapping[int, str]) -> tuple[TermLink, ...]:
    found: list[TermLink] = []
    for vocabulary in VocabularyName:
        rows = conn.execute(
            f"select whole.term, slug, preferred from testimony_{vocabulary.plural} whole "  # noqa: S608 - the vocabularies' own names
            "join terms on terms.id = whole.term "
            f"left join (select term, count(*) as number from passage_{vocabulary.plural} "
            "join passages on passage = id where testimony = :testimony group by term) spoken "
            "on spoken.term = whole.term where whole.testimony = :testimony "
            "order by coalesce(number, 0) desc, preferred",
            {"testimony": testimony},
        )
        found += [
            TermLink(vocabulary=vocabulary, slug=slug, preferred=labels.get(term, preferred))
            for term, slug, preferred in rows
        ]
    return tuple(found)


def _placed(text: str, words: Sequence[Sequence[object]]) -> Iterator[Spoken]:
    for _, spoken in _found(text, words):
        yield spoken


def _found(text: str, words: Sequence[Sequence[object]]) -> Iterator[tuple[Sequence[object], Spoken]]:
    """Find each timed word in the text, in order; a word that the text does not have is passed over."""
    place = 0
    for word in words:
        start, end, spoken = word[0], word[1], str(word[2]).strip()
        at = text.find(spoken, place)
        if spoken and at >= 0:
            place = at + len(spoken)
            yield word, (float(str(start)), float(str(end)), at, place)
