"""What both engines have in common: threads, languages, and turning what Whisper returns into our own values."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.audio import RATE
from ingest.errors import IngestError
from transcripts.model import Segment, Word

if TYPE_CHECKING:
    from ingest.audio import Samples
    from ingest.speech import Piece

MOST_THREADS = 8  # more gave nothing
FEWEST_SAMPLES = 400  # one frame of the spectrogram

# (start, end, text, probability), in seconds from the first sample
RawWord = tuple[float, float, str, float]


def threads_for(asked: int) -> int:
    """Return the number of threads: more than there are cores is several times slower than one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return asked or min(cores, MOST_THREADS)


def recorded_name(model: str) -> str:
    """Return the model's name for the record; of a path only the last part, which names no person's computer."""
    path = Path(model).expanduser()
    return path.resolve().name if path.exists() else model


def known_language(language: str, known: Collection[str]) -> str:
    """Return Whisper's code for a language tag such as `pt-BR`; raises IngestError when Whisper has not learnt it."""
    code = language.lower().partition("-")[0].partition("_")[0]
    if code not in known:
        raise IngestError(f"the model knows no language {language!r}, only {', '.join(sorted(known))}")
    return code


def cut_out(samples: Samples, pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Samples]]:
    """Yield each piece with its own samples.

    Giving the engine one piece at a time keeps memory small and makes the piece's text independent of its neighbours:
    Whisper scales a spectrogram by its loudest moment, and carries times and prompts from one piece into the next.
    """
    for piece in pieces:
        spoken = samples[round(piece.start * RATE) : round(piece.end * RATE)]
        if len(spoken) >= FEWEST_SAMPLES:
            yield piece, spoken


def shaped(
    text: str, times: tuple[float, float], words: Iterable[RawWord], log_probability: float, piece: Piece
) -> Segment | None:
    """Return a segment that lies within its piece, and its words within it; None where nothing was written.

    Times are seconds from the beginning of the piece, and leave as seconds from the first sample.
    """
    text = text.strip()
    if not any(letter.isalnum() for letter in text):
        return None
    start, end = _within(*times, piece.start, piece.start, piece.end)
    return Segment(
        text=text,
        start=start,
        end=end,
        words=tuple(
            Word(start=first, end=last, text=spoken.strip(), probability=_share(probability))
            for begins, ends, spoken, probability in words
            if spoken.strip()
            for first, last in [_within(begins, ends, piece.start, start, end)]
        ),
        confidence=_share(math.exp(min(0.0, log_probability))),
    )


def _within(start: float, end: float, shift: float, earliest: float, latest: float) -> tuple[float, float]:
    """Shift to seconds from the first sample, in milliseconds, and clamp; an end never comes before its start."""
    first = min(max(round(shift + float(start), 3), earliest), latest)
    return first, min(max(round(shift + float(end), 3), first), latest)


def _share(value: float) -> float | None:
    """Return a number from 0 to 1 as a plain float; None for what is none."""
    return None if math.isnan(value) else min(max(float(value), 0.0), 1.0)
