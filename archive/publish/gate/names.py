"""Whether a description, a note or a passage says somebody who is not to be named, or words that are cut."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.folding import occurrences
from archive.publish.gate.denylist import Denied

SHORTEST = 3  # letters
_SOMEBODY = "who tells in this archive and is not to be named"
_DESCRIBED = {"title": "title", "place": "place", "summary": "summary", "collection": "collection", "label": "label",
              "sources": "source"}  # fmt: skip
_NOTE, _ON_WHO = "a note on it", "the note on who tells"
_MENDED = {
    **{
        f"its {name}": f"say it otherwise: 'conricerca describe {{0}} --{option} …'"
        for name, option in _DESCRIBED.items()
    },
    _NOTE: "say it otherwise: 'conricerca note list {0}', then remove and add",
    _ON_WHO: "say it otherwise",
}


@dataclass(frozen=True, slots=True)
class _Denied:
    """Words that one testimony must not say, and why; `inside`: neither in what is told in it."""

    words: str
    why: str
    inside: bool


def name_faults(archive: sqlite3.Connection, edition: sqlite3.Connection) -> Iterator[str]:
    """Yield where a description, a note or a passage of an edition says such words, and how it can be mended."""
    hidden = Denied(_named_nowhere(archive, edition))  # of all the archive, so looked for all at once
    testimonies = edition.execute("select id, accession from testimonies order by id").fetchall()
    for number, accession in testimonies:
        denied = [
            *_hidden(archive, edition, number, accession),
            *_asking(archive, accession),
            *_cut(archive, accession),
        ]
        for where, text in _descriptions(edition, number):
            said = [one for one in denied if _says(text, one.words)]
            said += [_Denied(name, _SOMEBODY, inside=False) for name in hidden.in_text(text)]
            for one in {one.words: one for one in reversed(said)}.values():
                yield f"{accession}: {where} says {one.words!r}, {one.why}: {_MENDED[where].format(accession)}"
        for one in denied:
            yield from _told(edition, number, accession, one) if one.inside else ()


def _told(edition: sqlite3.Connection, number: int, accession: str, denied: _Denied) -> Iterator[str]:
    rows = edition.execute("select position, text from passages where testimony = ? order by position", [number])
    for position, text in rows:
        if _says(text, denied.words):
            mend = f"conricerca redact everywhere {denied.words!r} --as 'another name' {accession}"
            yield f'{accession}: passage {position + 1} says {denied.words!r}, {denied.why}: mark it with "{mend}"'


def _says(text: str, words: str) -> bool:
    return any(True for _ in occurrences(text, words))


def _hidden(archive: sqlite3.Connection, edition: sqlite3.Connection, number: int, accession: str) -> Iterator[_Denied]:
    """Yield the names of those who tell here and are not named here."""
    rows = edition.execute(
        "select name from contributions join narrators on narrators.id = narrator where testimony = ?", [number]
    )
    shown = {name for (name,) in rows.fetchall()}
    for name in _contributing(archive, accession, "narrator"):
        if name not in shown:
            yield _Denied(name, "who tells there and is not to be named", inside=True)


def _asking(archive: sqlite3.Connection, accession: str) -> Iterator[_Denied]:
    """Yield the names of those who ask; in what is told they are addressed, which a person may mark."""
    for name in _contributing(archive, accession, "interviewer"):
        yield _Denied(name, "who asks there, and no edition names who asks", inside=False)


def _contributing(archive: sqlite3.Connection, accession: str, role: str) -> Iterable[str]:
    rows = archive.execute(
        "select name from contributions join narrators on narrators.id = narrator "
        "join testimonies on testimonies.id = testimony where accession = ? and role = ? order by name",
        [accession, role],
    ).fetchall()
    return [name for (name,) in rows if len(name) >= SHORTEST]


def _cut(archive: sqlite3.Connection, accession: str) -> Iterator[_Denied]:
    """Yield the words that are cut from the transcript; where they may stay in it, a person has decided."""
    rows = archive.execute(
        "select distinct words from redactions join testimonies on testimonies.id = testimony "
        "where accession = ? and state = 'approved' and words is not null order by words",
        [accession],
    ).fetchall()
    for (words,) in rows:
        if len(words) >= SHORTEST:
            yield _Denied(words, "which is cut from the transcript", inside=False)


def _named_nowhere(archive: sqlite3.Connection, edition: sqlite3.Connection) -> list[str]:
    """Return the names of narrators whom no edition names; of one word only a name says too little."""
    shown = {name for (name,) in edition.execute("select name from narrators")}
    rows = archive.execute(
        "select distinct name from narrators join contributions on narrator = narrators.id where role = 'narrator' "
        "order by name"
    ).fetchall()
    return [name for (name,) in rows if name not in shown and " " in name.strip()]


def _descriptions(edition: sqlite3.Connection, number: int) -> Iterator[tuple[str, str]]:
    """Yield everything that is said of a testimony, and where."""
    row = edition.execute(f"select {', '.join(_DESCRIBED)} from testimonies where id = ?", [number]).fetchone()  # noqa: S608
    yield from ((f"its {name}", text) for name, text in zip(_DESCRIBED, row, strict=True) if text)
    for (text,) in edition.execute("select text from content_notes where testimony = ? order by id", [number]):
        yield _NOTE, text
    rows = edition.execute(
        "select note from narrators join contributions on narrator = narrators.id "
        "where testimony = ? and note is not null",
        [number],
    )
    yield from ((_ON_WHO, note) for (note,) in rows)
