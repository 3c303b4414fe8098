"""An archive is a folder that a group owns: this says what lies where in it, makes one, and opens one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from filelock import FileLock, Timeout
from sqlite_utils import Database

from archive.database import open_database, open_read_only
from archive.errors import ArchiveBusy, ArchiveError, NewerSchema, NotAnArchive
from archive.migrations import SCHEMA, migrations


@dataclass(frozen=True, slots=True)
class Archive:
    """The folder of one archive, and where each of its parts lies."""

    path: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / "archive.db"

    @property
    def media(self) -> Path:
        """Originals by SHA-256, never altered."""
        return self.path / "media"

    @property
    def derived(self) -> Path:
        """What can be made again from the originals."""
        return self.path / "derived"

    @property
    def vocabularies(self) -> Path:
        """The three vocabulary files that the group edits."""
        return self.path / "vocabularies"

    @property
    def metadata(self) -> Path:
        """What Datasette says about the archive."""
        return self.path / "metadata.yml"

    def original(self, sha256: str, suffix: str) -> Path:
        """Where an original lies."""
        return self.media / sha256[:2] / f"{sha256}{suffix}"

    def read(self) -> Database:
        """Open the database for reading."""
        return open_read_only(self.database)

    @contextmanager
    def write(self) -> Iterator[Database]:
        """Open the database for writing, alone: no other process of ours writes meanwhile.

        Raises ArchiveBusy where one does.
        """
        lock = FileLock(self.path / ".writing.lock")
        try:
            lock.acquire(timeout=0.2)
        except Timeout as error:
            raise ArchiveBusy(self.path) from error
        try:
            database = open_database(self.database)
            try:
                yield database
            finally:
                database.close()
        finally:
            lock.release()


def create_archive(folder: Path) -> Archive:
    """Make a new archive with the starter vocabularies; in a folder that already holds one, change nothing.

    What is missing after an interrupted start is added. Raises ArchiveError where the folder cannot become one.
    """
    archive = Archive(folder)
    if folder.exists() and not folder.is_dir():
        raise ArchiveError(f"{folder} is a file: name a folder for the archive")
    if (
        folder.is_dir()
        and not archive.database.exists()
        and not archive.vocabularies.exists()
        and any(folder.iterdir())
    ):
        raise ArchiveError(f"{folder} holds other things and no archive: name an empty or a new folder")
    for place in (archive.media, archive.derived, archive.vocabularies, folder / "histories"):
        place.mkdir(parents=True, exist_ok=True)
    with as_file(files("archive") / "starter" / "vocabularies") as starters:
        for starter in starters.glob("*.yml"):
            _copy_if_missing(starter, archive.vocabularies / starter.name)
    _copy_if_missing(metadata_template(), archive.metadata)
    with archive.write() as database:
        migrations.apply(database)
    return archive


def open_archive(folder: Path) -> Archive:
    """Open an existing archive, bringing an older schema up to date.

    Raises NotAnArchive, NewerSchema.
    """
    archive = Archive(folder)
    if not archive.database.is_file() or archive.database.stat().st_size == 0:
        raise NotAnArchive(folder)
    found = _schema(archive)
    if found > SCHEMA:
        raise NewerSchema(folder, found, SCHEMA)
    if found < SCHEMA:
        with archive.write() as database:
            migrations.apply(database)
    return archive


def metadata_template() -> Path:
    """The metadata.yml that the program ships: inside the wheel, or at the top of a checkout."""
    shipped = Path(__file__).parent / "metadata.yml"
    return shipped if shipped.exists() else Path(__file__).parent.parent / "metadata.yml"


def _schema(archive: Archive) -> int:
    """Return the database's schema number, or raise NotAnArchive where it is some other file."""
    try:
        database = open_read_only(archive.database)
        try:
            tables = set(database.table_names())
            number = int(database.execute("pragma user_version").fetchone()[0])
        finally:
            database.close()
    except sqlite3.DatabaseError as error:
        raise NotAnArchive(archive.path) from error
    if "testimonies" not in tables and "_sqlite_migrations" not in tables:
        raise NotAnArchive(archive.path)
    return number


def _copy_if_missing(source: Path, target: Path) -> None:
    """Copy whole or not at all."""
    if target.exists():
        return
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, part)
    part.replace(target)
