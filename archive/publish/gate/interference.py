"""Whether anything that is withheld could have changed an edition: it is written again from an archive in which all of
that is different, and must be the same bytes.

The archive's file is not touched. Temporary views stand in the place of its tables: what is withheld is gone from them,
or says something else, and there is more of it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

from archive.consent import Attribution
from archive.errors import FULL, mendable
from archive.folder import Archive
from archive.publish.edition import Sound, write_edition
from archive.publish.selection import Selection, select
from archive.publish.source import Source

OF_TESTIMONIES = (  # tables with a row or more for each testimony
    "contributions", "recordings", "documents", "transcripts", "passages", "tags", "counted_tags", "consents",
    "redactions", "generalisations", "content_notes",
)  # fmt: skip
_OF_THOSE_WHO_AGREE = (
    "exists (select 1 from temp.readable where readable.testimony = passages.testimony "
    "and readable.narrator = coalesce(passages.narrator, 0))"
)
NEVER_PUBLISHED: Mapping[str, tuple[tuple[str, ...], str]] = {  # columns of theirs, but in which rows
    "recordings": (("filename", "remark"), "false"),
    "documents": (("filename", "remark"), "false"),
    "transcripts": (("options", "remark", "made_at", "tagged_with"), "false"),
    "redactions": (("reason", "proposed_by", "decided_by"), "false"),
    "content_notes": (("actor", "at"), "false"),
    "passages": (("text", "spaced"), _OF_THOSE_WHO_AGREE),
}
INVENTED = 40  # testimonies that there are not
NOISE = "('withheld ' || hex(randomblob(8)))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """What another process needs to write the edition again: everything that the first was written from."""

    archive: Path
    database: Path
    on: date
    sounds: Mapping[str, Sequence[Sound]]
    tombstones: tuple[str, ...]


class SecondWriting:
    """The same edition, written beside the first in a process of its own, from a disturbed archive."""

    def __init__(self, second: Second) -> None:
        self._second = second
        self._process = get_context("spawn").Process(target=_write_beside, args=(second,), daemon=True)
        self._process.start()

    def faults(self, first: Path) -> Iterator[str]:
        """Wait for it and yield what is wrong: the two are not the same bytes. Raises OSError on a full disk."""
        self._process.join()
        if self._process.exitcode == errno.ENOSPC:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self._process.exitcode != 0:
            yield "the edition could not be written a second time, from an archive in which only withheld data differ"
        elif _fingerprint(first) != _fingerprint(self._second.database):
            yield (
                "the edition depends on what is withheld: written again from an archive in which only that differs, "
                "it is not the same"
            )

    def end(self) -> None:
        """Stop it where it has become pointless."""
        if self._process.is_alive():
            self._process.terminate()
        self._process.join()
        self._second.database.unlink(missing_ok=True)


def _write_beside(second: Second) -> None:
    """Write it in a process beside another one, for as long as that lives, and leave nothing when it is killed."""

    def end_with_the_other() -> None:
        other = parent_process()
        if other is not None:
            other.join()
            second.database.unlink(missing_ok=True)
            os._exit(1)

    Thread(target=end_with_the_other, daemon=True).start()
    try:
        write_disturbed(second)
    except (OSError, sqlite3.OperationalError) as error:
        if mendable(error) != FULL:
            raise
        sys.exit(errno.ENOSPC)


def write_disturbed(second: Second) -> None:
    """Write the edition from the archive with everything different that is withheld."""
    with closing(Archive(second.archive).read()) as db:
        conn = db.conn
        conn.execute("begin")
        disturb(conn, select(conn, second.on))
        source = Source.of(conn)
        accounts = (source.read(one) for one in select(conn, second.on).testimonies)
        write_edition(second.database, source, accounts, second.sounds, second.tombstones)


def disturb(conn: sqlite3.Connection, selection: Selection) -> None:
    """Put views over this connection's tables in which what the selection withholds is gone, altered, and more."""
    conn.execute("pragma query_only = off")  # for what is temporary; the file itself is open for reading only
    conn.execute("create temp table kept (id integer primary key)")
    conn.executemany("insert into kept values (?)", [(number,) for number in sorted(selection.numbers)])
    _note_narrators(conn, selection)
    _note_terms(conn)
    for command in _views(conn):
        conn.execute(command)
    conn.execute("pragma query_only = on")


def _note_narrators(conn: sqlite3.Connection, selection: Selection) -> None:
    """Note whom the edition calls by a name, and whose words in which testimony it has."""
    conn.execute("create temp table named (id integer primary key)")
    named = {
        narrator
        for one in selection.testimonies
        for narrator, called in one.named.items()
        if called is not Attribution.ROLE
    }
    conn.executemany("insert into named values (?)", [(number,) for number in sorted(named)])
    conn.execute(
        "create temp table readable (testimony integer, narrator integer, primary key (testimony, narrator)) "
        "without rowid"
    )
    readable = [(one.number, narrator or 0) for one in selection.testimonies for narrator in one.readable]
    conn.executemany("insert into readable values (?, ?)", sorted(readable))
    conn.execute("create temp table shown_text (transcript integer primary key)")
    conn.execute(
        "insert into shown_text select transcript from main.testimonies "
        "where id in (select testimony from readable) and transcript is not null"
    )


def _note_terms(conn: sqlite3.Connection) -> None:
    """Note the terms that stand in a published testimony, with all above them; every other name is withheld."""
    conn.execute(
        "create temp table spoken as with recursive above (term) as ("
        "select term from main.counted_tags where testimony in (select id from kept) "
        "union select parent from above join main.term_parents using (term)) select term from above"
    )
    conn.execute("create unique index temp.spoken_term on spoken (term)")


def _views(conn: sqlite3.Connection) -> Iterator[str]:
    published = "testimony in (select id from temp.kept)"
    for table in OF_TESTIMONIES:
        said, kept = NEVER_PUBLISHED.get(table, ((), ""))
        shown = _columns(conn, table, said, kept)
        yield f"create temp view {table} as select {shown} from main.{table} where {published}"  # noqa: S608
    yield f"create temp view testimonies as {_kept_testimonies(conn)} union all {_invented_testimonies(conn)}"
    for table, said, kept in (
        ("narrators", ("name", "note"), "id in (select id from temp.named)"),
        ("terms", ("preferred", "scope_note"), "id in (select term from temp.spoken)"),
        ("variants", ("text",), "term in (select term from temp.spoken)"),
        ("segments", ("speaker", "text"), "transcript in (select transcript from temp.shown_text)"),
        ("vocabularies", ("version", "sha256", "loaded_at"), "false"),
    ):
        yield f"create temp view {table} as select {_columns(conn, table, said, kept)} from main.{table}"  # noqa: S608


def _columns(conn: sqlite3.Connection, table: str, said: Sequence[str], kept: str) -> str:
    """Return a table's columns; what these `said` is noise in the rows that are not `kept`."""
    return ", ".join(
        f'case when {kept} then "{name}" else {NOISE} end as "{name}"' if name in said else f'"{name}"'
        for name in _names(conn, table)
    )


def _kept_testimonies(conn: sqlite3.Connection) -> str:
    shown = ", ".join(f'"{name}"' for name in _names(conn, "testimonies"))
    return f"select {shown} from main.testimonies where id in (select id from temp.kept)"  # noqa: S608


def _invented_testimonies(conn: sqlite3.Connection) -> str:
    """Return testimonies that there are not, and on which nobody has decided anything."""
    made = {
        "id": "1000000000 + number", "accession": "'9999.' || substr('00' || number, -3)", "title": NOISE,
        "kind": "'interview'", "accessioned_at": "'2026-01-01T00:00:00+00:00'",
    }  # fmt: skip
    shown = ", ".join(made.get(name, "null") for name in _names(conn, "testimonies"))
    numbers = f"select 1 as number union all select number + 1 from numbered where number < {INVENTED}"  # noqa: S608
    return f"select {shown} from (with recursive numbered as ({numbers}) select number from numbered)"  # noqa: S608


def _names(conn: sqlite3.Connection, table: str) -> list[str]:
    return [name for (name,) in conn.execute("select name from pragma_table_info(?, 'main')", [table])]


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
