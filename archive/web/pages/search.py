"""Passages by words, places, movements and themes."""

from __future__ import annotations

import sqlite3
from typing import Any

from archive.browse import find_sounds, name_terms
from archive.records import VocabularyName
from archive.search import Query, SearchError, count_terms, find_passages
from archive.web.answers import page, read
from archive.web.choices import SIZE, Search, chips, choices, read_search
from archive.web.quotation import quote


async def search(request: Any, datasette: Any) -> Any:
    """Passages by words, places, movements and themes."""
    asked = read_search(request.query_string)
    try:
        found = await read(datasette, request, lambda conn: _find(conn, asked))
    except SearchError as error:
        made = chips(asked, {name: {} for name in VocabularyName}, None)
        unreadable = {"asked": asked, "hint": str(error), "chips": made}
        return await page(datasette, request, "search", unreadable, status=400)
    return await page(datasette, request, "search", found)


ROUTES = ((r"^/search$", search),)


def _find(conn: sqlite3.Connection, asked: Search) -> dict[str, Any]:
    """Return one page of results with everything that stands beside them."""
    found = find_passages(conn, asked.query, limit=SIZE, offset=(asked.page - 1) * SIZE)
    names = {name: name_terms(conn, name, asked.query.slugs(name)) for name in VocabularyName}
    title = next((passage.title for passage in found.passages), None) if asked.query.accession else None
    beside = {name: count_terms(conn, asked.query, name) for name in VocabularyName}
    return {
        "asked": asked,
        "found": found,
        "quotations": [(passage, quote(passage.text, passage.marks)) for passage in found.passages],
        "sounds": find_sounds(conn, [passage.id for passage in found.passages]),
        "chips": chips(asked, names, title),
        "beside": {name: choices(asked, name, beside[name], names[name]) for name in VocabularyName},
        "instead": {} if found.total else {name: count_terms(conn, Query(), name, limit=4) for name in VocabularyName},
        "pages": -(-found.total // SIZE),
    }
