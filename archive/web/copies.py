"""A testimony as a file to take away. Each says what it is a copy of, how its text was made, and its licence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO

from archive.citations import Cited, chicago, one_line
from archive.reading import Line, Spoken, Testimony
from archive.web.spreadsheets import csv_text
from archive.web.wording import direction
from transcripts.captions import ARROW
from transcripts.model import Segment, Transcript
from transcripts.srt import write_srt
from transcripts.timecode import format_timecode
from transcripts.webvtt import write_webvtt

CREDITS = 4.0  # seconds that the last subtitle stands, which says where the others are from
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COLUMNS = (
    "accession", "position", "start", "end", "speaker", "text", "reviewed", "title", "label", "made", "licence",
    "refused_uses",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A testimony to be taken away: `made` says how its text came to be; word times by the passages' positions."""

    testimony: Testimony
    cited: Cited
    made: str
    licence: str
    licence_url: str
    timings: Mapping[int, Sequence[Spoken]]
    refused: Sequence[str] = ()  # what whoever speaks has not agreed to

    @property
    def head(self) -> tuple[str, ...]:
        """What stands before the text: title, label, number, citation, how it was made, licence."""
        entry = self.testimony.entry
        licence = " ".join(part for part in (self.licence, self.licence_url) if part)
        refused = f"Not agreed to: {', '.join(self.refused)}" if self.refused else ""
        said = (entry.title, entry.label, entry.accession, chicago(self.cited), self.made, licence, refused)
        return tuple(line for line in map(one_line, said) if line)


def webvtt(copy: Copy) -> str:
    """Return captions; a note at their head is read by people and passed over by players."""
    note = "\n".join(line.replace(ARROW, "→") for line in copy.head)
    header, _, cues = write_webvtt(_spoken(copy.testimony)).partition("\n\n")
    return f"{header}\n\nNOTE\n{note}\n\n{cues}"


def srt(copy: Copy) -> str:
    """Return subtitles. SRT knows no notes: what the file is stands in a last subtitle, as in a film."""
    spoken = _spoken(copy.testimony)
    over = max(segment.end or segment.start or 0.0 for segment in spoken.segments)
    said = " · ".join(line for line in copy.head if line != chicago(copy.cited))
    credit = Segment(text=said, start=over, end=over + CREDITS)
    return write_srt(Transcript(segments=(*spoken.segments, credit), language=spoken.language))


def plain_text(copy: Copy) -> str:
    """Return the head and the passages, with who speaks where that changes."""
    return "\n".join([*copy.head, "", *(f"{name}{line.text}\n" for name, line in _turns(copy.testimony))])


def as_json(copy: Copy) -> str:
    """Return everything that the page shows, for programs: times in seconds, places in `text` as characters."""
    entry = copy.testimony.entry
    body = {
        "accession": entry.accession,
        "title": entry.title,
        "label": entry.label,
        "narrators": list(entry.narrators),
        "interviewers": list(copy.testimony.interviewers),
        "recorded_on": entry.recorded_on,
        "place": entry.place,
        "collection": entry.collection,
        "language": entry.language,
        "made": _made(copy.testimony),
        "archive": copy.cited.archive,
        "address": copy.cited.address or None,
        "citation": chicago(copy.cited),
        "licence": copy.licence or None,
        "licence_url": copy.licence_url or None,
        "refused_uses": list(copy.refused),
        "passages": [_passage(line, copy.timings.get(line.position, ())) for line in copy.testimony.lines],
    }
    return json.dumps(body, ensure_ascii=False, indent=1)


def table(copy: Copy) -> str:
    """Return one passage a line; every line carries title, label and licence, because lines are copied alone."""
    entry = copy.testimony.entry
    whole = (entry.title, entry.label, _made(copy.testimony), copy.licence, " ".join(copy.refused))
    rows = [
        (entry.accession, line.position, line.start, line.end, line.who, line.text, int(line.reviewed), *whole)
        for line in copy.testimony.lines
    ]
    return csv_text(_COLUMNS, rows)


def word_document(copy: Copy) -> bytes:
    """Return a Word document to read, print and write into: the head, then each passage with time and speaker."""
    from docx import Document
    from docx.oxml import parse_xml

    document = Document()
    title, *head = copy.head
    document.core_properties.title, document.core_properties.author = title, copy.cited.archive
    document.core_properties.comments = copy.testimony.entry.label or ""
    document.add_heading(title, level=0)
    for line in head:
        document.add_paragraph(line)
    # written as XML: python-docx needs five seconds for an interview of five hours
    turned = "<w:bidi/>" if direction(copy.testimony.entry.language) == "rtl" else ""
    spoken = "".join(_paragraph(name, line, turned) for name, line in _turns(copy.testimony))
    for paragraph in list(parse_xml(f'<w:body xmlns:w="{_W}">{spoken}</w:body>')):
        document.element.body._insert_p(paragraph)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _paragraph(name: str, line: Line, turned: str) -> str:
    """Return one passage as WordprocessingML: its time in italics, its speaker bold; `turned` from right to left."""

    def run(style: str, text: str, after: str = "") -> str:
        style += "<w:rtl/>" if turned else ""
        shown = escape(_NO_XML.sub("", text))
        return f'<w:r><w:rPr>{style}</w:rPr><w:t xml:space="preserve">{shown}</w:t>{after}</w:r>' if text else ""

    time = format_timecode(line.start) if line.start is not None else ""
    spoken = run("<w:i/>", time, "<w:tab/>") + run("<w:b/>", name) + run("", line.text)
    return f"<w:p><w:pPr>{turned}</w:pPr>{spoken}</w:p>"


def _turns(testimony: Testimony) -> Iterator[tuple[str, Line]]:
    """Yield each passage, with `Name: ` where another one begins to speak."""
    speaking = None
    for line in testimony.lines:
        yield (f"{line.who}: " if line.who and line.who != speaking else ""), line
        speaking = line.who


def _spoken(testimony: Testimony) -> Transcript:
    segments = tuple(
        Segment(text=line.text, start=line.start, end=line.end, speaker=line.who)
        for line in testimony.lines
        if line.start is not None
    )
    return Transcript(segments=segments, language=testimony.entry.language)


def _passage(line: Line, words: Sequence[Spoken]) -> dict[str, object]:
    return {
        "position": line.position,
        "start": line.start,
        "end": line.end,
        "speaker": line.who,
        "text": line.text,
        "confidence": line.confidence,
        "reviewed": line.reviewed,
        "words": [{"start": start, "end": end, "from": first, "to": last} for start, end, first, last in words],
        "tags": [{"vocabulary": tag.vocabulary.value, "slug": tag.slug} for tag in line.tags],
    }


def _made(testimony: Testimony) -> str | None:
    """Return how the text was made; English, for programs."""
    making = testimony.making
    if making is not None and making.kind == "machine" and making.reviewed < len(testimony.lines):
        return "machine transcript, not wholly reviewed" if making.reviewed else "machine transcript, not reviewed"
    return making.kind if making else None
