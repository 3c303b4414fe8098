"""A testimony's text as a file to take away."""

from __future__ import annotations

import json
from typing import Any

from archive.reading import Testimony
from archive.web.answers import answer, asked_testimony, missing
from archive.web.languages import gettext as _
from archive.web.media import disposition
from archive.web.spreadsheets import csv_text
from transcripts.model import Segment, Transcript
from transcripts.srt import write_srt
from transcripts.webvtt import write_webvtt

FORMATS = {  # suffix → media type, and whether every passage must have its time
    "vtt": ("text/vtt", True),
    "srt": ("application/x-subrip", True),
    "txt": ("text/plain", False),
    "json": ("application/json", False),
    "csv": ("text/csv", False),
}


async def transcript(request: Any, datasette: Any) -> Any:
    """One testimony's text as a file: captions, plain text to read and print, or a table."""
    found = await asked_testimony(datasette, request)
    if not isinstance(found, Testimony):
        return found
    suffix = request.url_vars["format"]
    media_type, needs_times = FORMATS[suffix]
    if not found.lines or (needs_times and not is_timed(found)):
        return await missing(datasette, request, _("This testimony has no text with times."))
    write = {"vtt": _captions, "srt": _subtitles, "txt": _plain_text, "json": _json, "csv": _table}[suffix]
    named = {"content-disposition": disposition("attachment", f"{found.entry.accession}.{suffix}")}
    return answer(request, write(found), media_type, headers=named)


ROUTES = ((r"^/testimonies/(?P<accession>[^/]+)/transcript\.(?P<format>vtt|srt|txt|json|csv)$", transcript),)


def is_timed(testimony: Testimony) -> bool:
    """Whether any passage has its time."""
    return any(line.start is not None for line in testimony.lines)


def downloads(testimony: Testimony) -> tuple[tuple[str, str], ...]:
    """Return suffix and name of each file that a reader can take away."""
    timed = (("vtt", _("captions (WebVTT)")), ("srt", _("subtitles (SRT)"))) if is_timed(testimony) else ()
    return (*timed, ("txt", _("plain text")), ("json", "JSON"), ("csv", _("table (CSV)")))


def _facts(testimony: Testimony) -> dict[str, object]:
    """What every file says of where it comes from; English, for programs."""
    making = testimony.making
    unreviewed = making is not None and making.kind == "machine" and making.reviewed < len(testimony.lines)
    return {
        "accession": testimony.entry.accession,
        "title": testimony.entry.title,
        "label": testimony.entry.label,
        "narrators": list(testimony.entry.narrators),
        "recorded_on": testimony.entry.recorded_on,
        "language": testimony.entry.language,
        "made": "machine transcript, not wholly reviewed" if unreviewed else making.kind if making else None,
    }


def _json(testimony: Testimony) -> str:
    passages = [
        {
            "position": line.position,
            "start": line.start,
            "end": line.end,
            "speaker": line.who,
            "text": line.text,
            "confidence": line.confidence,
            "reviewed": line.reviewed,
            "tags": [{"vocabulary": tag.vocabulary.value, "slug": tag.slug} for tag in line.tags],
        }
        for line in testimony.lines
    ]
    return json.dumps({**_facts(testimony), "passages": passages}, ensure_ascii=False, indent=1)


def _table(testimony: Testimony) -> str:
    header = ("accession", "position", "start", "end", "speaker", "text", "reviewed")
    number = testimony.entry.accession
    rows = [
        (number, line.position, line.start, line.end, line.who, line.text, int(line.reviewed))
        for line in testimony.lines
    ]
    return csv_text(header, rows)


def _spoken(testimony: Testimony) -> Transcript:
    segments = tuple(
        Segment(text=line.text, start=line.start, end=line.end, speaker=line.who)
        for line in testimony.lines
        if line.start is not None
    )
    return Transcript(segments=segments, language=testimony.entry.language)


def _captions(testimony: Testimony) -> str:
    return write_webvtt(_spoken(testimony))


def _subtitles(testimony: Testimony) -> str:
    return write_srt(_spoken(testimony))


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
