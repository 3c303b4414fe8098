"""Two facets together: a table with counts, each of which leads to its passages."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from math import ceil, sqrt
from typing import Any

from archive.cooccurrence import (
    COLUMNS,
    MORE_COLUMNS,
    MORE_ROWS,
    ROWS,
    CrossTable,
    Side,
    can_cross,
    read_table,
)
from archive.labels import value_names
from archive.marks import N_
from archive.query import Facet, Order, Query
from archive.web.answers import answer, page, plainly, read
from archive.web.choices import Names, Search, chips, passages_of, read_search
from archive.web.facet_names import facet_name, value_name
from archive.web.languages import gettext as _
from archive.web.languages import language
from archive.web.media import disposition
from archive.web.spreadsheets import csv_text
from archive.words import SearchError

PATH = "/together"
USUAL = (Facet.PLACE, Facet.THEME, Facet.MOVEMENT, Facet.YEAR)  # the first two of these that are not chosen already
STEPS = 5  # of shading, besides none


async def together(request: Any, datasette: Any) -> Any:
    """How often two facets stand together: `?rows=place&columns=theme` with any choices of a search."""
    asked, sides = Search(query=Query()), (Side(facet=Facet.PLACE, most=ROWS), Side(facet=Facet.THEME, most=COLUMNS))
    try:
        asked, sides = _asked(request)
        table, names, above = await _read(datasette, request, asked, sides)
    except SearchError as error:
        hint = _(error.hint) % error.values if error.values else _(error.hint)
        context = {**_form(asked, sides, request), "hint": hint, "table": None}
        return await page(datasette, request, "together", context, status=400)
    context = _form(asked, sides, request) | {
        "table": table,
        "names": names,
        "above": above,
        "cell": lambda row, column: _cell(asked, sides, row, column),
        "step": lambda number: ceil(STEPS * sqrt(number / table.most)) if number else 0,
        "value_link": _value_link,
        "chips": [replace(chip, without=_here(chip.without, sides)) for chip in chips(asked, names, None)],
    }
    return await page(datasette, request, "together", context)


@plainly
async def spreadsheet(request: Any, datasette: Any) -> Any:
    """The same table as CSV."""
    asked, sides = _asked(request)
    table, names, _above = await _read(datasette, request, asked, sides)
    rows, columns = sides
    header = ["", *(names.get((columns.facet, one.key), one.key) for one in table.columns)]
    lines = [
        [names.get((rows.facet, row.key), row.key), *(table.cells.get((row.key, one.key), 0) for one in table.columns)]
        for row in table.rows
    ]
    named = {"content-disposition": disposition("attachment", f"{rows.facet}-{columns.facet}.csv")}
    return answer(request, csv_text(header, lines), "text/csv", headers=named)


ROUTES = (
    (r"^/together$", together),
    (r"^/together\.csv$", spreadsheet),
)


def _asked(request: Any) -> tuple[Search, tuple[Side, Side]]:
    """Return the search, and what stands in the rows and the columns. Raises SearchError."""
    asked = replace(read_search(request.query_string), order=Order.RELEVANCE, grouped=False, page=1)
    free = [facet for facet in USUAL if len(asked.query.keys(facet)) != 1]
    rows = _facet(request, "rows", free[0])
    columns = _facet(request, "columns", next(facet for facet in (*free, *Facet) if facet is not rows))
    if not can_cross(rows, columns):
        raise SearchError(N_("a passage has only one of these: choose another facet for the columns"))
    more = request.args.get("more") == "1"
    return asked, (
        Side(facet=rows, most=MORE_ROWS if more else ROWS, under=request.args.get("rows_under") or None),
        Side(facet=columns, most=MORE_COLUMNS if more else COLUMNS, under=request.args.get("columns_under") or None),
    )


def _facet(request: Any, name: str, usual: Facet) -> Facet:
    said = request.args.get(name) or usual.value
    if said not in tuple(Facet):
        raise SearchError(N_("“%(name)s” cannot be counted in a table: choose one of the list"), name=said[:40])
    return Facet(said)


async def _read(
    datasette: Any, request: Any, asked: Search, sides: tuple[Side, Side]
) -> tuple[CrossTable, Names, dict[str, str]]:
    """Return the table, what its values are called, and what each opened term is called."""
    spoken = language()

    def work(conn: sqlite3.Connection) -> tuple[CrossTable, dict[tuple[Facet, str], str]]:
        table = read_table(conn, asked.query, *sides)
        values = [
            (side.facet, one.key) for side, some in zip(sides, (table.rows, table.columns), strict=True) for one in some
        ]
        opened = [(side.facet, side.under) for side in sides if side.under]
        return table, value_names(conn, [*values, *asked.query.chosen, *opened], spoken)

    table, called = await read(datasette, request, work)
    values = [*((sides[0].facet, one.key) for one in table.rows), *((sides[1].facet, one.key) for one in table.columns)]
    values += asked.query.chosen
    names = {(facet, key): called.get((facet, key)) or value_name(facet, key) for facet, key in values}
    above = {
        name: called.get((side.facet, side.under)) or value_name(side.facet, side.under)
        for name, side in zip(("rows", "columns"), sides, strict=True)
        if side.under
    }
    return table, names, above


def _form(asked: Search, sides: tuple[Side, Side], request: Any) -> dict[str, Any]:
    """Return what every state of the page needs."""
    rows, columns = sides
    here = {"rows": rows.facet.value, "columns": columns.facet.value}
    here |= {"rows_under": rows.under} if rows.under else {}
    here |= {"columns_under": columns.under} if columns.under else {}
    more = request.args.get("more") == "1"

    def at(path: str = PATH, **further: str | None) -> str:
        said = {**here, **({"more": "1"} if more else {}), **further}
        return asked.at(path, **{name: value for name, value in said.items() if value})

    return {
        "asked": asked,
        "rows": rows,
        "columns": columns,
        "facets": [(facet, facet_name(facet)) for facet in Facet],
        "at": at,
        "more": more,
        "turned": asked.at(
            PATH,
            **{
                name: value
                for name, value in (
                    ("rows", columns.facet.value),
                    ("columns", rows.facet.value),
                    ("rows_under", columns.under),
                    ("columns_under", rows.under),
                )
                if value
            },
        ),
    }


def _cell(asked: Search, sides: tuple[Side, Side], row: str, column: str) -> str:
    """Return the address of the passages that a cell counts."""
    rows, columns = sides
    query = asked.query.without(rows.facet).without(columns.facet)
    query = query.with_value(rows.facet, row).with_value(columns.facet, column)
    if rows.facet is columns.facet:
        query = replace(query, all_of=query.all_of | {rows.facet})
    return asked.asking(query).address


def _value_link(facet: Facet, key: str) -> str:
    """Return the page of a term or a narrator; of other values, their passages."""
    if facet.vocabulary:
        return f"/{facet.vocabulary.plural}/{key}"
    return f"/narrators/{key}" if facet is Facet.NARRATOR else passages_of(facet, key)


def _here(address: str, sides: tuple[Side, Side]) -> str:
    """Return this page without a choice, given the search without it."""
    rows, columns = sides
    sign = "&" if "?" in address else "?"
    return f"{address.replace('/search', PATH, 1)}{sign}rows={rows.facet.value}&columns={columns.facet.value}"
