"""Arabic is found however it is typed, and what is marked are the letters that stand in the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from archive.folding import fold
from archive.highlights import CLOSE, OPEN, marked_ranges
from archive.migrations import migrations
from archive.query import Query
from archive.search import find_passages
from archive.searchable import searchable
from tests.builders import a_testimony, an_archive


@pytest.mark.parametrize(
    ("words", "text", "marked"),
    [
        ("الاضراب", "بدأ الإضراب في القاهرة", "الإضراب"),
        ("الإضراب", "بدأ الاضراب في القاهره", "الاضراب"),
        ("القاهره", "بدأ الإضراب في القاهرة", "القاهرة"),
        ("الإِضْراب", "بدأ الإضراب في القاهرة", "الإضراب"),
        ("الاضراب", "بدأ الإِضْرابُ في القاهرة", "الإِضْرابُ"),
        ("مستشفى", "في مستشفي الحي", "مستشفي"),
        ("كارگری", "جنبش کارگری", "کارگری"),
        ("العمال", "الـعـمـال كلهم", "الـعـمـال"),
        ("罢工", "工人罢工了", "罢工"),
        ("rent", "No rent, no fear", "rent"),
    ],
)
def test_what_is_typed_one_way_finds_the_other_and_marks_it(tmp_path: Path, words: str, text: str, marked: str) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_testimony(db, "Something else.", text)
        [passage] = find_passages(db.conn, Query(words=words, exactly=True)).passages
    [(start, end)] = passage.marks
    assert passage.text[start:end] == marked
    assert passage.text == text


@given(some.text(alphabet="اأإآىيةه ابت\u064b\u0650\u0640罢工ab .", max_size=40), some.data())
def test_marks_lead_back_to_the_text(text: str, data: some.DataObject) -> None:
    indexed = searchable(text) or text
    start = data.draw(some.integers(0, len(indexed)))
    end = data.draw(some.integers(start, len(indexed)))
    [(first, last)] = marked_ranges(f"{indexed[:start]}{OPEN}{indexed[start:end]}{CLOSE}{indexed[end:]}", text)
    assert 0 <= first <= last <= len(text)
    said = (searchable(text[first:last]) or text[first:last]).replace("\u200b", "")
    assert said == indexed[start:end].replace("\u200b", "")


def test_indexing_twice_changes_nothing_more() -> None:
    text = searchable("بدأ الإِضْرابُ 罢工") or ""
    assert searchable(text) is None
    assert fold("الإِضراب") == fold("الاضراب")


def test_an_archive_made_before_finds_its_arabic_too(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_testimony(db, "بدأ الإضراب")
        db.execute("update passages set spaced = null")
        db.execute("delete from _sqlite_migrations where name like 'm003%'")
        migrations.apply(db)
        assert find_passages(db.conn, Query(words="الاضراب")).total == 1
