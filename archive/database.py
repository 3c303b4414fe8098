"""Opening archive.db: one way for everyone, so that nothing written is lost and nobody waits for long."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

BUSY_TIMEOUT = 30.0  # seconds that a writer waits for another
CACHE = 64 * 1024  # KiB of the file that a writer keeps in memory: what a passage can be chosen by lies all over it


def open_database(path: Path) -> Database:
    """Open for writing: WAL, every commit on the disk before it returns, foreign keys on."""
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)
    database = Database(connection)
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on", f"cache_size = {-CACHE}"):
        database.execute(f"pragma {pragma}").fetchall()
    return database


def open_read_only(path: Path) -> Database:
    """Open for reading; a write raises sqlite3.OperationalError."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT)
    database = Database(connection)
    database.execute("pragma query_only = on")
    return database


def insert(database: Database, table: str, row: Mapping[str, object]) -> int:
    """Insert one row and return its number; call inside a write transaction."""
    number = database.table(table).insert(dict(row)).last_rowid
    if number is None:
        raise sqlite3.DatabaseError(f"the row of {table} got no number")
    return number


@contextmanager
def writing(database: Database) -> Iterator[Database]:
    """Run one write transaction: all of it or nothing.

    `BEGIN IMMEDIATE` takes the write lock at once; a deferred transaction that reads first fails under contention,
    whatever the timeout. Inside another one it joins that.
    """
    if database.conn.in_transaction:
        with database.atomic():
            yield database
        return
    database.conn.execute("begin immediate")
    try:
        yield database
    except BaseException:
        database.conn.rollback()  # does nothing where SQLite has rolled back by itself, as on a full disk
        raise
    database.conn.commit()
