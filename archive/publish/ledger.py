"""What every edition contained: by this, people know where a testimony has been, and what is not published any more."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.publish.selection import Selection
from archive.store.consents import ClockWentBack


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition as the ledger notes it.

    `contents`: for each accession number what of it was published. `consents`: the hash of the last event of consent
    that it obeyed. `permitted`: for each accession number what was allowed, see `overdue.permissions`.
    """

    name: str
    at: str
    on: date
    consents: str
    contents: Mapping[str, Mapping[str, Any]]
    permitted: Mapping[str, Mapping[str, Any]]

    def noted(self) -> dict[str, Any]:
        """Return what the ledger keeps as JSON."""
        return {
            "on": self.on.isoformat(),
            "consents": self.consents,
            "testimonies": self.contents,
            "permitted": self.permitted,
        }


def read_editions(conn: sqlite3.Connection) -> tuple[Edition, ...]:
    """Return every edition that was put in place, the oldest first."""
    editions = []
    for name, at, contents in conn.execute("select sha256, built_at, contents from publications order by id"):
        said = json.loads(contents)
        edition = Edition(
            name=name,
            at=at,
            on=date.fromisoformat(said.get("on", at[:10])),
            consents=said.get("consents", ""),
            contents=said.get("testimonies", {}),
            permitted=said.get("permitted", {}),
        )
        editions.append(edition)
    return tuple(editions)


def tombstones(editions: Sequence[Edition], selection: Selection) -> tuple[str, ...]:
    """Return the accession numbers that were published once and are not any more."""
    shown = {one.accession for one in selection.testimonies}
    return tuple(sorted({accession for edition in editions for accession in edition.contents} - shown))


def check_clock(conn: sqlite3.Connection, present: str) -> None:
    """Raise ClockWentBack where something was published or decided after the present moment."""
    last = conn.execute(
        "select max(at) from (select max(built_at) as at from publications union all select max(at) from consents)"
    ).fetchone()[0]
    if last is not None and last > present:
        raise ClockWentBack(last, present)
