"""Originals: files kept as they came, named by their SHA-256, read-only, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from archive.errors import NoRecording
from archive.folder import Archive

BLOCK = 1 << 20  # bytes
MEDIA_TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".json": "application/json",
}


def sha256_of(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep_original(archive: Archive, source: Path, suffix: str) -> str:
    """Copy the file into the archive and return its SHA-256.

    The copy has its name only once every byte is on the disk; a file that is already kept is not written again.
    """
    return _keep(source, archive.media, lambda digest: archive.original(digest, suffix), mode=0o444)


def keep_evidence(archive: Archive, source: Path) -> str:
    """Copy a signed form or a spoken consent into the archive, for its owner alone, and return its SHA-256."""
    return _keep(source, archive.evidence, lambda digest: archive.evidence / digest, mode=0o400)


def _keep(source: Path, folder: Path, place: Callable[[str], Path], *, mode: int) -> str:
    folder.mkdir(mode=0o700, exist_ok=True)
    part = folder / f".incoming-{os.getpid()}"
    try:
        digest = _copy(source, part)
        target = place(digest)
        if target.exists() and target.stat().st_size == part.stat().st_size:
            return digest
        target.parent.mkdir(exist_ok=True)
        part.chmod(mode)
        part.replace(target)
        to_disk(target.parent)
        return digest
    finally:
        part.unlink(missing_ok=True)


def check_has_recording(conn: sqlite3.Connection, accessions: Iterable[str]) -> None:
    """Raise NoRecording for the first of these testimonies that has only a text."""
    for accession in accessions:
        [recordings] = conn.execute(
            "select count(recordings.id) from testimonies left join recordings on testimony = testimonies.id "
            "where accession = ? having count(testimonies.id)",
            [accession],
        ).fetchone() or [None]
        if recordings == 0:
            raise NoRecording(accession)


def names_of_files(conn: sqlite3.Connection, testimony: int) -> set[str]:
    """Return the names of a testimony's files without their suffixes: titles that nobody gave."""
    rows = conn.execute(
        "select filename from recordings where testimony = :testimony "
        "union select filename from documents where testimony = :testimony",
        {"testimony": testimony},
    )
    return {str(name).rsplit(".", 1)[0] for (name,) in rows}


def remove_leftovers(archive: Archive) -> None:
    """Remove copies that an interrupted run left unfinished; call only while holding the write lock."""
    for folder in (archive.media, archive.evidence):
        for part in folder.glob(".incoming-*"):
            part.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as reading, target.open("wb") as writing:
        while block := reading.read(BLOCK):
            digest.update(block)
            writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()


def to_disk(path: Path) -> None:
    """Return when a file, or the names in a folder, would survive a power cut, where the system can say so."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
