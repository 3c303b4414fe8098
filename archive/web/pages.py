"""The reader's pages: home, search, testimonies, one testimony, and one page for each vocabulary."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from typing import Any

from archive.browse import (
    Branch,
    Testimony,
    count_archive,
    find_sounds,
    grow_vocabulary,
    list_testimonies,
    name_terms,
    read_testimony,
    read_word_timings,
)
from archive.errors import UnknownTestimony
from archive.records import VocabularyName
from archive.search import Query, SearchError, count_terms, find_passages
from archive.web.choices import SIZE, Search, chips, choices, link, read_search
from archive.web.datasette_versions import may_view
from archive.web.layout import Site
from archive.web.media import disposition
from archive.web.quotation import quote
from transcripts.model import Segment, Transcript
from transcripts.webvtt import write_webvtt

TABLES = ("testimonies", "passages", "terms")  # whoever may see these may read our pages
NEWEST = 8  # testimonies on the home page
LISTED = 50  # testimonies on a page of their list
TERMS = 8  # terms of each vocabulary on the home page


async def home(request: Any, datasette: Any) -> Any:
    """What the archive is, how much it holds, what it speaks of, and what came in last."""

    def read(conn: sqlite3.Connection) -> dict[str, Any]:
        return {
            "totals": count_archive(conn),
            "terms": {name: count_terms(conn, Query(), name, limit=TERMS) for name in VocabularyName},
            "newest": list_testimonies(conn, limit=NEWEST),
        }

    return await _page(datasette, request, "home", await _read(datasette, request, read))


async def testimonies(request: Any, datasette: Any) -> Any:
    """Every testimony, the newest accession first."""
    page = read_search(request.query_string).page

    def read(conn: sqlite3.Connection) -> dict[str, Any]:
        found = list_testimonies(conn, limit=LISTED, offset=(page - 1) * LISTED)
        return {"totals": count_archive(conn), "entries": found}

    found = await _read(datasette, request, read)
    return await _page(datasette, request, "testimonies", {**found, "page": page, "size": LISTED})


async def search(request: Any, datasette: Any) -> Any:
    """Passages by words, places, movements and themes."""
    asked = read_search(request.query_string)
    try:
        found = await _read(datasette, request, lambda conn: _find(conn, asked))
    except SearchError as error:
        made = chips(asked, {name: {} for name in VocabularyName}, None)
        unreadable = {"asked": asked, "hint": str(error), "chips": made}
        return await _page(datasette, request, "search", unreadable, status=400)
    return await _page(datasette, request, "search", found)


async def testimony(request: Any, datasette: Any) -> Any:
    """One testimony whole, with what is known of it and its recording."""
    found = await _read_testimony(datasette, request)
    if not isinstance(found, Testimony):
        return found
    return await _page(datasette, request, "testimony", {"testimony": found, "link": link})


async def transcript(request: Any, datasette: Any) -> Any:
    """One testimony's text as a file: captions, or plain text to read and print."""
    found = await _read_testimony(datasette, request)
    if not isinstance(found, Testimony):
        return found
    suffix = request.url_vars["format"]
    timed = any(line.start is not None for line in found.lines)
    if not found.lines or (suffix == "vtt" and not timed):
        return await _missing(datasette, request, "This testimony has no text with times.")
    text = _captions(found) if suffix == "vtt" else _plain_text(found)
    media_type = "text/vtt" if suffix == "vtt" else "text/plain"
    return _answer(request, text, media_type, filename=f"{found.entry.accession}.{suffix}")


async def words(request: Any, datasette: Any) -> Any:
    """When each word of a testimony is spoken, for the page that follows them: position → [start, end, from, to], …"""
    accession = request.url_vars["accession"]
    found = await _read(datasette, request, lambda conn: dict(read_word_timings(conn, accession)))
    return _answer(request, json.dumps(found, separators=(",", ":")), "application/json")


async def vocabulary(request: Any, datasette: Any) -> Any:
    """All terms of one vocabulary as a tree, with how many passages speak of each."""
    name = next(name for name in VocabularyName if name.plural == request.url_vars["vocabulary"])
    tree = await _read(datasette, request, lambda conn: grow_vocabulary(conn, name))
    context = {"name": name, "tree": tree, "most": _most(tree), "link": link}
    return await _page(datasette, request, "vocabulary", context)


ROUTES = (
    (r"^/$", home),
    (r"^/search$", search),
    (r"^/testimonies$", testimonies),
    (r"^/testimonies/(?P<accession>[^/]+)$", testimony),
    (r"^/testimonies/(?P<accession>[^/]+)/transcript\.(?P<format>vtt|txt)$", transcript),
    (r"^/testimonies/(?P<accession>[^/]+)/words\.json$", words),
    (r"^/(?P<vocabulary>places|movements|themes)$", vocabulary),
)


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


async def _read(datasette: Any, request: Any, read: Callable[[sqlite3.Connection], Any]) -> Any:
    """Run a read on the archive's database, if this reader may; raises Forbidden."""
    from datasette import Forbidden

    database = Site(datasette).database
    if not await may_view(datasette, request.actor, database, TABLES):
        raise Forbidden("You may not read this archive")
    return await datasette.get_database(database).execute_fn(read)


async def _read_testimony(datasette: Any, request: Any) -> Any:
    """Return the testimony that the address names, or the page that says that there is none."""
    try:
        return await _read(datasette, request, lambda conn: read_testimony(conn, request.url_vars["accession"]))
    except UnknownTestimony as error:
        message = f"There is no testimony with the accession number “{error.accession}” here."
        return await _missing(datasette, request, f"{message} It may have been withdrawn, or the number is mistyped.")


async def _page(datasette: Any, request: Any, name: str, context: dict[str, Any], *, status: int = 200) -> Any:
    html = await datasette.render_template(f"conricerca/{name}.html", context, request=request)
    return _answer(request, html, "text/html", status=status)


async def _missing(datasette: Any, request: Any, message: str) -> Any:
    return await _page(datasette, request, "error", {"status": 404, "error": message}, status=404)


def _most(tree: tuple[Branch, ...]) -> int:
    """Return the largest number of passages of any term, by which the bars are drawn."""
    return max((max(branch.passages, _most(branch.children)) for branch in tree), default=0)


def _captions(testimony: Testimony) -> str:
    segments = tuple(
        Segment(text=line.text, start=line.start, end=line.end, speaker=line.who)
        for line in testimony.lines
        if line.start is not None
    )
    return write_webvtt(Transcript(segments=segments, language=testimony.entry.language))


def _plain_text(testimony: Testimony) -> str:
    """Return title, label and the passages, with who speaks where that changes."""
    entry = testimony.entry
    parts = [entry.title, *([entry.label] if entry.label else []), entry.accession, ""]
    speaking = None
    for line in testimony.lines:
        name = f"{line.who}: " if line.who and line.who != speaking else ""
        parts += [f"{name}{line.text}", ""]
        speaking = line.who
    return "\n".join(parts)


def _answer(request: Any, text: str, media_type: str, *, status: int = 200, filename: str | None = None) -> Any:
    """Return the text, compressed where the browser can read that: a long transcript becomes a tenth of its size."""
    from datasette import Response

    body = text.encode("utf-8", "replace")
    headers = {"vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, compresslevel=5, mtime=0)
        headers["content-encoding"] = "gzip"
    if filename:
        headers["content-disposition"] = disposition("attachment", filename)
    return Response(body, status=status, headers=headers, content_type=f"{media_type}; charset=utf-8")
