"""The chain of consent: events are added, never changed, and each covers the one before with its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from sqlite_utils import Database

from archive.consent import Event, Happening
from archive.errors import ArchiveError
from archive.store.clock import now
from archive.store.events import actor

FIRST_LINK = "0" * 64


class ClockWentBack(ArchiveError):
    """The computer's clock is before the last thing that was recorded, so no date could be trusted."""

    def __init__(self, last: str, present: str) -> None:
        super().__init__(
            f"this computer's clock says {present}, but something was recorded at {last}: set the clock, then run again"
        )


def record_consent(db: Database, testimony: int, event: Event, note: str | None = None) -> str:
    """Append one event to the archive's chain and return its hash; call inside a write transaction.

    `note` is what was said, in words. Raises ClockWentBack.
    """
    return _append(db, testimony, event.narrator, event.happening.value, detail_of(event, note))


def state_consent(db: Database, testimony: int, statement: str) -> None:
    """Record what a narrator agreed to in the words of whoever brought the testimony; it grants nothing by itself."""
    _append(db, testimony, None, Happening.STATED.value, {"statement": statement})


def link_hash(row: Mapping[str, object]) -> str:
    """Return the hash of an event: of all its columns but `id` and `hash`, those that are null left out."""
    covered = {name: value for name, value in row.items() if name not in ("id", "hash") and value is not None}
    return hashlib.sha256(json.dumps(covered, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _append(db: Database, testimony: int, narrator: int | None, happening: str, detail: Mapping[str, object]) -> str:
    last = db.execute("select hash, at from consents order by id desc limit 1").fetchone()
    at = now()
    if last and at < last[1]:
        raise ClockWentBack(last[1], at)
    row: dict[str, object] = {
        "testimony": testimony,
        "narrator": narrator,
        "event": happening,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
        "at": at,
        "actor": actor(),
        "previous_hash": last[0] if last else FIRST_LINK,
    }
    digest = link_hash(row)
    db.table("consents").insert(row | {"hash": digest})
    return digest


def detail_of(event: Event, note: str | None = None) -> dict[str, object]:
    """Return what the chain keeps of an event, besides its narrator; nothing that was not said."""
    said: dict[str, object] = {"on": event.on.isoformat()}
    if event.artefacts or event.uses:
        said |= {
            "artefacts": sorted(event.artefacts),
            "uses": sorted(event.uses),
            "audience": event.audience.name.lower(),
        }
    said |= {"until": event.until.isoformat()} if event.until else {}
    said |= {"attribution": event.attribution.value} if event.attribution else {}
    said |= {"called": event.called} if event.called else {}
    said |= {"revision": event.revision} if event.revision else {}
    said |= {"marks": sorted(event.marks)} if event.marks is not None else {}
    said |= {"evidence": event.evidence} if event.evidence else {}
    return said | ({"note": note} if note else {})
