"""How many of the passages found have each value of a facet, all choices of the question included.

A search counts a facet without its own choices, so that a reader can add one; a map or a time line shows what was
found. All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from struct import unpack

from archive.query import Facet
from archive.search import Hits


def tally(conn: sqlite3.Connection, facet: Facet, hits: Hits | None) -> dict[str, int]:
    """Return the number of passages by key; those of the whole archive, which are kept, where there are no `hits`."""
    rows = conn.execute("select id, key, passages from facet_values where facet = ? and passages > 0", [facet.value])
    if hits is None:
        return {key: passages for _, key, passages in rows}
    packed = b"".join(hits.chosen)
    counted = Counter(unpack(f"<{len(packed) // 4}I", packed))
    return {key: counted[number] for number, key, _ in rows if number in counted}


def count_itself(conn: sqlite3.Connection, facet: Facet, hits: Hits | None) -> dict[str, int]:
    """Return by slug how many passages speak of a term itself, not only of a narrower one."""
    vocabulary = facet.vocabulary
    if vocabulary is None:
        raise ValueError(f"{facet} has no terms")
    if hits is None:
        rows = conn.execute(
            "select slug, passages from term_counts join terms on id = term where vocabulary = ? and passages > 0",
            [vocabulary.value],
        )
    else:
        rows = conn.execute(
            f"select slug, count(*) from passage_{vocabulary.plural} join terms on id = term "  # noqa: S608 - our own names
            "where passage in (select value from json_each(?)) group by term",
            [json.dumps(hits.ids)],
        )
    return dict(rows.fetchall())
