"""A testimony's text as a file to take away."""

from __future__ import annotations

from typing import Any

from archive.reading import Testimony
from archive.web.answers import answer, missing
from archive.web.media import disposition
from archive.web.pages.testimony import asked_testimony
from transcripts.model import Segment, Transcript
from transcripts.webvtt import write_webvtt


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


ROUTES = ((r"^/testimonies/(?P<accession>[^/]+)/transcript\.(?P<format>vtt|txt)$", transcript),)


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
