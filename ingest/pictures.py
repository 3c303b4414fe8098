"""The pictures of a film as they are published: upright, of a size that phones play, and nothing but pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from ingest.audio import DEMUXERS

CLOCK = 90_000  # ticks a second
WIDEST, HIGHEST = 1280, 1280  # pixels: a film from a phone may stand upright
_COVER = 0x400  # the disposition of a picture that is only the cover
_QUALITY = {
    "libx264": {"preset": "veryfast", "crf": "25"},
    "libvpx-vp9": {"crf": "34", "b": "0", "deadline": "realtime", "cpu-used": "6"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture, and at which second of the sound it is seen; `rate` is how many there are a second."""

    at: float
    frame: Any
    rate: Fraction

    def add_stream(self, container: Any, codec: str) -> Any:
        """Add the stream to which pictures like this one can be written."""
        stream = container.add_stream(codec, rate=self.rate, options=_QUALITY[codec])
        stream.width, stream.height, stream.pix_fmt = self.frame.width, self.frame.height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, CLOCK)
        return stream


def pictures(path: Path, *, begins: float) -> Iterator[Picture]:
    """Yield the pictures of a film from the second on at which its sound begins; none where it has only sound."""
    import av

    options = {"protocol_whitelist": "file", "format_whitelist": DEMUXERS}
    with av.open(str(path.absolute()), container_options=options, metadata_errors="replace") as container:
        films = [one for one in container.streams.video if not int(one.disposition) & _COVER]
        if not films or films[0].codec_context is None:
            return
        rate = _rate(films[0].average_rate)
        size, last = None, -1
        for frame in _decoded(container, films[0]):
            ticks = round(((frame.time or 0.0) - begins) * CLOCK)
            if ticks <= last:  # before the sound, or a time that runs backwards
                continue
            upright = _upright(frame)
            size = size or _size(upright)
            shown = upright.reformat(width=size[0], height=size[1], format="yuv420p")
            shown.pts, shown.time_base, last = ticks, Fraction(1, CLOCK), ticks
            shown.pict_type = 0  # what kind of picture it was in the original decides nothing here
            yield Picture(at=ticks / CLOCK, frame=shown, rate=rate)


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    import av

    with suppress(av.error.InvalidDataError):  # the end is damaged: what came before is there
        for packet in container.demux(stream):
            with suppress(av.error.FFmpegError):
                yield from packet.decode()


def _rate(average: Fraction | None) -> Fraction:
    return average if average and 1 <= average <= 120 else Fraction(25)


def _upright(frame: Any) -> Any:
    """Return the picture turned as the recorder was held."""
    import av
    import numpy as np

    turns = round((getattr(frame, "rotation", 0) or 0) / 90) % 4
    if not turns:
        return frame
    turned = np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), turns))
    return av.VideoFrame.from_ndarray(turned, format="rgb24")


def _size(frame: Any) -> tuple[int, int]:
    """Return the size to publish: never larger than the original, and even, as the encoders ask."""
    share = min(1.0, WIDEST / frame.width, HIGHEST / frame.height)
    return max(2, int(frame.width * share) // 2 * 2), max(2, int(frame.height * share) // 2 * 2)
