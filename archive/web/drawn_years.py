"""A time line as the server draws it: bars of years, in hundredths of the width, so that it fits every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.chronology import Span, Stretch

TALLEST = 88.0  # hundredths of the height: above stands the number
LETTER = 2.2  # hundredths of the width of a phone that a letter of a name takes, about


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A year or a decade: where it begins, how wide and how tall it is; `tick` where its year is written beneath."""

    stretch: Stretch
    x: float
    width: float
    height: float
    tick: bool
    minor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Beam:
    """A movement's years; its name stands at the beginning, or where there is no room at the `end`."""

    span: Span
    x: float
    width: float
    at_end: bool


def draw_bars(stretches: Sequence[Stretch], *, leftwards: bool = False) -> tuple[Bar, ...]:
    """Draw the years; from right to left where the page is written so."""
    most = max((stretch.number for stretch in stretches), default=0) or 1
    width = 100 / max(len(stretches), 1)
    step = _step(stretches)
    return tuple(
        Bar(
            stretch=stretch,
            x=100 - (place + 1) * width if leftwards else place * width,
            width=width,
            height=TALLEST * stretch.number / most,
            tick=stretch.first % step == 0 or len(stretches) == 1,
            minor=stretch.first % (2 * step) != 0 and len(stretches) > 6,
        )
        for place, stretch in enumerate(stretches)
    )


def draw_beams(spans: Sequence[Span], stretches: Sequence[Stretch], *, leftwards: bool = False) -> tuple[Beam, ...]:
    """Draw the movements over the same years."""
    if not stretches:
        return ()
    first, end = stretches[0].first, stretches[-1].last + 1
    beams = []
    for span in spans:
        begin = max(span.first, first)
        stop = min(end, end if span.last is None else span.last + 1)
        x, width = 100 * (begin - first) / (end - first), 100 * (stop - begin) / (end - first)
        x = 100 - x - width if leftwards else x
        is_long = x + LETTER * len(span.name) > 100
        beams.append(Beam(span=span, x=x, width=width, at_end=is_long and x + width > 100 - x))
    return tuple(beams)


def _step(stretches: Sequence[Stretch]) -> int:
    """Return every how many years one is written: every bar where there are few."""
    if not stretches:
        return 1
    size = stretches[0].last - stretches[0].first + 1
    several = next(step for step in (1, 2, 5, 10, 20, 50) if len(stretches) / step <= 14)
    return several * size
