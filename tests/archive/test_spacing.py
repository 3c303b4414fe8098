"""What the zero width spaces make findable, in a real FTS5 table."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.spacing import SEPARATOR, space


def found(texts: list[str], words: str) -> list[int]:
    """The places of the texts in which a phrase query finds the words."""
    db = sqlite3.connect(":memory:")
    db.execute("create virtual table passages using fts5 (text, tokenize = 'unicode61 remove_diacritics 2')")
    db.executemany("insert into passages (rowid, text) values (?, ?)", enumerate(space(text) or text for text in texts))
    phrase = '"' + (space(words) or words).replace('"', '""') + '"'
    rows = db.execute("select rowid from passages where passages match ? order by rowid", (phrase,)).fetchall()
    db.close()
    return [place for (place,) in rows]


@pytest.mark.parametrize(
    ("words", "texts", "places"),
    [
        ("罢工", ["工人罢工了", "罢免工人", "1926年的罢工。", "工罢"], [0, 2]),
        ("1926", ["1926年的罢工", "罢工1926"], [0, 1]),
        ("Seat", ["在Seat罢工"], [0]),
        ("ストライキ", ["私たちはストライキをした", "ストップ"], [0]),
        ("นัดหยุดงาน", ["การนัดหยุดงานในเชียงใหม่", "หยุดงาน"], [0]),
        ("파업", ["1987년 파업", "총파업"], [0]),
        ("北京", ["we left 北京 in May", "东京"], [0]),
    ],
)
def test_words_are_found_inside_text_without_spaces(words: str, texts: list[str], places: list[int]) -> None:
    assert found(texts, words) == places


def test_every_occurrence_of_two_characters_is_found() -> None:
    texts = [f"{'工' * before}罢工{'人' * after}" for before in range(5) for after in range(5)]
    assert found(texts, "罢工") == list(range(25))


@pytest.mark.parametrize(
    "text", ["", "strike", "grève générale — Orgosolo", "파업했다", "забастовка", "إضراب", "हड़ताल", "罢"]
)
def test_text_that_has_its_own_spaces_is_left_alone(text: str) -> None:
    assert space(text) is None


def test_marks_stay_with_their_letter() -> None:
    assert space("น้ำ") == f"น้{SEPARATOR}ำ"
    assert space("e\u0301罢") == f"e\u0301{SEPARATOR}罢"
    assert space("か\u3099く") == f"か\u3099{SEPARATOR}く"


SCRIPTS = st.text(st.sampled_from("罢工1926ab é、ストが\u3099นัด้ำကြក្មབོ파업_-。𠀀\n"))


@given(st.one_of(SCRIPTS, st.text().filter(lambda text: SEPARATOR not in text)))
def test_spacing_adds_separators_and_nothing_else(text: str) -> None:
    spaced = space(text)
    assert spaced is None or (spaced != text and spaced.replace(SEPARATOR, "") == text)


@given(SCRIPTS)
def test_spacing_twice_changes_nothing_more(text: str) -> None:
    assert space(space(text) or text) is None
