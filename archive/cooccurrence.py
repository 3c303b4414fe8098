"""Two facets together: how many passages speak of this place and of that theme, as a table.

Which values stand in the table: those that were chosen, where a question chooses some of the facet; else the children
of one term, or the years of one decade; else those with the most passages, without a broader term of which a narrower
one in the table has at least `SAME` of the passages, because it would say the same twice. Years go by decades.
All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.broader import broader
from archive.matching import UnknownChoice
from archive.query import Facet, Query
from archive.search import Hits, count_values, find_hits
from archive.store.facets import unpack
from archive.years import decade_of

SAME = 0.8
MOST_TOLD = 50_000  # passages of the narrators in a table that are gone through one by one
ROWS, COLUMNS = 20, 12
MORE_ROWS, MORE_COLUMNS = 80, 40
IN_TIME = (Facet.YEAR, Facet.RECORDED)  # facets whose values stand in their own order


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A row or column. `narrower` is whether it can be opened: a term with children, a decade with years."""

    key: str
    passages: int
    narrower: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossTable:
    """How many passages have a value of each of two facets.

    `cells` by the keys of row and column; those that nobody speaks of together are left out. `most` is the largest.
    `capped`: only the first 10,000 passages found were counted. `more_rows`: not all are shown.
    """

    rows: tuple[Value, ...]
    columns: tuple[Value, ...]
    cells: Mapping[tuple[str, str], int]
    most: int
    passages: int
    capped: bool
    more_rows: bool
    more_columns: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is asked for as rows or as columns: the facet, a term or decade whose parts are wanted, and how many."""

    facet: Facet
    most: int
    under: str | None = None


@dataclass(frozen=True, slots=True)
class _Counted:
    """A value with its number in `facet_values`."""

    key: str
    number: int
    passages: int


def can_cross(rows: Facet, columns: Facet) -> bool:
    """Whether the two make a table: one facet with itself does only where a passage may have two of its values."""
    return rows is not columns or not rows.is_single


def read_table(conn: sqlite3.Connection, query: Query, rows: Side, columns: Side) -> CrossTable:
    """Return the table of two facets among the passages that a question asks for; its own choices of them are rows.

    Raises SearchError, UnknownChoice, UnknownTestimony.
    """
    question = query.without(rows.facet).without(columns.facet)
    hits = None if question.asks_nothing else find_hits(conn, question)
    table = _table(conn, query, rows, columns, hits)
    if table is None:  # too much to go through one by one
        hits = find_hits(conn, question)
        table = _table(conn, query, rows, columns, hits)
    if table is None:
        raise AssertionError("hits are always counted")
    return table


def _table(conn: sqlite3.Connection, query: Query, rows: Side, columns: Side, hits: Hits | None) -> CrossTable | None:
    down, more_rows = _shown(conn, query, rows, hits)
    across, more_columns = _shown(conn, query, columns, hits)
    numbers = {one.number: one.key for one in down}, {one.number: one.key for one in across}
    if hits is not None:
        cells = _count(hits.chosen, *numbers)
    elif Facet.NARRATOR not in (rows.facet, columns.facet):
        cells = _kept(conn, *numbers)
    else:
        told = down if rows.facet is Facet.NARRATOR else across
        if sum(one.passages for one in told) > MOST_TOLD:
            return None
        cells = _count(_said_by(conn, told), *numbers)
    return CrossTable(
        rows=_values(conn, rows.facet, down),
        columns=_values(conn, columns.facet, across),
        cells=cells,
        most=max(cells.values(), default=0),
        passages=_all(conn) if hits is None else len(hits.ids),
        capped=hits is not None and hits.capped,
        more_rows=more_rows,
        more_columns=more_columns,
    )


def _shown(conn: sqlite3.Connection, query: Query, side: Side, hits: Hits | None) -> tuple[list[_Counted], bool]:
    """Return the values of one side, and whether there are more."""
    counted = _counted(conn, side.facet, hits)
    chosen = query.keys(side.facet)
    if side.under is not None:
        wanted = _parts(conn, side.facet, side.under)
        counted = [one for one in counted if one.key in wanted]
    elif chosen:
        counted = [one for one in counted if one.key in chosen]
    elif side.facet is Facet.YEAR:
        counted = [one for one in counted if not one.key.isdecimal()]
    elif side.facet.vocabulary:
        counted = _without_the_same(conn, side.facet, counted)
    shown = counted[: side.most]
    if side.facet in IN_TIME:
        shown.sort(key=lambda one: one.key)
    return shown, len(counted) > side.most


def _counted(conn: sqlite3.Connection, facet: Facet, hits: Hits | None) -> list[_Counted]:
    """Return the values of a facet, most first."""
    rows = conn.execute("select key, id, passages from facet_values where facet = ? and passages > 0", [facet.value])
    found = [_Counted(*row) for row in rows]
    if hits is not None:
        numbers = count_values(hits)
        found = [_Counted(one.key, one.number, numbers[one.number]) for one in found if one.number in numbers]
    return sorted(found, key=lambda one: (-one.passages, one.key))


def _without_the_same(conn: sqlite3.Connection, facet: Facet, counted: Sequence[_Counted]) -> list[_Counted]:
    """Leave out each broader term of which one narrower term has nearly all passages."""
    passages = {one.key: one.passages for one in counted}
    same = {
        above
        for key, keys in broader(conn, facet, passages).items()
        for above in keys
        if passages[key] >= SAME * passages.get(above, 0)
    }
    return [one for one in counted if one.key not in same]


def _parts(conn: sqlite3.Connection, facet: Facet, key: str) -> frozenset[str]:
    """Return the children of a term, or the years of a decade. Raises UnknownChoice."""
    if facet is Facet.YEAR and key.endswith("0s") and key[:-1].isdecimal():
        return frozenset(str(year) for year in range(int(key[:-1]), int(key[:-1]) + 10))
    rows = conn.execute(
        "select child.slug from terms join term_parents on parent = terms.id join terms child on child.id = term "
        "where terms.vocabulary = ? and terms.slug = ?",
        [facet.value, key],
    ).fetchall()
    if not rows:
        raise UnknownChoice(facet, key)
    return frozenset(slug for (slug,) in rows)


def _kept(conn: sqlite3.Connection, rows: Mapping[int, str], columns: Mapping[int, str]) -> dict[tuple[str, str], int]:
    """Return the cells of the whole archive, from the counts that are kept."""
    pairs = conn.execute(
        "select value, other, passages from facet_pairs where value in (select value from json_each(:rows)) "
        "and other in (select value from json_each(:columns)) union all "
        "select other, value, passages from facet_pairs where value in (select value from json_each(:columns)) "
        "and other in (select value from json_each(:rows))",
        {"rows": json.dumps(list(rows)), "columns": json.dumps(list(columns))},
    )
    return {(rows[row], columns[column]): passages for row, column, passages in pairs}


def _count(chosen: Iterable[bytes], rows: Mapping[int, str], columns: Mapping[int, str]) -> dict[tuple[str, str], int]:
    """Return the cells among passages, by the packed values of each."""
    counted: Counter[tuple[int, int]] = Counter()
    for blob in chosen:
        values = unpack(blob)
        across = [value for value in values if value in columns]
        if across:
            counted.update((value, other) for value in values if value in rows for other in across if value != other)
    return {(rows[row], columns[column]): number for (row, column), number in counted.items()}


def _said_by(conn: sqlite3.Connection, narrators: Iterable[_Counted]) -> list[bytes]:
    rows = conn.execute(
        "select chosen from facet_passages join passage_facets on passage_facets.passage = facet_passages.passage "
        "where value in (select value from json_each(?))",
        [json.dumps([one.number for one in narrators])],
    )
    return [blob for (blob,) in rows]


def _values(conn: sqlite3.Connection, facet: Facet, shown: Sequence[_Counted]) -> tuple[Value, ...]:
    open_ones = _with_parts(conn, facet, [one.key for one in shown])
    return tuple(Value(key=one.key, passages=one.passages, narrower=one.key in open_ones) for one in shown)


def _with_parts(conn: sqlite3.Connection, facet: Facet, keys: Sequence[str]) -> set[str]:
    """Return those keys under which there is something that passages speak of."""
    if facet is Facet.YEAR:
        years = conn.execute("select key from facet_values where facet = 'year' and passages > 0")
        return {decade_of(int(key)) for (key,) in years if key.isdecimal()} & set(keys)
    rows = conn.execute(
        "select distinct terms.slug from terms join term_parents on parent = terms.id "
        "join terms child on child.id = term join facet_values on facet = child.vocabulary and key = child.slug "
        "where passages > 0 and terms.vocabulary = ? and terms.slug in (select value from json_each(?))",
        [facet.value, json.dumps(list(keys))],
    )
    return {slug for (slug,) in rows}


def _all(conn: sqlite3.Connection) -> int:
    return int(conn.execute("select coalesce(sum(passages), 0) from catalogue").fetchone()[0])
