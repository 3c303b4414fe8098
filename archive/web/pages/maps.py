"""Where passages speak of, on a map of our own."""

from __future__ import annotations

import sqlite3
from typing import Any

from archive.geography import read_places
from archive.query import Facet
from archive.search import Hits
from archive.web.choices import Search
from archive.web.drawn_map import draw_map
from archive.web.exploring import explore, narrowing


async def places_on_map(request: Any, datasette: Any) -> Any:
    """The places of the passages found, drawn and as a list."""
    return await explore(datasette, request, "map", _look)


ROUTES = ((r"^/map$", places_on_map),)


def _look(conn: sqlite3.Connection, asked: Search, hits: Hits | None, language: str) -> dict[str, Any]:
    places, number = read_places(conn, hits, language)
    return {
        "places": places,
        "number": number,
        "drawing": draw_map(places),
        "to": narrowing(asked, Facet.PLACE),
    }
