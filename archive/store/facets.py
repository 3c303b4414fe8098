"""What passages can be chosen by, kept so that any search can count its choices fast.

A passage's values stand together in one packed row of `passage_facets`: counting the choices of ten thousand hits is
ten thousand look-ups, whatever the number of facets. `facet_passages` leads back from a value to its passages.
"""

from __future__ import annotations

import json
import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

from sqlite_utils import Database

from archive.database import writing
from archive.folding import fold
from archive.sql import statements
from archive.years import decade_of, years_of_movements, years_said

Choice = tuple[str, str]  # facet and key


def index_testimony(db: Database, testimony: int) -> None:
    """Bring what one testimony's passages can be chosen by up to date; what stays as it was is not written again."""
    with writing(db):
        before = _indexed(db, testimony)
        choices, chosen = choices_of(db, testimony)
        numbered = _numbered(db, choices)
        numbers = [numbered[choice] for choice in choices]
        after = {passage: frozenset(map(numbers.__getitem__, places)) for passage, places in chosen.items()}
        _change_passages(db, testimony, before, after)
        counted = Counter(value for values in after.values() for value in values)
        db.execute("delete from facet_testimonies where testimony = ?", [testimony])
        db.conn.executemany(
            "insert into facet_testimonies (value, testimony, passages) values (?, ?, ?)",
            [(value, testimony, number) for value, number in sorted(counted.items())],
        )


def count_facets(db: Database) -> None:
    """Count again the passages and testimonies of each value, and of each two values together."""
    with writing(db):
        for command in statements("count_facets"):
            db.execute(command)
        pairs: Counter[tuple[int, int]] = Counter()
        for (blob,) in db.execute("select chosen from passage_facets"):
            pairs.update(combinations(unpack(blob), 2))
        db.execute("delete from facet_pairs")
        db.conn.executemany(
            "insert into facet_pairs (value, other, passages) values (?, ?, ?)",
            sorted((*pair, number) for pair, number in pairs.items()),
        )


def trace_terms(db: Database) -> None:
    """Note for each term all that stand above it, and all its names; call inside a write transaction."""
    for command in statements("trace_ancestors"):
        db.execute(command)
    db.execute("delete from term_names")
    names = db.execute("select text, term, language from variants union select preferred, id, '' from terms")
    db.conn.executemany(
        "insert or ignore into term_names (folded, term, language, text) values (?, ?, ?, ?)",
        [(fold(text), term, language, text) for text, term, language in names.fetchall()],
    )


def pack(values: Iterable[int]) -> bytes:
    """Return numbers as `passage_facets.chosen` keeps them: 32 bits each, the lowest byte first."""
    numbers = tuple(values)
    return struct.pack(f"<{len(numbers)}I", *numbers)


def unpack(blob: bytes) -> tuple[int, ...]:
    """Return the numbers that `pack` packed."""
    return struct.unpack(f"<{len(blob) // 4}I", blob)


def _indexed(db: Database, testimony: int) -> dict[int, frozenset[int]]:
    """Return the values that each passage of the testimony has in the index."""
    rows = db.execute("select passage, chosen from passage_facets where testimony = ?", [testimony])
    return {passage: frozenset(unpack(blob)) for passage, blob in rows}


def _change_passages(
    db: Database, testimony: int, before: Mapping[int, frozenset[int]], after: Mapping[int, frozenset[int]]
) -> None:
    """Write the passages' values where they have changed."""
    db.conn.executemany("delete from facet_passages where value = ? and passage = ?", _beyond(before, after))
    db.conn.executemany(
        "delete from passage_facets where passage = ?", [(passage,) for passage in before.keys() - after]
    )
    db.conn.executemany(
        "insert or replace into passage_facets (passage, testimony, chosen) values (?, ?, ?)",
        [
            (passage, testimony, pack(sorted(values)))
            for passage, values in after.items()
            if values != before.get(passage)
        ],
    )
    db.conn.executemany("insert into facet_passages (value, passage) values (?, ?)", _beyond(after, before))


def _beyond(some: Mapping[int, frozenset[int]], others: Mapping[int, frozenset[int]]) -> list[tuple[int, int]]:
    """Return value and passage of everything that some have and the others have not, in the order of the table."""
    nothing: frozenset[int] = frozenset()
    return sorted(
        (value, passage) for passage, values in some.items() for value in values - others.get(passage, nothing)
    )


def choices_of(db: Database, testimony: int) -> tuple[tuple[Choice, ...], dict[int, set[int]]]:
    """Return all by which passages of a testimony can be chosen, and for each passage the places in that list."""
    of_all, of_each, terms, above = (
        db.execute(command, {"testimony": testimony}).fetchall() for command in statements("facets_of_testimony")
    )
    places: defaultdict[Choice, int] = defaultdict(lambda: len(places))
    texts = db.execute("select id, text from passages where testimony = ?", [testimony]).fetchall()
    shared = {places[choice] for choice in of_all}
    chosen = {passage: set(shared) for passage, _ in texts}
    for passage, facet, key in of_each:
        chosen[passage].add(places[facet, key])
    meant: defaultdict[int, list[int]] = defaultdict(list)
    for term, facet, key in above:
        meant[term].append(places[facet, key])
    for passage, term in terms:
        chosen[passage].update(meant[term])
    spans = _movement_years(db, testimony)
    for passage, text in texts:
        for year in years_said(text) | years_of_movements(spans.get(passage, ())):
            chosen[passage] |= {places["year", str(year)], places["year", decade_of(year)]}
    return tuple(places), chosen


def _movement_years(db: Database, testimony: int) -> dict[int, list[tuple[int | None, int | None]]]:
    rows = db.execute(
        "select passage, from_year, until_year from passages join passage_movements on passage = passages.id "
        "join terms on terms.id = term where testimony = ? and from_year is not null",
        [testimony],
    )
    spans: dict[int, list[tuple[int | None, int | None]]] = {}
    for passage, first, last in rows:
        spans.setdefault(passage, []).append((first, last))
    return spans


def _numbered(db: Database, choices: Iterable[Choice]) -> Mapping[Choice, int]:
    """Return the number of each value; new ones get one."""
    wanted = json.dumps(sorted(choices))
    asked = "select json_extract(value, '$[0]') as facet, json_extract(value, '$[1]') as key from json_each(?)"
    db.execute(f"insert or ignore into facet_values (facet, key) {asked}", [wanted])
    rows = db.execute(
        f"select facet_values.facet, facet_values.key, id from ({asked}) asked "  # noqa: S608
        "join facet_values on facet_values.facet = asked.facet and facet_values.key = asked.key",
        [wanted],
    )
    return {(facet, key): number for facet, key, number in rows}
