"""Who else tells of this: rare words and shared terms lead from one passage to those of others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.query import Facet
from archive.similar import PER_TESTIMONY, TOKENIZER, UnknownPassage, find_similar, phrases, tokens
from archive.sql import statements
from archive.store.browsing import refresh_counts
from tests.builders import a_testimony, an_archive
from tests.web.served import tag

PLAIN = [f"Plain words about nothing much, number {number}." for number in range(30)]
TALKS = (
    ("The bailiffs came up the tenement stairs with a warrant.", "Turin, long ago."),
    ("My aunt hid the warrant from the bailiffs.", "The warrant was read on the landing.", "A warrant, bailiffs."),
    ("Nobody had a warrant.", *PLAIN),
    ("Torino. Turin, 1969.", "Glasgow, Glasgow."),
    ("Rental books.",),
    ("Rents rose everywhere from Glasgow outwards.",),
)


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    archive = an_archive(tmp_path_factory.mktemp("similar"))
    with archive.write() as db:
        for number, texts in enumerate((*TALKS, ("工人罢工了。",), ("昨天罢工开始。",)), 1):
            a_testimony(db, *texts, digest=str(number))
        tag(db)
        refresh_counts(db)
    db = archive.read()
    yield db.conn
    db.close()


def test_rare_words_lead_to_other_testimonies_and_are_marked(conn: sqlite3.Connection) -> None:
    found = find_similar(conn, "2026.001", 0).found
    assert [one.passage.accession for one in found] == ["2026.002", "2026.002", "2026.003"]
    first = found[0].passage
    assert {first.text[start:end] for start, end in first.marks} >= {"warrant", "bailiffs"}


def test_one_testimony_does_not_fill_the_page(conn: sqlite3.Connection) -> None:
    found = find_similar(conn, "2026.001", 0).found
    assert sum(one.passage.accession == "2026.002" for one in found) == PER_TESTIMONY


def test_the_passage_itself_is_never_among_those_found(conn: sqlite3.Connection) -> None:
    likeness = find_similar(conn, "2026.002", 0, within=True)
    assert likeness.origin.id not in {one.passage.id for one in likeness.found}
    assert "2026.002" in {one.passage.accession for one in likeness.found}
    assert "2026.002" not in {one.passage.accession for one in find_similar(conn, "2026.002", 0).found}


def test_it_says_at_how_many_passages_of_how_many_testimonies_it_looked(conn: sqlite3.Connection) -> None:
    likeness = find_similar(conn, "2026.001", 0)
    said = {"bailiffs", "the", "warrant", "with", "a", "on", "up", "came", "stairs", "tenement"}
    looked = [text for texts in TALKS[1:] for text in texts if set(tokens(text)) & (said - {"a"})]
    assert likeness.passages >= len(looked)
    assert likeness.testimonies == 2
    assert likeness.words


def test_shared_terms_lead_from_one_wording_to_another(conn: sqlite3.Connection) -> None:
    (only,) = find_similar(conn, "2026.005", 0).found
    assert only.passage.text.startswith("Rents rose")
    assert only.passage.marks == ()
    assert [(one.facet, one.key) for one in only.shared] == [(Facet.THEME, "rent")]


def test_the_broader_of_two_shared_terms_is_not_named(conn: sqlite3.Connection) -> None:
    (only,) = find_similar(conn, "2026.004", 1).found
    assert [one.key for one in only.shared] == ["glasgow"]


def test_pairs_of_letters_are_looked_for_where_a_script_sets_no_spaces(conn: sqlite3.Connection) -> None:
    assert '"罢 工"' in phrases("工\u200b人\u200b罢\u200b工")
    (only,) = find_similar(conn, "2026.007", 0).found
    assert only.passage.text == "昨天罢工开始。"
    assert [only.passage.text[start:end] for start, end in only.passage.marks] == ["罢工"]


def test_a_passage_that_shares_nothing_has_none_like_it(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_testimony(db, "Quite alone.", digest="1")
        a_testimony(db, "Something else.", digest="2")
    with archive.write() as db:
        likeness = find_similar(db.conn, "2026.001", 0)
    assert (likeness.found, likeness.passages, likeness.testimonies, likeness.words) == ((), 0, 0, False)


@pytest.mark.parametrize(("accession", "position"), [("2026.001", 99), ("2026.999", 0), ("", -1)])
def test_a_passage_that_is_not_there_is_unknown(conn: sqlite3.Connection, accession: str, position: int) -> None:
    with pytest.raises(UnknownPassage):
        find_similar(conn, accession, position)


def test_words_are_taken_apart_as_the_index_takes_them_apart() -> None:
    assert any(TOKENIZER in command for command in statements("schema/browsing"))
    assert tokens("Perché il Più? (grève) पढ़ते") == ["perche", "il", "piu", "greve", "पढ़ते"]
