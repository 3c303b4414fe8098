"""What can go wrong in an archive, in sentences that the person at the terminal can act on."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path


class ArchiveError(Exception):
    """Something that a person can mend; the message says what is wrong and what to do.

    `details` are shown beneath it, each on a line of its own.
    """

    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return all of it; what it says may be written by others and hold more lines than ours."""
        return "\n  - ".join([super().__str__(), *self.details])

    @property
    def lines(self) -> tuple[str, ...]:
        """The message, then each detail."""
        return (super().__str__(), *(f"  - {detail}" for detail in self.details))


class NotAnArchive(ArchiveError):
    """The folder holds no archive; `foreign` where its archive.db is something else."""

    def __init__(self, folder: Path, *, foreign: bool = False) -> None:
        why = "its archive.db is something else" if foreign else "it holds no archive.db"
        advice = "make one elsewhere with 'conricerca init'" if foreign else f"make one with 'conricerca init {folder}'"
        super().__init__(f"{folder} is not an archive ({why}): {advice}")
        self.folder, self.foreign = folder, foreign


class DamagedArchive(ArchiveError):
    """SQLite can no longer read the database."""

    def __init__(self, why: object) -> None:
        super().__init__(f"archive.db is damaged ({why}): restore it from a backup; nothing was changed")


class NewerSchema(ArchiveError):
    """The archive was written by a newer conricerca than this one."""

    def __init__(self, folder: Path, found: int, known: int) -> None:
        super().__init__(
            f"{folder} was written by a newer conricerca (schema {found}, this program knows {known}): "
            "upgrade the program; nothing was changed"
        )
        self.found, self.known = found, known


class ArchiveBusy(ArchiveError):
    """Another process is writing the archive."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"another conricerca is working on {folder}: wait until it has finished, then run again")
        self.folder = folder


class UnknownTestimony(ArchiveError):
    """No testimony has this accession number."""

    def __init__(self, accession: str) -> None:
        super().__init__(f"no testimony with accession number {accession!r}")
        self.accession = accession


class NoRecording(ArchiveError):
    """The testimony has no recording that could be heard."""

    def __init__(self, accession: str) -> None:
        super().__init__(f"{accession} has no recording to hear: it was taken in as a text")
        self.accession = accession


class InvalidFile(ArchiveError):
    """A file that people write by hand (vocabulary, metadata, manifest) says something that cannot be."""

    def __init__(self, path: Path, complaint: str, *, line: int | None = None) -> None:
        at = f", line {line}" if line is not None else ""
        super().__init__(f"{path}{at}: {complaint}")
        self.path, self.line = path, line


FULL = "the disk is full: nothing is half-written; make room and run the same command again"


def mendable(error: OSError | sqlite3.DatabaseError) -> str | None:
    """Return what to tell a person about an error of the system or of SQLite; None where it is a fault of ours."""
    if isinstance(error, sqlite3.OperationalError):
        if "full" in str(error):
            return FULL
        if "readonly" in str(error) or "unable to open" in str(error):
            return f"the archive cannot be written: {error}"
    elif isinstance(error, sqlite3.DatabaseError):
        if "malformed" in str(error) or "not a database" in str(error):
            return f"archive.db is damaged ({error}): restore it from a backup"
    elif error.errno in (errno.ENOSPC, errno.EDQUOT):
        return FULL
    elif error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return f"no permission: {error.filename or error}"
    return None
