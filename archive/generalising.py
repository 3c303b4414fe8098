"""What is published in place of what would single somebody out: a broader place, a decade, or nothing.

Decided for one testimony at a time, by name. The archive itself keeps what was said; the publisher asks here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from archive.database import writing
from archive.errors import ArchiveError, UnknownTestimony
from archive.exact_places import exact_places, generalised_place
from archive.folding import fold
from archive.query import Facet
from archive.records import VocabularyName
from archive.store.generalisations import drop_generalisation, store_generalisation
from archive.terms import UnknownTerm, find_slug
from archive.years import decade_of

__all__ = [
    "Change",
    "Changes",
    "exact_places",
    "generalisations",
    "generalise",
    "generalised_place",
    "undo",
    "value_of",
]

Change = tuple[str, str]  # facet and key
Changes = Mapping[Change, str | None]  # what is published instead; None: it is left out
FACETS = (Facet.PLACE, Facet.MOVEMENT, Facet.THEME, Facet.TELLER, Facet.LANGUAGE, Facet.RECORDED)
_NAMED = {Facet.TELLER: "how they describe themselves", Facet.LANGUAGE: "a language"}
_DESCRIBED = {"title": "title", "place": "place of recording", "summary": "summary", "collection": "collection",
              "label": "label", "sources": "sources"}  # fmt: skip


class CannotBeGeneralised(ArchiveError):
    """What was said does not fit the testimony or the vocabulary; the message says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generalised:
    """What was decided, how many marks on the text were proposed, and which descriptions still say the name."""

    accession: str
    change: Change
    broader: str | None
    marks: int
    still_in: tuple[str, ...]


def generalisations(conn: sqlite3.Connection) -> dict[int, dict[Change, str | None]]:
    """Return, by testimony, what is published in place of what; where that is generalised too, what it leads to."""
    rows = conn.execute("select testimony, facet, key, broader from generalisations order by testimony, facet, key")
    decided: dict[int, dict[Change, str | None]] = {}
    for testimony, facet, key, broader in rows:
        decided.setdefault(testimony, {})[facet, key] = broader
    return {testimony: {change: _last(change, changes) for change in changes} for testimony, changes in decided.items()}


def value_of(conn: sqlite3.Connection, words: str, accession: str | None = None) -> Change:
    """Return the facet and key that a person wrote as `place:turin`, `place:Turin`, `recorded:1979`, `teller:docker`.

    A place of recording may be one that no vocabulary knows, in this testimony or in any. Raises CannotBeGeneralised,
    UnknownTerm.
    """
    facet, _, key = (part.strip() for part in words.partition(":"))
    if facet not in FACETS or not key:
        raise CannotBeGeneralised(f"{words!r} is nothing that can be generalised: write {', '.join(FACETS)}, then ':'")
    vocabulary = Facet(facet).vocabulary
    if vocabulary is None or conn.execute(_KNOWN, [facet, key]).fetchone():
        return facet, key
    try:
        return facet, find_slug(conn, vocabulary, key)
    except UnknownTerm:
        if vocabulary is VocabularyName.PLACE and conn.execute(_RECORDED_THERE, [key, accession]).fetchone():
            return facet, key
        raise


_KNOWN = "select 1 from terms where vocabulary = ? and slug = ?"  # also one that is retired
_RECORDED_THERE = "select 1 from testimonies where place = ? and accession = coalesce(?, accession)"


def generalise(db: Database, accession: str, change: Change, broader: str | None, actor: str) -> Generalised:
    """Decide that a testimony is published with a broader value, or without one where `broader` is None.

    Marks are proposed wherever the text says a place or a movement by its name, with the broader one's name instead.
    Raises CannotBeGeneralised, UnknownTestimony.
    """
    with writing(db):
        testimony = _number(db.conn, accession)
        _check_has(db.conn, testimony, accession, change)
        _check_stands_above(db.conn, change, broader)
        marks = store_generalisation(db, testimony, change, broader, actor)
        return Generalised(
            accession=accession,
            change=change,
            broader=broader,
            marks=marks,
            still_in=_described_with(db.conn, testimony, change),
        )


def undo(db: Database, accession: str, change: Change, actor: str) -> int:
    """Take a generalisation back; return how many approved marks on the text stay. Raises CannotBeGeneralised."""
    with writing(db):
        testimony = _number(db.conn, accession)
        if change not in generalisations(db.conn).get(testimony, {}):
            raise CannotBeGeneralised(f"{accession} is published with {':'.join(change)} already: nothing to undo")
        return drop_generalisation(db, testimony, change, actor)


def _last(change: Change, changes: Mapping[Change, str | None]) -> str | None:
    """Return what a value leads to; terms that stand above each other in a circle lead nowhere."""
    seen = {change}
    broader = changes[change]
    while broader is not None and (change[0], broader) in changes:
        if (change[0], broader) in seen:
            return None
        seen.add((change[0], broader))
        broader = changes[change[0], broader]
    return broader


def _number(conn: sqlite3.Connection, accession: str) -> int:
    row = conn.execute("select id from testimonies where accession = ?", [accession]).fetchone()
    if row is None:
        raise UnknownTestimony(accession)
    return int(row[0])


def _check_has(conn: sqlite3.Connection, testimony: int, accession: str, change: Change) -> None:
    facet, key = change
    had = set(_keys(conn, testimony, Facet(facet)))
    if key in had or key in _published_instead(conn, testimony, facet, had):
        return
    below = {slug for slug in had if key in _above(conn, facet, slug)} if Facet(facet).vocabulary else set()
    if below:
        raise CannotBeGeneralised(
            f"{accession} says it by what stands below {key}: generalise {', '.join(sorted(below))}"
        )
    known = ", ".join(sorted(had)[:12]) or "nothing"
    raise CannotBeGeneralised(f"{accession} has no {facet} {key!r}: it has {known}")


def _keys(conn: sqlite3.Connection, testimony: int, facet: Facet) -> Iterable[str]:
    """Return the values that a testimony has of its own, without those that stand above them."""
    if facet.vocabulary:
        rows = conn.execute(
            "select slug from tags join terms on terms.id = term "
            "where testimony = :testimony and vocabulary = :facet and state <> 'rejected' "
            "union select slug from terms join variants on term = terms.id join testimonies on place = text "
            "where vocabulary = :facet and :facet = 'place' and testimonies.id = :testimony "
            "union select place from testimonies where :facet = 'place' and id = :testimony and place is not null "
            "and place not in (select text from variants join terms on terms.id = term where vocabulary = 'place')",
            {"testimony": testimony, "facet": facet.value},
        )
    elif facet is Facet.TELLER:
        rows = conn.execute(
            "select described from tellers join contributions using (narrator) where testimony = ? "
            "and role = 'narrator'",
            [testimony],
        )
    elif facet is Facet.LANGUAGE:
        rows = conn.execute(
            "select language from testimonies where id = :testimony and language is not null "
            "union select language from passages where testimony = :testimony and language is not null",
            {"testimony": testimony},
        )
    else:
        rows = conn.execute("select substr(recorded_on, 1, 4) from testimonies where id = ?", [testimony])
    return [str(key) for (key,) in rows if key]


def _published_instead(conn: sqlite3.Connection, testimony: int, facet: str, had: set[str]) -> set[str]:
    """Return what is published in place of what a testimony has, and can be generalised once more."""
    decided = generalisations(conn).get(testimony, {})
    instead = {broader for (kind, _), broader in decided.items() if kind == facet and broader}
    if facet != Facet.PLACE:
        return instead
    slugs = dict(conn.execute("select id, slug from terms where vocabulary = 'place'").fetchall())
    return instead | {slugs[above] for term, above in exact_places(conn).items() if above and slugs[term] in had}


def _check_stands_above(conn: sqlite3.Connection, change: Change, broader: str | None) -> None:
    facet, key = change
    if broader is None:
        return
    if facet == Facet.RECORDED:
        if not (key.isdecimal() and broader == decade_of(int(key))):
            raise CannotBeGeneralised(f"a year is published as its decade, {_decade(key)}, or left out")
        return
    if Facet(facet).vocabulary is None:
        raise CannotBeGeneralised(f"{_NAMED[Facet(facet)]} can only be left out: nothing stands above it")
    above = _above(conn, facet, key)
    if broader not in above:
        which = f"above it stand {', '.join(above)}" if above else "nothing stands above it, so leave it out"
        raise CannotBeGeneralised(f"{broader!r} does not stand above {key!r}: {which}")


def _decade(key: str) -> str:
    return decade_of(int(key)) if key.isdecimal() else "such as 1970s"


def _above(conn: sqlite3.Connection, facet: str, slug: str) -> tuple[str, ...]:
    """Return the slugs of all terms above this one, in alphabetical order."""
    rows = conn.execute(
        "select above.slug from terms join term_ancestors on term_ancestors.term = terms.id "
        "join terms above on above.id = ancestor where terms.vocabulary = ? and terms.slug = ? "
        "and above.id <> terms.id and not above.retired order by above.slug",
        [facet, slug],
    )
    return tuple(slug for (slug,) in rows)


def _described_with(conn: sqlite3.Connection, testimony: int, change: Change) -> tuple[str, ...]:
    """Return which descriptions of the testimony say the term by one of its names; a person must change them.

    The place of recording is generalised with its term, so it is not among them.
    """
    if Facet(change[0]).vocabulary is None:
        return ()
    rows = conn.execute(
        "select text from variants join terms on terms.id = term where vocabulary = ? and slug = ?", change
    )
    names = [f" {_plain(name)} " for (name,) in rows]
    columns = [column for column in _DESCRIBED if column != "place"]
    said = conn.execute(f"select {', '.join(columns)} from testimonies where id = ?", [testimony]).fetchone()  # noqa: S608 - our own names
    return tuple(
        _DESCRIBED[column]
        for column, text in zip(columns, said, strict=True)
        if any(name in f" {_plain(text or '')} " for name in names)
    )


def _plain(text: str) -> str:
    return " ".join("".join(sign if sign.isalnum() else " " for sign in fold(text)).split())
