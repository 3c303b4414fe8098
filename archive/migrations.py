"""The tables of archive.db, as migrations that are never edited once released. `docs/schema.md` describes each."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from archive.searchable import searchable
from archive.sql import statements
from archive.store.facets import count_facets, index_testimony, trace_terms

SCHEMA = 4  # the number of the newest migration below, kept in the database as `pragma user_version`

migrations = Migrations("archive")


@migrations()
def m001_first_tables(db: Database) -> None:
    """Testimonies, what was said in them, the vocabularies, and what is derived from these for browsing."""
    for part in ("testimonies", "transcripts", "vocabularies", "browsing", "consent", "histories"):
        for command in statements(f"schema/{part}"):
            db.execute(command)
    db.execute("pragma user_version = 1")


@migrations()
def m002_facets_and_waveforms(db: Database) -> None:
    """What passages of all testimonies can be chosen by; how narrators describe themselves; waveforms."""
    for part in ("facets", "waveforms"):
        for command in statements(f"schema/{part}"):
            db.execute(command)
    trace_terms(db)
    for (testimony,) in db.execute("select id from testimonies").fetchall():
        index_testimony(db, testimony)
    count_facets(db)
    db.execute("pragma user_version = 2")


@migrations()
def m003_arabic_as_it_is_typed(db: Database) -> None:
    """Arabic is found however it is typed: with or without vowel signs, إ also as ا."""
    rows = db.execute("select id, text from passages where text glob '*[\u0600-\u06ff]*'").fetchall()
    db.conn.executemany("update passages set spaced = ? where id = ?", [(searchable(text), key) for key, text in rows])
    trace_terms(db)
    db.execute("pragma user_version = 3")


@migrations()
def m004_publishing(db: Database) -> None:
    """What is cut, generalised, accepted and said beforehand where testimonies are published."""
    for command in statements("schema/publishing"):
        db.execute(command)
    db.execute("insert into publication_key (id, key) values (1, randomblob(32))")
    db.execute("pragma user_version = 4")
