"""Whether an edition says a denied word anywhere: in a value, in the index, in the bytes or the name of any file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick

from archive.folding import fold
from archive.publish.edition import open_edition

BLOCK = 1 << 24  # bytes of a file that are looked through at a time
MOST = 20  # faults that are told
_DIGITS = re.compile(r"\+?\d[\d\s./()-]{5,}\d")  # something like a telephone number
FEWEST_DIGITS = 7
_ACCESSION = re.compile(r"\d{4}\.\d{3,}")


@dataclass(frozen=True, slots=True)
class Hit:
    """A denied word, and where it stands."""

    where: str
    word: str

    def __str__(self) -> str:
        hidden = self.word[0] + "·" * (len(self.word) - 1)  # a report must not say it either
        return f"{self.where} says what is denied ({hidden})"


class Denied:
    """Denied words, ready to be looked for however they are written: capitals, accents, spaces make no difference."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(dict.fromkeys(words))
        self._folded = [fold(word) for word in self.words]
        self._texts = AhoCorasick(self._folded) if self.words else None
        self._numbers = {digits: word for word in self.words if (digits := _digits_of(word))}
        self._patterns = [(pattern, word) for word in self.words for pattern in _encoded(word)]
        self._bytes = BytesAhoCorasick([pattern for pattern, _ in self._patterns]) if self._patterns else None
        self._longest = max((len(pattern) for pattern, _ in self._patterns), default=0)

    def in_text(self, text: str) -> Iterator[str]:
        """Yield the denied words that the text says as whole words, and denied numbers however they are spaced."""
        if self._texts is None:
            return
        folded = " ".join(text.lower().split()) if text.isascii() else fold(text)
        for index, start, end in self._texts.find_matches_as_indexes(folded, overlapping=True):
            if not (folded[start - 1 : start].isalnum() or folded[end : end + 1].isalnum()):
                yield self.words[index]
        if self._numbers:
            for found in _DIGITS.finditer(folded):
                digits = re.sub(r"\D", "", found[0])
                yield from (word for number, word in self._numbers.items() if number in digits)

    def in_bytes(self, path: Path) -> Iterator[str]:
        """Yield the denied words in the bytes of a file: as UTF-8, as UTF-16 and written in hexadecimal."""
        if self._bytes is None:
            return
        with path.open("rb") as file:
            rest = b""
            while block := file.read(BLOCK):
                read = rest + block.lower()
                for index, start, end in self._bytes.find_matches_as_indexes(read, overlapping=True):
                    if not _goes_on(read, start, end):
                        yield self._patterns[index][1]
                rest = read[-self._longest :]


def word_faults(site: Path, database: Path, denied: Denied) -> Iterator[str]:
    """Yield where the files of an edition say a denied word."""
    hits: dict[tuple[str, str], Hit] = {}
    for where, word in (*_in_values(database, denied), *_in_files(site, denied)):
        hits.setdefault((where, word), Hit(where, word))
    yield from (str(hit) for hit in list(hits.values())[:MOST])
    if len(hits) > MOST:
        yield f"and {len(hits) - MOST} more places say what is denied"


def _in_values(database: Path, denied: Denied) -> Iterator[tuple[str, str]]:
    """Yield table, column and word of every value that says one."""
    with closing(open_edition(database)) as conn:
        for table, columns in _texts(conn):
            rows = conn.execute(f"select {', '.join(columns)} from {table}")  # noqa: S608 - the database's own names
            while block := rows.fetchmany(1000):
                for column, *values in zip(columns, *block, strict=True):
                    text = "\n".join(value for value in values if isinstance(value, str))
                    yield from ((f"{table}.{column.strip(chr(34))}", word) for word in denied.in_text(text))


def _texts(conn: sqlite3.Connection) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield every table with its columns that hold words; the index as the words in it."""
    tables = conn.execute("select name from sqlite_master where type = 'table' and name not glob '*_fts_*'").fetchall()
    for (table,) in tables:
        columns = [
            f'"{name}"'
            for name, kind in conn.execute("select name, type from pragma_table_info(?)", [table])
            if kind.upper() not in ("INTEGER", "REAL", "BLOB")
        ]
        if columns and table != "passages_fts":
            yield (table, columns) if table != "passages_vocabulary" else (table, ["term"])
    yield "sqlite_master", ["sql"]


def _in_files(site: Path, denied: Denied) -> Iterator[tuple[str, str]]:
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        yield from ((f"the name {name}", word) for word in denied.in_text(name))
        if path.is_file():
            yield from ((name, word) for word in denied.in_bytes(path))


def _encoded(word: str) -> Iterator[bytes]:
    """Yield how a word may stand in a file; small letters stand for both."""
    for form in dict.fromkeys((word.lower(), fold(word))):
        utf8 = form.encode()
        yield from (utf8, form.encode("utf-16-le"), utf8.hex().encode())


def _goes_on(read: bytes, start: int, end: int) -> bool:
    """Whether what was found is only a part of a longer word."""
    before, after = read[start - 1 : start], read[end : end + 1]
    return (before.isalnum() and read[start : start + 1].isalnum()) or (
        after.isalnum() and read[end - 1 : end].isalnum()
    )


def _digits_of(word: str) -> str | None:
    """Return the digits of what may be a telephone number; the number of a testimony is none."""
    if _ACCESSION.fullmatch(word):
        return None
    digits = re.sub(r"\D", "", word)
    return digits if len(digits) >= FEWEST_DIGITS and not re.search(r"[^\W\d]", word) else None
