"""What values are called: terms by their label in a language, narrators by their display name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from archive.query import Facet
from archive.records import VocabularyName


def labels(conn: sqlite3.Connection, vocabulary: VocabularyName, slugs: Iterable[str], language: str) -> dict[str, str]:
    """Return the label of each of these terms in the language, else its preferred name."""
    rows = conn.execute(
        "select slug, coalesce((select text from variants where term = terms.id and language = ? and label limit 1), "
        "preferred) from terms where vocabulary = ? and slug in (select value from json_each(?))",
        [language, vocabulary.value, json.dumps(list(slugs))],
    )
    return dict(rows.fetchall())


def value_names(
    conn: sqlite3.Connection, values: Iterable[tuple[Facet, str]], language: str
) -> dict[tuple[Facet, str], str]:
    """Return what these values are called: terms in the language, narrators by their display name.

    The others are called by their keys; languages and kinds are for the page to name.
    """
    by_facet: dict[Facet, list[str]] = {}
    for facet, key in values:
        by_facet.setdefault(facet, []).append(key)
    names: dict[tuple[Facet, str], str] = {}
    for facet, keys in by_facet.items():
        if facet.vocabulary:
            names |= {(facet, key): name for key, name in labels(conn, facet.vocabulary, keys, language).items()}
        elif facet is Facet.NARRATOR:
            rows = conn.execute(
                "select value, name from json_each(?) join narrators on narrators.id = cast(value as integer)",
                [json.dumps(keys)],
            )
            names |= {(facet, key): name for key, name in rows}
    return names
