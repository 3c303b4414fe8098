"""The tables of archive.db, as migrations that are never edited once released. `docs/schema.md` describes each."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from archive.sql import statements

SCHEMA = 1  # the number of the newest migration below, kept in the database as `pragma user_version`

migrations = Migrations("archive")


@migrations()
def m001_first_tables(db: Database) -> None:
    """Testimonies, what was said in them, the vocabularies, and what is derived from these for browsing."""
    for part in ("testimonies", "transcripts", "vocabularies", "browsing", "consent", "histories"):
        for command in statements(f"schema/{part}"):
            db.execute(command)
    db.execute("pragma user_version = 1")
