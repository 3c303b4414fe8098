"""A stretch of a testimony: the words said between two moments, or the passages from one to another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeAlias, TypedDict

from archive.errors import ArchiveError
from archive.marks import N_
from archive.reading import Line, Spoken

_MOMENT = re.compile(r"(?:(?:([0-9]{1,3}):)?([0-9]{1,4}):)?([0-9]{1,6}(?:[.,][0-9]{1,3})?)")
_POSITION = re.compile(r"[0-9]{1,7}")
_ROUNDED = 6  # milliseconds by which a moment of an address, which has hundredths of a second, may be off


class NoExcerpt(ArchiveError):
    """Times or passages that no testimony, or not this one, has. `hint` is a message with `values` to fill in."""

    def __init__(self, hint: str, **values: object) -> None:
        super().__init__(hint % values if values else hint)
        self.hint, self.values = hint, values


Span: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """What is quoted: `start` and `end` in seconds, or `first` and `last` passage; its words, and who says them.

    `spans` say where the words stand: position of the passage, and characters of its text from and to.
    """

    words: str
    who: tuple[str, ...]
    reviewed: bool
    spans: tuple[Span, ...]
    start: float | None = None
    end: float | None = None
    first: int | None = None
    last: int | None = None


def read_moment(text: str) -> float:
    """Return seconds for `723.4`, `12:03` or `1:02:03`. Raises NoExcerpt."""
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        raise NoExcerpt(N_("“%(text)s” is no time: write 12:03, 1:02:03 or seconds"), text=text[:20])
    hours, minutes, seconds = found.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds.replace(",", "."))


def read_position(text: str) -> int:
    """Return the position of a passage. Raises NoExcerpt."""
    if not _POSITION.fullmatch(text.strip()):
        raise NoExcerpt(N_("“%(text)s” is no passage: write its number"), text=text[:20])
    return int(text)


def between(
    lines: Sequence[Line], timings: Mapping[int, Sequence[Spoken]], start: float, end: float | None, *, whole: float
) -> Excerpt:
    """Return what is said from `start` until `end`, in a recording of `whole` seconds.

    Without `end`, until the passage is over that begins or is spoken then. Where the times of words are known, only the
    words whose middle lies between (selection.js has the same rule); else whole passages. Raises NoExcerpt.
    """
    if end is not None and end <= start:
        raise NoExcerpt(N_("the times run backwards: the first one must come before the last"))
    if not whole:
        raise NoExcerpt(N_("This testimony has no text with times."))
    timed = list(_timed(lines, whole))
    spoken = _spoken_at(timed, start) if end is None else None
    if (start >= whole and not (spoken and _begins(spoken[0], start))) or (end or 0) > whole + 1:
        raise NoExcerpt(N_("the recording is over before that time"))
    if spoken:
        timed, end = [spoken], max(start, spoken[1])
    end = whole if end is None else end
    spans = [(line, _span(line, until, timings.get(line.position, ()), start, end)) for line, until in timed]
    return Excerpt(
        start=start, end=max(start, min(end, whole)), **_said_in([(line, span) for line, span in spans if span])
    )


def from_passages(lines: Sequence[Line], first: int, last: int) -> Excerpt:
    """Return the passages from `first` to `last`, by position. Raises NoExcerpt."""
    if last < first:
        raise NoExcerpt(N_("the passages run backwards: the first one must come before the last"))
    found = [line for line in lines if first <= line.position <= last]
    if not found or found[0].position != first or found[-1].position != last:
        raise NoExcerpt(N_("this testimony has no such passages"))
    return Excerpt(first=first, last=last, **_said_in([(line, (0, len(line.text))) for line in found]))


class _SaidIn(TypedDict):
    words: str
    who: tuple[str, ...]
    reviewed: bool
    spans: tuple[Span, ...]


def _said_in(spoken: Sequence[tuple[Line, tuple[int, int]]]) -> _SaidIn:
    return {
        "words": " ".join(line.text[first:last] for line, (first, last) in spoken),
        "who": tuple(dict.fromkeys(line.who for line, _ in spoken if line.who)),
        "reviewed": all(line.reviewed for line, _ in spoken),
        "spans": tuple((line.position, first, last) for line, (first, last) in spoken),
    }


def _timed(lines: Sequence[Line], whole: float) -> Iterator[tuple[Line, float]]:
    """Yield the passages with times, each with its end: where that was not noted, the next one's start."""
    timed = [line for line in lines if line.start is not None]
    for line, following in zip_longest(timed, timed[1:]):
        begins = following.start if following else None
        yield line, line.end if line.end is not None else whole if begins is None else begins


def _spoken_at(timed: Sequence[tuple[Line, float]], moment: float) -> tuple[Line, float] | None:
    """Return the passage that begins at a moment or is spoken then, else the next one, with its end."""
    beginning = next((one for one in timed if _begins(one[0], moment)), None)
    return beginning or next((one for one in timed if _milliseconds(one[1]) > _milliseconds(moment) + _ROUNDED), None)


def _begins(line: Line, moment: float) -> bool:
    return line.start is not None and abs(_milliseconds(line.start) - _milliseconds(moment)) <= _ROUNDED


def _span(line: Line, until: float, timed: Sequence[Spoken], start: float, end: float) -> tuple[int, int] | None:
    """Return where in a passage the words stand that are said between two moments; all of it without their times."""
    low, high = _milliseconds(start), _milliseconds(end)
    if not timed:
        inside = _milliseconds(line.start or 0) < high - _ROUNDED and _milliseconds(until) > low + _ROUNDED
        return (0, len(line.text)) if line.text and (inside or _begins(line, start)) else None
    bounds = 2 * (low - _ROUNDED), 2 * (high + _ROUNDED)
    spoken = [word for word in timed if bounds[0] <= _milliseconds(word[0]) + _milliseconds(word[1]) <= bounds[1]]
    return (spoken[0][2], _closed(line.text, spoken[-1][3])) if spoken else None


def _closed(text: str, place: int) -> int:
    """Return where a word ends, with the full stop that belongs to it."""
    after = re.match(r"[^\w\s]+", text[place:])
    return place + (after.end() if after else 0)


def _milliseconds(moment: float) -> int:
    """Return a moment as the page has the times of words: what both round alike, both find alike."""
    return round(moment * 1000)
