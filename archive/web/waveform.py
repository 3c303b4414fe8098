"""The waveform of a testimony as its page draws it: an outline, who speaks, and marks of terms and hits along it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from archive.contents import Stretch
from archive.reading import Line, Testimony
from archive.records import VocabularyName

DRAWN = 600  # stretches of an outline: as many as a wide window has room for
HEIGHT = 100  # of the upper half, in the drawing's own units
APART = 1 / 30  # of the slider's length between two marks of a vocabulary: on a phone, where it is shortest, 12 pixels
NAMED = 5  # terms of a mark, the most frequent first
MOST_HITS = 200
MOST_VOICES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Passages near each other that speak of terms of one vocabulary; a mark is drawn where the first of them is.

    `share` of the slider's length in per cent, `second` and `until` where the first and the last begin, `number` of
    passages, `more` terms than are named.
    """

    vocabulary: VocabularyName
    share: str
    second: float
    until: float
    number: int
    names: tuple[str, ...]
    more: int

    @property
    def weight(self) -> str:
        """How large it is drawn."""
        return "one" if self.number == 1 else "some" if self.number < 5 else "many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A stretch in which one person speaks, or one thing is spoken of, as shares in per cent; neighbours alternate."""

    share: str
    width: str
    odd: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waveform:
    """What lies under the slider. `outline` is the upper half as an SVG path, `width` units wide; empty if unknown."""

    outline: str
    width: int
    voices: tuple[Voice, ...]
    marks: tuple[Mark, ...]
    hits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The upper half of a waveform as an SVG path, `width` units wide; empty if unknown."""

    path: str
    width: int


def sketch(peaks: bytes | None) -> Outline:
    """Return the outline of one recording."""
    reduced = _reduced(peaks or b"")
    return Outline(path=_outline(reduced), width=len(reduced))


def draw(testimony: Testimony, stretches: Sequence[Stretch], hits: Collection[int]) -> Waveform | None:
    """Return the waveform of a testimony's first recording with its marks; `hits` are positions. None without one."""
    if not testimony.recordings or not testimony.recordings[0].duration > 0:
        return None
    whole = testimony.recordings[0].duration
    timed = [line for line in testimony.lines if line.start is not None and 0 <= line.start < whole]
    outline = sketch(next(iter(testimony.peaks), None))
    found = dict.fromkeys(_percent(line.start or 0.0, whole, 1) for line in timed if line.position in hits)
    return Waveform(
        outline=outline.path,
        width=outline.width,
        voices=tuple(_voices(_beginnings(timed, stretches), whole)),
        marks=tuple(mark for vocabulary in VocabularyName for mark in _marks(timed, vocabulary, whole)),
        hits=tuple(found)[:MOST_HITS],
    )


def _reduced(peaks: bytes) -> Sequence[int]:
    number = min(DRAWN, len(peaks))
    return [max(peaks[n * len(peaks) // number : (n + 1) * len(peaks) // number]) for n in range(number)]


def _outline(peaks: Sequence[int]) -> str:
    """Return a path along the tops of the peaks; the loudest reach the upper edge."""
    steps = "h1".join(f"V{HEIGHT - max(2, round(HEIGHT * peak / 255))}" for peak in peaks)
    return f"M0 {HEIGHT}{steps}h1V{HEIGHT}z" if peaks else ""


def _beginnings(lines: Sequence[Line], stretches: Sequence[Stretch]) -> list[float]:
    """Return the seconds at which another voice begins; where there is only one, another subject."""
    turns = [next(own).start or 0.0 for _, own in groupby(lines, key=lambda line: line.who)]
    if 1 < len(turns) <= MOST_VOICES:
        return turns
    return [stretch.start for stretch in stretches if stretch.start is not None]


def _voices(beginnings: Sequence[float], whole: float) -> Iterator[Voice]:
    for number, start in enumerate(beginnings):
        end = beginnings[number + 1] if number + 1 < len(beginnings) else whole
        if end > start:
            yield Voice(share=_percent(start, whole), width=_percent(end - start, whole), odd=number % 2 == 1)


def _marks(lines: Sequence[Line], vocabulary: VocabularyName, whole: float) -> Iterator[Mark]:
    """Yield the marks of a vocabulary from left to right; what would run into the mark before it is counted there."""
    speaking = [line for line in lines if any(term.vocabulary is vocabulary for term in line.tags)]
    for near in _near(sorted(speaking, key=_start), whole * APART):
        said = Counter(term.preferred for line in near for term in line.tags if term.vocabulary is vocabulary)
        names = [name for name, _ in said.most_common()]
        yield Mark(
            vocabulary=vocabulary,
            share=_percent(_start(near[0]), whole),
            second=_start(near[0]),
            until=_start(near[-1]),
            number=len(near),
            names=tuple(names[:NAMED]),
            more=len(names[NAMED:]),
        )


def _near(lines: Sequence[Line], apart: float) -> list[list[Line]]:
    """Put passages together that begin less than `apart` seconds after the first of them."""
    found: list[list[Line]] = []
    for line in lines:
        if found and _start(line) - _start(found[-1][0]) < apart:
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _start(line: Line) -> float:
    return line.start or 0.0


def _percent(part: float, whole: float, digits: int = 2) -> str:
    return f"{100 * part / whole:.{digits}f}%"
