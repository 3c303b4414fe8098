"""Exact places: addresses, buildings, streets, and whatever is placed within a kilometre; and what they lie in.

Where narrators have not granted the exact place to the public, what it lies in is published in its place.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping

EXACT_WITHIN = 1.0  # kilometres; a district is about that large
# as people write it in places.yml, where any word may stand
EXACT_KINDS = frozenset(
    {
        "address", "apartment", "building", "camp", "church", "corner", "courtyard", "factory", "farm", "flat", "home",
        "hospital", "house", "mine", "mosque", "office", "park", "plant", "plot", "prison", "road", "room", "school",
        "shop", "site", "square", "street", "workplace",
    }
)  # fmt: skip
_NUMBER = re.compile(r"(?<!\w)\d+\w?(?!\w)")


def exact_places(conn: sqlite3.Connection) -> dict[int, int | None]:
    """Return the terms of exact places, each with the nearest term above it that is not exact; None where none is."""
    rows = conn.execute(
        "select id, slug, preferred, kind, precision_km, retired from terms where vocabulary = 'place'"
    ).fetchall()
    parents: dict[int, list[int]] = {}
    for term, parent in conn.execute("select term, parent from term_parents"):
        parents.setdefault(term, []).append(parent)
    exact = {term for term, _, preferred, kind, precision, _ in rows if is_exact(preferred, kind, precision)}
    shown = {term: slug for term, slug, _, _, _, retired in rows if not retired and term not in exact}
    return {term: _nearest(term, parents, shown) for term in sorted(exact)}


def generalised_place(conn: sqlite3.Connection, term: int) -> int | None:
    """Return the place that is published where the exact place is not granted: itself where it is not exact."""
    return exact_places(conn).get(term, term)


def is_exact(preferred: str, kind: str | None, precision_km: float | None) -> bool:
    """Whether a place is so small that it leads to somebody's door.

    How far off its point may be counts more than its kind, but for a kind that names a door or a road. A place of which
    only a name with a number is known, such as `Via Roma 12`, is taken for an address.
    """
    said = (kind or "").strip().casefold()
    if precision_km is not None and precision_km < EXACT_WITHIN:
        return True
    if said in {"address", "apartment", "flat", "home", "house", "room"}:
        return True
    if precision_km is not None:
        return False
    return said in EXACT_KINDS if said else bool(_NUMBER.search(preferred))


def _nearest(term: int, parents: Mapping[int, list[int]], shown: Mapping[int, str]) -> int | None:
    """Return the nearest term above one that may be shown, the first in the alphabet where several are as near."""
    seen, here = {term}, {term}
    while here := {parent for one in here for parent in parents.get(one, ())} - seen:
        seen |= here
        if found := [parent for parent in here if parent in shown]:
            return min(found, key=lambda parent: shown[parent])
    return None
