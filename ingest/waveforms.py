"""The outline of a recording's sound, taken while it is decoded: how loud each of its equal stretches is at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

STRETCHES = 1800  # of a waveform, at most
SHORTEST = 0.05  # seconds of a stretch
LOOKS = 4  # moments of each stretch that are listened to, at least: the loudest of them is drawn
QUIETEST = 0.01  # of full scale: what never gets louder is drawn as nearly silent, not as hiss at full height
BEND = 0.6  # power that lifts quiet speech beside loud
_KINDS = {"u8": "u1", "s16": "i2", "s32": "i4", "s64": "i8", "flt": "f4", "dbl": "f8"}


class Waveform:
    """A waveform that grows with its recording, in constant memory.

    When it has too many stretches, each takes in its neighbour, and fewer of its moments are listened to.
    """

    def __init__(self) -> None:
        self._loudest = [0.0]
        self._stretch = SHORTEST
        self._at = 0.0  # seconds heard
        self._frames = 0
        self._every = 1  # frame is listened to

    def hear(self, frame: Any, gap: float) -> None:
        """Take in the next frame, after `gap` seconds that the recording leaves out."""
        seconds = frame.samples / frame.sample_rate
        self._at += gap + seconds
        self._frames += 1
        if self._frames % self._every:
            return
        while self._at / self._stretch >= 2 * STRETCHES:
            self._halve(seconds)
        self._loudest += [0.0] * (int(self._at / self._stretch) + 1 - len(self._loudest))
        for place, loudness in _loudness(frame, self._at - seconds, self._stretch):
            self._loudest[place] = max(self._loudest[place], loudness)

    @property
    def peaks(self) -> bytes:
        """The loudest moment of each stretch, from 0 to 255, so that quiet recordings show too."""
        length = max(1, round(self._at / self._stretch))
        whole = self._loudest[:length] + [0.0] * (length - len(self._loudest))
        number = min(STRETCHES, len(whole))
        bounds = [place * len(whole) // number for place in range(number + 1)]
        return _normalised([max(whole[first:last]) for first, last in pairwise(bounds)])

    def _halve(self, frame: float) -> None:
        """Put neighbouring stretches together."""
        if len(self._loudest) % 2:
            self._loudest.append(0.0)
        self._loudest = [max(pair) for pair in zip(self._loudest[::2], self._loudest[1::2], strict=True)]
        self._stretch *= 2
        self._every = max(1, int(self._stretch / frame / LOOKS))


def _loudness(frame: Any, begins: float, stretch: float) -> Iterator[tuple[int, float]]:
    """Yield each stretch that the frame touches, and the loudest moment of it within the frame, from 0 to 1."""
    channels = _channels(frame)
    place, first = int(begins / stretch), 0
    while first < frame.samples:
        last = max(first + 1, min(frame.samples, round(((place + 1) * stretch - begins) * frame.sample_rate)))
        yield place, max(_loudest(samples[first:last]) for samples in channels)
        place, first = place + 1, last


def _channels(frame: Any) -> list[NDArray[Any]]:
    """Return the frame's samples without copying them: one array a channel, or one for all that are interleaved."""
    import numpy as np

    name = frame.format.name
    kind = np.dtype(_KINDS[name.removesuffix("p")])
    if frame.format.is_planar:
        return [np.frombuffer(plane, kind, count=frame.samples) for plane in frame.planes]
    count = frame.samples * frame.layout.nb_channels
    return [np.frombuffer(frame.planes[0], kind, count=count).reshape(frame.samples, -1)]


def _loudest(samples: NDArray[Any]) -> float:
    """Return how far the samples go from silence, as a share of what their kind can hold; NaN counts as silence."""
    high, low = float(samples.max()), float(samples.min())
    if samples.dtype.kind == "u":
        high, low = (high - 128) / 128, (low - 128) / 128
    elif samples.dtype.kind == "i":
        full = float(1 << (8 * samples.dtype.itemsize - 1))
        high, low = high / full, low / full
    return min(1.0, max(0.0, high, -low))


def _normalised(loudest: Sequence[float]) -> bytes:
    reference = max(QUIETEST, sorted(loudest)[int(0.99 * (len(loudest) - 1))])  # a single knock must not flatten all
    return bytes(round(255 * min(1.0, loudness / reference) ** BEND) for loudness in loudest)
