"""Who else tells of this: passages that are like one passage, by what they say or by what they mean."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from archive.browse import find_sounds
from archive.content_notes import read_beforehand
from archive.embeddings import NAME, Made, NoEmbeddings, find_nearest, read_made
from archive.labels import value_names
from archive.search import Passage, read_passages
from archive.similar import UnknownPassage, find_passage, find_similar
from archive.web.answers import missing, page, read
from archive.web.choices import passages_of
from archive.web.languages import gettext as _
from archive.web.languages import language
from archive.web.layout import Site
from archive.web.quotation import quote

MOST_SAID = 8  # shared words that are named with a passage


async def similar(request: Any, datasette: Any) -> Any:
    """Passages like the one that the address names: `?by=meaning` by the semantic index, `&within=1` in its own too."""
    accession, position = request.url_vars["accession"], int(request.url_vars["position"][:9])
    within, by_meaning = request.args.get("within") == "1", request.args.get("by") == "meaning"
    index, spoken = _index(datasette), language()

    def work(conn: sqlite3.Connection) -> dict[str, Any]:
        find = _by_meaning if by_meaning else _by_words
        found = find(conn, index, accession, position, within)
        numbers = [found["origin"].id, *(one.passage.id for one in found["found"])]
        values = {(one.facet, one.key) for some in found["found"] for one in some.shared}
        names = value_names(conn, values, spoken)
        beforehand = read_beforehand(conn, [one.accession for one in _shown(found)], spoken)
        sounds = find_sounds(conn, numbers)
        return {**found, "sounds": sounds, "names": names, "index": _made(index), "beforehand": beforehand}

    try:
        found = await read(datasette, request, work)
    except UnknownPassage:
        message = _("There is no passage %(position)s in a testimony with the accession number “%(number)s”.")
        return await missing(datasette, request, message % {"position": position, "number": accession[:60]})
    except NoEmbeddings as error:
        return await missing(datasette, request, _without_index(error))
    context = {
        "address": f"/passages/{accession}/{position}/similar",
        "within": within,
        "by_meaning": by_meaning,
        "passages_of": passages_of,
        "quoted": {one.id: quote(one.text, one.marks) for one in _shown(found)},
        "said": {one.passage.id: _said(one.passage) for one in found["found"]},
    }
    return await page(datasette, request, "similar", found | context)


ROUTES = ((r"^/passages/(?P<accession>[^/]+)/(?P<position>[0-9]+)/similar$", similar),)


def _by_words(
    conn: sqlite3.Connection, index: Path | None, accession: str, position: int, within: bool
) -> dict[str, Any]:
    found = find_similar(conn, accession, position, within=within)
    return {
        "origin": found.origin,
        "found": found.found,
        "passages": found.passages,
        "testimonies": found.testimonies,
    }


def _by_meaning(
    conn: sqlite3.Connection, index: Path | None, accession: str, position: int, within: bool
) -> dict[str, Any]:
    (origin,) = read_passages(conn, [find_passage(conn, accession, position)])
    if index is None:
        raise NoEmbeddings
    near = find_nearest(conn, index, accession, position, within=within)
    made = near.made
    return {
        "origin": origin,
        "found": near.found,
        "passages": made.passages,
        "testimonies": made.testimonies,
        "has_vector": near.has_vector,
    }


def _index(datasette: Any) -> Path | None:
    """Return where the semantic index of the archive lies, if there is one."""
    database = datasette.get_database(Site(datasette).database).path
    path = Path(database).parent / "derived" / NAME if database else None
    return path if path and path.is_file() else None


def _made(index: Path | None) -> Made | None:
    """Return what the semantic index says of itself, if it can be read here."""
    try:
        return read_made(index) if index else None
    except NoEmbeddings:
        return None


def _without_index(error: NoEmbeddings) -> str:
    if error.packages:
        command = {"command": "pip install 'conricerca[embeddings]'"}
        return _("There is an index of meaning, but the program lacks what reads it: %(command)s.") % command
    return _("This archive has no index of meaning: look by words and terms.")


def _shown(found: dict[str, Any]) -> list[Passage]:
    return [found["origin"], *(one.passage for one in found["found"])]


def _said(passage: Passage) -> tuple[str, ...]:
    """Return the words that are marked in a passage, each once."""
    words = {passage.text[start:end].casefold(): passage.text[start:end] for start, end in reversed(passage.marks)}
    return tuple(reversed(words.values()))[:MOST_SAID]
