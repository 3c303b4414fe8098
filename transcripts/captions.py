"""What WebVTT and SRT have in common: cues, the line with their times, tags to take out, ends that are missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from transcripts.model import Segment, Transcript, TranscriptError
from transcripts.timecode import format_timecode, parse_timecode

ARROW = "-->"
_TIMES = re.compile(r"[ \t]*([0-9:.,]+)[ \t]*-->[ \t]*([0-9:.,]*)")
_TAGS = "b br c em font i lang p rt ruby s span strong u v"
_NOTE = re.compile(r"([^\W\d_]+)(?:[ '’-][^\W\d_]+)*")
_READING_SPEED = 15  # characters a second, where a caption's end must be made up
_SHORTEST = 2.0  # seconds that a caption stays on the screen, likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One caption as it stands in the file: times in seconds, its text with tags and line breaks, and its line number.

    `end` is None where the file has no readable one.
    """

    start: float
    end: float | None
    text: str
    line: int
    identifier: str = ""


def read_times(line: str) -> tuple[float, float | None] | None:
    """Return start and end of `00:01.000 --> 00:02.000 settings`; the end is None if it is no time.

    Returns None where the line does not begin with a time and an arrow. A decimal comma, missing milliseconds and
    minutes over 59 are read as well: transcripts have them, and a refused line would lose what was said.
    """
    found = _TIMES.match(line)
    if not found:
        return None
    start = _seconds(found[1])
    return None if start is None else (start, _seconds(found[2]))


def _seconds(text: str) -> float | None:
    try:
        return parse_timecode(text)
    except ValueError:
        return None


def settle_ends(cues: Sequence[Cue]) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """Return the cues with impossible ends left open, and the remarks that say so.

    Real files have a last cue that ends at 00:00:00.000. A cue of no length is kept as it is.
    """
    settled = tuple(replace(cue, end=None) if cue.end is not None and cue.end < cue.start else cue for cue in cues)
    open_ended = [cue for cue in settled if cue.end is None]
    if not open_ended:
        return settled, ()
    first = format_timecode(open_ended[0].start)
    if len(open_ended) == 1:
        return settled, (f"the cue at {first} has no end after its start; its end is left open",)
    return settled, (
        f"{len(open_ended)} cues have no end after their start, the first at {first}; their ends are left open",
    )


def is_note(tag: str) -> bool:
    """Whether what stands between `<` and `>` is a transcriber's remark, like `text not clear` or `laughs`.

    Such words are kept in the text; all other tags are taken out.
    """
    found = _NOTE.fullmatch(tag)
    return found is not None and found[1].lower() not in _TAGS.split()


def collapse(text: str) -> str:
    """Return the text with every run of white space as one space, and none at its ends."""
    return " ".join(text.split())


def caption_times(transcript: Transcript) -> tuple[tuple[float, float], ...]:
    """Return start and end of each segment as captions need them.

    An unknown end becomes the next start, or after the last segment the time that reading takes.
    Raises TranscriptError if a segment has no start.
    """
    times = []
    following: float | None = None
    for position, segment in reversed(tuple(enumerate(transcript.segments, start=1))):
        if segment.start is None:
            raise TranscriptError(f"passage {position} has no time, and captions need one")
        times.append((segment.start, _caption_end(segment, segment.start, following)))
        following = segment.start
    return tuple(reversed(times))


def _caption_end(segment: Segment, start: float, following: float | None) -> float:
    if segment.end is not None:
        return segment.end
    if following is None or following <= start:
        following = start + max(_SHORTEST, len(segment.text) / _READING_SPEED)
    return max([following, *(word.end for word in segment.words)])
