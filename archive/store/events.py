"""Who did what, when; and consent as a chain of events that cannot be changed unnoticed."""

from __future__ import annotations

import getpass
import hashlib
import json
from collections.abc import Mapping

from sqlite_utils import Database

from archive.store.clock import now

FIRST_LINK = "0" * 64


def record_event(db: Database, action: str, *, testimony: int | None = None, detail: str | None = None) -> None:
    """Add one line to the archive's log; call inside a write transaction."""
    row = {"at": now(), "actor": actor(), "action": action, "testimony": testimony, "detail": detail}
    db.table("events").insert(row)


def record_consent(db: Database, testimony: int, event: str, detail: Mapping[str, object]) -> None:
    """Append one event to the archive's chain of consent; call inside a write transaction.

    Each event's hash covers the hash before it, so that a line changed or taken out is noticed.
    """
    last = db.execute("select hash from consents order by id desc limit 1").fetchone()
    row: dict[str, object] = {
        "testimony": testimony,
        "event": event,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
        "at": now(),
        "actor": actor(),
        "previous_hash": last[0] if last else FIRST_LINK,
    }
    said = json.dumps(row, ensure_ascii=False, sort_keys=True).encode()
    db.table("consents").insert(row | {"hash": hashlib.sha256(said).hexdigest()})


def actor() -> str:
    """Return the name of whoever is at this computer, as the system knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a user entry
        return "unknown"
