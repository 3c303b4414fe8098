"""Recordings for the tests, made on the fly with PyAV, and the demonstration model."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ingest.audio import Samples

np = pytest.importorskip("numpy", reason="the extra ingest is not installed")
av = pytest.importorskip("av", reason="the extra ingest is not installed")

ROOT = Path(__file__).resolve().parents[2]
RECORDINGS = ROOT / "archive" / "demo" / "recordings"
MODEL = ROOT / "archive" / "demo" / "model" / "tiny-whisper-int8.tar.xz"
SHARED = ROOT.parent / "shared" / "data" / "audio"
RATE = 16_000


@dataclass(frozen=True)
class Format:
    """How PyAV writes a kind of recording."""

    codec: str
    container: str
    rate: int = 44_100
    picture: str | None = None  # the codec of a moving picture


FORMATS = {
    ".wav": Format("pcm_s16le", "wav"),
    ".flac": Format("flac", "flac"),
    ".mp3": Format("libmp3lame", "mp3"),
    ".m4a": Format("aac", "ipod"),
    ".aac": Format("aac", "adts"),
    ".ogg": Format("flac", "ogg"),
    ".oga": Format("libopus", "ogg", 48_000),
    ".opus": Format("libopus", "ogg", 48_000),
    ".webm": Format("libopus", "webm", 48_000),
    ".mka": Format("flac", "matroska"),
    ".mkv": Format("aac", "matroska", picture="mpeg4"),
    ".mp4": Format("aac", "mp4", picture="mpeg4"),
    ".m4v": Format("aac", "mp4", picture="mpeg4"),
    ".mov": Format("aac", "mov", picture="mpeg4"),
    ".3gp": Format("aac", "3gp"),
    ".amr": Format("libopencore_amrnb", "amr", 8_000),
    ".aiff": Format("pcm_s16be", "aiff"),
    ".aif": Format("pcm_s16be", "aiff"),
}


def a_tone(seconds: float, rate: int = RATE, pitch: float = 440.0) -> Samples:
    """A steady tone."""
    at = np.arange(round(seconds * rate)) / rate
    tone: Samples = (0.3 * np.sin(2 * np.pi * pitch * at)).astype(np.float32)
    return tone


def a_recording(  # the many ways in which recorders write
    path: Path,
    *,
    seconds: float = 3.0,
    like: str | None = None,
    samples: Samples | None = None,
    rate: int | None = None,
    tracks: int = 1,
    gap: tuple[float, float] | None = None,
    cover: bool = False,
    **options: str,
) -> Path:
    """Write a tone, or `samples`, as the path's suffix (or `like`) says.

    `gap` is (after, seconds): a jump of the timestamps.
    """
    kind = FORMATS[like or path.suffix]
    rate = rate or kind.rate
    sound = a_tone(seconds, rate) if samples is None else samples
    with av.open(str(path), "w", format=kind.container, options=options) as container:
        picture = add_picture(container, kind.picture or "mjpeg") if kind.picture or cover else None
        streams = [container.add_stream(kind.codec, rate=rate, layout="mono") for _ in range(tracks)]
        if picture is not None:
            picture.disposition = av.stream.Disposition.attached_pic if cover else 0
            show(container, picture, 1 if cover else round(seconds * 5))
        for first in range(0, len(sound), 1024):
            frame = av.AudioFrame.from_ndarray(sound[None, first : first + 1024], format="flt", layout="mono")
            later = round(gap[1] * rate) if gap and first / rate >= gap[0] else 0
            frame.sample_rate, frame.pts, frame.time_base = rate, first + later, Fraction(1, rate)
            for stream in streams:
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
    return path


def add_picture(container: Any, codec: str) -> Any:
    """Add a small video stream."""
    picture = container.add_stream(codec, rate=5)
    picture.width = picture.height = 32
    picture.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    return picture


def show(container: Any, picture: Any, frames: int) -> None:
    """Write black frames."""
    for _ in range(frames):
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        container.mux(picture.encode(frame))
    container.mux(picture.encode(None))


def a_wav_header(size: int, *, rate: int = 8000) -> bytes:
    """The header of an 8-bit mono wav that announces so many bytes of sound."""
    fmt = b"".join(n.to_bytes(width, "little") for n, width in ((1, 2), (1, 2), (rate, 4), (rate, 4), (1, 2), (8, 2)))
    riff = min(size + 36, 0xFFFF_FFFF).to_bytes(4, "little")
    return b"RIFF" + riff + b"WAVEfmt \x10\0\0\0" + fmt + b"data" + size.to_bytes(4, "little")


@cache
def demo_speech(name: str = "glasgow-1915") -> Samples:
    """The samples of one of the demonstration's recordings: nine sentences, about 41 s, digital silence between."""
    from ingest.audio import decode

    samples: Samples = np.concatenate(list(decode(RECORDINGS / f"{name}.opus")))
    return samples


def unpacked_model(folder: Path) -> Path:
    """Unpack the demonstration model; return the folder that faster-whisper opens."""
    with tarfile.open(MODEL) as packed:
        packed.extractall(folder, filter="data")
    return folder / "int8"
