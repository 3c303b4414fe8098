"""Making and opening an archive's folder."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from archive.errors import ArchiveBusy, ArchiveError, NewerSchema, NotAnArchive
from archive.folder import create_archive, open_archive
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


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "archive.db") as connection:
        connection.execute("create table bookmarks (url text)")
    connection.close()
    with pytest.raises(NotAnArchive):
        open_archive(tmp_path)


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    archive = create_archive(tmp_path)
    with archive.write() as db:
        db.execute(f"pragma user_version = {SCHEMA + 1}")
    before = archive.database.read_bytes()
    with pytest.raises(NewerSchema, match="upgrade the program"):
        open_archive(tmp_path)
    assert archive.database.read_bytes() == before


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
