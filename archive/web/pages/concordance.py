"""The concordance: a word in all its contexts, one line each, with who says it and when."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from archive.browse import find_sounds
from archive.concordance import READ, Line, LineOrder, read_concordance
from archive.labels import value_names
from archive.query import Order, Query
from archive.web.answers import answer, page, plainly, read
from archive.web.choices import Search, chips, read_search
from archive.web.languages import gettext as _
from archive.web.languages import language
from archive.web.layout import Site
from archive.web.media import disposition
from archive.web.spreadsheets import csv_text
from archive.web.wording import second
from archive.words import SearchError

SIZE = 100  # lines on a page
PATH = "/concordance"
COLUMNS = (
    "before", "word", "after", "narrator", "recorded_on", "language", "accession", "title", "passage", "start",
    "address",
)  # fmt: skip


async def concordance(request: Any, datasette: Any) -> Any:
    """Lines of a word in its contexts: `?q=rent` with any choices of a search, and `&sort=1L`."""
    order, spoken = _order(request), language()
    asked = Search(query=Query())
    if "q" not in request.args:
        return await page(datasette, request, "concordance", _form(asked, order))

    def work(conn: sqlite3.Connection) -> dict[str, Any]:
        found = read_concordance(conn, asked.query, order=order, limit=SIZE, offset=(asked.page - 1) * SIZE)
        return {
            "found": found,
            "sounds": find_sounds(conn, [line.passage for line in found.lines]),
            "names": value_names(conn, asked.query.chosen, spoken),
        }

    try:
        asked = _asked(request)
        found = await read(datasette, request, work)
    except SearchError as error:
        hint = _(error.hint) % error.values if error.values else _(error.hint)
        words = " ".join(request.args.getlist("q"))[:200]
        context = _form(asked, order) | {"hint": hint, "words": words}
        return await page(datasette, request, "concordance", context, status=400)
    pages = -(-found["found"].total // SIZE)
    context = _form(asked, order) | found | {"pages": pages, "size": SIZE, "read": READ}
    context["chips"] = [
        replace(chip, without=chip.without.replace("/search", PATH, 1))
        for chip in chips(asked, found["names"], None)
        if not chip.name.startswith("“")
    ]
    return await page(datasette, request, "concordance", context, status=404 if asked.page > max(1, pages) else 200)


@plainly
async def table(request: Any, datasette: Any) -> Any:
    """All lines as CSV."""
    asked, order = _asked(request), _order(request)
    found = await read(
        datasette, request, lambda conn: read_concordance(conn, asked.query, order=order, limit=READ * 100)
    )
    rows = [_row(Site(datasette), line) for line in found.lines]
    named = {"content-disposition": disposition("attachment", "concordance.csv")}
    return answer(request, csv_text(COLUMNS, rows), "text/csv", headers=named)


ROUTES = (
    (r"^/concordance$", concordance),
    (r"^/concordance\.csv$", table),
)


def _asked(request: Any) -> Search:
    """Return what is looked for; the order of the lines is no order of a search."""
    return replace(read_search(request.query_string), order=Order.RELEVANCE, grouped=False)


def _order(request: Any) -> LineOrder:
    said = request.args.get("sort")
    return LineOrder(said) if said in tuple(LineOrder) else LineOrder.ARCHIVE


def _form(asked: Search, order: LineOrder) -> dict[str, Any]:
    """Return what every state of the page needs, also where nothing was looked for."""

    def at(path: str = PATH, **further: str) -> str:
        said = {"sort": order.value} if order is not LineOrder.ARCHIVE else {}
        return replace(asked, page=1).at(path, **{**said, **further})

    return {
        "asked": asked,
        "order": order.value,
        "orders": _orders(),
        "at": at,
        "phrase": lambda phrase: replace(asked, query=replace(asked.query, words=f'"{phrase}"'), page=1).at(PATH),
        "found": None,
    }


def _orders() -> Sequence[tuple[str, str]]:
    """Return what the lines can be sorted by, in words."""
    return (
        ("archive", _("as they stand in the archive")),
        ("1L", _("the word before")),
        ("2L", _("the second word before")),
        ("3L", _("the third word before")),
        ("1R", _("the word after")),
        ("2R", _("the second word after")),
        ("3R", _("the third word after")),
        ("narrator", _("who says it")),
        ("date", _("when it was recorded")),
    )


def _row(site: Site, line: Line) -> tuple[object, ...]:
    start = None if line.start is None else second(line.start)
    return (
        line.before, line.word, line.after, line.narrator, line.recorded_on, line.language, line.accession, line.title,
        line.position, start, site.testimony(line.accession, line.start, line.position),
    )  # fmt: skip
