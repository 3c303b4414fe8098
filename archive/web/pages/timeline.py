"""When passages speak of, and when testimonies were recorded."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Any

from archive.chronology import read_chronology
from archive.query import Facet
from archive.search import Hits
from archive.web.choices import FROM, UNTIL, Search
from archive.web.drawn_years import draw_bars, draw_beams
from archive.web.exploring import explore, narrowing
from archive.web.languages import direction

APART = (FROM, UNTIL, "page")  # what the page's own form says


async def years(request: Any, datasette: Any) -> Any:
    """The years that the passages found speak of, the movements of those years, and the years of recording."""
    leftwards = direction() == "rtl"
    return await explore(datasette, request, "timeline", partial(_look, leftwards))


ROUTES = ((r"^/timeline$", years),)


def _look(leftwards: bool, conn: sqlite3.Connection, asked: Search, hits: Hits | None, language: str) -> dict[str, Any]:
    found = read_chronology(conn, hits, language, since=asked.query.since, until=asked.query.until)
    return {
        "spoken": draw_bars(found.spoken, leftwards=leftwards),
        "recorded": draw_bars(found.recorded, leftwards=leftwards),
        "beams": draw_beams(found.spans, found.spoken, leftwards=leftwards),
        "leftwards": leftwards,
        "others": tuple((name, value) for name, value in asked.pairs if name not in APART),
        "to_year": narrowing(asked, Facet.YEAR),
        "to_recorded": narrowing(asked, Facet.RECORDED),
    }
