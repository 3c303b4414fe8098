"""Which values stand above others: the broader terms of a vocabulary, and the decade of a year."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from archive.query import Facet
from archive.years import decade_of


def broader(conn: sqlite3.Connection, facet: Facet, keys: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Return, for each of these keys that has any, the keys of all that stand above it."""
    if facet is Facet.YEAR:
        return {key: frozenset([decade_of(int(key))]) for key in keys if key.isdecimal()}
    if facet.vocabulary is None:
        return {}
    rows = conn.execute(
        "select terms.slug, above.slug from terms join term_ancestors on term_ancestors.term = terms.id "
        "join terms above on above.id = ancestor "
        "where terms.vocabulary = ? and terms.slug in (select value from json_each(?)) and above.id <> terms.id",
        [facet.vocabulary.value, json.dumps(list(keys))],
    )
    found: dict[str, set[str]] = {}
    for slug, above in rows:
        found.setdefault(slug, set()).add(above)
    return {slug: frozenset(above) for slug, above in found.items()}


def in_tree(keys: Sequence[str], above: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, int]]:
    """Yield the keys in their order, each directly under its nearest broader one that is listed, with its depth.

    Terms that stand above each other in a circle stand under none of each other.
    """
    listed = frozenset(keys)
    under: dict[str | None, list[str]] = {}
    for key in keys:
        higher = [other for other in above.get(key, frozenset()) & listed if key not in above.get(other, frozenset())]
        nearest = max(higher, key=lambda other: (len(above.get(other, frozenset()) & listed), other), default=None)
        under.setdefault(nearest, []).append(key)

    def walk(parent: str | None, depth: int) -> Iterator[tuple[str, int]]:
        for key in under.get(parent, ()):
            yield key, depth
            yield from walk(key, depth + 1)

    return walk(None, 0)
