"""Who could be recognised: what the check finds is what a slow reading of the same rule finds."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.crowd import Crowd, Value, bits
from archive.reidentification import FACETS, Combination, Person, Risk, in_order, single_out

ABOVE: Mapping[Value, Collection[Value]] = {
    ("place", "via-roma"): [("place", "turin")],
    ("place", "turin"): [("place", "piedmont"), ("place", "the-north")],
    ("place", "alba"): [("place", "piedmont")],
    ("place", "piedmont"): [("place", "italy")],
    ("place", "the-north"): [("place", "italy")],
    ("place", "one-of-a-circle"): [("place", "other-of-a-circle")],
    ("place", "other-of-a-circle"): [("place", "one-of-a-circle"), ("place", "italy")],
    ("recorded", "1979"): [("recorded", "1970s")],
    ("recorded", "1978"): [("recorded", "1970s")],
    ("theme", "rent"): [("theme", "housing")],
}
VALUES = sorted({*ABOVE, ("place", "lisbon"), ("movement", "autonomia"), ("movement", "tenants"), ("teller", "docker"),
                 ("theme", "food"), ("language", "it"), ("language", "pt")})  # fmt: skip


def ana(*values: Value) -> Person:
    return Person(narrator=1, name="Ana", values=frozenset(values))


def others(number: int, *values: Value) -> list[Person]:
    return [
        Person(narrator=n, name=f"N{n}", values=frozenset(values), pseudonymous=False) for n in range(2, number + 2)
    ]


def found(risks: Collection[Risk]) -> list[Combination]:
    return [risk.combination for risk in risks]


def with_above(value: Value, above: Mapping[Value, Collection[Value]]) -> set[Value]:
    seen, waiting = set[Value](), [value]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += above.get(one, ())
    return seen


def says(one: Combination, other: Combination) -> bool:
    """Whether whoever knows the one knows the other too."""
    return set(chain.from_iterable(with_above(value, ABOVE) for value in one)).issuperset(other)


def read_slowly(persons: Collection[Person], k: int) -> set[tuple[int, Combination]]:
    """Every combination of every person, counted one by one; those that some weaker rare one makes superfluous go."""
    had = {person: set(chain.from_iterable(with_above(v, ABOVE) for v in person.values)) for person in persons}

    def is_rare(combination: Collection[Value]) -> bool:
        return sum(had[person].issuperset(combination) for person in persons) < k

    def weaker_than(combination: Combination) -> set[Combination]:
        choices = [[None, *with_above(value, ABOVE)] for value in combination]
        weaker = {in_order(value for value in chosen if value) for chosen in product(*choices)}
        # in a circle of terms each says the same
        return {one for one in weaker if not says(one, combination)}

    listed = set()
    for person in persons:
        for size in range(4):
            for values in combinations(sorted(had[person]), size):
                combination = in_order(values)
                one_each = len({facet for facet, _ in values}) == size
                if (
                    one_each
                    and person.pseudonymous
                    and is_rare(combination)
                    and not any(map(is_rare, weaker_than(combination)))
                ):
                    listed.add((person.narrator, combination))
    return listed


@st.composite
def crowds(draw: st.DrawFn) -> list[Person]:
    own = st.frozensets(st.sampled_from(VALUES), max_size=7)
    drawn = draw(st.lists(st.tuples(own, st.booleans()), min_size=1, max_size=9))
    return [
        Person(narrator=number, name=f"N{number}", values=values, pseudonymous=hidden)
        for number, (values, hidden) in enumerate(drawn, 1)
    ]


@given(crowds(), st.integers(1, 5))
@settings(max_examples=150, deadline=None)
def test_the_check_finds_what_a_slow_reading_finds(persons: list[Person], k: int) -> None:
    risks = single_out(persons, k, ABOVE, most=10_000)
    assert {(risk.narrator, risk.combination) for risk in risks} == read_slowly(persons, k)
    assert len(risks) == len({(risk.narrator, risk.combination) for risk in risks})


@pytest.mark.parametrize("k", [2, 3, 4, 6, 8])
def test_many_values_are_counted_at_once_as_each_by_itself(k: int) -> None:
    chance = random.Random(k)
    known = [(facet, str(n)) for facet, number in (("place", 4), ("movement", 4), ("theme", 70)) for n in range(number)]
    persons = [{value for value in known if chance.random() < 0.3} for _ in range(90)]
    crowd = Crowd(persons, {}, ("place", "movement", "theme"))
    crowd.count_pairs(k)
    found = 0
    for one, other in product(bits(crowd.facets["place"]), bits(crowd.facets["movement"])):
        if not crowd.partners[one] >> other & 1:
            continue
        rare = {third: holders.bit_count() for third, holders in crowd.rare_thirds(one, other, crowd.facets["theme"])}
        slowly = {}
        for third in bits(crowd.facets["theme"]):
            three = {crowd.values[number] for number in (one, other, third)}
            pairs = [sum(person.issuperset(pair) for person in persons) for pair in combinations(three, 2)]
            number = sum(person.issuperset(three) for person in persons)
            if min(pairs) >= k > number > 0:
                slowly[third] = number
        assert rare == slowly
        found += len(rare)
    assert found


@given(crowds(), st.integers(2, 5))
@settings(max_examples=100, deadline=None)
def test_each_cure_leaves_nothing_of_what_it_cures(persons: list[Person], k: int) -> None:
    for risk in single_out(persons, k, ABOVE):
        if not risk.combination:
            continue
        assert risk.cures, "leaving something out always helps"
        for cure in risk.cures:
            facet = cure.value[0]
            assert cure.keys
            published = {(facet, cure.broader)} if cure.broader else set()
            gone = {(facet, key) for key in cure.keys}
            cured = [
                Person(narrator=p.narrator, name=p.name, values=(p.values - gone) | published)
                if p.narrator == risk.narrator
                else p
                for p in persons
            ]
            again = single_out(cured, k, ABOVE, most=10_000)
            assert (risk.narrator, risk.combination) not in {(one.narrator, one.combination) for one in again}


@given(crowds(), st.integers(2, 4), st.integers(1, 4))
@settings(max_examples=100, deadline=None)
def test_a_list_that_was_cut_says_so(persons: list[Person], k: int, most: int) -> None:
    everything = single_out(persons, k, ABOVE, most=10_000)
    for narrator in {risk.narrator for risk in everything}:
        all_of = [risk for risk in everything if risk.narrator == narrator]
        listed = [risk for risk in single_out(persons, k, ABOVE, most=most) if risk.narrator == narrator]
        assert len(listed) == min(most, len(all_of))
        assert [risk.more for risk in listed] == [*[False] * (len(listed) - 1), len(all_of) > most]


@given(crowds(), st.integers(2, 4))
@settings(max_examples=100, deadline=None)
def test_what_was_accepted_is_not_listed_again_and_the_rest_is(persons: list[Person], k: int) -> None:
    risks = single_out(persons, k, ABOVE, most=10_000)
    accepted = {risk.narrator: [risk.combination] for risk in risks}  # the last of each
    left = single_out(persons, k, ABOVE, accepted, most=10_000)
    assert found(left) == [risk.combination for risk in risks if not says(risk.combination, accepted[risk.narrator][0])]


def test_the_least_that_one_has_to_know_is_listed() -> None:
    turin, rent, year = ("place", "turin"), ("theme", "rent"), ("recorded", "1979")
    crowd = [ana(turin, rent, year), *others(3, turin, rent), *others(3, turin, year), *others(3, rent, year)]
    assert found(single_out(crowd, 3, ABOVE)) == [(("place", "italy"), ("recorded", "1970s"), ("theme", "housing"))]


def test_a_broader_place_cures_before_anything_is_left_out() -> None:
    crowd = [ana(("place", "turin"), ("teller", "docker")), *others(3, ("place", "alba"))]
    (place, teller) = single_out(crowd, 3, ABOVE)
    assert (place.combination, place.shared, place.persons) == ((("place", "the-north"),), 1, 4)
    assert [(cure.keys, cure.broader) for cure in place.cures] == [(("turin",), "italy"), (("turin",), None)]
    assert [(cure.keys, cure.broader) for cure in teller.cures] == [(("docker",), None)]


def test_named_narrators_hide_others_and_are_not_listed() -> None:
    docker = ("teller", "docker")
    assert single_out([ana(docker), *others(2, docker)], 3, {}) == ()
    assert found(single_out([ana(docker), *others(2)], 3, {})) == [(docker,)]
    assert single_out([*others(3), *others(1, docker)], 3, {}) == ()


def test_too_few_narrators_are_said_once_each_and_accepted_once() -> None:
    few = [ana(*VALUES), *others(1)]
    assert [(risk.name, risk.combination, risk.shared) for risk in single_out(few, 3, ABOVE)] == [("Ana", (), 2)]
    assert single_out(few, 3, ABOVE, {1: [()]}) == ()


def test_what_was_accepted_covers_whoever_knows_more() -> None:
    crowd = [ana(("place", "turin"), ("theme", "food")), *others(3, ("place", "alba"), ("theme", "food"))]
    assert found(single_out(crowd, 3, ABOVE)) == [(("place", "the-north"),)]
    assert single_out(crowd, 3, ABOVE, {1: [(("place", "italy"),)]}) == ()
    assert len(single_out(crowd, 3, ABOVE, {1: [(("place", "turin"),)]})) == 1, "to know the north is to know less"


@pytest.mark.parametrize("facet", FACETS)
def test_every_facet_counts(facet: str) -> None:
    assert found(single_out([ana((facet, "x")), *others(3)], 2, {})) == [((facet, "x"),)]


def test_with_k_of_one_nobody_is_singled_out() -> None:
    assert single_out([ana(*VALUES)], 1, ABOVE) == ()
