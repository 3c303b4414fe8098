"""The page of one term, the page of one narrator, and the list of narrators."""

from __future__ import annotations

import sqlite3
from typing import Any

from archive.browse import find_sounds
from archive.content_notes import read_beforehand
from archive.entries import NoEntry, Spoken, list_narrators, read_narrator, read_term
from archive.query import Facet
from archive.records import VocabularyName
from archive.search import read_passages
from archive.web import languages
from archive.web.answers import missing, page, read
from archive.web.choices import link, passages_of, read_search
from archive.web.languages import gettext as _
from archive.web.quotation import quote

LISTED = 200  # narrators on a page


async def term(request: Any, datasette: Any) -> Any:
    """One place, movement or theme: what it is, where and when it is spoken of, with what, and how."""
    vocabulary = next(name for name in VocabularyName if name.plural == request.url_vars["vocabulary"])
    slug, language = request.url_vars["slug"], languages.language()

    def work(conn: sqlite3.Connection) -> dict[str, Any]:
        entry = read_term(conn, vocabulary, slug, language)
        return {"entry": entry, **_quoted(conn, entry.spoken, language)}

    try:
        found = await read(datasette, request, work)
    except NoEntry as error:
        if error.retired:
            message = _("“%(term)s” has left the archive’s vocabulary, and no passage speaks of it any more.")
            return await missing(datasette, request, message % {"term": slug[:60]}, status=410)
        message = _("The vocabulary has no term “%(term)s”.") % {"term": slug[:60]}
        if error.near:
            message += " " + _("There is: %(terms)s.") % {"terms": ", ".join(error.near)}
        return await missing(datasette, request, message)
    facet = Facet(vocabulary.value)
    context = {"facet": facet, "link": link, "passages_of": passages_of, "query": f"{facet.value}={slug}"}
    return await page(datasette, request, "term", {**found, **context})


async def narrator(request: Any, datasette: Any) -> Any:
    """One narrator, under the name that they chose."""
    number, language = int(request.url_vars["number"]), languages.language()

    def work(conn: sqlite3.Connection) -> dict[str, Any]:
        entry = read_narrator(conn, number, language)
        return {"entry": entry, **_quoted(conn, entry.spoken, language)}

    try:
        found = await read(datasette, request, work)
    except NoEntry:
        message = _("The archive knows no narrator with the number “%(key)s”.") % {"key": number}
        return await missing(datasette, request, message)
    context = {"facet": Facet.NARRATOR, "link": link, "passages_of": passages_of, "query": f"narrator={number}"}
    return await page(datasette, request, "narrator", {**found, **context})


async def narrators(request: Any, datasette: Any) -> Any:
    """The people who tell, by name."""
    number = read_search(request.query_string).page
    found = await read(
        datasette, request, lambda conn: list_narrators(conn, limit=LISTED + 1, offset=(number - 1) * LISTED)
    )
    if not found and number > 1:
        return await missing(datasette, request, _("The list of narrators has no page %(page)s.") % {"page": number})
    context = {"narrators": found[:LISTED], "page": number, "further": len(found) > LISTED}
    return await page(datasette, request, "narrators", context)


ROUTES = (
    (r"^/(?P<vocabulary>places|movements|themes)/(?P<slug>[^/]+)$", term),
    (r"^/narrators$", narrators),
    (r"^/narrators/(?P<number>[0-9]{1,15})$", narrator),
)


def _quoted(conn: sqlite3.Connection, spoken: Spoken, language: str) -> dict[str, Any]:
    """Return the telling passages as quotations, where they are heard, and what is said before."""
    passages = read_passages(conn, spoken.telling)
    return {
        "quotations": [(passage, quote(passage.text, ())) for passage in passages],
        "sounds": find_sounds(conn, [passage.id for passage in passages]),
        "beforehand": read_beforehand(conn, [passage.accession for passage in passages], language),
    }
