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
from archive.errors import ArchiveBusy, ArchiveError, DamagedArchive, NewerSchema, NotAnArchive
from archive.migrations import SCHEMA, migrations
from archive.store.vocabularies import sync_vocabulary, versions
from archive.vocabularies import read_vocabularies

# what an archive's folder consists of; one that holds nothing else may be an archive whose making was interrupted
PARTS = frozenset(
    {
        "media",
        "derived",
        "evidence",
        "vocabularies",
        "histories",
        "metadata.yml",
        "vault.age",
        ".metadata.yml.part",
        ".gitignore",
        ".writing.lock",
    }
)
IGNORE_ALL = "# Testimonies belong in no public repository: git leaves everything in this folder alone.\n*\n"


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
    def evidence(self) -> Path:
        """Signed forms and spoken consent by SHA-256."""
        return self.path / "evidence"

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
    def write(self, *, patience: float = 0.2) -> Iterator[Database]:
        """Open the database for writing, alone: no other process of ours writes meanwhile.

        Raises ArchiveBusy where one still does after so many seconds.
        """
        lock = FileLock(self.path / ".writing.lock")
        try:
            lock.acquire(timeout=patience)
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

    What is missing after an interrupted start is added. A new folder is for its owner alone, where the system knows
    owners, and git leaves it alone. Raises NewerSchema, and ArchiveError where the folder cannot become an archive.
    """
    archive = Archive(folder)
    _check_can_become(archive)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    _write_if_missing(folder / ".gitignore", IGNORE_ALL)
    for place in (archive.media, archive.derived, archive.vocabularies, folder / "histories"):
        place.mkdir(exist_ok=True)
    with as_file(files("archive") / "starter" / "vocabularies") as starters:
        for starter in starters.glob("*.yml"):
            _copy_if_missing(starter, archive.vocabularies / starter.name)
    _copy_if_missing(metadata_template(), archive.metadata)
    with archive.write() as database:
        migrations.apply(database)
    return archive


def load_vocabularies(archive: Archive) -> None:
    """Load the vocabulary files into the database of an archive that has none there yet, so that they can be read.

    Later changes to the files come in with the next tagging. Raises InvalidFile.
    """
    with archive.write() as database:
        if not versions(database):
            for vocabulary in read_vocabularies(archive.vocabularies):
                sync_vocabulary(database, vocabulary)


def open_archive(folder: Path) -> Archive:
    """Open an existing archive, bringing an older schema up to date.

    Raises NotAnArchive, NewerSchema.
    """
    archive = Archive(folder)
    if not archive.database.is_file() or archive.database.stat().st_size == 0:
        raise NotAnArchive(folder)
    if _schema(archive) < SCHEMA:
        with archive.write() as database:
            migrations.apply(database)
    return archive


def metadata_template() -> Path:
    """The metadata.yml that the program ships: inside the wheel, or at the top of a checkout."""
    shipped = Path(__file__).parent / "metadata.yml"
    return shipped if shipped.exists() else Path(__file__).parent.parent / "metadata.yml"


def _check_can_become(archive: Archive) -> None:
    """Raise ArchiveError unless this is a new or empty folder, an archive, or one whose making was interrupted."""
    if archive.path.exists() and not archive.path.is_dir():
        raise ArchiveError(f"{archive.path} is a file: name a folder for the archive")
    if archive.database.is_file():
        if archive.database.stat().st_size:
            _schema(archive, begun=True)
    elif archive.path.is_dir() and not all(map(_is_part, archive.path.iterdir())):
        raise ArchiveError(f"{archive.path} holds other things and no archive: name an empty or a new folder")


def _is_part(path: Path) -> bool:
    return path.name in PARTS or path.name.startswith("archive.db")


def _schema(archive: Archive, *, begun: bool = False) -> int:
    """Return the schema number of the database; one that was only `begun` may have no tables yet.

    Raises NotAnArchive where it is some other file, NewerSchema, DamagedArchive.
    """
    tables, found = _looked_into(archive)
    if not tables & {"testimonies", "_sqlite_migrations"} and (tables or not begun):
        raise NotAnArchive(archive.path, foreign=True)
    if found > SCHEMA:
        raise NewerSchema(archive.path, found, SCHEMA)
    return found


def _looked_into(archive: Archive) -> tuple[set[str], int]:
    """Return the names of the database's tables, and the number that its maker gave its schema."""
    try:
        database = open_read_only(archive.database)
        try:
            return set(database.table_names()), int(database.execute("pragma user_version").fetchone()[0])
        finally:
            database.close()
    except sqlite3.OperationalError as error:
        if "disk I/O" not in str(error):  # busy, or not to be opened by this person: no damage
            raise
        raise DamagedArchive(error) from error
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error):
            raise NotAnArchive(archive.path, foreign=True) from error
        raise DamagedArchive(error) from error


def _write_if_missing(target: Path, text: str) -> None:
    if not target.exists():
        target.write_text(text, encoding="utf-8")


def _copy_if_missing(source: Path, target: Path) -> None:
    """Copy whole or not at all."""
    if target.exists():
        return
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, part)
    part.replace(target)
