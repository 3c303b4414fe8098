"""Two or three terms side by side: which themes, movements, places and years the passages that speak of each share.

All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.broader import broader
from archive.cooccurrence import SAME
from archive.folding import fold
from archive.matching import UnknownChoice, value_numbers
from archive.query import Facet
from archive.records import VocabularyName

BESIDE = (Facet.THEME, Facet.MOVEMENT, Facet.PLACE, Facet.YEAR)  # what is compared, in this order
AT_LEAST, AT_MOST = 2, 3  # terms that are compared

Counts = tuple[int, ...]  # passages with each of the terms, in their order


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the terms that are compared, and the number of passages that speak of it."""

    key: str
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A value, and in how many passages it stands with each of the terms."""

    facet: Facet
    key: str
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is spoken of together with all of the terms, by facet, and together with one of them alone, by its key.

    What has the largest share of the passages of each term stands first.
    """

    facet: Facet
    sides: tuple[Side, ...]
    shared: Mapping[Facet, tuple[Beside, ...]]
    alone: Mapping[str, Mapping[Facet, tuple[Beside, ...]]]


def compare(conn: sqlite3.Connection, facet: Facet, keys: Sequence[str]) -> Comparison:
    """Compare terms of one vocabulary. Raises UnknownChoice."""
    if facet.vocabulary is None or not AT_LEAST <= len(keys) <= AT_MOST:
        raise ValueError("two or three terms of one vocabulary are compared")
    numbers = value_numbers(conn, facet, keys)
    known = _known(conn, facet.vocabulary, keys)
    for key in keys:
        if key not in known:
            raise UnknownChoice(facet, key)
    sides = tuple(Side(key=key, passages=numbers.get(key, (0, 0))[1]) for key in keys)
    counted = [_together(conn, numbers[key][0]) if key in numbers else {} for key in keys]
    trivial = {key for above in broader(conn, facet, keys).values() for key in above} | set(keys)
    beside = [
        Beside(facet=name, key=key, counts=tuple(some.get((name, key), 0) for some in counted))
        for name, key in dict.fromkeys(value for some in counted for value in some)
        if not (name is facet and key in trivial)
    ]
    everywhere = [one for one in beside if all(one.counts)]
    return Comparison(
        facet=facet,
        sides=sides,
        shared=_by_facet(conn, everywhere, sides),
        alone={
            side.key: _by_facet(conn, [one for one in beside if one.counts[place] == sum(one.counts)], sides)
            for place, side in enumerate(sides)
        },
    )


def find_term(conn: sqlite3.Connection, name: str) -> tuple[tuple[Facet, str], ...]:
    """Return the terms that are called so in any language or vocabulary, those with the most passages first."""
    rows = conn.execute(
        "select vocabulary, slug, max(coalesce(passages, 0)) from terms left join term_names on term = terms.id "
        "left join facet_values on facet = vocabulary and key = slug "
        "where (folded = :folded or slug = :slug) and (not retired or passages > 0) "
        "group by terms.id order by 3 desc, vocabulary, slug",
        {"folded": fold(name), "slug": name.strip()},
    )
    return tuple((Facet(vocabulary), slug) for vocabulary, slug, _ in rows)


def list_terms_spoken_of(conn: sqlite3.Connection, limit: int = 400) -> tuple[tuple[Facet, str], ...]:
    """Return the terms with the most passages of all vocabularies."""
    rows = conn.execute(
        "select facet, key from facet_values where facet in ('place', 'movement', 'theme') and passages > 0 "
        "order by passages desc, key limit ?",
        [limit],
    )
    return tuple((Facet(facet), key) for facet, key in rows)


def _known(conn: sqlite3.Connection, vocabulary: VocabularyName, keys: Sequence[str]) -> set[str]:
    rows = conn.execute(
        "select slug from terms where vocabulary = ? and slug in (select value from json_each(?))",
        [vocabulary.value, json.dumps(list(keys))],
    )
    return {slug for (slug,) in rows}


def _together(conn: sqlite3.Connection, number: int) -> dict[tuple[Facet, str], int]:
    """Return in how many passages each value stands together with this one; years go by decades."""
    rows = conn.execute(
        "select facet, key, together.passages from ("
        "select other as id, passages from facet_pairs where value = :number union all "
        "select value, passages from facet_pairs where other = :number) together join facet_values using (id) "
        "where facet in (select value from json_each(:facets)) and not (facet = 'year' and key not glob '*s')",
        {"number": number, "facets": json.dumps(BESIDE)},
    )
    return {(Facet(facet), key): passages for facet, key, passages in rows}


def _by_facet(
    conn: sqlite3.Connection, beside: Sequence[Beside], sides: Sequence[Side]
) -> dict[Facet, tuple[Beside, ...]]:
    """Sort the values by their share of each term's passages; a broader one that says the same is left out."""

    def share(one: Beside) -> float:
        shares = [count / side.passages for count, side in zip(one.counts, sides, strict=True) if count]
        return min(shares)

    found: dict[Facet, tuple[Beside, ...]] = {}
    for facet in BESIDE:
        some = {one.key: one for one in beside if one.facet is facet}
        same = {
            above
            for key, keys in broader(conn, facet, some).items()
            for above in keys
            if above in some and _says_the_same(some[key], some[above])
        }
        kept = [one for one in some.values() if one.key not in same]
        if kept:
            found[facet] = tuple(sorted(kept, key=lambda one: (-share(one), one.key)))
    return found


def _says_the_same(narrower: Beside, above: Beside) -> bool:
    return all(count >= SAME * number for count, number in zip(narrower.counts, above.counts, strict=True))
