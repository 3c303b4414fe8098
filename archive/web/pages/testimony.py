"""One testimony: its page, its text as a file, and when each word is spoken."""

from __future__ import annotations

import json
from typing import Any

from archive.browse import Testimony, read_testimony, read_word_timings
from archive.errors import UnknownTestimony
from archive.web.answers import answer, missing, page, read
from archive.web.choices import link
from archive.web.media import disposition
from transcripts.model import Segment, Transcript
from transcripts.webvtt import write_webvtt


async def testimony(request: Any, datasette: Any) -> Any:
    """One testimony whole, with what is known of it and its recording."""
    found = await asked_testimony(datasette, request)
    if not isinstance(found, Testimony):
        return found
    return await page(datasette, request, "testimony", {"testimony": found, "link": link})


async def transcript(request: Any, datasette: Any) -> Any:
    """One testimony's text as a file: captions, or plain text to read and print."""
    found = await asked_testimony(datasette, request)
    if not isinstance(found, Testimony):
        return found
    suffix = request.url_vars["format"]
    timed = any(line.start is not None for line in found.lines)
    if not found.lines or (suffix == "vtt" and not timed):
        return await missing(datasette, request, "This testimony has no text with times.")
    text = _captions(found) if suffix == "vtt" else _plain_text(found)
    named = {"content-disposition": disposition("attachment", f"{found.entry.accession}.{suffix}")}
    return answer(request, text, "text/vtt" if suffix == "vtt" else "text/plain", headers=named)


async def words(request: Any, datasette: Any) -> Any:
    """When each word of a testimony is spoken, for the page that follows them: position → [start, end, from, to], …"""
    accession = request.url_vars["accession"]
    found = await read(datasette, request, lambda conn: dict(read_word_timings(conn, accession)))
    return answer(request, json.dumps(found, separators=(",", ":")), "application/json")


ROUTES = (
    (r"^/testimonies/(?P<accession>[^/]+)$", testimony),
    (r"^/testimonies/(?P<accession>[^/]+)/transcript\.(?P<format>vtt|txt)$", transcript),
    (r"^/testimonies/(?P<accession>[^/]+)/words\.json$", words),
)


async def asked_testimony(datasette: Any, request: Any) -> Any:
    """Return the testimony that the address names, or the page that says that there is none."""
    try:
        return await read(datasette, request, lambda conn: read_testimony(conn, request.url_vars["accession"]))
    except UnknownTestimony as error:
        message = f"There is no testimony with the accession number “{error.accession}” here."
        return await missing(datasette, request, f"{message} It may have been withdrawn, or the number is mistyped.")


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
