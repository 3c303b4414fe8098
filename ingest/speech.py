"""Where in a recording somebody speaks: pieces of speech, cut at pauses, for an engine to transcribe one by one.

The voice activity detection is Silero's; the weights come inside faster-whisper, so nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ingest.audio import RATE
from ingest.errors import INSTALL, IngestError

if TYPE_CHECKING:
    from ingest.audio import Samples

PADDING = 0.4  # seconds kept before and after what was detected: first consonants are soft
LONGEST_SILENCE = 3.0
SHORTEST_SILENCE = 0.16
SHORTEST_SPEECH = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch in which somebody speaks, in seconds."""

    start: float
    end: float


def find_pieces(samples: Samples, *, longest: float = 30.0) -> tuple[Piece, ...]:
    """Return the pieces of speech in mono samples at 16 kHz, in order; none in silence.

    Neighbouring stretches of speech are joined, never across a silence of more than about 3 s. What would be longer
    than `longest` seconds is cut at its longest pause, and speech without a pause where it must be.
    """
    stretches = _stretches(samples, longest=longest - 2 * PADDING, silence=SHORTEST_SILENCE)
    pieces: list[Piece] = []
    while stretches:
        count = _joined(stretches, (longest - 2 * PADDING) * RATE)
        start, end = stretches[0][0], stretches[count - 1][1]
        before = round(pieces[-1].end * RATE) if pieces else 0
        stretches = stretches[count:]
        after = (end + stretches[0][0]) // 2 if stretches else len(samples)
        padding = round(PADDING * RATE)
        pieces.append(Piece(start=max(before, start - padding) / RATE, end=min(after, end + padding) / RATE))
    return tuple(pieces)


def _joined(stretches: Sequence[tuple[int, int]], room: float) -> int:
    """Return how many of the stretches of speech make up the first piece."""
    pauses = [after[0] - before[1] for before, after in pairwise(stretches)]
    reach = 1
    while reach < len(stretches) and pauses[reach - 1] <= LONGEST_SILENCE * RATE:
        if stretches[reach][1] - stretches[0][0] > room:
            # a cut soon after the beginning would leave a scrap
            late = [n for n in range(1, reach + 1) if stretches[n - 1][1] - stretches[0][0] >= room / 3] or [reach]
            return max(late, key=lambda count: (pauses[count - 1], count))
        reach += 1
    return reach


def find_pause(samples: Samples) -> int:
    """Return the sample at which to cut: the middle of the longest pause, or the quietest moment if there is none."""
    import numpy as np

    speech = [(0, 0), *_stretches(samples, longest=float("inf"), silence=0.1), (len(samples),) * 2]
    pauses = [(after[0] - before[1], before[1]) for before, after in pairwise(speech)]
    length, start = max(pauses)
    if length:
        return start + length // 2
    step = RATE // 10
    loudness = np.square(samples[: len(samples) // step * step].reshape(-1, step)).mean(axis=1)
    return int(loudness.argmin()) * step + step // 2 if len(loudness) else len(samples)


def _stretches(samples: Samples, *, longest: float, silence: float) -> list[tuple[int, int]]:
    """Return first and last sample of each stretch of speech."""
    if not len(samples):
        return []
    try:
        from faster_whisper.vad import VadOptions, get_speech_timestamps
    except ImportError:
        raise IngestError(INSTALL) from None
    options = VadOptions(
        max_speech_duration_s=longest,
        min_silence_duration_ms=round(silence * 1000),
        min_speech_duration_ms=round(SHORTEST_SPEECH * 1000),
        speech_pad_ms=0,
    )
    found = [(row["start"], min(row["end"], len(samples))) for row in get_speech_timestamps(samples, options)]
    return [(start, end) for start, end in found if end > start]
