"""Who did what, when."""

from __future__ import annotations

import getpass

from sqlite_utils import Database

from archive.store.clock import now


def record_event(db: Database, action: str, *, testimony: int | None = None, detail: str | None = None) -> None:
    """Add one line to the archive's log; call inside a write transaction."""
    row = {"at": now(), "actor": actor(), "action": action, "testimony": testimony, "detail": detail}
    db.table("events").insert(row)


def actor() -> str:
    """Return the name of whoever is at this computer, as the system knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a user entry
        return "unknown"
