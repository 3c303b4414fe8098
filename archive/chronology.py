"""When passages speak of, and when testimonies were recorded, by year or decade; and how long movements lasted.

All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from archive.labels import labels
from archive.query import Facet
from archive.records import VocabularyName
from archive.search import Hits
from archive.tallies import count_itself, tally
from archive.years import decade_of

MOST_BARS = 60  # a longer stretch of years is shown in decades
MOST_SPANS = 12  # movements beneath the bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A year or a decade, from its first to its last year, with how many passages or testimonies there are of it."""

    key: str
    first: int
    last: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How long a movement lasted; one without a last year goes on."""

    slug: str
    name: str
    first: int
    last: int | None
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronology:
    """Passages by the years that they speak of, the movements of those years, and testimonies by year of recording."""

    spoken: tuple[Stretch, ...]
    recorded: tuple[Stretch, ...]
    spans: tuple[Span, ...]


def read_chronology(
    conn: sqlite3.Connection, hits: Hits | None, language: str, *, since: int | None = None, until: int | None = None
) -> Chronology:
    """Return the years of these passages, or of all; `since` and `until` narrow what is shown of them."""
    counted = tally(conn, Facet.YEAR, hits)
    spoken = stretches(counted, since, until)
    return Chronology(
        spoken=spoken,
        recorded=stretches(_recordings(conn, hits)),
        spans=_spans(conn, hits, language, spoken[0].first, spoken[-1].last) if spoken else (),
    )


def stretches(counted: Mapping[str, int], since: int | None = None, until: int | None = None) -> tuple[Stretch, ...]:
    """Return every year from the first to the last, or every decade where those would be too many; none is left out.

    `counted` has years such as 1915, and decades such as 1910s where they were counted by themselves.
    """
    years = sorted(int(key) for key in counted if key.isdecimal())
    years = [year for year in years if (since or year) <= year <= (until or year)]
    if not years:
        return ()
    first, last = since or years[0], until or years[-1]
    first, last = (first, last) if last - first < 10 * MOST_BARS else (years[0], years[-1])
    if last - first < MOST_BARS:
        return tuple(
            Stretch(key=str(y), first=y, last=y, number=counted.get(str(y), 0)) for y in range(first, last + 1)
        )
    return tuple(
        Stretch(
            key=decade_of(year), first=year, last=year + 9, number=counted.get(decade_of(year)) or _sum(counted, year)
        )
        for year in range(first // 10 * 10, last + 1, 10)
    )


def _sum(counted: Mapping[str, int], first: int) -> int:
    return sum(counted.get(str(year), 0) for year in range(first, first + 10))


def _recordings(conn: sqlite3.Connection, hits: Hits | None) -> dict[str, int]:
    """Return the number of testimonies by year of recording."""
    among = "" if hits is None else "and id in (select value from json_each(:testimonies)) "
    rows = conn.execute(
        "select substr(recorded_on, 1, 4) as year, count(*) from catalogue "  # noqa: S608 - our own text
        "where (recorded_on glob '[0-9][0-9][0-9][0-9]' or recorded_on glob '[0-9][0-9][0-9][0-9]-*') "  # no decade
        f"{among}group by year",
        {} if hits is None else {"testimonies": json.dumps(sorted(set(hits.testimonies)))},
    )
    return dict(rows.fetchall())


def _spans(conn: sqlite3.Connection, hits: Hits | None, language: str, first: int, last: int) -> tuple[Span, ...]:
    """Return the movements of these years that most passages name, in the order in which they began."""
    counted = count_itself(conn, Facet.MOVEMENT, hits)
    rows = conn.execute(
        "select slug, from_year, until_year from terms where vocabulary = 'movement' and from_year <= ? "
        "and coalesce(until_year, 9999) >= ? and slug in (select value from json_each(?))",
        [last, first, json.dumps(list(counted))],
    ).fetchall()
    most = sorted(rows, key=lambda row: (-counted[row[0]], row[0]))[:MOST_SPANS]
    names = labels(conn, VocabularyName.MOVEMENT, [row[0] for row in most], language)
    return tuple(
        Span(slug=slug, name=names[slug], first=began, last=ended, passages=counted[slug])
        for slug, began, ended in sorted(most, key=lambda row: (row[1], row[2] or 9999, row[0]))
    )
