"""The archive in the browser: a plugin of Datasette. Here stand the hooks only; each does one thing elsewhere.

Nothing of Datasette but `hookimpl` is imported at the top: Datasette reads this while it is itself half imported.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Our pages, the recordings, and the pages' scripts."""
    from archive.web import media, pages, scripts

    return [*pages.ROUTES, (media.ROUTE, media.media), (scripts.ROUTE, scripts.script)]


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """What our templates need."""
    from archive.web.layout import prepare_environment

    prepare_environment(env, datasette)


@hookimpl
def register_facet_classes() -> list[type]:
    """Counts of places, movements and themes."""
    from archive.web.facets import LinkFacet

    return [LinkFacet]


@hookimpl
def filters_from_request(request: Any, database: str, table: str, datasette: Any) -> Callable[[], Awaitable[Any]]:
    """Choose rows by place, movement and theme."""
    from archive.web.filters import term_filters

    return lambda: term_filters(request, database, table, datasette)


@hookimpl(trylast=True)  # after Datasette's own, which it replaces
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Let Datasette's search box find words in scripts that do not separate words, and read the file where it lies.

    A search looks up thousands of rows all over the file: mapped into memory that takes two thirds of the time.
    """
    from archive.web.filters import search_spaced

    conn.execute("pragma mmap_size = 2147418112").fetchall()  # the most that SQLite maps
    conn.create_function("escape_fts", 1, search_spaced, deterministic=True)


@hookimpl
def render_cell(value: Any, column: str, table: str | None, datasette: Any) -> Any:
    """Names, minutes and links in the cells of Datasette's tables."""
    from archive.web.cells import shown

    return shown(value, column, table, datasette)


@hookimpl
def extra_css_urls(datasette: Any) -> list[str]:
    """Our look, on Datasette's own pages: ours name their style sheets themselves."""
    from archive.web.layout import Site

    return [Site(datasette).static("datasette.css")]


@hookimpl
def menu_links(datasette: Any) -> list[dict[str, str]]:
    """The way from Datasette's own pages back to ours."""
    from archive.web.languages import gettext as _

    return [
        {"href": datasette.urls.path("/"), "label": _("The archive")},
        {"href": datasette.urls.path("/search"), "label": _("Search")},
    ]


@hookimpl
def startup(datasette: Any) -> Callable[[], Awaitable[None]]:
    """Close what holds more than may be read, and count through link tables where there are any."""
    from archive.web.closed_tables import hide_closed_tables
    from archive.web.datasette_versions import print_no_local_variables
    from archive.web.facets import use_link_tables

    async def prepare() -> None:
        await hide_closed_tables(datasette)
        await use_link_tables(datasette)

    print_no_local_variables()
    return prepare


@hookimpl(trylast=True)  # the last answer counts
def permission_allowed(datasette: Any, action: str, resource: Any) -> Callable[[], Awaitable[bool | None]] | None:
    """Close the tables of a private archive that hold what is withheld."""
    from archive.web.closed_tables import permission
    from archive.web.datasette_versions import asks_for_our_pages

    return None if asks_for_our_pages() else lambda: permission(datasette, action, resource)


@hookimpl(tryfirst=True)
def handle_exception(exception: Exception) -> None:
    """Answer a table's mistaken address as what it is, before Datasette answers it as a failure of its own."""
    from archive.web.datasette_versions import is_readers_mistake

    if is_readers_mistake(exception):
        exception.status = 400  # type: ignore[attr-defined]


@hookimpl
def forbidden(datasette: Any, request: Any) -> Callable[[], Awaitable[Any]] | None:
    """Say in plain words why something is closed."""
    from archive.web.closed_tables import is_closing, say_that_it_is_closed

    return (lambda: say_that_it_is_closed(datasette, request)) if is_closing(datasette) else None


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Headers on every answer, and no answer to strangers of a private archive."""
    from archive.web.compression import compressed
    from archive.web.security import secured

    return lambda app: secured(compressed(app), datasette, is_ours)


def is_ours(path: str) -> bool:
    """Whether the page at this address is one of our own, not one of Datasette's."""
    from archive.web import pages

    return any(re.match(pattern, path) for pattern, _ in pages.ROUTES)
