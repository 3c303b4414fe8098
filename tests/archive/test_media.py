"""Originals are kept whole, by SHA-256, and never written again."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from archive.errors import NoRecording
from archive.folder import create_archive
from archive.media import check_has_recording, keep_original, remove_leftovers
from tests.builders import a_recording, a_testimony, an_archive


def test_an_original_is_kept_byte_for_byte_and_read_only(tmp_path: Path) -> None:
    archive = create_archive(tmp_path / "archive")
    source = tmp_path / "talk.wav"
    source.write_bytes(b"sound" * 1000)
    digest = keep_original(archive, source, ".wav")
    kept = archive.original(digest, ".wav")
    assert digest == hashlib.sha256(source.read_bytes()).hexdigest()
    assert kept.read_bytes() == source.read_bytes()
    assert kept.stat().st_mode & 0o222 == 0


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    archive = create_archive(tmp_path / "archive")
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).write_bytes(b"sound")
        keep_original(archive, tmp_path / name, ".wav")
    assert len(list(archive.media.rglob("*.wav"))) == 1


def test_leftovers_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    archive = create_archive(tmp_path / "archive")
    (archive.media / ".incoming-1").write_bytes(b"half")
    remove_leftovers(archive)
    assert list(archive.media.iterdir()) == []


@pytest.mark.parametrize("stopped_by", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_copy_that_is_stopped_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped_by: BaseException
) -> None:
    archive = create_archive(tmp_path / "archive")
    source = tmp_path / "talk.wav"
    source.write_bytes(b"sound")

    def stop(*_: object) -> None:
        raise stopped_by

    monkeypatch.setattr("archive.media.os.fsync", stop)
    with pytest.raises(type(stopped_by)):
        keep_original(archive, source, ".wav")
    assert list(archive.media.rglob("*")) == []


def test_a_text_alone_has_no_recording_to_hear(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        account = a_testimony(db, "Glasgow.")
        recording, _ = a_recording(db)
        check_has_recording(db.conn, [recording, "2026.999"])  # one that nobody knows is refused elsewhere
        with pytest.raises(NoRecording, match=f"{account} has no recording to hear"):
            check_has_recording(db.conn, [recording, account])
