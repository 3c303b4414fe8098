"""Copies for publication: sound and picture decoded and encoded anew, so that nothing but them comes over.

No tag, place, name, chapter, cover or time of the original can be in a file that was made from samples alone. What is
cut is replaced in the samples, before anything is encoded. The same original and cuts give the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from archive.media import sha256_of
from ingest.audio import sound_frames
from ingest.errors import IngestError
from ingest.pictures import Picture, pictures
from ingest.waveforms import Waveform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Block = NDArray[np.int16]  # channels by samples

Stretch: TypeAlias = tuple[float, float]  # seconds from and to
Peaks: TypeAlias = bytes
RATES = (48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000)  # samples a second, as AAC has them
BIT_RATE = 96_000
BITS_PER_SAMPLE = 3  # at most, for recordings of few samples a second
TONE, TONE_LEVEL = 440.0, 0.05  # hertz, and share of full scale
WRITTEN_ON = 315_532_800  # 1 January 1980 for every copy: when it was made says nothing to anybody
_FULL = 32_767


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy that was made: seconds, what it is, its suffix, size and SHA-256, and the waveform of what is heard."""

    duration: float
    media_type: str
    suffix: str
    bytes: int
    sha256: str
    peaks: Peaks


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What a copy is written as."""

    container: str
    sound: str
    rates: tuple[int, ...]
    suffix: str
    media_type: str
    picture: str | None = None


_SOUND = _Form(container="ipod", sound="aac", rates=RATES, suffix=".m4a", media_type="audio/mp4")
_FILM = _Form(container="mp4", sound="aac", rates=RATES, suffix=".mp4", media_type="video/mp4", picture="libx264")
_FREE_FILM = _Form(  # where FFmpeg was built without H.264
    container="webm", sound="libopus", rates=(48_000,), suffix=".webm", media_type="video/webm", picture="libvpx-vp9"
)


def encode(source: Path, target: Path, *, cuts: Iterable[Stretch] = (), video: bool, tone: bool = False) -> Copy:
    """Write a copy of a recording without what is cut: silence stands there, or a tone.

    `cuts` are seconds, padded already (`archive.redaction.cuts`). `video` keeps the picture of a film, which is
    not cut; else only its sound is copied. The file has its name only when all of it is on the disk. Raises IngestError
    where the original cannot be read.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        sound = _Sound(source, sorted(cuts), tone=tone)
        film = pictures(source, begins=sound.begins) if video else iter(())
        first = next(film, None)
        form = _SOUND if first is None else _film()
        waveform = Waveform()
        _write(part, form, sound, (chain([first], film) if first else film), waveform)
        _finish(part)
        made = Copy(
            duration=round(sound.duration, 3),
            media_type=form.media_type,
            suffix=form.suffix,
            bytes=part.stat().st_size,
            sha256=sha256_of(part),
            peaks=waveform.peaks,
        )
        part.replace(target)
        return made
    finally:
        part.unlink(missing_ok=True)


def _film() -> _Form:
    import av

    return _FILM if "libx264" in av.codecs_available else _FREE_FILM


class _Sound:
    """The sound of a recording, block by block, with what is cut already replaced."""

    def __init__(self, source: Path, cuts: Sequence[Stretch], *, tone: bool) -> None:
        self._frames: Iterator[tuple[Any, float]] = sound_frames(source)
        first = next(self._frames, None)
        if first is None:
            raise IngestError("holds no sound: nothing in it could be decoded")
        frame = first[0]
        self._frames = chain([first], self._frames)
        self.begins = frame.time or 0.0  # on the clock of the file, which a picture follows too
        self.layout = "mono" if frame.layout.nb_channels == 1 else "stereo"
        self._own_rate = frame.sample_rate
        self.rate = RATES[0]
        self._cuts, self._tone = cuts, tone
        self._written = 0  # samples

    @property
    def duration(self) -> float:
        """Seconds that have been read."""
        return self._written / self.rate

    def choose_rate(self, rates: Sequence[int]) -> None:
        """Keep the recording's own samples a second where they can be written, else take the next higher ones."""
        self.rate = min((rate for rate in rates if rate >= self._own_rate), default=max(rates))

    def blocks(self) -> Iterator[Block]:
        """Yield the samples, with silence where the recording leaves something out."""
        for block in self._decoded():
            self._cut(block)
            self._written += block.shape[1]
            yield block

    def _decoded(self) -> Iterator[Block]:
        import av

        resampler, shape = None, None
        for frame, gap in self._frames:
            found = (frame.format.name, frame.layout.name, frame.sample_rate)
            if resampler is None or found != shape or gap:
                yield from _arrays(resampler.resample(None) if resampler else [])
                resampler = av.AudioResampler(format="s16p", layout=self.layout, rate=self.rate)
                shape = found
            yield from self._silence(gap)
            frame.pts = None  # the resampler would only stumble over timestamps that jump
            yield from _arrays(resampler.resample(frame))
        yield from _arrays(resampler.resample(None) if resampler else [])

    def _silence(self, seconds: float) -> Iterator[Block]:
        import numpy as np

        channels, left = 1 if self.layout == "mono" else 2, round(seconds * self.rate)
        while left > 0:
            yield np.zeros((channels, min(left, self.rate)), dtype=np.int16)
            left -= self.rate

    def _cut(self, block: Block) -> None:
        """Replace what is cut in the block that comes next."""
        import numpy as np

        length = block.shape[1]
        for start, end in self._cuts:
            first = max(0, int(start * self.rate) - self._written)
            last = min(length, -int(-end * self.rate // 1) - self._written)
            if first < last:
                at = np.arange(self._written + first, self._written + last) / self.rate
                wave = np.sin(2 * np.pi * TONE * at) * TONE_LEVEL * _FULL if self._tone else np.zeros(len(at))
                block[:, first:last] = wave.astype(np.int16)


def _arrays(frames: Iterable[Any]) -> Iterator[Block]:
    for frame in frames:
        yield frame.to_ndarray().copy()


def _write(part: Path, form: _Form, sound: _Sound, film: Iterator[Picture], waveform: Waveform) -> None:
    import av

    options = {"fflags": "+bitexact"} | ({"movflags": "+faststart"} if form.container != "webm" else {})
    sound.choose_rate(form.rates)
    with av.open(str(part), "w", format=form.container, options=options) as container:
        stream = _sound_stream(container, form, sound)
        reel = _Reel(container, form, film)
        for block in sound.blocks():
            frame = av.AudioFrame.from_ndarray(block, format="s16p", layout=sound.layout)
            frame.sample_rate, frame.time_base = sound.rate, Fraction(1, sound.rate)
            frame.pts = round(sound.duration * sound.rate) - block.shape[1]
            waveform.hear(frame, 0.0)
            container.mux(stream.encode(frame))
            reel.run(until=sound.duration)
        container.mux(stream.encode(None))
        reel.run(until=None)


def _sound_stream(container: Any, form: _Form, sound: _Sound) -> Any:
    stream = container.add_stream(form.sound, rate=sound.rate, layout=sound.layout)
    channels = 1 if sound.layout == "mono" else 2
    stream.codec_context.bit_rate = min(BIT_RATE, BITS_PER_SAMPLE * sound.rate * channels)
    _plain(stream)
    return stream


def _plain(stream: Any) -> None:
    """Let the encoder not sign its work, and give the same bytes each time."""
    from av.codec.context import Flags

    stream.codec_context.flags |= Flags.bitexact.value
    stream.codec_context.thread_count = 1


class _Reel:
    """The pictures of a film, written along with its sound."""

    def __init__(self, container: Any, form: _Form, film: Iterator[Picture]) -> None:
        self._container, self._film = container, film
        self._next = next(film, None)
        self._stream: Any = None
        if self._next is not None:
            self._stream = self._next.add_stream(container, str(form.picture))
            _plain(self._stream)

    def run(self, *, until: float | None) -> None:
        """Write the pictures up to this second; None writes the rest."""
        while self._next is not None and (until is None or self._next.at <= until):
            self._container.mux(self._stream.encode(self._next.frame))
            self._next = next(self._film, None)
        if until is None and self._stream is not None:
            self._container.mux(self._stream.encode(None))


def _finish(part: Path) -> None:
    """Put the file on the disk, as of a day that says nothing."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    os.utime(part, (WRITTEN_ON, WRITTEN_ON))
