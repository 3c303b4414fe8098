"""Making and opening an archive's folder."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.database import open_database
from archive.errors import ArchiveBusy, ArchiveError, DamagedArchive, NewerSchema, NotAnArchive
from archive.folder import Archive, create_archive, load_vocabularies, open_archive
from archive.migrations import SCHEMA
from tests.builders import rows


def test_a_new_archive_holds_vocabularies_metadata_and_an_empty_database(tmp_path: Path) -> None:
    archive = create_archive(tmp_path / "ours")
    assert archive.metadata.is_file()
    assert {path.stem for path in archive.vocabularies.glob("*.yml")} == {"places", "movements", "themes"}
    assert rows(archive, "select count(*) from testimonies") == [(0,)]


def test_making_an_archive_again_changes_nothing(tmp_path: Path) -> None:
    archive = create_archive(tmp_path)
    archive.metadata.write_text("title: Ours\n")
    create_archive(tmp_path)
    assert archive.metadata.read_text() == "title: Ours\n"


def test_a_folder_with_other_things_does_not_become_an_archive(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(ArchiveError, match="holds other things"):
        create_archive(tmp_path)


def test_a_file_does_not_become_an_archive(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ArchiveError, match="is a file"):
        create_archive(file)


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 300])
def test_a_folder_without_an_archive_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "archive.db").write_bytes(content)
    with pytest.raises(NotAnArchive, match="conricerca init"):
        open_archive(tmp_path)


@pytest.mark.parametrize("make", [create_archive, open_archive])
def test_another_programs_database_is_refused(tmp_path: Path, make: Callable[[Path], Archive]) -> None:
    with sqlite3.connect(tmp_path / "archive.db") as connection:
        connection.execute("create table bookmarks (url text)")
    connection.close()
    with pytest.raises(NotAnArchive, match="something else"):
        make(tmp_path)
    with sqlite3.connect(tmp_path / "archive.db") as connection:
        assert connection.execute("select name from sqlite_master").fetchall() == [("bookmarks",)]
    connection.close()


@pytest.mark.parametrize("make", [create_archive, open_archive])
def test_a_newer_schema_is_left_alone(tmp_path: Path, make: Callable[[Path], Archive]) -> None:
    archive = create_archive(tmp_path)
    with archive.write() as db:
        db.execute(f"pragma user_version = {SCHEMA + 1}")
    before = archive.database.read_bytes()
    with pytest.raises(NewerSchema, match="upgrade the program"):
        make(tmp_path)
    assert archive.database.read_bytes() == before


@pytest.mark.parametrize("make", [create_archive, open_archive])
@pytest.mark.parametrize("damage", ["cut off", "overwritten"])
def test_a_damaged_database_is_not_taken_for_no_archive(
    tmp_path: Path, make: Callable[[Path], Archive], damage: str
) -> None:
    database = create_archive(tmp_path).database
    content = database.read_bytes()
    broken = content[:20_000] if damage == "cut off" else content[:110] + b"x" * 40 + content[150:]
    database.write_bytes(broken)
    with pytest.raises(DamagedArchive, match=r"restore it from a backup; nothing was changed"):
        make(tmp_path)
    assert database.read_bytes() == broken


@pytest.mark.parametrize("killed_after", ["media", "vocabularies", ".gitignore", ".metadata.yml.part", "archive.db"])
def test_making_an_archive_goes_on_where_it_was_killed(tmp_path: Path, killed_after: str) -> None:
    place = tmp_path / killed_after
    place.touch() if "." in killed_after else place.mkdir()
    archive = create_archive(tmp_path)
    assert (archive.metadata.is_file(), len(list(archive.vocabularies.glob("*.yml")))) == (True, 3)
    assert rows(open_archive(tmp_path), "select count(*) from testimonies") == [(0,)]


def test_a_database_without_tables_yet_is_finished(tmp_path: Path) -> None:
    open_database(tmp_path / "archive.db").close()
    assert (tmp_path / "archive.db").stat().st_size > 0
    assert rows(create_archive(tmp_path), "select count(*) from testimonies") == [(0,)]


def test_git_leaves_an_archive_alone(tmp_path: Path) -> None:
    create_archive(tmp_path)
    assert (tmp_path / ".gitignore").read_text().splitlines()[-1] == "*"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_new_folder_is_for_its_owner_alone_and_an_old_one_stays_as_it_was(tmp_path: Path) -> None:
    create_archive(tmp_path / "new" / "archive")
    assert (tmp_path / "new" / "archive").stat().st_mode & 0o777 == 0o700
    (tmp_path / "old").mkdir()
    (tmp_path / "old").chmod(0o750)
    create_archive(tmp_path / "old")
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o750


def test_the_starter_vocabularies_are_loaded_once(tmp_path: Path) -> None:
    archive = create_archive(tmp_path)
    load_vocabularies(archive)
    loaded = rows(archive, "select count(*) from terms")
    assert loaded > [(100,)]
    (archive.vocabularies / "places.yml").write_text("being edited: [")
    load_vocabularies(archive)
    assert rows(archive, "select count(*) from terms") == loaded


def test_two_writers_at_once_are_refused_in_words(tmp_path: Path) -> None:
    archive = create_archive(tmp_path)
    with archive.write(), pytest.raises(ArchiveBusy, match="wait until it has finished"), archive.write():
        pass


def test_every_commit_reaches_the_disk_and_foreign_keys_hold(tmp_path: Path) -> None:
    with create_archive(tmp_path).write() as db:
        assert db.execute("pragma journal_mode").fetchone() == ("wal",)
        assert db.execute("pragma synchronous").fetchone() == (2,)
        assert db.execute("pragma foreign_keys").fetchone() == (1,)
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            db.execute("insert into passages (id, testimony, position, text) values (9, 9, 0, 'x')")


def test_reading_cannot_write(tmp_path: Path) -> None:
    db = create_archive(tmp_path).read()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("delete from testimonies")
    db.close()
