"""How long the re-identification check takes for 5,000 narrators with 200 values each.

    python -m bench.reidentification

Three archives of the same size. *Lively*: a few values are had by many and most by few, as tags are; *even*: all values
are equally frequent, and no three of them are rare, so that all must be counted; *sparse*: three of them are nearly
always rare. Places stand in three levels. Each is checked with k = 3 and with k = 10. Exits 1 if one takes longer than
half a minute of the processor.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from archive.crowd import Value
from archive.reidentification import Person, Risk, single_out
from bench.machine import describe_machine

NARRATORS, VALUES = 5_000, 200
SHARES = {"place": 0.3, "movement": 0.2, "theme": 0.46, "teller": 0.02, "language": 0.01, "recorded": 0.01}
MAY_TAKE = 30.0  # seconds


def main() -> int:
    """Check the three archives, and print the figures."""
    print(describe_machine())
    print(f"{NARRATORS:,} narrators, half of them under a pseudonym, {VALUES} values each\n")
    print("| archive | k | values | narrators listed | combinations | processor seconds |")
    print("|---|---|---|---|---|---|")
    slowest = 0.0
    for name, (known, weigh) in ARCHIVES.items():
        persons = a_crowd(known, weigh)
        above = levels(persons)
        for k in (3, 10):
            began = time.process_time()
            risks = single_out(persons, k, above)
            took = time.process_time() - began
            slowest = max(slowest, took)
            print(row(name, k, persons, risks, took), flush=True)
    return int(slowest > MAY_TAKE)


def a_crowd(known: int, weigh: Callable[[int], float]) -> list[Person]:
    """Return narrators whose values are drawn from as many as are `known`, each as often as it weighs."""
    chance = random.Random(7)
    drawn: dict[str, tuple[list[Value], list[float]]] = {}
    for facet, share in SHARES.items():
        number = max(2, round(known * share))
        drawn[facet] = ([(facet, f"{n:04}") for n in range(number)], [weigh(n) for n in range(number)])
    return [
        Person(narrator=n, name=f"N{n}", values=_values(chance, drawn), pseudonymous=n % 2 == 0)
        for n in range(NARRATORS)
    ]


def _values(chance: random.Random, drawn: Mapping[str, tuple[list[Value], list[float]]]) -> frozenset[Value]:
    own: set[Value] = set()
    for facet, (values, weights) in drawn.items():
        wanted = max(1, round(VALUES * SHARES[facet]))
        some: set[Value] = set()
        for _ in range(20 * wanted):
            some.add(*chance.choices(values, weights))
            if len(some) == wanted:
                break
        own |= some
    return frozenset(own)


def levels(persons: Sequence[Person]) -> dict[Value, list[Value]]:
    """Put ten places under each town, and ten towns under each region."""
    places = {value for person in persons for value in person.values if value[0] == "place"}
    towns = {("place", f"town {key[:3]}") for _, key in places}
    return {
        **{("place", key): [("place", f"town {key[:3]}")] for _, key in places},
        **{town: [("place", f"region {town[1][5:7]}")] for town in towns},
    }


def row(name: str, k: int, persons: Sequence[Person], risks: Sequence[Risk], took: float) -> str:
    """Return one line of the table."""
    used = len(set().union(*(person.values for person in persons)))
    return f"| {name} | {k} | {used:,} | {len({risk.narrator for risk in risks}):,} | {len(risks):,} | {took:.1f} |"


ARCHIVES: Mapping[str, tuple[int, Callable[[int], float]]] = {
    "lively": (4_000, lambda number: 1 / (number + 10)),
    "even": (1_000, lambda _: 1.0),
    "sparse": (4_000, lambda _: 1.0),
}

if __name__ == "__main__":
    sys.exit(main())
