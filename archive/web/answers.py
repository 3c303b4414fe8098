"""What every page of ours does: read the archive if this reader may, for a while at most; answer with page or file."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from archive.consents import is_withheld
from archive.errors import UnknownTestimony
from archive.matching import UnknownChoice
from archive.reading import read_testimony
from archive.web.datasette_versions import may_view
from archive.web.facet_names import unknown_choice
from archive.web.languages import gettext as _
from archive.web.languages import language
from archive.web.layout import Site
from archive.web.machines_kept_out import is_kept_out
from archive.words import SearchError

TABLES = ("testimonies", "passages", "terms")  # whoever may see these may read our pages
SECONDS = 2.0  # that one page may read the database for

T = TypeVar("T")


class TooSlow(Exception):
    """A page would have read the database for longer than it may."""


async def read(datasette: Any, request: Any, work: Callable[[sqlite3.Connection], T]) -> T:
    """Run a read on the archive's database, if this reader may.

    Raises Forbidden, and TooSlow after `SECONDS`: no question holds up the others.
    """
    from datasette import Forbidden
    from datasette.utils import sqlite_timelimit

    database = Site(datasette).database
    if not await may_view(datasette, request.actor, database, TABLES):
        raise Forbidden("You may not read this archive")

    def limited(conn: sqlite3.Connection) -> T:
        with sqlite_timelimit(conn, SECONDS * 1000):
            try:
                return work(conn)
            except sqlite3.OperationalError as error:
                if "interrupted" in str(error):
                    raise TooSlow from error
                raise

    found: T = await datasette.get_database(database).execute_fn(limited)
    return found


class PastTheEnd(Exception):
    """A page of results that there is not: there are fewer."""


REFUSED = (TooSlow, PastTheEnd, SearchError, UnknownChoice, UnknownTestimony)


def refusal(error: Exception) -> tuple[int, str]:
    """Return status and reason, in the reader's language, for what cannot be answered."""
    if isinstance(error, SearchError):
        return 400, _(error.hint) % error.values
    if isinstance(error, UnknownChoice):
        return 404, unknown_choice(error.facet, error.key)
    if isinstance(error, UnknownTestimony):
        return 404, _("There is no testimony with the accession number “%(number)s”.") % {"number": error.accession}
    if isinstance(error, PastTheEnd):
        return 404, _("There is no such page: these results have fewer.")
    return 400, _("This question is too large to be answered at once: choose more, or use fewer words.")


def guarded(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a page answer in plain words for what no page can do anything about itself."""

    @wraps(view)  # Datasette looks at the names of the parameters
    async def answered(request: Any, datasette: Any) -> Any:
        try:
            return await view(request, datasette)
        except REFUSED as error:
            status, reason = refusal(error)
            return await missing(datasette, request, sentence(reason), status=status)

    return answered


def plainly(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a file for programs answer with a line of plain text instead."""

    @wraps(view)
    async def answered(request: Any, datasette: Any) -> Any:
        try:
            return await view(request, datasette)
        except REFUSED as error:
            status, reason = refusal(error)
            return answer(request, reason, "text/plain", status=status)

    return answered


def sentence(text: str) -> str:
    """Return a hint as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."


async def page(datasette: Any, request: Any, name: str, context: dict[str, Any], *, status: int = 200) -> Any:
    """Return one of our pages: the template of this name under `conricerca/`, with its context."""
    template = datasette.jinja_env.pages.get_template(f"conricerca/{name}.html")
    said = {"request": request, "kept_out": is_kept_out(datasette, Site(datasette).within(request.path)), **context}
    return answer(request, template.render(**said), "text/html", status=status)


async def missing(datasette: Any, request: Any, message: str, *, status: int = 404) -> Any:
    """Return the page that says that there is nothing here, and why."""
    return await page(datasette, request, "error", {"status": status, "error": message}, status=status)


def answer(
    request: Any, text: str, media_type: str, *, status: int = 200, headers: dict[str, str] | None = None
) -> Any:
    """Return the text, compressed where the browser can read that: a long transcript becomes a tenth of its size."""
    from datasette import Response

    body = text.encode("utf-8", "replace")
    said = {"vary": "accept-encoding", **(headers or {})}
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, compresslevel=5, mtime=0)
        said["content-encoding"] = "gzip"
    return Response(body, status=status, headers=said, content_type=f"{media_type}; charset=utf-8")


async def asked_testimony(datasette: Any, request: Any) -> Any:
    """Return the testimony that the address names, or the page that says that there is none."""
    accession, spoken = request.url_vars["accession"], language()
    try:
        return await read(datasette, request, lambda conn: read_testimony(conn, accession, spoken))
    except UnknownTestimony:
        if await read(datasette, request, lambda conn: is_withheld(conn, accession)):
            message = _("The testimony %(accession)s stood here. It is closed now, because of what was decided on it.")
            return await missing(datasette, request, message % {"accession": accession}, status=410)
        message = _("There is no testimony with the accession number “%(accession)s” here.")
        return await missing(datasette, request, message % {"accession": accession})
