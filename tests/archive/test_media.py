"""Originals are kept whole, by SHA-256, and never written again."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from archive.folder import create_archive
from archive.media import keep_original, remove_leftovers


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


def test_an_interrupted_copy_leaves_no_original(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = create_archive(tmp_path / "archive")
    source = tmp_path / "talk.wav"
    source.write_bytes(b"sound")

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep_original(archive, source, ".wav", on_bytes=interrupted)
    assert list(archive.media.rglob("*")) == []


def test_leftovers_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    archive = create_archive(tmp_path / "archive")
    (archive.media / ".incoming-1").write_bytes(b"half")
    remove_leftovers(archive)
    assert list(archive.media.iterdir()) == []


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = create_archive(tmp_path / "archive")
    source = tmp_path / "talk.wav"
    source.write_bytes(b"sound")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("archive.media.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep_original(archive, source, ".wav")
    assert list(archive.media.rglob("*")) == []
