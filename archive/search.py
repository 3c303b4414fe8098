"""Searching passages: one page of them, or of the testimonies that they stand in, and counts for each further choice.

All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.highlights import CLOSE, OPEN, marked_ranges
from archive.matching import COUNTED, Hits, UnknownChoice, find_hits, match, ordered
from archive.query import Facet, Order, Query
from archive.store.facets import unpack
from archive.words import SearchError, Wanted, fts_query

__all__ = [
    "COUNTED", "ChoiceCount", "Counted", "Facet", "Found", "Hits", "Order", "Passage", "Query", "SearchError",
    "UnknownChoice", "count_choices", "count_values", "find_hits", "find_passages", "fts_query", "read_passages",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage found. `marks` are the character ranges of `text` that the words hit; times in seconds.

    `narrator_number` is that of the narrator's page, where there is one. `before` and `after` are the texts of its
    neighbours in the testimony, None at the beginning and the end.
    """

    id: int
    accession: str
    title: str
    label: str | None
    narrator: str | None
    recorded_on: str | None
    language: str | None
    has_recording: bool
    position: int
    start: float | None
    end: float | None
    text: str
    marks: tuple[tuple[int, int], ...]
    before: str | None
    after: str | None
    unreviewed: bool
    narrator_number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of passages, and how many there are; `capped` where there are more than were counted.

    `also` are the other names of terms that were looked for besides the words.
    """

    passages: tuple[Passage, ...]
    total: int
    capped: bool
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceCount:
    """A value that can be chosen, and the number of passages that have it. `label` is a name or the key itself."""

    facet: Facet
    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The values of each facet with their numbers, most first; those in `capped` count the first 10,000 passages."""

    choices: Mapping[Facet, tuple[ChoiceCount, ...]]
    capped: frozenset[Facet]

    def of(self, facet: Facet) -> tuple[ChoiceCount, ...]:
        """The values of one facet, most first."""
        return self.choices.get(facet, ())


def find_passages(
    conn: sqlite3.Connection,
    query: Query,
    *,
    order: Order = Order.RELEVANCE,
    limit: int = 20,
    offset: int = 0,
    hits: Hits | None = None,
) -> Found:
    """Return one page of passages; without words, relevance is the archive's own order.

    `hits` are those of this query where they are known already. Raises SearchError, UnknownChoice, UnknownTestimony.
    """
    matching = match(conn, query)
    hits = hits or find_hits(conn, query)
    numbers = ordered(conn, matching, order, hits, limit=limit, offset=offset)
    return Found(
        passages=read_passages(conn, numbers, matching.words),
        total=len(hits.ids),
        capped=hits.capped,
        also=matching.words.also,
    )


def read_passages(conn: sqlite3.Connection, numbers: Sequence[int], words: Wanted | None = None) -> tuple[Passage, ...]:
    """Return these passages in this order, with the words that were looked for marked."""
    wanted = json.dumps(list(numbers))
    rows = {row[0]: row for row in conn.execute(_PASSAGES, [wanted])}
    marked = _marked(conn, words.fts if words else "", wanted)
    return tuple(_passage(rows[number], marked.get(number)) for number in numbers if number in rows)


def count_choices(
    conn: sqlite3.Connection,
    query: Query,
    facets: Iterable[Facet] = tuple(Facet),
    *,
    limit: int | None = None,
    hits: Hits | None = None,
) -> Counted:
    """Count the values of each facet among the passages found, most first.

    A facet of which any value is enough is counted without its own choices, so that a second one can be added; one of
    which all must hold, with them. `hits` are those of this query where they are known already.
    """
    choices: dict[Facet, tuple[ChoiceCount, ...]] = {}
    capped: set[Facet] = set()
    for question, among in _questions(query, tuple(facets)):
        if question.asks_nothing:
            choices |= {facet: _kept(conn, facet, limit) for facet in among}
            continue
        found = hits if hits is not None and question == query else find_hits(conn, question)
        choices |= _named(conn, count_values(found), among, limit)
        capped |= set(among) if found.capped else set()
    return Counted(choices=choices, capped=frozenset(capped))


def count_values(hits: Hits) -> Counter[int]:
    """Return how many of the passages have each value, by the values' numbers."""
    packed = b"".join(hits.chosen)
    return Counter(memoryview(packed).cast("I") if sys.byteorder == "little" else unpack(packed))


def _questions(query: Query, facets: Sequence[Facet]) -> list[tuple[Query, tuple[Facet, ...]]]:
    """Return the questions whose hits must be counted, each with the facets that are counted in it."""
    grouped: dict[Query, list[Facet]] = {}
    for facet in facets:
        alone = bool(query.keys(facet)) and not query.asks_all(facet)
        grouped.setdefault(query.without(facet) if alone else query, []).append(facet)
    return [(question, tuple(among)) for question, among in grouped.items()]


def _kept(conn: sqlite3.Connection, facet: Facet, limit: int | None) -> tuple[ChoiceCount, ...]:
    """Return the values of a facet in the whole archive, from the counts that are kept."""
    rows = conn.execute(
        f"select key, {_LABEL} as label, passages from facet_values where facet = ? and passages > 0 "  # noqa: S608 - our own text
        "order by passages desc, label limit ?",
        [facet.value, -1 if limit is None else limit],
    )
    return tuple(ChoiceCount(facet=facet, key=key, label=label or key, count=count) for key, label, count in rows)


def _named(
    conn: sqlite3.Connection, counted: Mapping[int, int], facets: Sequence[Facet], limit: int | None
) -> dict[Facet, tuple[ChoiceCount, ...]]:
    """Return the counted values of these facets with their names."""
    by_facet: dict[str, Counter[int]] = {facet.value: Counter() for facet in facets}
    rows = conn.execute(
        "select id, facet from facet_values where id in (select value from json_each(?))", [json.dumps(list(counted))]
    )
    for number, name in rows:
        if name in by_facet:
            by_facet[name][number] = counted[number]
    best = {number: count for numbers in by_facet.values() for number, count in numbers.most_common(limit)}
    rows = conn.execute(
        f"select id, facet, key, {_LABEL} from facet_values where id in (select value from json_each(?))",  # noqa: S608
        [json.dumps(list(best))],
    )
    found: dict[Facet, list[ChoiceCount]] = {facet: [] for facet in facets}
    for number, name, key, label in rows:
        facet = Facet(name)
        found[facet].append(ChoiceCount(facet=facet, key=key, label=label or key, count=best[number]))
    return {
        facet: tuple(sorted(some, key=lambda choice: (-choice.count, choice.label))) for facet, some in found.items()
    }


_LABEL = (
    "case when facet in ('place', 'movement', 'theme') then "
    "(select preferred from terms where vocabulary = facet and slug = key) "
    "when facet = 'narrator' then (select name from narrators where id = cast(key as integer)) else key end"
)
_PASSAGES = (
    "select passages.id, accession, title, label, coalesce(narrators.name, segments.speaker), recorded_on, "
    "coalesce(passages.language, testimonies.language), "
    "exists (select 1 from recordings where recordings.testimony = testimonies.id), "
    'passages.position, passages.start, passages."end", passages.text, '
    "(select text from passages near where near.testimony = passages.testimony "
    "and near.position = passages.position - 1), "
    "(select text from passages near where near.testimony = passages.testimony "
    "and near.position = passages.position + 1), "
    "coalesce(transcripts.kind = 'machine' and not segments.reviewed, 0), "
    "(select narrator from contributions where narrator = narrators.id and role = 'narrator' limit 1) "
    "from passages join testimonies on testimonies.id = passages.testimony "
    "left join narrators on narrators.id = passages.narrator left join segments on segments.id = passages.id "
    "left join transcripts on transcripts.id = segments.transcript "
    "where passages.id in (select value from json_each(?))"
)
_COLUMNS = (
    "id", "accession", "title", "label", "narrator", "recorded_on", "language", "has_recording", "position", "start",
    "end", "text", "before", "after", "unreviewed",
    "narrator_number",
)  # fmt: skip


def _passage(row: Sequence[object], marked: str | None) -> Passage:
    values = dict(zip(_COLUMNS, row, strict=True))
    values |= {name: bool(values[name]) for name in ("has_recording", "unreviewed")}
    return Passage(**values, marks=marked_ranges(marked, str(values["text"])))  # type: ignore[arg-type]


def _marked(conn: sqlite3.Connection, words: str, numbers: str) -> dict[int, str]:
    """Return the text of these passages (a JSON array) with private-use characters around each hit."""
    if not words:
        return {}
    rows = conn.execute(
        "select rowid, highlight(passages_fts, 0, ?, ?) from passages_fts "
        "where passages_fts match ? and rowid in (select value from json_each(?))",
        [OPEN, CLOSE, words, numbers],
    )
    return dict(rows.fetchall())
