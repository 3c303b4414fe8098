"""A manifest: one CSV line for each testimony, with its file and what is known about it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISREG

from archive.errors import InvalidFile
from archive.records import Description
from ingest.descriptions import COLUMNS, column_name, describe, did_you_mean
from ingest.errors import IngestError
from transcripts.encoding import decode
from transcripts.formats import READERS as TEXTS
from transcripts.model import TranscriptError

FILES = ("file", "transcript")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a manifest: the files as paths, the description, or what is wrong with the line."""

    line: int
    file: Path
    transcript: Path | None
    description: Description
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All lines of a manifest, and remarks about how it was read."""

    path: Path
    entries: tuple[Entry, ...]
    remarks: tuple[str, ...] = ()


def read_manifest(path: Path) -> Manifest:
    """Read a manifest separated by commas, semicolons or tabs; files are meant from the manifest's own folder.

    Raises InvalidFile where it cannot be read as a whole or has a column that means nothing here; a line that is
    wrong by itself becomes an entry with an error, so that the others can go on.
    """
    try:
        text, remarks = decode(path.read_bytes())
    except (OSError, TranscriptError) as error:
        raise InvalidFile(path, f"cannot be read: {error}") from error
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        lines = [(rows.line_num, row) for row in rows]
    except csv.Error as error:
        raise InvalidFile(path, f"is no CSV: {error}", line=rows.line_num) from error
    if not lines:
        raise InvalidFile(path, "is empty: the first line names the columns, beginning with 'file'")
    columns = _columns(path, lines[0][1])
    entries = tuple(_entries(path, columns, lines[1:]))
    return Manifest(path=path, entries=entries, remarks=remarks)


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _columns(path: Path, header: list[str]) -> list[str]:
    columns = [column_name(name) for name in header]
    while columns and not columns[-1]:
        columns.pop()
    known = dict.fromkeys(FILES) | COLUMNS
    for column in columns:
        if column not in known:
            raise InvalidFile(path, f"unknown column {column!r}{did_you_mean(column, known)}", line=1)
    if "file" not in columns:
        raise InvalidFile(path, "has no column 'file'", line=1)
    if doubled := [column for column in columns if columns.count(column) > 1]:
        raise InvalidFile(path, f"has the column {doubled[0]!r} twice", line=1)
    return columns


def _entries(path: Path, columns: list[str], lines: list[tuple[int, list[str]]]) -> Iterator[Entry]:
    first: dict[Path, int] = {}  # the line that names a file, if nothing is wrong with it
    for line, row in lines:
        if not any(cell.strip() for cell in row):
            continue
        said = dict(zip(columns, [cell.strip() for cell in row], strict=False))
        file = path.parent / said.get("file", "")
        transcript = path.parent / said["transcript"] if said.get("transcript") else None
        entry = Entry(line=line, file=file, transcript=transcript, description=Description())
        try:
            _check_cells(row, columns)
            real = _real_files(said, entry, first)
            entry = replace(entry, description=describe({name: said[name] for name in said if name not in FILES}))
        except IngestError as wrong:
            yield replace(entry, error=str(wrong))
        else:
            first |= dict.fromkeys(real, line)
            yield entry


def _check_cells(row: list[str], columns: list[str]) -> None:
    if any(cell.strip() for cell in row[len(columns) :]):
        raise IngestError(
            f"has {len(row)} cells for {len(columns)} columns: put text that contains the separator in quotation marks"
        )


def _real_files(said: dict[str, str], entry: Entry, first: dict[Path, int]) -> list[Path]:
    """Return the files that a line names, links followed; raise IngestError for one not there, or named before."""
    if not said.get("file"):
        raise IngestError("names no file")
    if entry.transcript and entry.file.suffix.lower() in TEXTS:
        raise IngestError(f"names a transcript of {entry.file}, which is a text itself: give each its own line")
    real: list[Path] = []
    for named in (entry.file, entry.transcript):
        if named is None:
            continue
        _check_file(named)
        where = named.resolve()
        if where in first or where in real:
            raise IngestError(f"names {named} again (first in line {first.get(where, entry.line)})")
        real.append(where)
    return real


def _check_file(named: Path) -> None:
    try:
        mode = named.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise IngestError(f"the file {named} is not there") from None
    except OSError as error:
        raise IngestError(f"the file {named} cannot be read: {error.strerror}") from error
    if not S_ISREG(mode):
        raise IngestError(f"the file {named} is not a regular file")
