"""Whether anything that is withheld could have changed an edition: it is written again from an archive in which all of
that is different, and must be the same bytes.

What differs, and how, stands in `disturbance.py`.
"""

from __future__ import annotations

import errno
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

from archive.errors import FULL, mendable
from archive.folder import Archive
from archive.media import sha256_of
from archive.publish.edition import Sound, write_edition
from archive.publish.gate.disturbance import disturb
from archive.publish.selection import select
from archive.publish.source import Source


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
        elif sha256_of(first) != sha256_of(self._second.database):
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
