"""Passages found, as the testimonies that they stand in: how many in each, and where on its time line."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from archive.browse import Entry, read_entries
from archive.matching import Hits
from archive.query import Order

MOST_POINTS = 200  # drawn on one time line


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A hit on the time line of its testimony: where, from 0 to 1, its passage, and its second where it has one."""

    place: float
    position: int
    start: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A testimony with the number of its passages that were found, and where the first of them stand."""

    entry: Entry
    number: int
    points: tuple[Point, ...]


def group_hits(
    conn: sqlite3.Connection, hits: Hits, order: Order, *, limit: int, offset: int
) -> tuple[int, tuple[Group, ...]]:
    """Return how many testimonies the hits stand in, and one page of them.

    Those with the most hits first, the newest recording first, or in the order of their accession numbers.
    """
    counted = Counter(hits.testimonies)
    page = _ordered(conn, counted, order)[offset : offset + limit]
    entries = read_entries(conn, page)
    points = _points(conn, page, hits)
    groups = (
        Group(entry=entries[number], number=counted[number], points=points.get(number, ()))
        for number in page
        if number in entries
    )
    return len(counted), tuple(groups)


def _ordered(conn: sqlite3.Connection, counted: Counter[int], order: Order) -> list[int]:
    by = "recorded_on is null, recorded_on desc, accession" if order is Order.DATE else "accession"
    rows = conn.execute(
        f"select id from testimonies where id in (select value from json_each(?)) order by {by}",  # noqa: S608
        [json.dumps(list(counted))],
    )
    numbers = [number for (number,) in rows]
    return sorted(numbers, key=lambda number: -counted[number]) if order is Order.RELEVANCE else numbers


def _points(conn: sqlite3.Connection, testimonies: Sequence[int], hits: Hits) -> dict[int, tuple[Point, ...]]:
    """Return where the hits of these testimonies stand: by the second, or by the passage where there is no sound."""
    shown: dict[int, list[int]] = {number: [] for number in testimonies}
    for number, testimony in zip(hits.ids, hits.testimonies, strict=True):
        if testimony in shown and len(shown[testimony]) < MOST_POINTS:
            shown[testimony].append(number)
    rows = conn.execute(
        "select testimony, position, start, duration, catalogue.passages from passages "
        "join catalogue on catalogue.id = testimony where passages.id in (select value from json_each(?)) "
        "order by testimony, position",
        [json.dumps([number for numbers in shown.values() for number in numbers])],
    )
    points: dict[int, list[Point]] = {}
    for testimony, position, start, duration, passages in rows:
        timed = start is not None and duration
        place = start / duration if timed else position / max(1, passages)
        points.setdefault(testimony, []).append(Point(place=min(1.0, place), position=position, start=start))
    return {number: tuple(found) for number, found in points.items()}
