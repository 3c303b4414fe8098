"""A recording as a file: what it is, whether all of it is there, and its sound as 16 kHz mono samples.

PyAV does the reading: its wheels carry FFmpeg, so no system package is needed.
"""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ingest.containers import MATROSKA, MOV, OGG, announced_size, atoms, ogg_ends
from ingest.errors import IngestError
from ingest.suffixes import family_of, media_type, right_suffix
from ingest.waveforms import Waveform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

RATE = 16_000  # what Whisper and Silero hear

REMEDY = "copy it again from the recorder, or pass --accept-truncated to keep what is there"
NO_RECORDING = "is not a recording that can be read: it is neither sound nor video, or broken from its first bytes on"
LONGEST = 100 * 3600.0  # a longer one is a forged header, not an interview
LOWEST_RATE, HIGHEST_RATE = 4_000, 768_000
SHORTEST_GAP = 0.1
PROGRESS_EVERY = 10.0
MOST_DEMUXING_ERRORS = 100

# playlists and the like open other files, or the network: only these formats are ever tried
DEMUXERS = "wav,w64,flac,mp3,aac,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,amr,amrnb,amrwb,aiff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What a recording turned out to be when all of it was decoded.

    `duration` is seconds really there, `declared` the seconds that the file's own header names, if any. `suffix` is the
    one for what the file is, whatever its name; `remark` is a sentence for the person who brings it in. `peaks` is its
    waveform.
    """

    duration: float
    declared: float | None
    codec: str
    container: str
    sample_rate: int
    channels: int
    media_type: str
    suffix: str
    has_video: bool
    peaks: bytes
    remark: str | None = None


def examine(path: Path, *, accept_truncated: bool = False, on_progress: Callable[[float], None] | None = None) -> Sound:
    """Decode the whole recording once, in constant memory, and say what it is.

    `on_progress` is told which share of it has been decoded, from 0 to 1, where its length is known. Raises IngestError
    when the file cannot be read, holds no sound, or (unless `accept_truncated`) when its end is missing.
    """
    before = _state(path)
    with _opened(path) as recording:
        waveform = Waveform()
        for frame, gap in recording.frames():
            waveform.hear(frame, gap)
            if on_progress and recording.declared and recording.decoded - recording.reported >= PROGRESS_EVERY:
                recording.reported = recording.decoded
                on_progress(min(1.0, recording.decoded / recording.declared))
        after = _state(path)
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise IngestError("is still being written: wait until the recorder has finished, then run again")
        if not recording.decoded:
            raise IngestError("holds no sound: nothing in it could be decoded; copy it again from the recorder")
        return _described(path, recording, before.st_size, waveform.peaks, accept_truncated)


def decode(path: Path, *, start: float = 0.0, window: float = 1800.0) -> Iterator[Samples]:
    """Yield the recording from `start` seconds on as mono samples at 16 kHz, `window` seconds at a time.

    Always decodes from the beginning and drops what comes before `start`: a codec that was entered in the middle gives
    other samples. Stretches that the file's timestamps leave out come as silence, so that times stay true. Raises
    IngestError when the file cannot be read.
    """
    import numpy as np

    size, drop = max(1, round(window * RATE)), max(0, round(start * RATE))
    waiting: list[Samples] = []
    held = 0
    with _opened(path) as recording:
        for part in recording.samples():
            kept = part[drop:]
            drop = max(0, drop - len(part))
            while len(kept):
                taken = kept[: size - held]
                waiting.append(taken)
                held += len(taken)
                kept = kept[len(taken) :]
                if held == size:
                    yield np.concatenate(waiting)
                    waiting, held = [], 0
    if held:
        yield np.concatenate(waiting)


def sound_frames(path: Path) -> Iterator[tuple[Any, float]]:
    """Yield each frame of the sound as it was recorded, with the seconds that the file leaves out before it.

    Their times add up as those of `decode` do. Raises IngestError when the file cannot be read.
    """
    with _opened(path) as recording:
        yield from recording.frames()


class _Recording:
    """An opened file and its best sound stream, read once from the beginning to the end."""

    def __init__(self, container: Any, stream: Any) -> None:
        self.container, self.stream = container, stream
        self.declared = _declared(container, stream)
        self.decoded = 0.0  # seconds, with the gaps below
        self.gaps = 0.0  # seconds that the timestamps leave out
        self.damaged = 0  # packets that could not be decoded while later ones could
        self.damaged_at_end = 0
        self.reported = 0.0

    def frames(self) -> Iterator[tuple[Any, float]]:
        """Yield each decoded frame with the seconds missing before it; go on past damaged packets."""
        expected: float | None = None
        for frame in self._decoded_frames():
            if not LOWEST_RATE <= frame.sample_rate <= HIGHEST_RATE:
                raise IngestError(f"says that it has {frame.sample_rate} samples a second, which no recording has")
            gap = self._gap(expected, frame.time)
            seconds = frame.samples / frame.sample_rate
            expected = None if frame.time is None else frame.time + seconds
            self.gaps += gap
            self.decoded += gap + seconds
            if self.decoded > LONGEST:
                raise IngestError(f"runs for more than {LONGEST / 3600:.0f} hours: cut it into several recordings")
            self.damaged, self.damaged_at_end = self.damaged + self.damaged_at_end, 0
            yield frame, gap

    def samples(self) -> Iterator[Samples]:
        """Yield the sound as mono samples at 16 kHz, frame by frame."""
        import av
        import numpy as np

        resampler, shape = None, None
        for frame, gap in self.frames():
            found = (frame.format.name, frame.layout.name, frame.sample_rate)
            if resampler is None or found != shape or gap:
                if resampler is not None:
                    yield from _mono(resampler.resample(None))
                resampler, shape = av.AudioResampler(format="s16", layout="mono", rate=RATE), found
            if gap:
                yield np.zeros(round(gap * RATE), dtype=np.float32)
            frame.pts = None  # the resampler would only stumble over timestamps that jump
            yield from _mono(resampler.resample(frame))
        if resampler is not None:
            yield from _mono(resampler.resample(None))

    def _decoded_frames(self) -> Iterator[Any]:
        import av

        for packet in self._packets():
            try:
                yield from packet.decode()
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                self.damaged_at_end += 1

    def _packets(self) -> Iterator[Any]:
        import av

        for _ in range(MOST_DEMUXING_ERRORS):
            try:
                yield from self.container.demux(self.stream)
            except (av.error.InvalidDataError, av.error.BlockingIOError):
                self.damaged_at_end += 1
            else:
                return

    def _gap(self, expected: float | None, time: float | None) -> float:
        """Return the seconds left out before a frame, where timestamps can be believed."""
        if expected is None or time is None or self.declared is None:
            return 0.0
        if self.container.format.name not in {MOV, MATROSKA, OGG}:
            return 0.0
        gap = min(time - expected, self.declared - self.decoded)
        return gap if gap > SHORTEST_GAP else 0.0


def _mono(frames: list[Any]) -> Iterator[Samples]:
    """Yield float samples from -1 to 1; by way of 16-bit integers, where NaN and infinity cannot be."""
    import numpy as np

    for frame in frames:
        yield frame.to_ndarray().reshape(-1).astype(np.float32) / np.float32(32768)


@contextmanager
def _opened(path: Path) -> Iterator[_Recording]:
    """Open the file, choose its best sound stream, and turn whatever goes wrong into an IngestError."""
    try:
        import av
    except ImportError:
        raise IngestError(
            "cannot be read without PyAV: run pip install '.[ingest]' in the folder of the program"
        ) from None
    options = {"protocol_whitelist": "file", "format_whitelist": DEMUXERS}
    try:
        _state(path)
        with av.open(str(path.absolute()), container_options=options, metadata_errors="replace") as container:
            stream = container.streams.best("audio")
            if stream is None and not container.streams.video:
                raise IngestError(NO_RECORDING)
            if stream is None:
                raise IngestError("holds no sound: it has no audio stream")
            if stream.codec_context is None:
                raise IngestError("holds sound in a form that cannot be decoded: convert it to WAV or FLAC")
            yield _Recording(container, stream)
    except MemoryError:
        raise IngestError("is not a recording that can be read: it asks for more memory than there is") from None
    except (av.error.FFmpegError, OSError, ValueError, ArithmeticError) as error:
        raise IngestError(_unreadable(path, error)) from error


def _unreadable(path: Path, error: Exception) -> str:
    """Say why the file could not be opened or read."""
    try:
        with path.open("rb") as file:
            if file.read(12)[4:8] == b"ftyp" and b"moov" not in atoms(file, path.stat().st_size):
                return f"was never finished, its index (moov) is missing: {REMEDY.partition(',')[0]}"
    except OSError:
        pass
    if isinstance(error, OSError) and not isinstance(error, ValueError):
        return f"cannot be read: {error.strerror}"
    return NO_RECORDING


def _state(path: Path) -> os.stat_result:
    """Return the file's size and times; refuse what is empty, closed to us, or no file at all."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # opening a pipe would wait for ever
            raise IngestError("is not a file")
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise IngestError("does not exist") from None
    except PermissionError:
        raise IngestError("may not be read: give yourself permission to read it") from None
    except (OSError, ValueError) as error:
        raise IngestError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not found.st_size:
        raise IngestError("is empty (0 bytes): copy it again from the recorder")
    return found


def _described(path: Path, recording: _Recording, size: int, peaks: bytes, accept_truncated: bool) -> Sound:
    """Judge what was decoded against what the file announces, and describe it."""
    container, codec = recording.container, recording.stream.codec_context
    with path.open("rb") as file:
        announced = announced_size(file, size, container.format.name)
        unfinished = _unfinished(file, recording, size)
    declared = _promised(recording, announced, size)
    cut = _cut(recording, declared, unfinished or bool(announced and announced > size + size / 50))
    if cut and not accept_truncated:
        raise IngestError(f"{cut}: {REMEDY}")
    has_video = any(
        stream.type == "video" and not int(stream.disposition) & 0x400  # attached picture: the cover
        for stream in container.streams
    )
    suffix = right_suffix(path.suffix.lower(), container, codec.name, has_video)
    remarks = [f"{cut}, kept as it is" if cut else None, None if cut else _damage(recording, declared)]
    if path.suffix.lower() not in family_of(container.format.name):
        remarks.append(f"it is named {path.suffix or 'without a suffix'} but is {suffix}")
    return Sound(
        duration=round(recording.decoded, 3),
        declared=None if declared is None else round(declared, 3),
        codec=codec.name,
        container=container.format.name,
        sample_rate=codec.sample_rate,
        channels=codec.channels,
        media_type=("video/" if has_video else "audio/") + media_type(suffix, has_video),
        suffix=suffix,
        has_video=has_video,
        peaks=peaks,
        remark="; ".join(filter(None, remarks)) or None,
    )


def _unfinished(file: BinaryIO, recording: _Recording, size: int) -> bool:
    """Whether the file lacks the end that its format asks for."""
    name = recording.container.format.name
    if name in {"amrnb", "amrwb", "amr", "aac"}:
        return recording.damaged_at_end > 0
    return name == OGG and not ogg_ends(file, size)


def _promised(recording: _Recording, announced: int | None, size: int) -> float | None:
    """How many seconds the file says it lasts; `announced` is how many bytes it says it has."""
    name = recording.container.format.name
    if name in {"wav", "aiff"}:
        return recording.decoded * max(1.0, announced / size) if announced else None
    if name == "mp3" and not announced:
        return None  # only estimated from the size
    return recording.declared


def _cut(recording: _Recording, declared: float | None, too_small: bool) -> str | None:
    """Say that the recording's end is missing, if it is; a stretch damaged in the middle is another matter."""
    there = recording.decoded
    missing = (declared or 0.0) - there
    short = declared is not None and missing > _tolerance(declared)
    if short and recording.damaged and not too_small and declared and there > declared / 2:
        return None
    if short:
        return f"is cut short: {there:.1f} of {declared:.1f} s are there"
    return f"is cut short: its end is missing after {there:.1f} s" if too_small else None


def _damage(recording: _Recording, declared: float | None) -> str | None:
    if not recording.damaged:
        return None
    lost = (declared or 0.0) - recording.decoded + recording.gaps
    amount = f", {lost:.1f} s are lost" if declared is not None and lost > _tolerance(declared) else ""
    return f"it is damaged: {recording.damaged} packets could not be decoded{amount}"


def _tolerance(declared: float) -> float:
    """Return the seconds that may be missing: 2 %, at least what encoders pad, at most one second."""
    return min(1.0, max(0.25, declared / 50))


def _declared(container: Any, stream: Any) -> float | None:
    """Return the seconds that the header declares for the stream; only where a header can."""
    if container.format.name in {"amrnb", "amrwb", "amr", "aac"}:
        return None  # FFmpeg estimates from the size
    if container.format.name == MATROSKA:
        tagged = _clock(stream.metadata.get("DURATION", ""))
        alone = container.duration if len(container.streams) == 1 and container.duration else None
        seconds = tagged or (alone / 1e6 if alone else None)
    else:
        seconds = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None
    return seconds if seconds is not None and math.isfinite(seconds) and seconds > 0 else None


def _clock(text: str) -> float | None:
    """Read Matroska's `00:00:11.008000000`."""
    try:
        hours, minutes, seconds = (float(part) for part in text.split(":"))
    except ValueError:
        return None
    return hours * 3600 + minutes * 60 + seconds
