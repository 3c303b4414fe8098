"""What no edition may say anywhere: what the vault holds, names and fingerprints of files, held numbers."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from archive.errors import ArchiveError, InvalidFile
from archive.publish.selection import Selection
from archive.vault import NAME, Person

SHORTEST = 4  # letters: a shorter word stands in too many others
_CONTACTS = re.compile(r"[,;\n]+")


class NamesUnknown(ArchiveError):
    """There is a vault, and nobody has said which names in it must not be published."""

    def __init__(self) -> None:
        super().__init__(
            f"the real names in {NAME} must be known so that they can be looked for: name a key that opens it with "
            "--identity, or a file with the names, one a line, with --denied; nothing was published"
        )


def of_people(people: Iterable[Person]) -> Iterator[str]:
    """Yield real names, whichever part comes first, and every contact."""
    for person in people:
        yield person.real_name
        first, _, last = person.real_name.rpartition(" ")
        yield f"{last} {first}".strip()
        yield from (part.strip() for part in _CONTACTS.split(person.contact or ""))


def of_file(path: Path) -> Iterator[str]:
    """Yield the lines of a list. Raises InvalidFile."""
    try:
        yield from (line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile(path, "cannot be read as UTF-8 text") from error


def of_archive(conn: sqlite3.Connection, selection: Selection, tombstones: Container[str]) -> Iterator[str]:
    """Yield the names of all files as they came, their fingerprints, and the numbers of testimonies that are held back.

    A number that was published once is no secret: its address says that it is closed.
    A file that is called like a published testimony's number, or in a word of no more than letters, tells nothing.
    """
    for table in ("recordings", "documents"):
        for filename, sha256 in conn.execute(f"select filename, sha256 from {table}"):  # noqa: S608 - our own names
            yield sha256
            if re.search(r"[^a-z.]", filename) and not re.fullmatch(r"\d{4}\.\d{3,}\.\w+", filename):
                yield filename
    yield from (one.accession for one in selection.held if one.part is None and one.accession not in tombstones)


def worth_looking_for(words: Iterable[str]) -> tuple[str, ...]:
    """Return what can be looked for, each once and in order; what is too short is left out."""
    return tuple(sorted({word for word in words if len(word) >= SHORTEST}))
