"""Small builders, and the sample files beside the checkout, which are not ours to ship."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from transcripts.model import Segment, Transcript, Word

SHARED = Path(__file__).resolve().parents[3] / "shared"


def shared(folder: str, pattern: str = "*") -> list[Path]:
    """Return the sample files of a folder under ../shared/data, or skip the test where they are not there."""
    found = sorted(path for path in (SHARED / "data" / folder).rglob(pattern) if path.is_file())
    if not found:
        pytest.skip("the sample files are not beside the checkout")
    return found


def a_word(text: str = "strike", start: float = 0.0, end: float = 1.0, probability: float | None = None) -> Word:
    return Word(text=text, start=start, end=end, probability=probability)


def a_segment(
    text: str = "We went out on strike.",
    start: float | None = 0.0,
    end: float | None = 2.0,
    speaker: str | None = None,
    words: tuple[Word, ...] = (),
) -> Segment:
    return Segment(text=text, start=start, end=end, speaker=speaker, words=words)


def a_transcript(*segments: Segment, language: str | None = None) -> Transcript:
    return Transcript(segments=segments or (a_segment(),), language=language)


def texts(transcript: Transcript) -> list[str]:
    return [segment.text for segment in transcript.segments]


def turns(transcript: Transcript) -> list[tuple[str | None, str]]:
    return [(segment.speaker, segment.text) for segment in transcript.segments]


def starts(transcript: Transcript) -> list[float | None]:
    return [segment.start for segment in transcript.segments]


def a_docx(*paragraphs: str, heading: str = "") -> bytes:
    import docx

    document = docx.Document()
    if heading:
        document.add_heading(heading)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def saved(document: object) -> bytes:
    written = io.BytesIO()
    document.save(written)  # type: ignore[attr-defined]
    return written.getvalue()
