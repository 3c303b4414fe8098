"""The same search for programs: as JSON, as a table, as a feed, and the description that browsers read."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from archive.browse import Recording, find_sounds
from archive.consent import Use
from archive.marks import N_
from archive.query import Facet, Order
from archive.refused_uses import refused_uses
from archive.search import Counted, Found, Passage, count_choices, find_hits, find_passages
from archive.web.answers import REFUSED, PastTheEnd, answer, plainly, read, refusal
from archive.web.choices import SIZE, Search, read_search
from archive.web.layout import Site
from archive.web.machines_kept_out import robots
from archive.web.spreadsheets import csv_text
from archive.words import SearchError

IN_A_TABLE = 1_000  # passages
MOST = 100  # passages of a page of JSON
ATOM, OPENSEARCH = "http://www.w3.org/2005/Atom", "http://a9.com/-/spec/opensearch/1.1/"
_BEGINNING = "1970-01-01T00:00:00Z"  # of a feed that has nothing yet
_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COLUMNS = (
    "accession", "title", "narrator", "recorded_on", "language", "start", "end", "text", "label", "address",
    "refused_uses",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One page of a search, for a program."""

    asked: Search
    found: Found
    sounds: dict[int, Recording]
    counted: Counted | None
    arrivals: dict[str, str]
    refused: dict[str, tuple[Use, ...]]


async def search_json(request: Any, datasette: Any) -> Any:
    """A page of passages with the counts of every facet."""
    try:
        size = _size(request.args.get("size"))
        results = await _results(request, datasette, size=size, counting=True)
    except REFUSED as error:
        status, hint = refusal(error)
        return answer(request, _json({"ok": False, "status": status, "error": hint}), "application/json", status=status)
    asked, found, root = results.asked, results.found, f"{request.scheme}://{request.host}"
    further = asked.page * size < found.total
    body = {
        "ok": True,
        "total": found.total,
        "capped": found.capped,
        "also": list(found.also),
        "page": asked.page,
        "passages": [_passage(one, results, Site(datasette), request) for one in found.passages],
        "facets": {
            facet.value: [
                {"key": choice.key, "label": choice.label, "count": choice.count}
                for choice in (results.counted.of(facet) if results.counted else ())
            ]
            for facet in Facet
        },
        "counts_capped": sorted(facet.value for facet in results.counted.capped) if results.counted else [],
        "next": root + Site(datasette).path(_next(asked, size)) if further else None,
    }
    return answer(request, _json(body), "application/json")


@plainly
async def search_csv(request: Any, datasette: Any) -> Any:
    """The first thousand passages, one a line."""
    results = await _results(request, datasette, size=IN_A_TABLE)
    site = Site(datasette)
    rows = [
        [" ".join(one[name]) if name == "refused_uses" else one[name] for name in COLUMNS]
        for one in (_passage(passage, results, site, request) for passage in results.found.passages)
    ]
    named = {"content-disposition": 'attachment; filename="search.csv"'}
    return answer(request, csv_text(COLUMNS, rows), "text/csv", headers=named)


@plainly
async def search_atom(request: Any, datasette: Any) -> Any:
    """The passages of a search as an Atom feed (RFC 4287), those that came into the archive last first."""
    results = await _results(request, datasette, size=SIZE, order=Order.ARRIVAL)
    return answer(request, _feed(results, request, Site(datasette)), "application/atom+xml")


async def opensearch(request: Any, datasette: Any) -> Any:
    """What a browser needs to search the archive from its own field (OpenSearch 1.1)."""
    site, root = Site(datasette), f"{request.scheme}://{request.host}"
    description = ET.Element("OpenSearchDescription", xmlns=OPENSEARCH)
    ET.SubElement(description, "ShortName").text = site.title[:16]
    ET.SubElement(description, "Description").text = site.title[:1024]
    for path, media_type in (
        ("/search", "text/html"),
        ("/search.json", "application/json"),
        ("/search.atom", "application/atom+xml"),
    ):
        ET.SubElement(description, "Url", type=media_type, template=f"{root}{site.path(path)}?q={{searchTerms}}")
    return answer(request, _xml(description), "application/opensearchdescription+xml")


async def robots_txt(request: Any, datasette: Any) -> Any:
    """Which programs may read the site, for programs that ask."""
    return answer(request, robots(datasette), "text/plain")


ROUTES = (
    (r"^/search\.json$", search_json),
    (r"^/search\.csv$", search_csv),
    (r"^/search\.atom$", search_atom),
    (r"^/opensearch\.xml$", opensearch),
    (r"^/robots\.txt$", robots_txt),
)


async def _results(
    request: Any, datasette: Any, *, size: int, order: Order | None = None, counting: bool = False
) -> Results:
    """Raises SearchError, UnknownChoice, UnknownTestimony, TooSlow, PastTheEnd."""
    asked = read_search(request.query_string)

    def work(conn: sqlite3.Connection) -> Results:
        hits = find_hits(conn, asked.query)
        offset = (asked.page - 1) * size
        if asked.page > 1 and offset >= len(hits.ids):
            raise PastTheEnd
        found = find_passages(conn, asked.query, order=order or asked.order, limit=size, offset=offset, hits=hits)
        return Results(
            asked=asked,
            found=found,
            sounds=find_sounds(conn, [passage.id for passage in found.passages]),
            counted=count_choices(conn, asked.query, limit=40, hits=hits) if counting else None,
            arrivals=_arrivals(conn, {passage.accession for passage in found.passages}),
            refused=refused_uses(conn, [passage.accession for passage in found.passages]),
        )

    results: Results = await read(datasette, request, work)
    return results


def _arrivals(conn: sqlite3.Connection, accessions: Iterable[str]) -> dict[str, str]:
    """Return when each of these testimonies came into the archive, as Atom writes a moment (RFC 3339)."""
    rows = conn.execute(
        "select accession, accessioned_at from testimonies where accession in (select value from json_each(?))",
        [json.dumps(list(accessions))],
    )
    return {accession: at.replace("+00:00", "Z") for accession, at in rows}


def _passage(passage: Passage, results: Results, site: Site, request: Any) -> dict[str, Any]:
    sound = results.sounds.get(passage.id)
    return {
        "accession": passage.accession,
        "title": passage.title,
        "label": passage.label,
        "narrator": passage.narrator,
        "recorded_on": passage.recorded_on,
        "language": passage.language,
        "position": passage.position,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "highlights": [list(mark) for mark in passage.marks],
        "reviewed": not passage.unreviewed,
        "address": site.root(request) + site.testimony(passage.accession, passage.start, passage.position),
        "sound": f"{request.scheme}://{request.host}" + site.path(f"/media/{sound.sha256}{sound.suffix}")
        if sound
        else None,
        "refused_uses": list(results.refused.get(passage.accession, ())),
    }


def _feed(results: Results, request: Any, site: Site) -> str:
    root = f"{request.scheme}://{request.host}"
    asked = results.asked
    feed = ET.Element("feed", xmlns=ATOM)
    page = root + site.path(asked.address)
    ET.SubElement(feed, "id").text = site.root(request) + site.path(asked.address)
    ET.SubElement(feed, "title").text = f"{asked.query.words} · {site.title}" if asked.query.words else site.title
    moments = results.arrivals
    ET.SubElement(feed, "updated").text = max(moments.values(), default=_BEGINNING)
    author = ET.SubElement(feed, "author")
    ET.SubElement(author, "name").text = site.title
    ET.SubElement(feed, "link", rel="self", href=root + site.path(asked.at("/search.atom")))
    ET.SubElement(feed, "link", rel="alternate", type="text/html", href=page)
    for passage in results.found.passages:
        address = root + site.testimony(passage.accession, passage.start, passage.position)
        entry = ET.SubElement(feed, "entry")
        ET.SubElement(
            entry, "id"
        ).text = f"{site.root(request)}{site.path('/testimonies/' + passage.accession)}#p{passage.position}"
        ET.SubElement(entry, "title").text = passage.title
        ET.SubElement(entry, "updated").text = moments[passage.accession]
        ET.SubElement(entry, "link", rel="alternate", type="text/html", href=address)
        if passage.narrator:
            ET.SubElement(ET.SubElement(entry, "author"), "name").text = passage.narrator
        if passage.label:
            ET.SubElement(entry, "summary", type="text").text = passage.label
        if refused := results.refused.get(passage.accession):
            ET.SubElement(entry, "rights", type="text").text = f"Not agreed to: {', '.join(refused)}"
        spoken = {"{http://www.w3.org/XML/1998/namespace}lang": passage.language} if passage.language else {}
        ET.SubElement(entry, "content", {"type": "text", **spoken}).text = passage.text
    return _xml(feed)


def _size(said: str | None) -> int:
    """Return how many passages a page of JSON has. Raises SearchError."""
    if said is None:
        return SIZE
    if not (said.isascii() and said.isdecimal() and 1 <= int(said[:9]) <= MOST):
        raise SearchError(N_("a page has 1 to %(most)s passages: leave the size out, or write a number"), most=MOST)
    return int(said)


def _next(asked: Search, size: int) -> str:
    further = {"page": str(asked.page + 1)} | ({"size": str(size)} if size != SIZE else {})
    return asked.asking(asked.query).at("/search.json", **further)


def _json(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, indent=1)


def _xml(root: ET.Element) -> str:
    """Return the document; signs that XML does not know are left out."""
    for element in root.iter():
        if element.text:
            element.text = _NO_XML.sub("", element.text)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")
