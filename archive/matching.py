"""Which passages a question asks for: the SQL of it, the passages themselves, and their order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.errors import ArchiveError, UnknownTestimony
from archive.query import Facet, Order, Query
from archive.records import VocabularyName
from archive.words import Wanted, wanted
from archive.years import EARLIEST, LATEST, decade_of

COUNTED = 10_000  # hits counted exactly; beyond that counts say "over 10,000"
RANKED = 2_500  # hits ranked by relevance when there are more than COUNTED
NOBODY = (-1, 0)  # number and passages of a value that no passage has
FEW = 20_000  # passages of a choice that are gone through one by one rather than all that say the words


class UnknownChoice(ArchiveError):
    """A choice that the archive does not know, such as a place that is in no vocabulary."""

    def __init__(self, facet: Facet, key: str) -> None:
        super().__init__(f"the archive knows no {facet} {key!r}")
        self.facet, self.key = facet, key


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """The passages found, by number, in the order of the archive, with the packed values of each.

    At most COUNTED; `capped` where there are more.
    """

    ids: tuple[int, ...]
    testimonies: tuple[int, ...]
    chosen: tuple[bytes, ...]
    capped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """A question as SQL: a subquery with the columns `id` and `rank`, and its parameters; `words` for full text."""

    sql: str
    parameters: dict[str, object]
    words: Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One of these numbers must stand in a column of a table; about how many passages meet that."""

    table: str
    column: str
    numbers: tuple[int, ...]
    passages: int
    name: str

    @property
    def test(self) -> str:
        """Whether the passage `id` meets the condition, as SQL."""
        return f"exists (select 1 from {self.table} where passage = id and {self._is_one_of})"  # noqa: S608 - our own names

    @property
    def source(self) -> str:
        """The passages that meet it, each once, as SQL."""
        distinct = "distinct " if len(self.numbers) > 1 and self.table == "facet_passages" else ""
        return f"(select {distinct}passage as id from {self.table} where {self._is_one_of})"  # noqa: S608 - our own names

    @property
    def _is_one_of(self) -> str:
        one = len(self.numbers) == 1
        return (
            f"{self.column} = :{self.name}" if one else f"{self.column} in (select value from json_each(:{self.name}))"  # noqa: S608
        )

    @property
    def parameter(self) -> object:
        """What `name` stands for in the SQL."""
        return self.numbers[0] if len(self.numbers) == 1 else json.dumps(self.numbers)


def match(conn: sqlite3.Connection, query: Query) -> Matching:
    """Return the question as SQL. Raises SearchError, UnknownChoice, UnknownTestimony."""
    words = wanted(conn, query.words, exactly=query.exactly)
    conditions = sorted(_conditions(conn, query), key=lambda condition: condition.passages)
    parameters = {condition.name: condition.parameter for condition in conditions}
    narrowest = conditions[0] if conditions else None
    if not words.fts:
        source = narrowest.source if narrowest else "(select passage as id from passage_facets)"
        sql = f"select id, 0 as rank from {source}"  # noqa: S608 - our own text
        tests = conditions[1:]
    elif narrowest and narrowest.passages <= FEW and _many(conn, words.fts, 4 * narrowest.passages):
        sql = f"select id, rank from {narrowest.source} cross join passages_fts on passages_fts.rowid = id"  # noqa: S608
        sql += " and passages_fts match :words"
        tests = conditions[1:]
    else:
        sql = "select id, rank from (select rowid as id, rank from passages_fts where passages_fts match :words)"
        tests = conditions
    if words.fts:
        parameters["words"] = words.fts
    where = " where " + " and ".join(condition.test for condition in tests) if tests else ""
    return Matching(sql=f"({sql}{where})", parameters=parameters, words=words)


def find_hits(conn: sqlite3.Connection, query: Query, *, limit: int = COUNTED) -> Hits:
    """Return the passages found. Raises SearchError, UnknownChoice, UnknownTestimony."""
    matching = match(conn, query)
    rows = conn.execute(
        f"select id, testimony, chosen from {matching.sql} cross join passage_facets on passage = id limit :most",  # noqa: S608
        {**matching.parameters, "most": limit + 1},
    ).fetchall()
    capped = len(rows) > limit
    del rows[limit:]
    return Hits(
        ids=tuple([row[0] for row in rows]),
        testimonies=tuple([row[1] for row in rows]),
        chosen=tuple([row[2] for row in rows]),
        capped=capped,
    )


def ordered(
    conn: sqlite3.Connection, matching: Matching, order: Order, hits: Hits, *, limit: int, offset: int
) -> tuple[int, ...]:
    """Return one page of the passages found, by number.

    By relevance only where words were asked for, and then among the first RANKED where there are more than COUNTED.
    """
    if order is Order.RELEVANCE and matching.words.fts:
        among = f"(select * from {matching.sql} limit {RANKED})" if hits.capped else matching.sql  # noqa: S608
        rows = conn.execute(
            f"select id from {among} order by rank, id limit :limit offset :offset",  # noqa: S608
            {**matching.parameters, "limit": limit, "offset": offset},
        )
        return tuple(number for (number,) in rows)
    if order is Order.ARRIVAL:
        return _by_testimony(conn, hits, "accessioned_at desc, id desc")[offset : offset + limit]
    if order is Order.DATE:
        return _by_testimony(conn, hits, "recorded_on is null, recorded_on desc, accession")[offset : offset + limit]
    return _by_testimony(conn, hits, "substr(accession, 1, 4), cast(substr(accession, 6) as integer)")[
        offset : offset + limit
    ]


def _by_testimony(conn: sqlite3.Connection, hits: Hits, order: str) -> tuple[int, ...]:
    """Return the hits in the order of their testimonies, and within each as they were said."""
    rows = conn.execute(
        f"select id from testimonies where id in (select value from json_each(?)) order by {order}",  # noqa: S608
        [json.dumps(sorted(set(hits.testimonies)))],
    )
    place = {number: place for place, (number,) in enumerate(rows)}
    return tuple(
        number
        for _, number in sorted((place[of], number) for number, of in zip(hits.ids, hits.testimonies, strict=True))
    )


def value_numbers(conn: sqlite3.Connection, facet: Facet, keys: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return number and passages of each of these values that the archive has."""
    rows = conn.execute(
        "select key, id, passages from facet_values where facet = ? and key in (select value from json_each(?))",
        [facet.value, json.dumps(list(keys))],
    )
    return {key: (number, passages) for key, number, passages in rows}


def _conditions(conn: sqlite3.Connection, query: Query) -> Iterator[Condition]:
    wanted_values = [
        values
        for facet in Facet
        if query.keys(facet)
        for values in _alternatives(_known(conn, facet, query.keys(facet)), together=query.asks_all(facet))
    ]
    if query.asks_years:
        years = value_numbers(conn, Facet.YEAR, _years_and_decades(query))
        wanted_values.append(list(years.values()) or [NOBODY])
    for place, values in enumerate(wanted_values):
        yield Condition(
            table="facet_passages",
            column="value",
            numbers=tuple(number for number, _ in values),
            passages=sum(passages for _, passages in values),
            name=f"values{place}",
        )
    if query.accession:
        row = conn.execute("select id, passages from catalogue where accession = ?", [query.accession]).fetchone()
        if row is None:
            raise UnknownTestimony(query.accession)
        yield Condition(
            table="passage_facets", column="testimony", numbers=(row[0],), passages=row[1], name="testimony"
        )


def _alternatives(values: Sequence[tuple[int, int]], *, together: bool) -> list[list[tuple[int, int]]]:
    return [[value] for value in values] if together else [list(values)]


def _years_and_decades(query: Query) -> list[str]:
    """Return the keys that cover the years asked for: whole decades where they fit, else single years."""
    first, last = max(query.since or EARLIEST, EARLIEST), min(query.until or LATEST, LATEST)
    keys: list[str] = []
    year = first
    while year <= last:
        whole = year % 10 == 0 and year + 9 <= last
        keys.append(decade_of(year) if whole else str(year))
        year += 10 if whole else 1
    return keys


def _known(conn: sqlite3.Connection, facet: Facet, keys: Sequence[str]) -> list[tuple[int, int]]:
    """Return number and passages of these values; a term that no passage speaks of is known too.

    Raises UnknownChoice.
    """
    numbers = value_numbers(conn, facet, keys)
    for key in keys:
        if key not in numbers and not (facet.vocabulary and _is_term(conn, facet.vocabulary, key)):
            raise UnknownChoice(facet, key)
    return [numbers.get(key, NOBODY) for key in keys]


def _is_term(conn: sqlite3.Connection, vocabulary: VocabularyName, slug: str) -> bool:
    row = conn.execute("select 1 from terms where vocabulary = ? and slug = ?", [vocabulary.value, slug]).fetchone()
    return row is not None


def _many(conn: sqlite3.Connection, words: str, number: int) -> bool:
    """Whether more than this many passages say the words."""
    row = conn.execute(
        "select count(*) from (select 1 from passages_fts where passages_fts match ? limit ?)", [words, number + 1]
    ).fetchone()
    return int(row[0]) > number
