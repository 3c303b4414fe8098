"""Long SQL in files of its own, so that an archivist can read, run and paste it into Datasette."""

from __future__ import annotations

import sqlite3
from functools import cache
from importlib.resources import files


@cache
def statements(name: str) -> tuple[str, ...]:
    """Return the statements of `archive/sql/NAME.sql`, one by one: a script run as a whole would end a transaction."""
    script = files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    found: list[str] = []
    pending = ""
    for line in script.splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            found.append(pending.strip())
            pending = ""
    return tuple(found)
