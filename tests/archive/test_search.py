"""Searching passages by words and terms, in every script, and what a wrong query is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import matching
from archive.matching import UnknownChoice
from archive.query import Facet, Order, Query
from archive.records import Description, Tag, VocabularyName
from archive.search import SearchError, count_choices, find_hits, find_passages, fts_query
from archive.store.browsing import refresh_counts
from archive.store.tags import segment_texts, store_tags, untagged
from archive.store.vocabularies import load_terms
from archive.terms import UnknownTerm, find_slug
from archive.years import years_said
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


def asking(words: str = "", *, all_of: tuple[Facet, ...] = (), **values: tuple[str, ...]) -> Query:
    """A query for words and, by facet, values."""
    chosen = tuple((Facet(facet), key) for facet, keys in values.items() for key in keys)
    return Query(words=words, chosen=chosen, all_of=frozenset(all_of))


def found(conn: sqlite3.Connection, words: str = "", **values: tuple[str, ...]) -> set[int]:
    """The places in TEXTS of the passages found."""
    return {passage.position for passage in find_passages(conn, asking(words, **values)).passages}  # type: ignore[arg-type]


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
    ],
)
def test_words_find_passages(conn: sqlite3.Connection, words: str, places: set[int] | None) -> None:
    if places is None:
        with pytest.raises(SearchError):
            found(conn, words)
    else:
        assert found(conn, words) == places


def test_choices_narrow_words_and_each_other(conn: sqlite3.Connection) -> None:
    assert found(conn, theme=("rent",)) == {0, 1}
    assert found(conn, "paid", theme=("rent",), place=("turin",)) == {1}
    assert found(conn, theme=("rent",), place=("glasgow",)) == {0}


def test_of_several_values_of_a_facet_any_is_enough_unless_all_are_asked_for(conn: sqlite3.Connection) -> None:
    assert found(conn, theme=("rent", "strike")) == {0, 1}
    both = asking(theme=("rent", "strike"), all_of=(Facet.THEME,))
    assert [passage.position for passage in find_passages(conn, both).passages] == [0]


def test_a_place_includes_what_lies_in_it(conn: sqlite3.Connection) -> None:
    assert found(conn, place=("scotland",)) == found(conn, place=("glasgow",)) == {0}


def test_what_the_archive_does_not_know_is_said(conn: sqlite3.Connection) -> None:
    with pytest.raises(UnknownChoice, match="knows no place 'nowhere'"):
        found(conn, place=("nowhere",))
    assert found(conn, movement=("tenants-movement",)) == set()  # known, but nobody speaks of it


@pytest.mark.parametrize(
    ("words", "also"),
    [
        ("Turin", "Torino"),  # another name of the place, in any language
        ("rents", "Rent"),  # an inflection that the vocabulary knows
    ],
)
def test_other_names_of_a_term_are_found_too(conn: sqlite3.Connection, words: str, also: str) -> None:
    result = find_passages(conn, Query(words=words))
    assert also in result.also
    assert 1 in {passage.position for passage in result.passages}
    assert find_passages(conn, Query(words=words, exactly=True)).total == 0


def test_themes_are_not_translated_unasked(conn: sqlite3.Connection) -> None:
    assert found(conn, "strike") == {0}  # not the huelga


def test_a_facet_is_counted_without_its_own_choices(conn: sqlite3.Connection) -> None:
    def places(query: Query) -> dict[str, int]:
        return {choice.key: choice.count for choice in count_choices(conn, query, [Facet.PLACE]).of(Facet.PLACE)}

    chosen = asking("rent", place=("turin",))
    assert places(chosen) == places(asking("rent"))
    assert places(chosen)["glasgow"] == places(chosen)["turin"] == 1
    assert "glasgow" not in places(asking("rent", place=("turin",), all_of=(Facet.PLACE,)))


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("In 1915 and 1916", {1915, 1916}),
        ("1919–21", {1919, 1920, 1921}),
        ("the 1970s", set(range(1970, 1980))),
        ("1500 workers, 1,915 of them, £1915, 19155", set()),
        ("عام ١٩٦٩", {1969}),
    ],
)
def test_years_are_read_where_years_are_meant(text: str, years: set[int]) -> None:
    assert years_said(text) == years


def test_passages_stand_in_the_order_asked_for(conn: sqlite3.Connection) -> None:
    for order in Order:
        assert {p.position for p in find_passages(conn, asking("rent"), order=order).passages} == {0, 1}
    assert [p.position for p in find_passages(conn, asking("rent"), order=Order.PLACE).passages] == [0, 1]


def test_a_passage_knows_its_neighbours(conn: sqlite3.Connection) -> None:
    [passage] = find_passages(conn, Query(words="paid")).passages
    assert (passage.before, passage.after) == (TEXTS[0], TEXTS[2])


def test_a_passage_carries_its_testimony_and_the_marks_of_the_hits(conn: sqlite3.Connection) -> None:
    [passage] = find_passages(conn, Query(words="zanon OR huelga")).passages
    assert (passage.accession, passage.title, passage.label) == ("2026.001", "All", "Synthetic")
    assert [passage.text[start:end] for start, end in passage.marks] == ["Zanón", "huelga"]


def test_marks_stand_right_in_scripts_without_spaces(conn: sqlite3.Connection) -> None:
    [passage] = find_passages(conn, Query(words="罢工")).passages
    assert passage.text == TEXTS[3]
    assert "".join(passage.text[start:end] for start, end in passage.marks) == "罢工"


def test_counts_belong_to_the_present_search(conn: sqlite3.Connection) -> None:
    def themes(query: Query) -> dict[str, int]:
        counted = count_choices(conn, query, [Facet.THEME]).of(Facet.THEME)
        return {choice.key: choice.count for choice in counted if choice.key in ("rent", "strike")}

    assert themes(Query()) == {"rent": 2, "strike": 1}
    assert themes(asking("glasgow")) == {"rent": 1, "strike": 1}
    assert themes(asking(place=("turin",))) == {"rent": 1}


def test_more_hits_than_are_counted_are_said_to_be_more(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_hits(conn, asking("rent"), limit=1).capped
    monkeypatch.setattr(matching.find_hits, "__kwdefaults__", {"limit": 1})
    result = find_passages(conn, asking("rent"))
    assert (result.total, result.capped) == (1, True)
    assert count_choices(conn, asking("rent"), [Facet.THEME]).capped == {Facet.THEME}


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
        ('"rent', "a quotation mark is not closed"),
        ("s" * 2001, "longer than 2000 characters"),
        ("re\x00nt", "signs that cannot be typed"),
        ("*", "there is no word to look for"),
        ("!!! ^", "there is no word to look for"),
        ("(" * 500, "more than 20 brackets"),
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
