"""The check of an edition: who of its narrators under a pseudonym could be recognised by what it shows of them.

It reads the database that is to be published and nothing else, so that what is withheld can change nothing in it.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from archive.crowd import Value
from archive.reidentification import LISTED, Accepted, Combination, Person, Risk, single_out
from archive.sql import statements
from archive.years import decade_of

_YEAR = re.compile(r"(\d{4})(?:-\d{2}(?:-\d{2})?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class SingledOut:
    """What the check found, in the order in which it should be read.

    `accessions`: in which testimonies a narrator has a value, by narrator and value. `k`, and of how many `persons`.
    """

    k: int
    persons: int
    checked: int
    risks: tuple[Risk, ...]
    accessions: Mapping[tuple[int, Value], tuple[str, ...]]


def singled_out(
    conn: sqlite3.Connection,
    pseudonymous: Collection[int],
    k: int,
    accepted: Accepted | None = None,
    *,
    same: Mapping[int, int] | None = None,
    most: int = LISTED,
) -> SingledOut:
    """Check an edition. `pseudonymous`, `accepted` and `same` go by its own numbers of narrators.

    A testimony in which nobody is named counts as one narrator, with its number below zero. `same`: which numbers are
    one person, each with the one that stands for all of them, so that nobody hides behind themself.
    """
    accessions = _values(conn, same or {})
    persons = _persons(conn, accessions, {(same or {}).get(number, number) for number in pseudonymous}, same or {})
    return SingledOut(
        k=k,
        persons=len(persons),
        checked=sum(person.pseudonymous for person in persons),
        risks=single_out(persons, k, broader_values(conn), accepted, most=most),
        accessions=accessions,
    )


def broader_values(conn: sqlite3.Connection) -> dict[Value, tuple[Value, ...]]:
    """Return what stands right above each term that anything stands above, and above each year its decade.

    Of terms that are retired, which nobody can choose, what stands above them.
    """
    terms = {
        number: ((str(vocabulary), str(slug)), bool(retired))
        for number, vocabulary, slug, retired in conn.execute("select id, vocabulary, slug, retired from terms")
    }
    parents: dict[int, list[int]] = {}
    for term, parent in conn.execute("select term, parent from term_parents order by term, parent"):
        parents.setdefault(term, []).append(parent)
    found: dict[Value, tuple[Value, ...]] = {}
    for term, nearest in parents.items():
        above, waiting, seen = list[Value](), list(nearest), {term}
        while waiting:
            parent = waiting.pop(0)
            value, retired = terms[parent]
            if retired and parent not in seen:
                waiting += parents.get(parent, ())
            elif not retired:
                above.append(value)
            seen.add(parent)
        found[terms[term][0]] = tuple(dict.fromkeys(above))
    years = conn.execute("select distinct substr(recorded_on, 1, 4) from testimonies where recorded_on is not null")
    decades = {("recorded", str(year)): (("recorded", decade_of(int(year))),) for (year,) in years if year.isdecimal()}
    return found | decades


def read_accepted(conn: sqlite3.Connection) -> dict[int, frozenset[Combination]]:
    """Return what was accepted of each narrator of the private archive.

    That somebody may be singled out by anything holds until another testimony of theirs comes in: nobody had seen that.
    """
    rows = conn.execute(
        "select narrator, combination from accepted_risks where combination <> '[]' or not exists ("
        "select 1 from contributions join testimonies on testimonies.id = testimony "
        "where contributions.narrator = accepted_risks.narrator and role = 'narrator' and accessioned_at > at)"
    )
    accepted: dict[int, set[Combination]] = {}
    for narrator, combination in rows:
        accepted.setdefault(narrator, set()).add(tuple((facet, key) for facet, key in json.loads(combination)))
    return {narrator: frozenset(combinations) for narrator, combinations in accepted.items()}


def accepted_in_edition(conn: sqlite3.Connection, numbers: Mapping[int, int]) -> dict[int, frozenset[Combination]]:
    """Return what was accepted in the private archive by the numbers of an edition.

    `numbers`: the private number of each of the edition's narrators.
    """
    accepted = read_accepted(conn)
    return {public: accepted[private] for public, private in numbers.items() if private in accepted}


def _values(conn: sqlite3.Connection, same: Mapping[int, int]) -> dict[tuple[int, Value], tuple[str, ...]]:
    (command,) = statements("narrator_values")
    found: dict[tuple[int, Value], list[str]] = {}
    for narrator, facet, key, accession in conn.execute(command):
        value = (facet, _year(key) if facet == "recorded" else key)
        found.setdefault((same.get(narrator, narrator), value), []).append(accession)
    return {named: tuple(dict.fromkeys(accessions)) for named, accessions in found.items()}


def _year(text: str) -> str:
    """Return the year of a date; a decade, or whatever else stands there, is itself."""
    found = _YEAR.fullmatch(text)
    return found[1] if found else text


def _persons(
    conn: sqlite3.Connection,
    accessions: Mapping[tuple[int, Value], tuple[str, ...]],
    pseudonymous: Collection[int],
    same: Mapping[int, int],
) -> tuple[Person, ...]:
    values: dict[int, set[Value]] = {}
    for narrator, value in accessions:
        values.setdefault(narrator, set()).add(value)
    names = dict(conn.execute(_TELLING).fetchall())
    hidden = frozenset(pseudonymous)
    return tuple(
        Person(
            narrator=narrator,
            name=name,
            values=frozenset(values.get(narrator, ())),
            pseudonymous=narrator in hidden,
        )
        for narrator, name in sorted(names.items())
        if same.get(narrator, narrator) == narrator
    )


_TELLING = (
    "select id, name from narrators where id in (select narrator from contributions where role = 'narrator' "
    "union select narrator from passages) "
    "union select -id, accession from testimonies where id not in (select testimony from contributions "
    "where role = 'narrator' union select testimony from passages where narrator is not null)"
)
