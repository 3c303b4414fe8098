"""The words that a reader types, as a full-text query: words, "phrases", prefix*, AND, OR, NOT, brackets.

Names of a term find each other: who types *Turin* finds *Torino*, and *strikes* finds *strike*, as far as the
archive's vocabularies know them.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.errors import ArchiveError
from archive.folding import fold
from archive.marks import N_
from archive.records import ANY_LANGUAGE
from archive.searchable import searchable

MOST_PARTS = 200  # words, phrases, operators and brackets of one search
MOST_CHARACTERS = 2_000
DEEPEST = 20  # brackets inside each other; SQLite's own parser gives up at about 100
LONGEST_NAME = 5  # words of a name that is looked for among those typed
MOST_NAMES = 40  # other names that one search also looks for

_OPERATORS = ("AND", "OR", "NOT")
_TOKENS = re.compile(r'"(?P<phrase>[^"]*)(?P<closing>")?(?P<star>\*)?|(?P<bracket>[()])|(?P<word>[^\s"()]+)')
# quotation marks as phones and word processors type them
_TYPED = dict.fromkeys(map(ord, "“”„‟«»"), '"')
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
NO_WORD = N_("there is no word to look for: write one, or the beginning of one with * after it")


class SearchError(ArchiveError):
    """A search that cannot be understood. `hint` is a message with `values` to fill in, for the reader's language."""

    def __init__(self, hint: str, **values: object) -> None:
        super().__init__(hint % values if values else hint)
        self.hint, self.values = hint, values


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word or phrase as typed; an operator or bracket has no `typed`."""

    fts: str
    typed: str = ""
    may_vary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A full-text query, and the other names that it also looks for."""

    fts: str
    also: tuple[str, ...] = ()


def read_words(words: str) -> tuple[Word, ...]:
    """Return what was typed, part by part. Raises SearchError for what is no query, with a hint in plain words."""
    if len(words) > MOST_CHARACTERS:
        raise SearchError(
            N_("it is longer than %(most)s characters: search for fewer words at once"), most=MOST_CHARACTERS
        )
    if _UNREADABLE.search(words):
        raise SearchError(N_("it holds signs that cannot be typed: type the words again"))
    text = words.translate(_TYPED)
    parts = [part for found in _TOKENS.finditer(text) if (part := _part(found))]
    _check([part.fts for part in parts])
    if len(parts) > MOST_PARTS:
        raise SearchError(N_("these are more than %(most)s words: search for fewer at once"), most=MOST_PARTS)
    if text.strip() and not parts:
        raise SearchError(NO_WORD)
    return tuple(parts)


def fts_query(words: str) -> str:
    """Return the full-text query for just these words; empty where there are none. Raises SearchError."""
    return " ".join(_joined(part.fts for part in read_words(words)))


def wanted(conn: sqlite3.Connection, words: str, *, exactly: bool = False) -> Wanted:
    """Return the full-text query for these words and, unless `exactly`, for the other names of the terms they name.

    Raises SearchError.
    """
    parts = read_words(words)
    names = {} if exactly or not parts else _other_names(conn, parts)
    if not names:
        return Wanted(fts=" ".join(_joined(part.fts for part in parts)))
    also: dict[str, None] = {}
    pieces = list(_widened(parts, names, also))
    return Wanted(fts=" ".join(_joined(pieces)), also=tuple(also))


def _part(found: re.Match[str]) -> Word | None:
    if found["bracket"]:
        return Word(fts=found["bracket"])
    if found["word"] in _OPERATORS:
        return Word(fts=found["word"])
    if found["phrase"] is not None and not found["closing"]:
        raise SearchError(N_("a quotation mark is not closed: put another one after the last word of the phrase"))
    words = found["phrase"] if found["phrase"] is not None else found["word"]
    star = "*" if found["star"] or (found["word"] or "").endswith("*") else ""
    words = words.rstrip("*").replace('"', " ")
    if not any(letter.isalnum() for letter in words):
        return None
    return Word(fts=f'"{searchable(words) or words}"{star}', typed=words, may_vary=not star)


def _joined(parts: Iterator[str] | Sequence[str]) -> Iterator[str]:
    """Write the AND that is meant between two words: FTS5 does not understand its absence beside a bracket."""
    before = "("
    for part in parts:
        if before not in (*_OPERATORS, "(") and part not in (*_OPERATORS, ")"):
            yield "AND"
        yield part
        before = part


def _check(parts: Sequence[str]) -> None:
    """Raise SearchError, in plain words, for what FTS5 would answer with a syntax error."""
    if not parts:
        return
    depth = 0
    for before, part in zip(["(", *parts], [*parts, ")"], strict=True):
        depth += {"(": 1, ")": -1}.get(before, 0)
        if depth < 1:
            raise SearchError(N_("there is a closing bracket without an opening one: leave it out, or put ( before it"))
        if depth > DEEPEST + 1:
            raise SearchError(N_("more than %(most)s brackets are inside each other: leave some out"), most=DEEPEST)
        if part in (*_OPERATORS, ")") and before in (*_OPERATORS, "("):
            at = before if before in _OPERATORS else part
            example = f"strike {at if at in _OPERATORS else 'AND'} rent"
            raise SearchError(
                N_("words are missing beside %(at)s: write for instance %(example)s"), at=at, example=example
            )
    if depth > 1:
        raise SearchError(N_("a bracket is not closed: put ) after the last of its words"))


def _other_names(conn: sqlite3.Connection, parts: Sequence[Word]) -> Mapping[str, tuple[str, ...]]:
    """Return, for each run of typed words that is a term's name (folded), its other names.

    A place's names of all languages; those of a movement or theme in the language in which it was typed.
    """
    runs = {fold(" ".join(part.typed for part in run)) for run in _runs(parts)}
    rows = conn.execute(
        "select typed.folded, other.text from term_names typed join terms on terms.id = typed.term "
        "join term_names other on other.term = typed.term "
        "where typed.folded in (select value from json_each(:runs)) and not retired and other.folded <> typed.folded "
        "and (vocabulary = 'place' or other.language in (typed.language, :any) or typed.language = :any) "
        "order by other.language <> typed.language, length(other.text), other.text",
        {"runs": json.dumps(sorted(runs)), "any": ANY_LANGUAGE},
    )
    names: dict[str, dict[str, str]] = {}
    for run, text in rows:
        names.setdefault(run, {}).setdefault(fold(text), text)
    return {run: tuple(found.values()) for run, found in names.items()}


def _runs(parts: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Yield every stretch of up to `LONGEST_NAME` words that stand side by side."""
    for first, part in enumerate(parts):
        if not part.may_vary:
            continue
        for last in range(first + 1, min(first + LONGEST_NAME, len(parts)) + 1):
            if not parts[last - 1].may_vary:
                break
            yield parts[first:last]


def _widened(parts: Sequence[Word], names: Mapping[str, tuple[str, ...]], also: dict[str, None]) -> Iterator[str]:
    """Yield the query's parts, the longest known names widened by their other names; notes these in `also`."""
    place = 0
    while place < len(parts):
        run, others = _longest_name(parts, place, names)
        room = max(0, MOST_NAMES - len(also))
        others = tuple(name for name in others if any(letter.isalnum() for letter in name))[:room]
        typed = " AND ".join(part.fts for part in run)
        if others:
            also.update(dict.fromkeys(others))
            alternatives = [f"({typed})" if len(run) > 1 else typed]
            alternatives += [f'"{searchable(name) or name}"' for name in (name.replace('"', " ") for name in others)]
            yield f"({' OR '.join(alternatives)})"
        else:
            yield from (part.fts for part in run)
        place += len(run)


def _longest_name(
    parts: Sequence[Word], place: int, names: Mapping[str, tuple[str, ...]]
) -> tuple[Sequence[Word], tuple[str, ...]]:
    """Return the longest run of words from here on that is a name, with its other names; else the part itself."""
    for last in range(min(place + LONGEST_NAME, len(parts)), place, -1):
        run = parts[place:last]
        if all(part.may_vary for part in run):
            others = names.get(fold(" ".join(part.typed for part in run)))
            if others:
                return run, others
    return parts[place : place + 1], ()
