"""Where passages speak of: each place with its point or its area, and how many of the passages found speak of it.

All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from archive.broader import broader, in_tree
from archive.labels import labels
from archive.query import Facet
from archive.records import VocabularyName
from archive.search import Hits
from archive.tallies import count_itself, tally

ROUGHLY = 40.0  # km: a place known no better than this is an area, as countries and regions always are
AREAS = ("country", "region")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that passages speak of: those of narrower places count too; `itself` are those that name it.

    `radius_km` says how far an area reaches; a point has none, and a place without a position has no latitude either.
    """

    slug: str
    name: str
    note: str | None
    latitude: float | None
    longitude: float | None
    radius_km: float | None
    passages: int
    itself: int
    depth: int = 0


def read_places(
    conn: sqlite3.Connection, hits: Hits | None, language: str, *, limit: int = 300
) -> tuple[tuple[Place, ...], int]:
    """Return the places that are spoken of most, each under its nearest broader one, and how many there are."""
    counted = tally(conn, Facet.PLACE, hits)
    most = sorted(counted, key=lambda slug: (-counted[slug], slug))[:limit]
    itself = count_itself(conn, Facet.PLACE, hits)
    names = labels(conn, VocabularyName.PLACE, most, language)
    where = _positions(conn, most)
    depths = in_tree(most, broader(conn, Facet.PLACE, most))
    places = tuple(
        Place(
            slug=slug,
            name=names.get(slug, slug),
            **where[slug],  # type: ignore[arg-type]
            passages=counted[slug],
            itself=itself.get(slug, 0),
            depth=depth,
        )
        for slug, depth in depths
        if slug in where
    )
    return places, len(counted)


def read_points(conn: sqlite3.Connection, language: str, *, limit: int = 60) -> tuple[Place, ...]:
    """Return the places with a point, not an area, that most passages of the whole archive speak of."""
    rows = conn.execute(
        "select key, passages from facet_values join terms on vocabulary = 'place' and slug = key "
        "where facet = 'place' and passages > 0 and latitude is not null and longitude is not null "
        "and coalesce(kind, '') not in ('country', 'region') "
        "and coalesce(precision_km, 0) <= ? order by passages desc, key limit ?",
        [ROUGHLY, limit],
    ).fetchall()
    slugs = [slug for slug, _ in rows]
    names, where = labels(conn, VocabularyName.PLACE, slugs, language), _positions(conn, slugs)
    return tuple(
        Place(slug=slug, name=names[slug], **where[slug], passages=passages, itself=passages)  # type: ignore[arg-type]
        for slug, passages in rows
    )


def _positions(conn: sqlite3.Connection, slugs: Iterable[str]) -> dict[str, dict[str, object]]:
    """Return note, position and radius of each of these places."""
    rows = conn.execute(
        "select slug, scope_note, latitude, longitude, precision_km, kind from terms "
        "where vocabulary = 'place' and slug in (select value from json_each(?))",
        [json.dumps(list(slugs))],
    )
    return {
        slug: {
            "note": note,
            "latitude": latitude if longitude is not None else None,
            "longitude": longitude if latitude is not None else None,
            "radius_km": precision if precision and (kind in AREAS or precision > ROUGHLY) else None,
        }
        for slug, note, latitude, longitude, precision, kind in rows
    }
