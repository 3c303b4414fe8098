"""Who could be recognised: the combinations of values that fewer than k of all published narrators share.

A name is hidden by a pseudonym, a life is not: whoever knows that somebody from Turin took part in the rent strikes and
was recorded in 1979 looks for these three. The check finds the *least* that one has to know: no combination is listed
of which a part, or a broader value in place of one, singles the narrator out already.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from archive.crowd import Crowd, Value, bits

Combination: TypeAlias = tuple[Value, ...]
Accepted: TypeAlias = Mapping[int, Collection[Combination]]  # by narrator

# what an outsider most likely knows, and most easily finds somebody by, first
FACETS = ("place", "teller", "recorded", "movement", "language", "theme")
LONGEST = 3  # values in a combination
LISTED = 20  # combinations of one narrator that a person is asked to look at
LEFT_OUT = 2  # steps that leaving something out counts at least: a broader term says more than nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A published narrator and what they can be looked for by; broader values need not be among it.

    Whoever is known by name counts in the crowd, but is not checked.
    """

    narrator: int
    name: str
    values: frozenset[Value]
    pseudonymous: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """What would end a risk: `keys` of a facet are published as `broader`, or left out where that is None.

    `value` is the part of the combination that goes; `keys` are what the narrator has of it. `loss`: how much is lost,
    in steps up the vocabulary.
    """

    value: Value
    keys: tuple[str, ...]
    broader: str | None
    loss: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What singles one narrator out: a combination that only `shared` of `persons` have, and what would cure it.

    An empty combination says that there are fewer than k narrators at all. `more`: this narrator's list ended here.
    """

    narrator: int
    name: str
    combination: Combination
    shared: int
    persons: int
    cures: tuple[Cure, ...] = ()
    more: bool = False


def in_order(values: Iterable[Value]) -> Combination:
    """Return the values in the order in which a combination keeps them."""
    return tuple(sorted(values, key=lambda value: (FACETS.index(value[0]), value[1])))


def single_out(
    persons: Sequence[Person],
    k: int,
    broader: Mapping[Value, Collection[Value]],
    accepted: Accepted | None = None,
    *,
    most: int = LISTED,
) -> tuple[Risk, ...]:
    """Return what singles pseudonymous persons out, the fewest values and the most dangerous first.

    `broader`: what stands right above a value. `accepted`: what was accepted of a narrator; it covers all that says
    more, and an empty combination everything. At most `most` for each narrator; the last says whether there are more.
    """
    agreed = accepted or {}
    checked = [person for person in persons if person.pseudonymous and () not in agreed.get(person.narrator, ())]
    if len(persons) < k:
        return tuple(
            Risk(narrator=one.narrator, name=one.name, combination=(), shared=len(persons), persons=len(persons))
            for one in checked
        )
    crowd = Crowd([person.values for person in persons], broader, FACETS)
    search = _Search(crowd, k, most, [agreed.get(person.narrator, ()) for person in persons])
    numbers = {person.narrator: number for number, person in enumerate(persons)}
    search.wanted = sum(1 << numbers[person.narrator] for person in checked)
    search.run()
    return tuple(risk for person in _ordered(checked, search, numbers) for risk in person)


def _ordered(checked: Iterable[Person], search: _Search, numbers: Mapping[int, int]) -> list[list[Risk]]:
    """Return each person's risks, those persons first of whom one has to know the least."""
    found = [(search.found[numbers[person.narrator]], person) for person in checked]
    told = [[*search.risks(person, own)] for own, person in found if own]
    return sorted(told, key=lambda own: (*_rank(own[0].combination), own[0].shared, own[0].name))


def _rank(combination: Combination) -> tuple[int, tuple[int, ...]]:
    return len(combination), tuple(FACETS.index(facet) for facet, _ in combination)


class _Search:
    """The search through a crowd; `wanted` are the persons whose lists are not full."""

    def __init__(self, crowd: Crowd, k: int, most: int, accepted: Sequence[Collection[Combination]]) -> None:
        self.crowd, self.k, self.most, self.accepted = crowd, k, most, accepted
        self.wanted = 0
        self.found: list[list[tuple[int, ...]]] = [[] for _ in crowd.rows]
        self._ways: dict[tuple[int, ...], tuple[tuple[int, str | None, int], ...]] = {}

    def run(self) -> None:
        """Find what singles out: single values, then pairs, then three together, the most dangerous facets first."""
        self.crowd.count_pairs(self.k)
        self._singles()
        for one, other in combinations(FACETS, 2):
            self._pairs(one, other)
        for three in combinations(FACETS, 3):
            self._threes(*three)

    def _singles(self) -> None:
        crowd = self.crowd
        for number, holders in enumerate(crowd.masks):
            rare = not crowd.often >> number & 1
            if rare and all(crowd.often >> up & 1 for up in crowd.parents[number]):
                self._add((number,), holders)

    def _pairs(self, facet: str, another: str) -> None:
        crowd = self.crowd
        for one in bits(crowd.facets[facet] & crowd.often):
            rare = crowd.rare_partners[one] & crowd.facets[another]
            for other in bits(rare & self._within_reach(crowd.masks[one])):
                holders = crowd.masks[one] & crowd.masks[other]
                if holders & self.wanted and not self._said_by_less(one, other):
                    self._add((one, other), holders)

    def _threes(self, *facets: str) -> None:
        """Count the values of the largest facet together with each two of the others."""
        crowd = self.crowd
        first, second, largest = sorted(facets, key=lambda facet: (crowd.facets[facet] & crowd.often).bit_count())
        for one in bits(crowd.facets[first] & crowd.often):
            reach = self._within_reach(crowd.masks[one])
            for other in bits(crowd.partners[one] & crowd.facets[second] & reach):
                reached = self._within_reach(crowd.masks[one] & crowd.masks[other])
                if not reached:
                    continue
                for third, holders in crowd.rare_thirds(one, other, crowd.facets[largest] & reached):
                    three = tuple(sorted((one, other, third)))
                    if holders & self.wanted and not any(self._broader_is_rare(three)):
                        self._add(three, holders)

    def _within_reach(self, persons: int) -> int:
        """Return values that include all that the wanted ones of these persons have; nothing where there are none."""
        wanted = persons & self.wanted
        if wanted.bit_count() > 16:  # looking at each would take longer than it spares
            return -1
        reach = 0
        for person in bits(wanted):
            reach |= self.crowd.rows[person]
        return reach

    def _said_by_less(self, one: int, other: int) -> bool:
        """Whether a broader value in place of one of these two is rare already."""
        partners, parents = self.crowd.partners, self.crowd.parents
        return any(not partners[other] >> up & 1 for up in parents[one]) or any(
            not partners[one] >> up & 1 for up in parents[other]
        )

    def _broader_is_rare(self, values: tuple[int, ...]) -> Iterator[bool]:
        """Yield, for each value and each broader one in its place, whether that is rare already."""
        for value in values:
            others = self._shared_by(other for other in values if other != value)
            for up in self.crowd.parents[value]:
                yield (others & self.crowd.masks[up]).bit_count() < self.k

    def _shared_by(self, values: Iterable[int]) -> int:
        holders = self.crowd.everybody
        for value in values:
            holders &= self.crowd.masks[value]
        return holders

    def _add(self, values: tuple[int, ...], holders: int) -> None:
        for person in bits(holders & self.wanted):
            if self.accepted[person] and self._is_accepted(person, values):
                continue
            self.found[person].append(values)
            if len(self.found[person]) > self.most:
                self.wanted &= ~(1 << person)

    def _is_accepted(self, person: int, values: tuple[int, ...]) -> bool:
        """Whether something was accepted of this person that says no more than this: these values, or some above."""
        said = frozenset[Value]().union(*(self.crowd.with_above(self.crowd.values[value]) for value in values))
        return any(said.issuperset(combination) for combination in self.accepted[person])

    def risks(self, person: Person, found: Sequence[tuple[int, ...]]) -> Iterator[Risk]:
        """Yield what was found of a person, with what would cure it."""
        own = self.crowd.as_bits(person.values)
        for place, values in enumerate(found[: self.most], 1):
            yield Risk(
                narrator=person.narrator,
                name=person.name,
                combination=tuple(self.crowd.values[value] for value in values),
                shared=self._shared_by(values).bit_count(),
                persons=len(self.crowd.rows),
                cures=tuple(self._cures(values, own)),
                more=place == self.most < len(found),
            )

    def _cures(self, values: tuple[int, ...], own: int) -> Iterator[Cure]:
        """Yield the cures for somebody who has these values of their `own`."""
        if values not in self._ways:
            self._ways[values] = tuple(sorted(self._ways_out(values), key=lambda way: (way[2], way[1] is None)))
        for number, broader, loss in self._ways[values]:
            keys = tuple(self.crowd.values[one][1] for one in bits(own & self.crowd.below[number]))
            yield Cure(value=self.crowd.values[number], keys=keys, broader=broader, loss=loss)

    def _ways_out(self, values: tuple[int, ...]) -> Iterator[tuple[int, str | None, int]]:
        """Yield value, what is published instead, and the loss, for whatever leaves at least k who share the rest."""
        for number in values:
            others = self._shared_by(other for other in values if other != number)
            levels = self.crowd.levels_above(self.crowd.values[number])
            for steps, level in enumerate(levels, 1):
                for up in sorted(level) if len(level) > 1 else level:
                    if (others & self.crowd.masks[self.crowd.number[up]]).bit_count() >= self.k:
                        yield number, up[1], steps
            yield number, None, max(LEFT_OUT, len(levels) + 1)
