"""What the public site still shows and may not show any more: consent was recorded, and nobody has published since."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.folder import Archive
from archive.publish.closing import begun
from archive.publish.ledger import Edition, read_editions
from archive.publish.selection import Selected, select
from archive.publish.site import current, public, shown

_PARTS = (("sound", "sound"), ("picture", "picture"), ("summary", "summary"), ("exact_place", "exact place"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A testimony that is public and should not be; `parts` are those that should not, none where all of it."""

    accession: str
    parts: tuple[str, ...]

    @property
    def line(self) -> str:
        """What to tell a person, and what they can do."""
        what = f"{self.accession} ({', '.join(self.parts)})" if self.parts else self.accession
        return (
            f"{what} is still public: run 'conricerca publish', or 'conricerca withdraw {self.accession}', "
            "or 'conricerca unpublish'"
        )


def still_public(archive: Archive, on: date) -> tuple[Overdue, ...]:
    """Return what the site shows that may not be shown on this day, in the order of the accession numbers."""
    site = current(archive)
    if site is None:
        return ()
    with closing(archive.read()) as db:
        allowed = {one.accession: one for one in select(db.conn, on).testimonies}
        edition = _served(db.conn, site.name)
    if edition is None:  # of an edition that nobody noted, only the numbers are known
        gone = (shown(archive) or frozenset()) - allowed.keys()
        return tuple(Overdue(accession=accession, parts=()) for accession in sorted(gone))
    found = []
    for accession, had in edition.contents.items():
        selected = allowed.get(accession)
        parts = tuple(dict.fromkeys(_parts(had, edition.permitted.get(accession), selected))) if selected else ()
        if selected is None or parts:
            found.append(Overdue(accession=accession, parts=parts))
    return tuple(found)


def overdue_lines(archive: Archive, on: date, only: Collection[str] | None = None) -> Iterator[str]:
    """Yield for a person what is still public, and which withdrawals are not finished, of all or of some."""
    for withdrawal in begun(public(archive)):
        if only is None or withdrawal.accession in only:
            yield (
                f"withdrawing {withdrawal.accession} was begun and is not finished; the site shows nothing of it: "
                f"run 'conricerca withdraw {withdrawal.accession}' again, or 'conricerca publish'"
            )
    for one in still_public(archive, on):
        if only is None or one.accession in only:
            yield one.line


def permissions(selected: Selected) -> dict[str, Any]:
    """Return what may be published of a testimony, as the ledger notes it."""
    return {
        "named": {str(narrator): attribution.value for narrator, attribution in sorted(selected.named.items())},
        "readable": sorted(selected.readable, key=lambda narrator: narrator or 0),
        **{name: getattr(selected, name) for name, _ in _PARTS},
    }


def _served(conn: sqlite3.Connection, folder: str) -> Edition | None:
    """Return the edition that lies in this folder, which is called by the beginning of its name."""
    called = folder.partition("-")[0]
    return next((one for one in reversed(read_editions(conn)) if one.name.startswith(called)), None)


def _parts(had: Mapping[str, Any], permitted: Mapping[str, Any] | None, selected: Selected) -> Iterator[str]:
    """Yield what an edition has of a testimony and may not have any more."""
    may = permissions(selected)
    was = permitted or {"named": {}, "readable": [], "exact_place": False}  # noted by an earlier version
    if had["passages"] and not (may["readable"] and {*was["readable"]} <= {*may["readable"]}):
        yield "transcript"
    for name, words in _PARTS:
        if had.get(name, was.get(name)) and not may[name]:
            yield words
    if any(may["named"].get(narrator) != attribution for narrator, attribution in was["named"].items()):
        yield "a narrator's name"
