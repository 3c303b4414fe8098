"""What a testimony is about, stretch by stretch: its contents, made from the terms of its passages."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt

from archive.browse import TermLink
from archive.reading import Line
from archive.records import VocabularyName

SHORTEST = 16  # passages of a testimony that has contents
MOST = 15  # stretches
PASSAGES = 10  # of a stretch, at least on the average
CHANGE = 0.25  # of the terms, where a new stretch may begin: 0 none, 1 all of them
TOLD = 2  # terms that name a stretch
_WEIGHT = {VocabularyName.THEME: 1.3, VocabularyName.MOVEMENT: 1.15, VocabularyName.PLACE: 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Passages one after another that speak of the same: where they begin, and the terms that set them apart."""

    position: int
    start: float | None
    terms: tuple[TermLink, ...]


def contents(lines: Sequence[Line]) -> tuple[Stretch, ...]:
    """Divide a testimony where what it speaks of changes most, as TextTiling does with words (Hearst 1997).

    The terms of the passages before and after each place are compared; a stretch begins where these differ most, not
    too near another one, and rather where there is none yet. Each is named by the terms that are frequent in it and
    rare elsewhere. A stretch that speaks of nothing, or of the same as the one before, belongs to that one. Empty where
    there is too little to tell apart.
    """
    if len(lines) < SHORTEST:
        return ()
    most = min(MOST, max(2, len(lines) // PASSAGES))
    bounds = [0, *_turns(lines, most), len(lines)]
    counted = [_count(lines[first:last]) for first, last in pairwise(bounds)]
    spread = Counter(term for counts in counted for term in counts)
    found: list[Stretch] = []
    for first, counts in zip(bounds, counted, strict=False):
        terms = _telling(counts, spread, len(counted))
        if terms and not (found and set(found[-1].terms) == set(terms)):
            begins = lines[first if found else 0]
            found.append(Stretch(position=begins.position, start=begins.start, terms=terms))
    return tuple(found) if len(found) > 1 else ()


def _turns(lines: Sequence[Line], most: int) -> list[int]:
    """Return the places where the terms change most, at least half an average stretch from each other and the ends.

    Of two changes the one with more room around it counts for more, so that contents cover all of a long testimony.
    """
    apart = max(3, len(lines) // (2 * most))
    changes = [(place, change) for change, place in _changes(lines, apart) if change >= CHANGE]
    bounds = [0, len(lines)]

    def room(place: int) -> int:
        after = bisect_left(bounds, place)
        return min(place - bounds[after - 1], bounds[after] - place)

    while len(bounds) <= most:
        weights = [(change * sqrt(room(place)), -place) for place, change in changes if room(place) >= apart]
        if not weights:
            break
        insort(bounds, -max(weights)[1])
    return bounds[1:-1]


def _changes(lines: Sequence[Line], width: int) -> Iterator[tuple[float, int]]:
    """Yield how much the terms of `width` passages before and after each place differ, where a passage has terms."""
    numbers: defaultdict[TermLink, int] = defaultdict(lambda: len(numbers))
    tags = [[numbers[term] for term in line.tags] for line in lines]
    before, after = _Window(len(numbers)), _Window(len(numbers))
    for terms in tags[:width]:
        after.add(terms, 1)
    shared = 0  # the product of the two, kept up to date: a passage changes a few terms of hundreds
    for place, terms in enumerate(tags):
        if terms and place:
            lengths = sqrt(before.squares) * sqrt(after.squares)
            yield 1.0 - (shared / lengths if lengths else 1.0), place  # where one is empty they count as alike
        shared += before.add(terms, 1, after)
        shared += after.add(terms, -1, before)
        if place >= width:
            shared += before.add(tags[place - width], -1, after)
        if place + width < len(tags):
            shared += after.add(tags[place + width], 1, before)


class _Window:
    """How often each term stands in a stretch of passages, and the sum of the squares."""

    def __init__(self, terms: int) -> None:
        self.counts = [0] * terms
        self.squares = 0

    def add(self, terms: Iterable[int], step: int, beside: _Window | None = None) -> int:
        """Count these terms once more or less, and return by how much the product with another stretch changes."""
        change = 0
        for term in terms:
            self.squares += step * (2 * self.counts[term] + step)
            self.counts[term] += step
            change += step * beside.counts[term] if beside else 0
        return change


def _count(lines: Sequence[Line]) -> Counter[TermLink]:
    return Counter(term for line in lines for term in line.tags)


def _telling(counts: Counter[TermLink], spread: Counter[TermLink], stretches: int) -> tuple[TermLink, ...]:
    """Return the terms that a stretch has more of than the others, the most telling first."""

    def weight(term: TermLink) -> float:
        return counts[term] * log(1 + stretches / spread[term]) * _WEIGHT[term.vocabulary]

    return tuple(sorted(counts, key=lambda term: (-weight(term), term.vocabulary, term.slug))[:TOLD])
