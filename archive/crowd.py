"""Who shares what: persons and their values as sets of bits, so that rare combinations are found fast.

A value is something by which a person can be looked for, such as a place that they speak of. Whoever has a value also
has every broader one. Sets of persons and sets of values are plain integers, a bit for each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

Value: TypeAlias = tuple[str, str]  # facet and key
CHUNK = 32  # persons counted before it is asked whether more must be


class Crowd:
    """All persons by number from 0, and all their values by number from 0, those of a facet side by side.

    `masks`: the persons that have a value; `rows`: the values that a person has; `facets`: the values of a facet;
    `below`: a value and all that stand below it; `often`: the values that at least k persons have; `partners`: for each
    of these the values of other facets that at least k persons have together with it.
    """

    def __init__(
        self, persons: Sequence[Collection[Value]], broader: Mapping[Value, Collection[Value]], facets: Sequence[str]
    ) -> None:
        self._broader = broader
        self._levels, self._above = dict[Value, tuple[frozenset[Value], ...]](), dict[Value, frozenset[Value]]()
        had = [{up for value in own if value[0] in facets for up in self.with_above(value)} for own in persons]
        self.values = sorted(set().union(*had), key=lambda value: (facets.index(value[0]), value[1]))
        self.number = {value: number for number, value in enumerate(self.values)}
        self.everybody = (1 << len(persons)) - 1
        self.holders: list[set[int]] = [set() for _ in self.values]
        self.rows: list[int] = []
        for person, own in enumerate(had):
            numbers = [self.number[value] for value in own]
            self.rows.append(_as_bits(numbers, len(self.values)))
            for number in numbers:
                self.holders[number].add(person)
        self.masks = [_as_bits(holders, len(persons)) for holders in self.holders]
        self.facets = dict.fromkeys(facets, 0)
        for number, (facet, _) in enumerate(self.values):
            self.facets[facet] |= 1 << number
        self.parents = [self._parents(value) for value in self.values]
        self.below = [0] * len(self.values)
        for number, value in enumerate(self.values):
            for up in self.with_above(value):
                self.below[self.number[up]] |= 1 << number

    def count_pairs(self, k: int) -> None:
        """Find the values that at least `k` persons have, and for each of them those that `k` have together with it."""
        self.k = k
        often = [number for number, holders in enumerate(self.holders) if len(holders) >= k]
        self.often = _as_bits(often, len(self.values))
        self.partners, self.rare_partners = dict[int, int](), dict[int, int]()
        for number in often:
            others = self.often & ~self.facets[self.values[number][0]]
            rows = [self.rows[person] for person in self.holders[number]]
            seen, full = _tally(rows, k, others)
            self.partners[number] = full & others
            self.rare_partners[number] = seen & others & ~full

    def rare_thirds(self, one: int, other: int, among: int) -> Iterator[tuple[int, int]]:
        """Yield the values of `among` that some, but fewer than k, have together with these two, and who has them."""
        common = self.masks[one] & self.masks[other]
        left = among & self.partners[one] & self.partners[other]
        if left.bit_count() > CHUNK:
            persons = iter(self.holders[one] & self.holders[other])
            left = _below(self.rows, persons, self.k, left)
        for third in bits(left):
            holders = common & self.masks[third]
            if 0 < holders.bit_count() < self.k:
                yield third, holders

    def levels_above(self, value: Value) -> tuple[frozenset[Value], ...]:
        """Return the values one step above this, two steps above, and so on; each where it is nearest."""
        if value not in self._levels:
            levels, seen, here = list[frozenset[Value]](), {value}, {value}
            while here := {up for one in here for up in self._broader.get(one, ())} - seen:
                seen |= here
                levels.append(frozenset(here))
            self._levels[value] = tuple(levels)
        return self._levels[value]

    def with_above(self, value: Value) -> frozenset[Value]:
        """Return the value and all that stand above it."""
        if value not in self._above:
            self._above[value] = frozenset([value]).union(*self.levels_above(value))
        return self._above[value]

    def as_bits(self, values: Iterable[Value]) -> int:
        """Return those of the values that are looked at as a set."""
        return _as_bits((self.number[value] for value in values if value in self.number), len(self.values))

    def _parents(self, value: Value) -> tuple[int, ...]:
        """Return what stands right above a value; where terms stand above each other in a circle, what is above it."""
        levels = self.levels_above(value)
        in_circle = any(value in self.with_above(up) for level in levels for up in level)
        above = frozenset[Value]().union(*(levels if in_circle else levels[:1]))
        return tuple(sorted(self.number[up] for up in above if value not in self.with_above(up)))


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers whose bits are set, the smallest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _as_bits(numbers: Iterable[int], most: int) -> int:
    """Return the set of these numbers, all of them below `most`."""
    octets = bytearray(most // 8 + 1)
    for number in numbers:
        octets[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(octets, "little")


def _below(rows: Sequence[int], persons: Iterator[int], k: int, asked: int) -> int:
    """Return those of the `asked` values that fewer than `k` of these persons have, and perhaps a few more.

    Stops counting where so few values are left that it is quicker to ask for each by itself.
    """
    planes = _planes(k, asked)
    while asked.bit_count() > CHUNK // 4:
        some = [rows[person] for person in islice(persons, CHUNK)]
        if not some:
            return asked
        asked &= ~_count(some, planes)[1]
    return asked


def _tally(rows: Iterable[int], k: int, asked: int) -> tuple[int, int]:
    """Return the values that any of these rows has, and those that at least `k` have."""
    return _count(rows, _planes(k, asked))


def _planes(k: int, asked: int) -> list[int]:
    """Return one counter for each value, written downwards: a plane for each binary digit.

    They begin at 2^digits - k, so that a counter runs over when it has counted to `k`.
    """
    digits = (k - 1).bit_length()
    begin = (1 << digits) - k
    return [asked if begin >> digit & 1 else 0 for digit in range(digits)]


def _count(rows: Iterable[int], planes: list[int]) -> tuple[int, int]:
    """Count the rows into the planes; return the values seen, and those whose counters ran over."""
    seen = full = 0
    digits = range(len(planes))
    for row in rows:
        seen |= row
        carry = row
        for digit in digits:
            plane = planes[digit]
            planes[digit] = plane ^ carry
            carry &= plane
            if not carry:
                break
        else:
            full |= carry
    return seen, full
