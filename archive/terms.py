"""Finding a term by whatever people call it: its slug, its preferred name, or a variant in any language."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from archive.errors import ArchiveError
from archive.query import Facet, Query
from archive.records import VocabularyName


class UnknownTerm(ArchiveError):
    """No term of the vocabulary is called that."""

    def __init__(self, vocabulary: VocabularyName, name: str, near: list[str]) -> None:
        hint = f": did you mean {' or '.join(near)}?" if near else f": see 'conricerca vocabulary list {vocabulary}'"
        super().__init__(f"no {vocabulary} is called {name!r}{hint}")
        self.vocabulary, self.name = vocabulary, name


def list_terms(
    conn: sqlite3.Connection, vocabulary: VocabularyName | None = None
) -> tuple[tuple[str, str, str, int], ...]:
    """Return vocabulary, slug, preferred name and number of passages of each term in use, in alphabetical order."""
    rows = conn.execute(
        "select vocabulary, slug, preferred, coalesce(passages, 0) from terms left join term_counts on term = id "
        "where not retired and vocabulary = coalesce(?, vocabulary) order by vocabulary, preferred",
        [vocabulary],
    )
    return tuple(rows)


def find_slug(conn: sqlite3.Connection, vocabulary: VocabularyName, name: str) -> str:
    """Return the slug of the term that is called this. Raises UnknownTerm, with the nearest names."""
    row = conn.execute(
        "select slug from terms left join variants on variants.term = id where vocabulary = ? and not retired "
        "and (slug = ? or preferred = ? collate nocase or text = ? collate nocase) order by label desc limit 1",
        [vocabulary.value, name, name, name],
    ).fetchone()
    if row:
        return str(row[0])
    known = conn.execute(
        "select distinct text from variants join terms on id = term where vocabulary = ?", [vocabulary.value]
    )
    lowered = {text.lower(): text for (text,) in known}
    near = get_close_matches(name.lower(), lowered, n=2)
    raise UnknownTerm(vocabulary, name, [repr(lowered[word]) for word in near])


def ask_by_name(conn: sqlite3.Connection, words: str, named: Mapping[str, Iterable[str]]) -> Query:
    """Return the question for these words and, by vocabulary, every term called so. Raises UnknownTerm."""
    chosen = tuple(
        (Facet(vocabulary), find_slug(conn, VocabularyName(vocabulary), name))
        for vocabulary, names in named.items()
        for name in names
    )
    return Query(words=words, chosen=chosen, all_of=frozenset(Facet))
