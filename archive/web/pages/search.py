"""Passages by words, places, movements, themes, people, years and more, with counts for every further choice."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from archive.broader import broader
from archive.browse import find_sounds, title_of
from archive.content_notes import read_beforehand
from archive.errors import UnknownTestimony
from archive.folding import fold
from archive.grouping import group_hits
from archive.labels import value_names
from archive.query import Facet, Query
from archive.search import Hits, Passage, UnknownChoice, count_choices, find_hits, find_passages
from archive.web import languages
from archive.web.answers import page, read
from archive.web.choices import SIZE, Names, Search, chips, choices, read_search
from archive.web.drawn_choices import draw_choices
from archive.web.facet_names import facet_name, unknown_choice, value_name
from archive.web.languages import gettext as _
from archive.web.layout import Site
from archive.web.quotation import quote
from archive.words import SearchError, wanted
from transcripts.sentences import sentences

LISTED = 30  # values of a facet beside the results
IN_SIGHT = 10  # of them; the others are unfolded
_VOCABULARIES = (Facet.PLACE, Facet.MOVEMENT, Facet.THEME)
CONTEXT = 240  # characters of a neighbouring sentence at most


async def search(request: Any, datasette: Any) -> Any:
    """Passages, or the testimonies that they stand in, with the choices beside them."""
    language = languages.language()
    asked = Search(query=Query())
    try:
        asked = read_search(request.query_string)
        found = await read(datasette, request, lambda conn: _find(conn, asked, language))
    except SearchError as error:
        hint = _(error.hint) % error.values if error.values else _(error.hint)
        words = " ".join(request.args.getlist("q"))[:200]
        return await page(datasette, request, "search", {"asked": asked, "hint": hint, "words": words}, status=400)
    except UnknownChoice as error:
        without = asked.without_value(error.facet, error.key)
        context = {"asked": asked, "unknown": unknown_choice(error.facet, error.key), "without": without}
        return await page(datasette, request, "search", context, status=404)
    except UnknownTestimony as error:
        unknown = _("There is no testimony with the accession number “%(number)s”.") % {"number": error.accession}
        context = {"asked": asked, "unknown": unknown, "without": asked.changed(accession=None)}
        return await page(datasette, request, "search", context, status=404)
    names = _spoken(found.pop("names"), found["counted"], asked)
    past_the_end = asked.page > max(1, found["pages"])
    found["explore"] = _explore()
    found |= {"asked": asked, "names": names, "chips": chips(asked, names, found["title"])}
    base = Site(datasette).path("/").rstrip("/")
    found["beside"] = _beside(asked, found.pop("counted"), names, found.pop("above"), base)
    return await page(datasette, request, "search", found, status=404 if past_the_end else 200)


ROUTES = ((r"^/search$", search),)


def _explore() -> tuple[tuple[str, str], ...]:
    """Return the other pages that show the same choices."""
    return (
        ("/map", _("map")),
        ("/timeline", _("time line")),
        ("/concordance", _("concordance")),
        ("/together", _("table")),
    )


def _find(conn: sqlite3.Connection, asked: Search, language: str) -> dict[str, Any]:
    """Return one page of results with everything that stands beside them."""
    query = asked.query
    hits = find_hits(conn, query)
    counted = count_choices(conn, query, limit=LISTED, hits=hits)
    instead = None if hits.ids else count_choices(conn, Query(), _VOCABULARIES, limit=4)
    shown = (counted, instead) if instead else (counted,)
    values = [(one.facet, one.key) for counts in shown for some in counts.choices.values() for one in some]
    title = title_of(conn, query.accession)
    found = _testimonies(conn, asked, hits) if asked.grouped else _passages(conn, asked, hits)
    accessions = [one.entry.accession for one in found.get("groups", ())]
    accessions += [passage.accession for passage, _, _ in found.get("quotations", ())]
    return found | {
        "beforehand": read_beforehand(conn, accessions, language),
        "total": len(hits.ids),
        "also": wanted(conn, query.words, exactly=query.exactly).also,
        "capped": hits.capped,
        "testimonies": len(set(hits.testimonies)),
        "counted": counted,
        "names": value_names(conn, [*values, *query.chosen], language),
        "above": {facet: broader(conn, facet, [choice.key for choice in counted.of(facet)]) for facet in Facet},
        "title": title,
        "named": _named_terms(conn, query, language),
        "instead": instead,
    }


def _passages(conn: sqlite3.Connection, asked: Search, hits: Hits) -> dict[str, Any]:
    offset = (asked.page - 1) * SIZE
    found = find_passages(conn, asked.query, order=asked.order, limit=SIZE, offset=offset, hits=hits)
    return {
        "quotations": [(passage, quote(passage.text, passage.marks), _around(passage)) for passage in found.passages],
        "sounds": find_sounds(conn, [passage.id for passage in found.passages]),
        "pages": -(-len(hits.ids) // SIZE),
    }


def _testimonies(conn: sqlite3.Connection, asked: Search, hits: Hits) -> dict[str, Any]:
    number, groups = group_hits(conn, hits, asked.order, limit=SIZE, offset=(asked.page - 1) * SIZE)
    return {"groups": groups, "pages": -(-number // SIZE)}


def _around(passage: Passage) -> tuple[str, str]:
    """Return the sentence before the passage and the one after it, as far as they stand in its neighbours."""
    before = sentences(passage.before)[-1:] if passage.before else ()
    after = sentences(passage.after)[:1] if passage.after else ()
    return _end_of(" ".join(before)), _start_of(" ".join(after))


def _end_of(text: str) -> str:
    return text if len(text) <= CONTEXT else "… " + text[-CONTEXT:].partition(" ")[2]


def _start_of(text: str) -> str:
    return text if len(text) <= CONTEXT else text[:CONTEXT].rpartition(" ")[0] + " …"


def _named_terms(conn: sqlite3.Connection, query: Query, language: str) -> list[tuple[Facet, str, str, int]]:
    """Return the terms that the words as a whole name: facet, slug, label, passages; those chosen already apart."""
    if not query.words or re.search(r'["()*]', query.words):
        return []
    rows = conn.execute(
        "select distinct facet, key, passages from term_names join terms on terms.id = term "
        "join facet_values on facet = vocabulary and key = slug where folded = ? and passages > 0 "
        "order by passages desc limit 4",
        [fold(query.words)],
    ).fetchall()
    found = [(Facet(facet), key, number) for facet, key, number in rows if (facet, key) not in query.chosen]
    names = value_names(conn, [(facet, key) for facet, key, _ in found], language)
    return [(facet, key, names.get((facet, key), key), number) for facet, key, number in found]


def _spoken(names: Names, counted: Any, asked: Search) -> Names:
    """Add what the reader's language calls languages, kinds and decades."""
    values = [(choice.facet, choice.key) for some in counted.choices.values() for choice in some]
    named = dict(names)
    for facet, key in (*values, *asked.query.chosen):
        if facet in (Facet.LANGUAGE, Facet.KIND, Facet.YEAR):
            named[facet, key] = value_name(facet, key)
    return named


def _beside(asked: Search, counted: Any, names: Names, above: Mapping[Facet, Any], base: str) -> list[dict[str, Any]]:
    """Return the facets that have something to choose, with their values and the way between any and all."""
    shown = []
    for facet in Facet:
        values = choices(asked, facet, counted.of(facet), names, above[facet])
        most = max((value.count for value in values), default=0)
        several = len(asked.query.keys(facet)) > 1 and not facet.is_single
        if len(values) > 1 or any(value.chosen for value in values) or (values and facet.vocabulary):
            shown.append(
                {
                    "facet": facet,
                    "name": facet_name(facet),
                    "unfolded": bool(facet.vocabulary) or any(value.chosen for value in values),
                    "first": draw_choices(values[:IN_SIGHT], most, base),
                    "more": draw_choices(values[IN_SIGHT:], most, base),
                    "capped": facet in counted.capped,
                    "toggle": asked.with_all(facet, not asked.query.asks_all(facet)) if several else None,
                    "asks_all": asked.query.asks_all(facet),
                }
            )
    return shown
