"""Searching passages by words and terms, in every script, and what a wrong query is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import search
from archive.records import Description, Tag, VocabularyName
from archive.search import Query, SearchError, count_terms, find_passages, fts_query
from archive.store.browsing import refresh_counts
from archive.store.tags import segment_texts, store_tags, untagged
from archive.store.vocabularies import load_terms
from archive.terms import UnknownTerm, find_slug
from tests.builders import a_testimony, an_archive

TEXTS = (
    "Glasgow went on strike for the rent.",
    "The rent was paid in Torino.",
    "Los obreros de Zanón siguen la huelga.",
    "一九六九年工人罢工，工厂停产。",
    "คนงานหยุดงานประท้วง",
    "Nothing of the kind.",
    "मज़दूरों की हड़ताल जारी है",
)


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_testimony(db, *TEXTS, description=Description(title="All", language="en", label="Synthetic"))
        terms = {term.slug: number for number, term in load_terms(db)}
        [todo] = untagged(db)
        found = {
            number: [
                Tag(term=terms[slug], start=text.lower().index(word), end=text.lower().index(word) + len(word))
                for slug, word in (("glasgow", "glasgow"), ("strike", "strike"), ("rent", "rent"), ("turin", "torino"))
                if word in text.lower()
            ]
            for number, text in segment_texts(db, todo.transcript)
        }
        store_tags(db, todo, found, tagger="test")
        refresh_counts(db)
    db = archive.read()
    yield db.conn
    db.close()


def found(conn: sqlite3.Connection, words: str = "", **terms: tuple[str, ...]) -> set[int]:
    """The places in TEXTS of the passages found."""
    return {passage.position for passage in find_passages(conn, Query(words=words, **terms)).passages}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("rent", {0, 1}),
        ("RENT torino", {1}),
        ("rent OR huelga", {0, 1, 2}),
        ("rent NOT torino", {0}),
        ('"went on strike"', {0}),
        ('"on went"', set()),
        ("“on strike”", {0}),
        ("rent (glasgow OR torino)", {0, 1}),
        ("(rent) (paid)", {1}),
        ("rent NOT paid glasgow", {0}),
        ("obre*", {2}),
        ("zanon", {2}),  # diacritics are folded
        ("(rent OR huelga) AND glasgow", {0}),
        ("罢工", {3}),
        ("工人罢工", {3}),
        ("罢人", set()),
        ("หยุดงาน", {4}),
        ("हड़ताल", {6}),
        ("ह", set()),  # a letter of a word is not the word
        ("what-ever's (", None),
        ("", {0, 1, 2, 3, 4, 5, 6}),
        ("!!!", {0, 1, 2, 3, 4, 5, 6}),
    ],
)
def test_words_find_passages(conn: sqlite3.Connection, words: str, places: set[int] | None) -> None:
    if places is None:
        with pytest.raises(SearchError):
            found(conn, words)
    else:
        assert found(conn, words) == places


def test_terms_narrow_words_and_each_other(conn: sqlite3.Connection) -> None:
    assert found(conn, themes=("rent",)) == {0, 1}
    assert found(conn, themes=("rent", "strike")) == {0}
    assert found(conn, "paid", themes=("rent",), places=("turin",)) == {1}
    assert found(conn, places=("nowhere",)) == set()


def test_a_passage_carries_its_testimony_and_the_marks_of_the_hits(conn: sqlite3.Connection) -> None:
    [passage] = find_passages(conn, Query(words="zanon OR huelga")).passages
    assert (passage.accession, passage.title, passage.label) == ("2026.001", "All", "Synthetic")
    assert [passage.text[start:end] for start, end in passage.marks] == ["Zanón", "huelga"]


def test_marks_stand_right_in_scripts_without_spaces(conn: sqlite3.Connection) -> None:
    [passage] = find_passages(conn, Query(words="罢工")).passages
    assert passage.text == TEXTS[3]
    assert "".join(passage.text[start:end] for start, end in passage.marks) == "罢工"


def test_counts_belong_to_the_present_search(conn: sqlite3.Connection) -> None:
    def counts(query: Query) -> dict[str, int]:
        return {term.slug: term.count for term in count_terms(conn, query, VocabularyName.THEME)}

    assert counts(Query()) == {"rent": 2, "strike": 1}
    assert counts(Query(words="glasgow")) == {"rent": 1, "strike": 1}
    assert counts(Query(places=("turin",))) == {"rent": 1}


def test_more_hits_than_are_counted_are_said_to_be_more(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "COUNTED", 1)
    result = find_passages(conn, Query(words="rent"))
    assert (result.total, result.capped) == (1, True)


def test_pages_follow_each_other_without_a_gap(conn: sqlite3.Connection) -> None:
    pages = [find_passages(conn, Query(), limit=2, offset=offset).passages for offset in (0, 2, 4, 6)]
    assert [passage.position for page in pages for passage in page] == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("strike AND", "words are missing beside AND"),
        ("OR strike", "words are missing beside OR"),
        ("NOT", "words are missing beside NOT"),
        ("(strike", "a bracket is not closed"),
        ("strike)", "closing bracket without"),
        ("()", "words are missing"),
        (f"{'(' * 21}strike{')' * 21}", "more than 20 brackets are inside each other"),
        ("strike " * 201, "more than 200 words"),
    ],
)
def test_a_wrong_query_is_told_what_to_do(words: str, hint: str) -> None:
    with pytest.raises(SearchError, match=hint):
        fts_query(words)


@pytest.mark.parametrize(
    "words",
    [
        "rent " * 200,
        " NOT ".join(["rent"] * 100),
        f"{'(' * 20}rent{')' * 20}",
        "(rent) " * 66,
        f"{'rent OR (huelga NOT ' * 20}paid{')' * 20}",
    ],
)
def test_the_largest_searches_are_understood(conn: sqlite3.Connection, words: str) -> None:
    find_passages(conn, Query(words=words))


@given(
    words=st.lists(
        st.sampled_from([*'ab*"() ', "AND ", "OR ", "NOT ", "-", ":", "'", "罢", "^", "{", "\0", "\ud800", "“"])
    ).map("".join)
)
def test_nothing_that_can_be_typed_is_an_sql_error(words: str) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("create virtual table passages_fts using fts5 (text)")
    with closing(db), suppress(SearchError):
        if query := fts_query(words):
            db.execute("select count(*) from passages_fts where passages_fts match ?", [query]).fetchone()


def test_a_term_is_found_by_slug_name_or_variant(conn: sqlite3.Connection) -> None:
    names = ("turin", "Turin", "TORINO")
    assert {find_slug(conn, VocabularyName.PLACE, name) for name in names} == {"turin"}
    with pytest.raises(UnknownTerm, match="did you mean 'Torino'"):
        find_slug(conn, VocabularyName.PLACE, "Torinno")
