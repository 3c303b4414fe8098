"""Which reader a file needs: by its suffix, unless what it holds says otherwise beyond doubt."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from transcripts.captions import read_times
from transcripts.encoding import decode
from transcripts.markdown import split_head
from transcripts.model import Transcript, TranscriptError
from transcripts.plain_text import read_plain_text
from transcripts.srt import read_srt
from transcripts.webvtt import read_webvtt
from transcripts.whisper_json import read_whisper_json
from transcripts.word_docx import read_docx


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a file holds: a transcript, and the YAML head of a Markdown file (title, narrator, …)."""

    transcript: Transcript
    head: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


Reader = Callable[[bytes], Written]


def read_transcript(raw: bytes, suffix: str) -> Written:
    """Read the bytes of a file named with this suffix (`.vtt`); `READERS` has those that are known.

    A file that is plainly something else than its suffix says is read as what it is, with a remark.
    Raises TranscriptError with one sentence that does not name the file.
    """
    suffix = suffix.lower()
    if suffix not in READERS:
        raise TranscriptError(f"files that end in {suffix!r} are not read, only {', '.join(READERS)}")
    if not raw.strip(_NOTHING):
        raise TranscriptError("the file is empty")
    found = _recognise(raw, suffix)
    written = READERS[found](raw)
    if not written.transcript.segments:
        raise TranscriptError("there is no text in the file")
    if found == suffix:
        return written
    return _with_remarks(written, (f"the file is named {suffix}, but it is {_NAMES[found]} and was read as that",))


def _with_remarks(written: Written, remarks: tuple[str, ...]) -> Written:
    return replace(written, transcript=replace(written.transcript, remarks=(*remarks, *written.transcript.remarks)))


# What a file is


def _recognise(raw: bytes, suffix: str) -> str:
    """Return the suffix that the content stands for beyond doubt, or else the one that it has."""
    if raw.startswith(b"PK\x03\x04") or suffix == ".docx":
        return ".docx"
    for sign, kind in _FOREIGN.items():
        if raw.lstrip(_NOTHING)[: len(sign)].lower() == sign:
            raise TranscriptError(f"this is {kind}, not a transcript")
    text, _ = decode(raw)
    if re.match(r"WEBVTT(?:[ \t\n]|\Z)", text):
        return ".vtt"
    if _begins_like_srt(text):
        return ".srt"
    return ".json" if text.lstrip()[:1] in ("{", "[") and _is_json(text) else suffix


def _begins_like_srt(text: str) -> bool:
    lines = [line for line in text[:2000].split("\n") if line.strip()][:2]
    if lines and lines[0].strip().isdigit():
        lines = lines[1:]
    times = read_times(lines[0]) if lines else None
    return times is not None and times[1] is not None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


# Readers


def _read_markdown(text: str) -> Written:
    head, body = split_head(text)
    return Written(transcript=read_plain_text(body, markdown=True), head=MappingProxyType(head))


def _headless(read: Callable[[str], Transcript]) -> Callable[[str], Written]:
    return lambda text: Written(transcript=read(text))


def _decoded(read: Callable[[str], Written]) -> Reader:
    def read_bytes(raw: bytes) -> Written:
        text, remarks = decode(raw)
        return _with_remarks(read(text), remarks)

    return read_bytes


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".vtt": _decoded(_headless(read_webvtt)),
        ".srt": _decoded(_headless(read_srt)),
        ".json": _decoded(_headless(read_whisper_json)),
        ".txt": _decoded(_headless(read_plain_text)),
        ".md": _decoded(_read_markdown),
        ".markdown": _decoded(_read_markdown),
        ".docx": lambda raw: Written(transcript=read_docx(raw)),
    }
)
_NAMES = {".vtt": "WebVTT", ".srt": "SRT", ".json": "JSON", ".docx": "a Word document"}
_FOREIGN = {b"%pdf-": "a PDF", b"{\\rtf": "RTF", b"<!doctype html": "a web page", b"<html": "a web page"}
_NOTHING = b"\xef\xbb\xbf \t\r\n"
