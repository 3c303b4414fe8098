"""What the reader's pages show: the archive at a glance, one testimony whole, a vocabulary as a tree.

All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from archive.errors import UnknownTestimony
from archive.records import VocabularyName

Spoken: TypeAlias = tuple[float, float, int, int]  # a word: start and end in seconds, characters from and to


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much the archive holds; `seconds` of recordings."""

    testimonies: int
    passages: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A testimony as a list shows it. `duration` in seconds, None without a recording."""

    accession: str
    title: str
    label: str | None
    kind: str
    narrators: tuple[str, ...]
    language: str | None
    recorded_on: str | None
    place: str | None
    summary: str | None
    collection: str | None
    duration: float | None
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TermLink:
    """A term of a vocabulary, as a page links to it."""

    vocabulary: VocabularyName
    slug: str
    preferred: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A sound or video file of a testimony; `state` is waiting, transcribed or failed, and `remark` says why."""

    sha256: str
    suffix: str
    media_type: str
    duration: float
    state: str
    remark: str | None
    heard_until: float | None

    @property
    def is_video(self) -> bool:
        """Whether there is something to see."""
        return self.media_type.startswith("video/")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A term in the tree of its vocabulary, under one of its parents. Counts are its own, without its children's."""

    link: TermLink
    scope_note: str | None
    kind: str | None
    from_year: int | None
    until_year: int | None
    testimonies: int
    passages: int
    children: tuple[Branch, ...]

    @property
    def is_spoken_of(self) -> bool:
        """Whether any passage speaks of this term or of one below it."""
        return self.passages > 0 or any(child.is_spoken_of for child in self.children)


def count_archive(conn: sqlite3.Connection) -> Totals:
    """Return how much the archive holds."""
    testimonies, passages, seconds = conn.execute(
        "select count(*), coalesce(sum(passages), 0), coalesce(sum(duration), 0) from catalogue"
    ).fetchone()
    return Totals(testimonies=testimonies, passages=passages, seconds=seconds)


def list_testimonies(conn: sqlite3.Connection, *, limit: int = 20, offset: int = 0) -> tuple[Entry, ...]:
    """Return testimonies, the newest accession first."""
    rows = conn.execute(
        f"{_ENTRY} order by substr(catalogue.accession, 1, 4) desc, "
        "cast(substr(catalogue.accession, 6) as integer) desc limit :limit offset :offset",
        {"limit": limit, "offset": offset},
    )
    return tuple(_entry(row) for row in rows)


def read_testimony(conn: sqlite3.Connection, accession: str) -> Testimony:
    """Return one testimony whole. Raises UnknownTestimony."""
    row = conn.execute(f"{_ENTRY} where catalogue.accession = :accession", {"accession": accession}).fetchone()
    if row is None:
        raise UnknownTestimony(accession)
    number = int(row[0])
    sources = conn.execute("select sources from testimonies where id = ?", [number]).fetchone()[0] or ""
    return Testimony(
        entry=_entry(row),
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


def find_sounds(conn: sqlite3.Connection, passages: Sequence[int]) -> dict[int, Recording]:
    """Return the recording in which each of these passages (by number) is spoken, where there is one."""
    rows = conn.execute(
        f"select segments.id, {_RECORDING} from segments join transcripts on transcripts.id = segments.transcript "  # noqa: S608 - our own columns
        "join recordings on recordings.id = transcripts.recording "
        "where segments.start is not null and segments.id in (select value from json_each(?))",
        [json.dumps(list(passages))],
    )
    return {row[0]: _recording(row[1:]) for row in rows}


def name_terms(conn: sqlite3.Connection, vocabulary: VocabularyName, slugs: Sequence[str]) -> dict[str, str]:
    """Return the preferred name of each of these slugs that the vocabulary knows."""
    rows = conn.execute(
        "select slug, preferred from terms where vocabulary = ? and slug in (select value from json_each(?))",
        [vocabulary.value, json.dumps(list(slugs))],
    )
    return dict(rows.fetchall())


def grow_vocabulary(conn: sqlite3.Connection, vocabulary: VocabularyName) -> tuple[Branch, ...]:
    """Return the vocabulary as a tree, each level in the order of its names; a term stands under every parent.

    A term that left the vocabulary's file stands here only while passages still speak of it.
    """
    rows = conn.execute(
        "select id, slug, preferred, scope_note, kind, from_year, until_year, coalesce(testimonies, 0), "
        "coalesce(passages, 0) from terms left join term_counts on term = id where vocabulary = ? "
        "and (not retired or passages > 0) order by preferred collate nocase, slug",
        [vocabulary.value],
    ).fetchall()
    known = {row[0]: row for row in rows}
    children: dict[int, list[int]] = {number: [] for number in known}
    below: set[int] = set()
    for term, parent in conn.execute("select term, parent from term_parents"):
        if term in known and parent in known:
            children[parent].append(term)
            below.add(term)
    order = {number: place for place, number in enumerate(known)}
    for numbers in children.values():
        numbers.sort(key=order.__getitem__)
    return tuple(_branch(vocabulary, known, children, number, ()) for number in known if number not in below)


def _branch(
    vocabulary: VocabularyName,
    known: Mapping[int, Sequence[object]],
    children: Mapping[int, Sequence[int]],
    number: int,
    above: tuple[int, ...],
) -> Branch:
    """Build one term with what lies under it; a circle of parents ends where it would begin again."""
    names = ("scope_note", "kind", "from_year", "until_year", "testimonies", "passages")
    _, slug, preferred, *values = known[number]
    path = (*above, number)
    return Branch(
        link=TermLink(vocabulary=vocabulary, slug=str(slug), preferred=str(preferred)),
        children=tuple(
            _branch(vocabulary, known, children, child, path) for child in children[number] if child not in path
        ),
        **dict(zip(names, values, strict=True)),  # type: ignore[arg-type]
    )


_ENTRY = (
    "select catalogue.id, catalogue.accession, catalogue.title, label, catalogue.kind, catalogue.narrators, "
    "catalogue.language, catalogue.recorded_on, place, summary, catalogue.collection, duration, passages "
    "from catalogue join testimonies on testimonies.id = catalogue.id"
)
_ENTRY_NAMES = (
    "accession", "title", "label", "kind", "narrators", "language", "recorded_on", "place", "summary", "collection",
    "duration", "passages",
)  # fmt: skip
_RECORDING = (
    "recordings.sha256, recordings.suffix, recordings.media_type, recordings.duration, recordings.state, "
    "recordings.remark"
)


def _entry(row: Sequence[object]) -> Entry:
    values: dict[str, object] = dict(zip(_ENTRY_NAMES, row[1:], strict=True))
    values["narrators"] = tuple(json.loads(str(values["narrators"] or "[]")))
    return Entry(**values)  # type: ignore[arg-type]


def _recording(row: Sequence[object], heard_until: float | None = None) -> Recording:
    names = ("sha256", "suffix", "media_type", "duration", "state", "remark")
    return Recording(heard_until=heard_until, **dict(zip(names, row, strict=True)))  # type: ignore[arg-type]


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
        f"and transcripts.state = 'running'), {_RECORDING} from recordings where testimony = :testimony "
        "order by id is not (select recording from transcripts join testimonies "
        "on testimonies.transcript = transcripts.id where testimonies.id = :testimony), id",
        {"testimony": testimony},
    )
    return tuple(_recording(row[1:], row[0]) for row in rows)


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
