"""Who is called by name in one published testimony and not in another: who reads both knows whose words they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping

from archive.consent import Attribution
from archive.publish.selection import Selection

Called = Mapping[Attribution, tuple[str, ...]]


def attribution_faults(conn: sqlite3.Connection, selection: Selection) -> Iterator[str]:
    """Yield who would stand under one name as themself and as somebody who is not to be known.

    Whoever is called by a role elsewhere is somebody else there, whom nothing links to the name.
    """
    for narrator, ways in attribution_conflicts(selection).items():
        if hidden := ways.get(Attribution.PSEUDONYM):
            (name,) = conn.execute("select name from narrators where id = ?", [narrator]).fetchone()
            yield (
                f"{name!r} stands for a name in {', '.join(ways[Attribution.NAME])} and for a pseudonym in "
                f"{', '.join(hidden)}, and it is the same word: record one for both, or a role in one "
                "('conricerca consent record ACCESSION attribution-changed --narrator … --attribution …')"
            )


def attribution_conflicts(selection: Selection) -> dict[int, Called]:
    """Return narrators by number who are published by their name and also otherwise, with the accessions of each."""
    called: dict[int, dict[Attribution, tuple[str, ...]]] = {}
    for one in selection.testimonies:
        for narrator, attribution in one.named.items():
            ways = called.setdefault(narrator, {})
            ways[attribution] = (*ways.get(attribution, ()), one.accession)
    return {narrator: ways for narrator, ways in sorted(called.items()) if Attribution.NAME in ways and len(ways) > 1}
