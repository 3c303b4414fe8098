"""Whether an edition's database is made of nothing but what is published: its file, its tables, its columns, its rows.

A copy of the archive from which rows were deleted does not pass: free pages, other numbers, other tables tell of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from archive.publish.allowlist import COLUMNS, FIXED
from archive.publish.edition import schema

_MADE_BY_ANALYZE = {"sqlite_stat1"}


def structure_faults(path: Path) -> Iterator[str]:
    """Yield what is not as it must be."""
    beside = [name for ending in ("-wal", "-shm", "-journal") if (name := Path(f"{path}{ending}")).exists()]
    yield from (f"{one.name} lies beside the database and may hold what was deleted" for one in beside)
    with closing(sqlite3.connect(path)) as conn:
        yield from _file(conn)
        yield from _tables(conn)
        yield from _columns(conn)
        yield from _numbers(conn)
        yield from _search(conn)


def _file(conn: sqlite3.Connection) -> Iterator[str]:
    free = conn.execute("pragma freelist_count").fetchone()[0]
    if free:
        yield f"{free} free pages may hold what was deleted"
    if conn.execute("pragma journal_mode").fetchone()[0] == "wal":
        yield "the database keeps a log of what was written beside it"
    whole = conn.execute("pragma integrity_check").fetchone()[0]
    if whole != "ok":
        yield f"the database is damaged: {whole}"


def _tables(conn: sqlite3.Connection) -> Iterator[str]:
    with closing(sqlite3.connect(":memory:")) as empty:
        for command in schema():
            empty.execute(command)
        expected = _schema_of(empty)
    found = _schema_of(conn)
    for name in sorted(found.keys() - expected.keys() - _MADE_BY_ANALYZE):
        yield f"{name} is nothing that is published"
    for name in sorted(expected.keys() - found.keys()):
        yield f"{name} is missing"
    for name in sorted(name for name in expected.keys() & found.keys() if expected[name] != found[name]):
        yield f"{name} is not made as it is published"


def _schema_of(conn: sqlite3.Connection) -> dict[str, str]:
    return dict(conn.execute("select name, coalesce(sql, '') from sqlite_master").fetchall())


def _columns(conn: sqlite3.Connection) -> Iterator[str]:
    """Yield columns that say something although nothing of them is published."""
    present = {name for (name,) in conn.execute("select name from sqlite_master where type = 'table'")}
    for table, allowed in COLUMNS.items():
        if table not in present:
            continue
        columns = [name for (name,) in conn.execute("select name from pragma_table_info(?)", [table])]
        for column in columns:
            only = FIXED.get(table, {}).get(column)
            if (
                column not in allowed
                and conn.execute(
                    f'select 1 from {table} where "{column}" is not ? limit 1',  # noqa: S608 - the table's own names
                    [only],
                ).fetchone()
            ):
                yield f"{table}.{column} says something, and is not published"


def _numbers(conn: sqlite3.Connection) -> Iterator[str]:
    """Yield tables whose numbers have gaps, which would tell how many rows were left out."""
    for table, columns in COLUMNS.items():
        if columns[0] != "id" or table == "catalogue":
            continue
        try:
            highest, number = conn.execute(f"select coalesce(max(id), 0), count(*) from {table}").fetchone()  # noqa: S608
        except sqlite3.OperationalError:
            continue  # missing, which is said already
        if highest != number:
            yield f"the numbers of {table} have gaps: {number} rows, and the last is {highest}"


def _search(conn: sqlite3.Connection) -> Iterator[str]:
    """Yield where the full-text index holds other words than the passages; nothing is written."""
    try:
        conn.execute("begin")
        conn.execute("insert into passages_fts (passages_fts, rank) values ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        yield f"what is searched is not what is published: {error}"
    finally:
        if conn.in_transaction:
            conn.rollback()
