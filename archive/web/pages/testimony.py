"""One testimony: its page, and when each word is spoken."""

from __future__ import annotations

import json
from typing import Any

from archive.errors import UnknownTestimony
from archive.reading import Testimony, read_testimony, read_word_timings
from archive.web.answers import answer, missing, page, read
from archive.web.choices import link


async def testimony(request: Any, datasette: Any) -> Any:
    """One testimony whole, with what is known of it and its recording."""
    found = await asked_testimony(datasette, request)
    if not isinstance(found, Testimony):
        return found
    return await page(datasette, request, "testimony", {"testimony": found, "link": link})


async def words(request: Any, datasette: Any) -> Any:
    """When each word of a testimony is spoken, for the page that follows them: position → [start, end, from, to], …"""
    accession = request.url_vars["accession"]
    found = await read(datasette, request, lambda conn: dict(read_word_timings(conn, accession)))
    return answer(request, json.dumps(found, separators=(",", ":")), "application/json")


ROUTES = (
    (r"^/testimonies/(?P<accession>[^/]+)$", testimony),
    (r"^/testimonies/(?P<accession>[^/]+)/words\.json$", words),
)


async def asked_testimony(datasette: Any, request: Any) -> Any:
    """Return the testimony that the address names, or the page that says that there is none."""
    try:
        return await read(datasette, request, lambda conn: read_testimony(conn, request.url_vars["accession"]))
    except UnknownTestimony as error:
        message = f"There is no testimony with the accession number “{error.accession}” here."
        return await missing(datasette, request, f"{message} It may have been withdrawn, or the number is mistyped.")
