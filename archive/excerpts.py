"""A stretch of a testimony: the words said between two moments, or the passages from one to another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TypeAlias, TypedDict

from archive.errors import ArchiveError
from archive.marks import N_
from archive.reading import Line, Spoken

_MOMENT = re.compile(r"(?:(?:([0-9]{1,3}):)?([0-9]{1,4}):)?([0-9]{1,6}(?:[.,][0-9]{1,3})?)")
_POSITION = re.compile(r"[0-9]{1,7}")
_PLACES = re.compile(r"([0-9]{1,7})\.([0-9]{1,7})-([0-9]{1,7})\.([0-9]{1,7})")
_SHORTEST = 0.1  # seconds that a selection lasts at least, in addresses too
_FOREVER = 1e7  # seconds: until nobody knows when
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

    `spans` say where the words stand: position of the passage, and characters of its text from and to. They are
    `exact` where times alone would name other words.
    """

    words: str
    who: tuple[str, ...]
    reviewed: bool
    spans: tuple[Span, ...]
    start: float | None = None
    end: float | None = None
    first: int | None = None
    last: int | None = None
    exact: bool = False

    @property
    def places(self) -> str:
        """What an address calls the words where times do not tell them apart: `3.12-4.25`, passage and character."""
        if not self.exact:
            return ""
        (first, begins, _), (last, _, ends) = self.spans[0], self.spans[-1]
        return f"{first}.{begins}-{last}.{ends}"


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


def exactly(excerpt: Excerpt, said: str, lines: Sequence[Line], timings: Mapping[int, Sequence[Spoken]]) -> Excerpt:
    """Return the excerpt with just the words between two places: `3.12-4.25` is from passage 3, character 12 on.

    Many words of a machine have hardly any length, and moments do not tell them apart. Raises NoExcerpt for what are no
    whole words of this text, and for words that are said at other times.
    """
    found = _PLACES.fullmatch(said)
    if not found:
        raise NoExcerpt(N_("“%(text)s” names no words: write passage and character, as in 3.12-4.25"), text=said[:20])
    first, begins, last, ends = map(int, found.groups())
    chosen = [line for line in lines if first <= line.position <= last]
    opening = next((one for one in _words(chosen[:1], timings, first) if one[2] == begins), None)
    closing = next((one for one in _words(chosen[-1:], timings, last) if _is_end(chosen[-1].text, one, ends)), None)
    if opening is None or closing is None or (first, begins) >= (last, ends):
        raise NoExcerpt(N_("this text has no such words: it may have been corrected since"))
    if not _lasts(excerpt, opening, closing):
        raise NoExcerpt(N_("these words are not said between these times"))
    whole = [(line, [0, len(line.text)]) for line in chosen]
    whole[0][1][0], whole[-1][1][1] = begins, _closed(chosen[-1].text, closing[3])
    return replace(excerpt, exact=True, **_said_in([(line, (one, to)) for line, (one, to) in whole]))


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


def _words(found: Sequence[Line], timings: Mapping[int, Sequence[Spoken]], position: int) -> Sequence[Spoken]:
    """Return the words of a passage; all of it as one where their times are not known, as the page has it."""
    if not found or found[0].position != position or found[0].start is None:
        return ()
    line, until = found[0], found[0].end
    return timings.get(position) or ((found[0].start, _FOREVER if until is None else until, 0, len(line.text)),)


def _is_end(text: str, word: Spoken, place: int) -> bool:
    return place in (word[3], _closed(text, word[3]))


def _lasts(excerpt: Excerpt, opening: Spoken, closing: Spoken) -> bool:
    """Whether an excerpt begins with one word and ends with another; it may be cut where the recording ends."""
    start, end = _milliseconds(excerpt.start or 0), _milliseconds(excerpt.end or 0)
    latest = max(closing[1], opening[0] + _SHORTEST)
    begins_so = abs(_milliseconds(opening[0]) - start) <= _ROUNDED
    return begins_so and _milliseconds(closing[0]) - _ROUNDED <= end <= _milliseconds(latest) + _ROUNDED


def _closed(text: str, place: int) -> int:
    """Return where a word ends, with the full stop that belongs to it."""
    after = re.match(r"[^\w\s]+", text[place:])
    return place + (after.end() if after else 0)


def _milliseconds(moment: float) -> int:
    """Return a moment as the page has the times of words: what both round alike, both find alike."""
    return round(moment * 1000)
