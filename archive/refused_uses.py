"""What readers of an edition may not do with a testimony, though they may read or hear it: whoever speaks said no."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from archive.consent import Use

PASSED_ON = (Use.QUOTE, Use.PRINT, Use.TEACH, Use.BROADCAST, Use.TRAIN)  # in the order in which they are said


def refused_uses(conn: sqlite3.Connection, accessions: Iterable[str]) -> dict[str, tuple[Use, ...]]:
    """Return what is refused, by accession number. In the working archive that is nothing: its team works there."""
    if not _is_noted(conn):
        return {}
    rows = conn.execute(
        "select accession, use from refused_uses join testimonies on testimonies.id = testimony "
        "where accession in (select value from json_each(?))",
        [json.dumps(sorted(set(accessions)))],
    )
    found: dict[str, set[str]] = {}
    for accession, use in rows:
        found.setdefault(accession, set()).add(use)
    return {accession: tuple(use for use in PASSED_ON if use in uses) for accession, uses in found.items()}


def kept_from_machines(conn: sqlite3.Connection) -> frozenset[str]:
    """Return the testimonies that no machine may learn from: accession numbers, and names of recordings' files."""
    if not _is_noted(conn):
        return frozenset()
    rows = conn.execute(
        "with kept as (select testimony from refused_uses where use = ?) "
        "select accession from testimonies where id in kept "
        "union select sha256 from recordings where testimony in kept",
        [Use.TRAIN.value],
    )
    return frozenset(one for (one,) in rows)


def _is_noted(conn: sqlite3.Connection) -> bool:
    return conn.execute("select 1 from sqlite_master where name = 'refused_uses'").fetchone() is not None
