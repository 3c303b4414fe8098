"""What the reader's pages show of the whole archive: its testimonies in a list, a vocabulary as a tree.

All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.records import VocabularyName


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much the archive holds; `seconds` of recordings."""

    testimonies: int
    passages: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A testimony as a list shows it. `duration` in seconds, None without a recording.

    `narrator_numbers` are those of the pages of the narrators, in the same order.
    """

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
    narrator_numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TermLink:
    """A term of a vocabulary, as a page links to it."""

    vocabulary: VocabularyName
    slug: str
    preferred: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCount:
    """A term and the number of passages that speak of it or of a term below it."""

    slug: str
    preferred: str
    count: int


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
class Branch:
    """A term in the tree of its vocabulary, under one of its parents. Counts include those of the terms below it."""

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
        "select id from catalogue order by substr(accession, 1, 4) desc, cast(substr(accession, 6) as integer) desc "
        "limit ? offset ?",
        [limit, offset],
    )
    chosen = [number for (number,) in rows]
    entries = read_entries(conn, chosen)
    return tuple(entries[number] for number in chosen)


def title_of(conn: sqlite3.Connection, accession: str | None) -> str | None:
    """Return the title of the testimony of this accession that the catalogue holds, None where there is none."""
    if accession is None:
        return None
    row = conn.execute(
        "select catalogue.title from testimonies join catalogue using (id) where testimonies.accession = ?", [accession]
    ).fetchone()
    return None if row is None else str(row[0])


def read_entries(conn: sqlite3.Connection, testimonies: Sequence[int]) -> dict[int, Entry]:
    """Return these testimonies, by number."""
    wanted = json.dumps(list(testimonies))
    rows = conn.execute(f"{ENTRY} where catalogue.id in (select value from json_each(?))", [wanted])  # noqa: S608
    return {row[0]: entry_of(row) for row in rows}


def find_sounds(conn: sqlite3.Connection, passages: Sequence[int]) -> dict[int, Recording]:
    """Return the recording in which each of these passages (by number) is spoken, where there is one."""
    rows = conn.execute(
        f"select segments.id, {RECORDING} from segments join transcripts on transcripts.id = segments.transcript "  # noqa: S608 - our own columns
        "join recordings on recordings.id = transcripts.recording "
        "where segments.start is not null and segments.id in (select value from json_each(?))",
        [json.dumps(list(passages))],
    )
    return {row[0]: recording_of(row[1:]) for row in rows}


def most_spoken_of(conn: sqlite3.Connection, vocabulary: VocabularyName, *, limit: int) -> tuple[TermCount, ...]:
    """Return the terms that most passages name themselves, each counted with the terms below it, most first.

    So a city is listed before the continent that merely holds it.
    """
    rows = conn.execute(
        "select slug, preferred, facet_values.passages from term_counts join terms on terms.id = term "
        "join facet_values on facet = vocabulary and key = slug "
        "where vocabulary = ? and term_counts.passages > 0 "
        "order by term_counts.passages desc, preferred limit ?",
        [vocabulary.value, limit],
    )
    counted = [TermCount(slug=slug, preferred=preferred, count=count) for slug, preferred, count in rows]
    return tuple(sorted(counted, key=lambda term: (-term.count, term.preferred)))


def grow_vocabulary(conn: sqlite3.Connection, vocabulary: VocabularyName) -> tuple[Branch, ...]:
    """Return the vocabulary as a tree, each level in the order of its names; a term stands under every parent.

    A term that left the vocabulary's file stands here only while passages still speak of it.
    """
    rows = conn.execute(
        "select terms.id, slug, preferred, scope_note, kind, from_year, until_year, coalesce(testimonies, 0), "
        "coalesce(passages, 0) from terms left join facet_values on facet = vocabulary and key = slug "
        "where vocabulary = ? "
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


ENTRY = (
    "select catalogue.id, catalogue.accession, catalogue.title, label, catalogue.kind, catalogue.narrators, "
    "catalogue.language, catalogue.recorded_on, place, summary, catalogue.collection, duration, passages, "
    "(select json_group_array(narrator) from (select narrator from contributions "
    "where testimony = catalogue.id and role = 'narrator' order by position)) "
    "from catalogue join testimonies on testimonies.id = catalogue.id"
)
_ENTRY_NAMES = (
    "accession", "title", "label", "kind", "narrators", "language", "recorded_on", "place", "summary", "collection",
    "duration", "passages", "narrator_numbers",
)  # fmt: skip
RECORDING = (
    "recordings.sha256, recordings.suffix, recordings.media_type, recordings.duration, recordings.state, "
    "recordings.remark"
)


def entry_of(row: Sequence[object]) -> Entry:
    """Return the entry that a row of ENTRY says."""
    values: dict[str, object] = dict(zip(_ENTRY_NAMES, row[1:], strict=True))
    for name in ("narrators", "narrator_numbers"):
        values[name] = tuple(json.loads(str(values[name] or "[]")))
    return Entry(**values)  # type: ignore[arg-type]


def recording_of(row: Sequence[object], heard_until: float | None = None) -> Recording:
    """Return the recording that a row of RECORDING says."""
    names = ("sha256", "suffix", "media_type", "duration", "state", "remark")
    return Recording(heard_until=heard_until, **dict(zip(names, row, strict=True)))  # type: ignore[arg-type]
