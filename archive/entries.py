"""What the archive itself can say of one term or one narrator: the entries of an encyclopaedia written by its passages.

All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from archive.browse import Entry, TermLink, read_entries
from archive.errors import ArchiveError
from archive.labels import labels
from archive.query import Facet
from archive.records import VocabularyName
from archive.store.facets import unpack

LOOKED_AT = 2_000  # passages among which the most telling are chosen
COMPANIONS = 8  # other terms of each vocabulary


class NoEntry(ArchiveError):
    """No such term or narrator; `near` are slugs that look alike, `retired` where the term left the vocabulary."""

    def __init__(self, key: str, *, near: Sequence[str] = (), retired: bool = False) -> None:
        super().__init__(f"the archive has no entry {key!r}")
        self.key, self.near, self.retired = key, tuple(near), retired


# whom the catalogue does not name has no entry either
_NAMED = "narrators.name in (select value from json_each(catalogue.narrators))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A value that stands in the same passages, and in how many."""

    facet: Facet
    key: str
    name: str
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Where and with what a value is spoken of: counts, companions, years, testimonies, telling passages by number."""

    passages: int
    testimonies: int
    companions: tuple[Companion, ...]
    years: tuple[tuple[int, int], ...]
    entries: tuple[tuple[Entry, int], ...]
    telling: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermEntry:
    """One term: its names by language, what stands above and below it, and what is said of it.

    Coordinates in degrees, precision in kilometres. `histories` are slug and title of counter-histories that quote it.
    """

    link: TermLink
    scope_note: str | None
    kind: str | None
    latitude: float | None
    longitude: float | None
    precision_km: float | None
    from_year: int | None
    until_year: int | None
    names: tuple[tuple[str, tuple[str, ...]], ...]
    broader: tuple[TermLink, ...]
    narrower: tuple[tuple[TermLink, int], ...]
    histories: tuple[tuple[str, str], ...]
    spoken: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class NarratorEntry:
    """One narrator under the display name that they chose, as they describe themselves, and what they tell of."""

    number: int
    name: str
    note: str | None
    described: tuple[str, ...]
    spoken: Spoken


def read_term(conn: sqlite3.Connection, vocabulary: VocabularyName, slug: str, language: str) -> TermEntry:
    """Return the entry of a term, its names in the reader's language first. Raises NoEntry."""
    row = conn.execute(
        "select id, retired, scope_note, kind, latitude, longitude, precision_km, from_year, until_year from terms "
        "where vocabulary = ? and slug = ?",
        [vocabulary.value, slug],
    ).fetchone()
    if row is None:
        slugs = [found for (found,) in conn.execute("select slug from terms where vocabulary = ?", [vocabulary.value])]
        raise NoEntry(slug, near=get_close_matches(slug.lower(), slugs, n=4, cutoff=0.5))
    term, retired, *facts = row
    value = _value(conn, Facet(vocabulary.value), slug)
    spoken = _spoken(conn, value, language, apart=_family(conn, term))
    if retired and not spoken.passages:
        raise NoEntry(slug, retired=True)
    names = ("scope_note", "kind", "latitude", "longitude", "precision_km", "from_year", "until_year")
    return TermEntry(
        link=_links(conn, vocabulary, [slug], language)[0],
        **dict(zip(names, facts, strict=True)),
        names=_names(conn, term),
        broader=_relatives(conn, vocabulary, term, language, above=True),
        narrower=_narrower(conn, vocabulary, term, language),
        histories=_histories(conn, value),
        spoken=spoken,
    )


def read_narrator(conn: sqlite3.Connection, number: int, language: str) -> NarratorEntry:
    """Return the entry of a narrator who tells something. Raises NoEntry."""
    row = conn.execute(
        "select name, note from narrators where id = :number "  # noqa: S608 - our own text
        "and exists (select 1 from contributions join catalogue on catalogue.id = testimony "
        f"where narrator = :number and role = 'narrator' and {_NAMED})",
        {"number": number},
    ).fetchone()
    if row is None:
        raise NoEntry(str(number))
    words = conn.execute("select described from tellers where narrator = ? order by described", [number])
    spoken = _spoken(conn, _value(conn, Facet.NARRATOR, str(number)), language, apart=frozenset())
    entries = spoken.entries or _told_by(conn, number)
    return NarratorEntry(
        number=number,
        name=row[0],
        note=row[1],
        described=tuple(word for (word,) in words),
        spoken=Spoken(
            passages=spoken.passages,
            testimonies=len(entries),
            companions=spoken.companions,
            years=spoken.years,
            entries=entries,
            telling=spoken.telling,
        ),
    )


def list_narrators(conn: sqlite3.Connection, *, limit: int, offset: int) -> tuple[tuple[int, str, int, int], ...]:
    """Return number, name, passages and testimonies of the people who tell, by name."""
    rows = conn.execute(
        f"select narrators.id, name, coalesce(facet_values.passages, 0), "  # noqa: S608 - our own text
        f"(select count(*) from contributions join catalogue on catalogue.id = testimony "
        f"where narrator = narrators.id and role = 'narrator' and {_NAMED}) "
        "from narrators left join facet_values on facet = 'narrator' and key = cast(narrators.id as text) "
        f"where exists (select 1 from contributions join catalogue on catalogue.id = testimony "
        f"where narrator = narrators.id and role = 'narrator' and {_NAMED}) "
        "order by name collate nocase limit ? offset ?",
        [limit, offset],
    )
    return tuple(rows.fetchall())


def _value(conn: sqlite3.Connection, facet: Facet, key: str) -> int | None:
    row = conn.execute("select id from facet_values where facet = ? and key = ?", [facet.value, key]).fetchone()
    return int(row[0]) if row else None


def _family(conn: sqlite3.Connection, term: int) -> frozenset[int]:
    """Return the values of the term itself, and of all above and below it: of course they stand together."""
    rows = conn.execute(
        "select facet_values.id from facet_values join terms on facet = vocabulary and key = slug where terms.id in ("
        "select ancestor from term_ancestors where term = :term union "
        "select term from term_ancestors where ancestor = :term)",
        {"term": term},
    )
    return frozenset(number for (number,) in rows)


def _spoken(conn: sqlite3.Connection, value: int | None, language: str, *, apart: frozenset[int]) -> Spoken:
    row = conn.execute("select passages, testimonies from facet_values where id = ?", [value]).fetchone()
    if not row or not row[0]:
        return Spoken(passages=0, testimonies=0, companions=(), years=(), entries=(), telling=())
    together = _together(conn, value, apart)
    companions = _companions(conn, together, language)
    near = frozenset(number for number, facet, *_ in together if Facet(facet).vocabulary)
    return Spoken(
        passages=row[0],
        testimonies=row[1],
        companions=companions,
        years=tuple(
            sorted((int(key), count) for _, facet, key, count in together if facet == "year" and key.isdecimal())
        ),
        entries=_testimonies(conn, value),
        telling=_telling(conn, value, near),
    )


def _together(
    conn: sqlite3.Connection, value: int | None, apart: frozenset[int]
) -> tuple[tuple[int, str, str, int], ...]:
    """Return number, facet, key and passages of the values that stand in the same passages, most first."""
    rows = conn.execute(
        "select id, facet, key, number from ("
        "select other as id, passages as number from facet_pairs where value = :value "
        "union all select value, passages from facet_pairs where other = :value) join facet_values using (id) "
        "where facet in ('place', 'movement', 'theme', 'year') order by number desc, key",
        {"value": value},
    )
    return tuple(row for row in rows if row[0] not in apart)


def _companions(
    conn: sqlite3.Connection, together: Sequence[tuple[int, str, str, int]], language: str
) -> tuple[Companion, ...]:
    """Return the most frequent other terms of each vocabulary, with their names."""
    found: list[Companion] = []
    for vocabulary in VocabularyName:
        some = [(key, count) for _, facet, key, count in together if facet == vocabulary.value][:COMPANIONS]
        names = labels(conn, vocabulary, [key for key, _ in some], language)
        found += [
            Companion(facet=Facet(vocabulary.value), key=key, name=names.get(key, key), passages=count)
            for key, count in some
        ]
    return tuple(found)


def _testimonies(conn: sqlite3.Connection, value: int | None) -> tuple[tuple[Entry, int], ...]:
    """Return the testimonies in which most is said of it, with the number of passages."""
    rows = conn.execute(
        "select testimony, passages from facet_testimonies where value = ? order by passages desc, testimony limit 6",
        [value],
    ).fetchall()
    entries = read_entries(conn, [testimony for testimony, _ in rows])
    return tuple((entries[testimony], passages) for testimony, passages in rows if testimony in entries)


def _told_by(conn: sqlite3.Connection, narrator: int) -> tuple[tuple[Entry, int], ...]:
    """Return a narrator's testimonies where no passage is known to be theirs."""
    rows = conn.execute("select testimony from contributions where narrator = ? and role = 'narrator'", [narrator])
    return tuple((entry, 0) for entry in read_entries(conn, [number for (number,) in rows]).values())


def _telling(conn: sqlite3.Connection, value: int | None, near: frozenset[int]) -> tuple[int, ...]:
    """Return up to five passages, each of another testimony, that name most of what it is spoken of with."""
    rows = conn.execute(
        "select passage, testimony, chosen from facet_passages join passage_facets using (passage) "
        "where value = ? limit ?",
        [value, LOOKED_AT],
    )
    ranked = sorted(
        (-len(near.intersection(unpack(chosen))), passage, testimony) for passage, testimony, chosen in rows
    )
    best: dict[int, int] = {}
    for _, passage, testimony in ranked:
        best.setdefault(testimony, passage)
        if len(best) == 5:
            break
    return tuple(best.values())


def _names(conn: sqlite3.Connection, term: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each language with the term's names in it, the preferred one first."""
    names: dict[str, list[str]] = {}
    for language, text in conn.execute(
        "select language, text from variants where term = ? order by language, label desc, text", [term]
    ):
        names.setdefault(language, []).append(text)
    return tuple((language, tuple(texts)) for language, texts in names.items())


def _links(
    conn: sqlite3.Connection, vocabulary: VocabularyName, slugs: Sequence[str], language: str
) -> tuple[TermLink, ...]:
    names = labels(conn, vocabulary, slugs, language)
    return tuple(TermLink(vocabulary=vocabulary, slug=slug, preferred=names[slug]) for slug in slugs if slug in names)


def _relatives(
    conn: sqlite3.Connection, vocabulary: VocabularyName, term: int, language: str, *, above: bool
) -> tuple[TermLink, ...]:
    asked = (
        "select slug from term_parents join terms on terms.id = parent where term = ? order by preferred"
        if above
        else "select slug from term_parents join terms on terms.id = term where parent = ? and not retired "
        "order by preferred"
    )
    return _links(conn, vocabulary, [slug for (slug,) in conn.execute(asked, [term])], language)


def _narrower(
    conn: sqlite3.Connection, vocabulary: VocabularyName, term: int, language: str
) -> tuple[tuple[TermLink, int], ...]:
    """Return the terms below, those with most passages first."""
    children = _relatives(conn, vocabulary, term, language, above=False)
    counts = dict(
        conn.execute(
            "select key, passages from facet_values where facet = ? and key in (select value from json_each(?))",
            [vocabulary.value, json.dumps([child.slug for child in children])],
        ).fetchall()
    )
    counted = [(child, int(counts.get(child.slug, 0))) for child in children]
    return tuple(sorted(counted, key=lambda pair: (-pair[1], pair[0].preferred)))


def _histories(conn: sqlite3.Connection, value: int | None) -> tuple[tuple[str, str], ...]:
    """Return the published counter-histories that quote a passage with this value."""
    rows = conn.execute(
        "select slug, title from histories where status = 'published' and exists (select 1 from citations "
        "cross join passages on passages.testimony = citations.testimony "  # cross: few are quoted, many have the value
        'and passages.start < citations."end" and passages."end" > citations.start '
        "join facet_passages on passage = passages.id and value = ? where history = histories.id) order by title",
        [value],
    )
    return tuple(rows.fetchall())
