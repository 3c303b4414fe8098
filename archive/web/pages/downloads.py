"""A testimony's text as a file to take away."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.consent import Use
from archive.media import MEDIA_TYPES
from archive.reading import Spoken, Testimony, read_word_timings
from archive.web import copies
from archive.web.answers import answer, asked_testimony, missing, read
from archive.web.copies import Copy
from archive.web.languages import gettext as _
from archive.web.layout import Site
from archive.web.media import disposition
from archive.web.pages.citation import cite_all
from archive.web.refusals import NOT_PRINTED, refusals
from archive.web.wording import how_made, long_duration

TIMED = ("vtt", "srt")  # formats that can only say what has a time
TO_PRINT = "docx"
TEXTS: dict[str, tuple[str, Callable[[Copy], str]]] = {  # suffix → media type and writer
    "vtt": ("text/vtt", copies.webvtt),
    "srt": ("application/x-subrip", copies.srt),
    "txt": ("text/plain", copies.plain_text),
    "json": ("application/json", copies.as_json),
    "csv": ("text/csv", copies.table),
}


async def transcript(request: Any, datasette: Any) -> Any:
    """One testimony's text as a file: captions, a text to read and print, or a table."""
    from datasette import Response

    found = await asked_testimony(datasette, request)
    if not isinstance(found, Testimony):
        return found
    suffix = request.url_vars["format"]
    if not found.lines or (suffix in TIMED and not is_timed(found)):
        return await missing(datasette, request, _("This testimony has no text with times."))
    refused = await refusals(datasette, request, found)
    if suffix == TO_PRINT and Use.PRINT in refused:
        return await missing(datasette, request, _(NOT_PRINTED), status=403)
    copy = await _copy(datasette, request, found, timed=suffix == "json", refused=refused)
    named = {"content-disposition": disposition("attachment", f"{found.entry.accession}.{suffix}")}
    if suffix == TO_PRINT:
        body = await asyncio.to_thread(copies.word_document, copy)
        return Response(body, headers=named, content_type=MEDIA_TYPES[".docx"])
    media_type, write = TEXTS[suffix]
    return answer(request, write(copy), media_type, headers=named)


ROUTES = ((r"^/testimonies/(?P<accession>[^/]+)/transcript\.(?P<format>vtt|srt|txt|json|csv|docx)$", transcript),)


def is_timed(testimony: Testimony) -> bool:
    """Whether any passage has its time."""
    return any(line.start is not None for line in testimony.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file that a reader can take away: where it lies, what it is called, what it is good for, and its format."""

    address: str
    name: str
    purpose: str
    form: str


def downloads(testimony: Testimony, site: Site, refused: Collection[Use] = ()) -> tuple[Download, ...]:
    """Return the files that a reader can take away, those that most people want first."""
    text = f"/testimonies/{testimony.entry.accession}/transcript"
    texts = [
        Download(address=site.path(f"{text}.{suffix}"), name=name, purpose=purpose, form=form)
        for suffix, name, purpose, form in _texts()
        if testimony.lines
        and (suffix not in TIMED or is_timed(testimony))
        and (suffix != TO_PRINT or Use.PRINT not in refused)
    ]
    several = len(testimony.recordings) > 1
    recordings = [
        Download(
            address=site.path(f"/media/{one.sha256}{one.suffix}"),
            name=_("Recording %(number)s") % {"number": number} if several else _("Recording"),
            purpose=_("as it came to the archive, %(length)s") % {"length": long_duration(one.duration)},
            form=one.suffix[1:].upper(),
        )
        for number, one in enumerate(testimony.recordings, 1)
    ]
    return (*texts, *recordings)


def _texts() -> tuple[tuple[str, str, str, str], ...]:
    return (
        ("docx", _("Word document"), _("to read, print and write notes in"), "DOCX"),
        ("txt", _("Plain text"), _("to read anywhere and to copy from"), "TXT"),
        ("vtt", _("Captions"), _("to show with the recording on a web page"), "WebVTT"),
        ("srt", _("Subtitles"), _("for editing films, and for most players"), "SRT"),
        ("csv", _("Table"), _("one passage a line, for a spreadsheet"), "CSV"),
        ("json", _("Everything"), _("passages, words, times and terms, for programs"), "JSON"),
    )


async def _copy(datasette: Any, request: Any, testimony: Testimony, *, timed: bool, refused: tuple[Use, ...]) -> Copy:
    site, accession = Site(datasette), testimony.entry.accession

    def work(conn: sqlite3.Connection) -> Mapping[int, Sequence[Spoken]]:
        return dict(read_word_timings(conn, accession))

    return Copy(
        testimony=testimony,
        cited=cite_all(testimony, request, datasette),
        made=how_made(testimony.making, len(testimony.lines)) if testimony.making else "",
        licence=site.licence,
        licence_url=site.licence_url,
        refused=refused,
        timings=await read(datasette, request, work) if timed else {},
    )
