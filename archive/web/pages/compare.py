"""Two or three terms side by side: what is spoken of together with each of them, and with one alone."""

from __future__ import annotations

import sqlite3
from typing import Any
from urllib.parse import urlencode

from archive.comparison import AT_LEAST, AT_MOST, Comparison, compare, find_term, list_terms_spoken_of
from archive.labels import value_names
from archive.matching import UnknownChoice
from archive.query import Facet, Query
from archive.web.answers import page, read
from archive.web.choices import Search, passages_of
from archive.web.facet_names import facet_name, unknown_choice, value_name
from archive.web.languages import gettext as _
from archive.web.languages import language
from archive.web.layout import Site

PATH = "/compare"
FIELDS = ("first", "second", "third")  # names as a reader types them
SHARED, ALONE = 12, 8  # values of a facet in sight; those shared beyond that can be opened
Value = tuple[Facet, str]


async def comparison(request: Any, datasette: Any) -> Any:
    """Terms compared: `?place=turin&place=buenos-aires`, or by the names that a reader typed."""
    typed = [name.strip()[:200] for name in (request.args.get(field) or "" for field in FIELDS)]
    if any(typed):
        return await _typed(request, datasette, typed)
    chosen = [
        (facet, key) for facet in Facet if facet.vocabulary for key in dict.fromkeys(request.args.getlist(facet.value))
    ]
    if not chosen:
        return await _form(request, datasette, [])
    if not _comparable(chosen):
        return await _form(request, datasette, chosen, hint=_two_or_three(), status=400)
    spoken = language()

    def work(conn: sqlite3.Connection) -> tuple[Comparison, dict[Value, str]]:
        found = compare(conn, chosen[0][0], [key for _facet, key in chosen])
        return found, value_names(conn, [*_values(found), *chosen], spoken)

    try:
        found, called = await read(datasette, request, work)
    except UnknownChoice as error:
        return await _form(request, datasette, [], hint=unknown_choice(error.facet, error.key), status=404)
    names = {value: called.get(value) or value_name(*value) for value in (*_values(found), *chosen)}
    return await _form(request, datasette, chosen, found=found, names=names)


ROUTES = ((r"^/compare$", comparison),)


async def _typed(request: Any, datasette: Any, typed: list[str]) -> Any:
    """Lead to the comparison of the terms that have these names, or say which name is none."""
    from datasette import Response

    asked = [name for name in typed if name]
    found = await read(datasette, request, lambda conn: [find_term(conn, name) for name in asked])
    for name, terms in zip(asked, found, strict=True):
        if not terms:
            hint = _("No place, movement or theme of the archive is called “%(name)s”.") % {"name": name}
            return await _form(request, datasette, [], hint=hint, typed=typed, status=404)
    facets = [{facet for facet, _slug in terms} for terms in found]
    shared = [facet for facet in Facet if all(facet in some for some in facets)]
    if not shared or not AT_LEAST <= len(set(asked)) <= AT_MOST:
        return await _form(request, datasette, [], hint=_two_or_three(), typed=typed, status=400)
    facet = next((facet for facet, _slug in found[0] if facet in shared), shared[0])
    pairs = [(facet.value, next(slug for of, slug in terms if of is facet)) for terms in found]
    return Response.redirect(Site(datasette).path(f"{PATH}?{urlencode(pairs)}"))


async def _form(request: Any, datasette: Any, chosen: list[Value], *, status: int = 200, **further: Any) -> Any:
    """Return the page: the form, and what `further` says of what is compared or why nothing is."""
    spoken = language()

    def work(conn: sqlite3.Connection) -> dict[Value, str]:
        offered = list_terms_spoken_of(conn)
        called = value_names(conn, [*offered, *chosen], spoken)
        return {value: called[value] for value in (*offered, *chosen) if value in called}

    offered = await read(datasette, request, work)
    said = further.get("typed") or [offered.get(value, value[1]) for value in chosen][:AT_MOST]
    context = {
        "hint": None,
        "found": None,
        "offered": sorted(
            {(name, facet) for (facet, _key), name in offered.items()}, key=lambda one: one[0].casefold()
        ),
        "fields": list(zip(FIELDS, [*said, "", "", ""], strict=False)),
        "facet_name": facet_name,
        "together": lambda side, one: _together(chosen[0][0], side, one),
        "alone_name": lambda name: _("Only with %(name)s") % {"name": name},
        "passages_of": passages_of,
        "shown": SHARED,
        "alone": ALONE,
    }
    return await page(datasette, request, "compare", context | further, status=status)


def _two_or_three() -> str:
    return _("Choose two or three of one kind: places, or movements, or themes.")


def _comparable(chosen: list[Value]) -> bool:
    return len({facet for facet, _key in chosen}) == 1 and AT_LEAST <= len(chosen) <= AT_MOST


def _values(found: Comparison) -> list[Value]:
    """Return all values that the comparison names."""
    groups = [found.shared, *found.alone.values()]
    return [(one.facet, one.key) for group in groups for some in group.values() for one in some]


def _together(facet: Facet, side: str, value: Value) -> str:
    """Return the address of the passages that speak of both."""
    query = Query(chosen=((facet, side), value), all_of=frozenset({facet} if value[0] is facet else ()))
    return Search(query=query).address
