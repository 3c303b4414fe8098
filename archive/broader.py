"""Which values stand above others: the broader terms of a vocabulary, and the decade of a year."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping

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
