"""What map and time line have in common with a search: the same choices in the address, made and left out alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from archive.browse import title_of
from archive.labels import value_names
from archive.query import Facet
from archive.search import Hits, find_hits
from archive.web.answers import page, read
from archive.web.choices import Search, chips, read_search
from archive.web.facet_names import value_name
from archive.web.languages import language

Look = Callable[[sqlite3.Connection, Search, Hits | None, str], dict[str, Any]]


async def explore(datasette: Any, request: Any, name: str, look: Look) -> Any:
    """Answer with the page of this name: what `look` reads of the passages found, with the choices that were made.

    `look` gets no hits where every passage is asked for: what is known of all is kept.
    """
    spoken = language()
    asked = replace(read_search(request.query_string), page=1)

    def work(conn: sqlite3.Connection) -> dict[str, Any]:
        hits = None if asked.query.asks_nothing else find_hits(conn, asked.query)
        title = title_of(conn, asked.query.accession)
        return {
            **look(conn, asked, hits, spoken),
            "names": value_names(conn, asked.query.chosen, spoken),
            "title": title,
            "capped": hits is not None and hits.capped,
            "total": _all(conn) if hits is None else len(hits.ids),
        }

    found = await read(datasette, request, work)
    names = {(facet, key): value_name(facet, key) for facet, key in asked.query.chosen} | found.pop("names")
    made = chips(asked, names, found.pop("title"))
    found["chips"] = tuple(replace(chip, without=_here(name, chip.without)) for chip in made)
    return await page(datasette, request, name, {**found, "asked": asked})


def narrowing(asked: Search, facet: Facet) -> str:
    """Return the address of those passages found that have a value too, but for its key, which goes at the end."""
    pairs = [*asked.pairs, *([("all", facet.value)] if asked.query.keys(facet) and not facet.is_single else [])]
    return f"/search?{urlencode([*dict.fromkeys(pairs), (facet.value, '')])}"


def _here(name: str, address: str) -> str:
    return f"/{name}{address.removeprefix('/search')}"


def _all(conn: sqlite3.Connection) -> int:
    return int(conn.execute("select coalesce(sum(passages), 0) from catalogue").fetchone()[0])
