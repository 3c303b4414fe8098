"""Whether a testimony says the name of somebody who tells in it and is not to be named."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from archive.folding import occurrences

SHORTEST = 3  # letters
_DESCRIBED = ("title", "place", "summary", "collection", "label", "sources")


def name_faults(archive: sqlite3.Connection, edition: sqlite3.Connection) -> Iterator[str]:
    """Yield where a title, a description or a passage of an edition says such a name, and how it can be mended."""
    testimonies = edition.execute("select id, accession from testimonies order by id").fetchall()
    for number, accession in testimonies:
        hidden = _hidden(archive, edition, number, accession)
        if not hidden:
            continue
        for where, text in _texts(edition, number):
            for name in hidden:
                if any(True for _ in occurrences(text, name)):
                    yield _fault(accession, where, name)


def _hidden(archive: sqlite3.Connection, edition: sqlite3.Connection, number: int, accession: str) -> list[str]:
    """Return the names of those who tell here and are not named here."""
    shown = edition.execute(
        "select name from contributions join narrators on narrators.id = narrator where testimony = ?", [number]
    )
    told = archive.execute(
        "select name from contributions join narrators on narrators.id = narrator "
        "join testimonies on testimonies.id = testimony where accession = ? and role = 'narrator' order by name",
        [accession],
    )
    names = {name for (name,) in shown.fetchall()}
    return [name for (name,) in told if name not in names and len(name) >= SHORTEST]


def _texts(edition: sqlite3.Connection, number: int) -> Iterable[tuple[str, str]]:
    """Yield everything that is said of a testimony and in it, and where."""
    row = edition.execute(f"select {', '.join(_DESCRIBED)} from testimonies where id = ?", [number]).fetchone()  # noqa: S608
    yield from ((f"its {name}", text) for name, text in zip(_DESCRIBED, row, strict=True) if text)
    rows = edition.execute("select position, text from passages where testimony = ? order by position", [number])
    yield from ((f"passage {position + 1}", text) for position, text in rows)


def _fault(accession: str, where: str, name: str) -> str:
    mend = f"conricerca redact everywhere {name!r} --as 'another name' {accession}"
    return f"{accession}: {where} says {name!r}, who tells there and is not to be named: " + (
        f'mark it with "{mend}"' if where.startswith("passage") else "describe it in other words"
    )
