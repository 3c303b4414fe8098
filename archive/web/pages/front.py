"""The first page, and the list of testimonies."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from archive.browse import TermCount, count_archive, list_testimonies, most_spoken_of
from archive.geography import read_points
from archive.labels import labels
from archive.records import VocabularyName
from archive.web.answers import page, read
from archive.web.choices import read_search
from archive.web.drawn_map import draw_map
from archive.web.languages import language

NEWEST = 8  # testimonies on the home page
LISTED = 50  # testimonies on a page of their list
TERMS = 8  # terms of each vocabulary on the home page


async def home(request: Any, datasette: Any) -> Any:
    """What the archive is, how much it holds, what it speaks of, and what came in last."""
    spoken = language()

    def work(conn: sqlite3.Connection) -> dict[str, Any]:
        return {
            "totals": count_archive(conn),
            "terms": {name: _most_spoken_of(conn, name, spoken) for name in VocabularyName},
            "newest": list_testimonies(conn, limit=NEWEST),
            "world": draw_map(read_points(conn, spoken), whole=True),
        }

    return await page(datasette, request, "home", await read(datasette, request, work))


def _most_spoken_of(conn: sqlite3.Connection, vocabulary: VocabularyName, spoken: str) -> tuple[TermCount, ...]:
    """Return the terms of the home page under their names in the reader's language."""
    terms = most_spoken_of(conn, vocabulary, limit=TERMS)
    names = labels(conn, vocabulary, [term.slug for term in terms], spoken)
    return tuple(replace(term, preferred=names.get(term.slug, term.preferred)) for term in terms)


async def testimonies(request: Any, datasette: Any) -> Any:
    """Every testimony, the newest accession first."""
    number = read_search(request.query_string).page

    def work(conn: sqlite3.Connection) -> dict[str, Any]:
        found = list_testimonies(conn, limit=LISTED, offset=(number - 1) * LISTED)
        return {"totals": count_archive(conn), "entries": found}

    found = await read(datasette, request, work)
    return await page(datasette, request, "testimonies", {**found, "page": number, "size": LISTED})


ROUTES = (
    (r"^/$", home),
    (r"^/testimonies$", testimonies),
)
