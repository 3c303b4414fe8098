"""Accepting by name that a narrator can be recognised, and taking it back."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from difflib import get_close_matches

from sqlite_utils import Database

from archive.database import writing
from archive.errors import ArchiveError
from archive.generalising import CannotBeGeneralised, value_of
from archive.reidentification import LONGEST, Combination, in_order
from archive.store.generalisations import drop_acceptance, store_acceptance

_ACCESSION = re.compile(r"\d{4}\.\d{3,}")


class CannotBeAccepted(ArchiveError):
    """There is no such narrator, or nothing that could singles them out; the message says what to do."""


def accept(db: Database, narrator: str, values: Sequence[str], by: str) -> tuple[str, Combination]:
    """Note that somebody accepts by name what singles a narrator out; nothing at all stands for everything.

    Returns the narrator's name and the combination. Raises CannotBeAccepted, UnknownTerm.
    """
    if not by.strip():
        raise CannotBeAccepted("say who accepts it (--by NAME): it is accepted by name")
    with writing(db):
        number, name = _narrator(db.conn, narrator)
        combination = _combination(db.conn, values)
        store_acceptance(db, number, combination, by.strip())
    return name, combination


def take_back(db: Database, narrator: str, values: Sequence[str], by: str) -> str:
    """Take an acceptance back, and return the narrator's name. Raises CannotBeAccepted."""
    with writing(db):
        number, name = _narrator(db.conn, narrator)
        if not drop_acceptance(db, number, _combination(db.conn, values), by):
            raise CannotBeAccepted(f"that was not accepted of {name}: 'conricerca risk list' shows what was")
    return name


def is_accession(text: str) -> bool:
    """Whether this is written as an accession number, such as 2026.014."""
    return bool(_ACCESSION.fullmatch(text))


def _narrator(conn: sqlite3.Connection, name: str) -> tuple[int, str]:
    """Return number and name of a narrator, or of a testimony that names nobody: a number below zero."""
    if is_accession(name):
        return -_naming_nobody(conn, name), name
    known = dict(conn.execute("select name, id from narrators").fetchall())
    same = [one for one in known if one.casefold() == name.casefold()]
    if not same:
        near = get_close_matches(name, known, n=2)
        hint = f": did you mean {' or '.join(near)}?" if near else ""
        raise CannotBeAccepted(f"no narrator is called {name!r}{hint}")
    return known[same[0]], same[0]


def _naming_nobody(conn: sqlite3.Connection, accession: str) -> int:
    row = conn.execute(
        "select id, (select group_concat(name, ', ') from contributions join narrators on narrators.id = narrator "
        "where testimony = testimonies.id and role = 'narrator') from testimonies where accession = ?",
        [accession],
    ).fetchone()
    if row is None:
        raise CannotBeAccepted(f"there is no testimony {accession}")
    if row[1]:
        raise CannotBeAccepted(f"{accession} is told by {row[1]}: accept it for the narrator")
    return int(row[0])


def _combination(conn: sqlite3.Connection, values: Sequence[str]) -> Combination:
    """Return what a person wrote as the check would have it."""
    try:
        combination = in_order({value_of(conn, value) for value in values})
    except CannotBeGeneralised as error:
        raise CannotBeAccepted(str(error)) from error
    if len(combination) > LONGEST:
        raise CannotBeAccepted(f"at most {LONGEST} values are looked for together: name those that were listed")
    if len({facet for facet, _ in combination}) < len(combination):
        raise CannotBeAccepted("name one value of each facet: two of one are never looked for together")
    return combination
