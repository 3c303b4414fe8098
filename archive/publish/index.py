"""What can be searched and chosen in an edition, made of its own rows by the same statements as in the archive."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from sqlite_utils import Database

from archive.sql import statements
from archive.store.browsing import refresh_counts
from archive.store.facets import Choice, choices_of, pack, trace_terms


def index_edition(db: Database) -> None:
    """Fill everything that is derived, from the rest and from the tags in the temporary table `counted_tags`.

    Call inside a transaction.
    """
    db.execute("create index temp.tags_of_testimony on counted_tags (testimony)")
    trace_terms(db)
    testimonies = [number for (number,) in db.execute("select id from testimonies order by id").fetchall()]
    for testimony in testimonies:
        for command in statements("refresh_testimony"):
            db.execute(command, {"testimony": testimony})
    _index_choices(db, testimonies)
    refresh_counts(db)
    db.execute("insert into passages_fts (passages_fts) values ('rebuild')")
    db.execute("insert into passages_fts (passages_fts) values ('optimize')")


def _index_choices(db: Database, testimonies: Iterable[int]) -> None:
    """Number everything that passages can be chosen by, and write it in the order of the tables."""
    numbers: dict[Choice, int] = {}
    passages: defaultdict[int, array[int]] = defaultdict(lambda: array("I"))
    for testimony in testimonies:
        counted: Counter[int] = Counter()
        rows = []
        choices, chosen = choices_of(db, testimony)
        for choice in sorted(set(choices) - numbers.keys()):
            numbers[choice] = len(numbers) + 1
        own = [numbers[choice] for choice in choices]
        for passage, places in chosen.items():
            values = sorted(map(own.__getitem__, places))
            rows.append((passage, testimony, pack(values)))
            counted.update(values)
            for value in values:
                passages[value].append(passage)
        db.conn.executemany("insert into passage_facets (passage, testimony, chosen) values (?, ?, ?)", rows)
        db.conn.executemany(
            "insert into facet_testimonies (value, testimony, passages) values (?, ?, ?)",
            [(value, testimony, number) for value, number in sorted(counted.items())],
        )
    db.conn.executemany(
        "insert into facet_values (id, facet, key) values (?, ?, ?)",
        [(number, facet, key) for (facet, key), number in numbers.items()],
    )
    db.conn.executemany("insert into facet_passages (value, passage) values (?, ?)", _pairs(passages))


def _pairs(passages: dict[int, array[int]]) -> Iterator[tuple[int, int]]:
    return ((value, passage) for value in sorted(passages) for passage in passages[value])
