"""Hearing a recording from any second on: piece by piece, so that each can be stored as soon as it is finished."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.audio import RATE, decode
from ingest.engines.protocol import Transcriber, TranscriptionOptions
from ingest.speech import Piece, find_pause, find_pieces
from transcripts.model import Segment

if TYPE_CHECKING:
    from ingest.audio import Samples

WINDOW = 600.0  # seconds that are looked at together
SEARCH = 30.0  # seconds at a window's end in which the pause is looked for where it is cut
LANGUAGE_SECONDS = 30.0
NEVERTHELESS = 0.0005  # times are kept in milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said up to the second `until`: one finished piece, or the silence after it (then without segments).

    `language` is None as long as nobody has spoken.
    """

    segments: tuple[Segment, ...]
    until: float
    language: str | None


def listen(
    path: Path,
    transcriber: Transcriber,
    options: TranscriptionOptions,
    *,
    start_at: float = 0.0,
    language: str | None = None,
) -> Iterator[Heard]:
    """Transcribe a recording and yield each piece as soon as it is finished; the last one ends with the recording.

    Memory does not grow with the recording. Started again with `start_at` = the `until` of any piece (and the
    language), exactly what would have come next comes: where windows and pieces begin depends on the recording alone.
    Without a language, that of the first 30 s of speech is taken. Raises IngestError when the recording cannot be read.
    """
    language = language or options.language
    for begins, samples in _windows(path):
        ends = round(begins + len(samples) / RATE, 3)
        if ends <= start_at + NEVERTHELESS:
            continue
        pieces = find_pieces(samples, longest=options.longest_piece)
        if pieces and language is None:
            language = transcriber.detect_language(_speech(samples, pieces))
        for piece in pieces:
            until = round(begins + piece.end, 3)
            if until <= start_at + NEVERTHELESS or language is None:
                continue
            found = transcriber.transcribe(samples, (piece,), language=language)
            yield Heard(segments=tuple(_shifted(segment, begins) for segment in found), until=until, language=language)
        if not pieces or round(begins + pieces[-1].end, 3) < ends:
            yield Heard(segments=(), until=ends, language=language)


def _windows(path: Path) -> Iterator[tuple[float, Samples]]:
    """Yield the recording in stretches of about 10 minutes, each with the second at which it begins.

    Each is cut at the longest pause within the last seconds of a fixed grid, so nobody is interrupted, and the cuts
    are the same wherever the listening starts.
    """
    import numpy as np

    begins, carried = 0, np.zeros(0, dtype=np.float32)
    for block in decode(path, window=WINDOW):
        samples = np.concatenate([carried, block])
        whole = len(block) < WINDOW * RATE
        tail = len(samples) - round(SEARCH * RATE)
        cut = len(samples) if whole else tail + find_pause(samples[tail:])
        yield begins / RATE, samples[:cut]
        begins, carried = begins + cut, samples[cut:].copy()
    if len(carried):
        yield begins / RATE, carried


def _speech(samples: Samples, pieces: tuple[Piece, ...]) -> Samples:
    """Return the first 30 s of speech, without the silence between."""
    import numpy as np

    spoken = [samples[round(piece.start * RATE) : round(piece.end * RATE)] for piece in pieces]
    return np.concatenate(spoken)[: round(LANGUAGE_SECONDS * RATE)]


def _shifted(segment: Segment, seconds: float) -> Segment:
    """Return the segment with its times counted from the beginning of the recording."""

    def later(time: float) -> float:
        return round(time + seconds, 3)

    return replace(
        segment,
        start=None if segment.start is None else later(segment.start),
        end=None if segment.end is None else later(segment.end),
        words=tuple(replace(word, start=later(word.start), end=later(word.end)) for word in segment.words),
    )
