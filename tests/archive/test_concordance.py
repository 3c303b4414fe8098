"""A concordance: every hit is a line in its context, sorted and counted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import concordance
from archive.concordance import WIDTH, Concordance, LineOrder, read_concordance
from archive.highlights import CLOSE, OPEN
from archive.query import Facet, Query
from archive.records import Description
from archive.store.browsing import refresh_counts
from archive.store.facets import index_testimony
from archive.words import SearchError
from tests.builders import a_testimony, an_archive
from tests.web.served import tag

LONG = "It was a long winter and nobody on the stairs had coal, so " * 3


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    archive = an_archive(tmp_path_factory.mktemp("concordance"))
    with archive.write() as db:
        said = [
            ("Ana", "1984-05", "The old coat and the new coat.", "No hit here."),
            ("Bea", "1990", f"{LONG}a red coat hung there {LONG}", "Coats, coats. In Turin."),
            (None, None, "她穿红外套。", "Ein Coat\nin zwei Zeilen."),
        ]
        for number, (name, recorded_on, *texts) in enumerate(said, 1):
            description = Description(
                title=f"Talk {number}", language="en", recorded_on=recorded_on, narrators=(name,) if name else ()
            )
            a_testimony(db, *texts, digest=str(number), description=description)
        db.execute(
            "update segments set narrator = (select id from narrators where name = 'Ana') where text like 'The old%'"
        )
        db.execute(
            "update segments set narrator = (select id from narrators where name = 'Bea') where text like '%red coat%'"
        )
        db.execute("update passages set narrator = (select narrator from segments where segments.id = passages.id)")
        tag(db)
        for number in range(1, 4):
            index_testimony(db, number)
        refresh_counts(db)
    db = archive.read()
    yield db.conn
    db.close()


def read(conn: sqlite3.Connection, words: str, order: LineOrder = LineOrder.ARCHIVE, **options: int) -> Concordance:
    return read_concordance(conn, Query(words=words), order=order, **options)


def words(found: Concordance) -> list[str]:
    return [line.word for line in found.lines]


def test_each_hit_is_a_line_also_several_of_one_passage(conn: sqlite3.Connection) -> None:
    found = read(conn, "coat*")
    assert words(found) == ["coat", "coat", "coat", "Coats", "coats", "Coat"]
    assert (found.total, found.passages, found.testimonies) == (6, 4, 3)


def test_context_is_cut_between_words(conn: sqlite3.Connection) -> None:
    line = next(line for line in read(conn, '"red coat"').lines)
    assert line.word == "red coat"
    assert 0 < len(line.before) <= WIDTH
    assert 0 < len(line.after) <= WIDTH
    assert line.before in LONG + "a "
    assert f" {line.before}" in f" {LONG}a "
    assert f"{line.after} ".startswith(" hung there It was")


def test_lines_of_the_text_become_one_line(conn: sqlite3.Connection) -> None:
    assert read(conn, '"ein coat"').lines[0].after == " in zwei Zeilen."


@pytest.mark.parametrize(
    ("order", "first"),
    [
        (LineOrder.LEFT_1, "Coats, "),  # coats, new, old, red, then those that begin their passage
        (LineOrder.RIGHT_1, "The old "),  # and
        (LineOrder.DATE, ""),
    ],
)
def test_lines_are_sorted_by_what_stands_beside(conn: sqlite3.Connection, order: LineOrder, first: str) -> None:
    assert read(conn, "coat*", order).lines[0].before == (first or "The old ")


def test_the_second_word_before_sorts_too(conn: sqlite3.Connection) -> None:
    lines = read(conn, "coat", LineOrder.LEFT_2).lines
    assert [line.before.split()[-2] for line in lines[:3]] == ["a", "The", "the"]


def test_narrators_sort_and_those_without_a_name_come_last(conn: sqlite3.Connection) -> None:
    assert [line.narrator for line in read(conn, "coat*", LineOrder.NARRATOR).lines][:3] == ["Ana", "Ana", "Bea"]
    assert read(conn, "coat*", LineOrder.NARRATOR).lines[-1].narrator is None


def test_shares_are_counted_in_all_words_of_a_narrator(conn: sqlite3.Connection) -> None:
    found = read(conn, "coat*")
    ana = next(share for share in found.narrators if share.narrator == "Ana")
    assert (ana.lines, ana.words) == (2, 7)
    assert ana.rate == pytest.approx(2 / 7 * 10_000)
    assert found.unnamed == 3


def test_words_are_counted_in_scripts_without_spaces_too(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_testimony(db, "她穿红外套。")
        db.execute("insert into narrators (name) values ('Lin')")
        db.execute("update passages set narrator = 1")
        index_testimony(db, 1)
        refresh_counts(db)
        assert read(db.conn, "外套").narrators[0].words == 5


def test_years_are_those_of_the_recordings(conn: sqlite3.Connection) -> None:
    found = read(conn, "coat*")
    assert found.years == ((1984, 2), (1990, 3))
    assert found.undated == 1


def test_neighbours_are_counted_with_the_phrase_they_make(conn: sqlite3.Connection) -> None:
    found = read(conn, "coat")
    assert [(one.word, one.phrase, one.lines) for one in found.left if one.word == "old"] == [("old", "old coat", 1)]
    assert ("and", "coat and") in [(one.word, one.phrase) for one in found.right]
    for one in (*found.left, *found.right):
        assert read(conn, f'"{one.phrase}"').total >= 1


def test_scripts_without_spaces_have_lines_and_neighbours(conn: sqlite3.Connection) -> None:
    found = read(conn, "外套")
    (line,) = found.lines
    assert (line.before, line.word, line.after) == ("她穿红", "外套", "。")
    assert [one.phrase for one in found.left] == ["红外套"]


def test_pages_follow_one_another(conn: sqlite3.Connection) -> None:
    assert words(read(conn, "coat*", limit=2, offset=2)) == ["coat", "Coats"]
    assert read(conn, "coat*", limit=2, offset=2).total == 6


def test_choices_narrow_it(conn: sqlite3.Connection) -> None:
    assert read_concordance(conn, Query(words="coat*", chosen=((Facet.PLACE, "turin"),))).total == 2


def test_more_passages_than_are_read_are_said_and_no_shares_counted(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concordance, "READ", 2)
    found = read(conn, "coat*")
    assert found.capped
    assert found.passages == 2
    assert all(share.rate is None for share in found.narrators)


@pytest.mark.parametrize("said", ["", "   ", "!!!", "AND", '"rent', "(" * 50])
def test_what_is_no_word_is_said(conn: sqlite3.Connection, said: str) -> None:
    with pytest.raises(SearchError):
        read(conn, said)


def test_private_signs_in_a_text_do_not_move_the_lines(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_testimony(db, f"Odd {OPEN} signs {CLOSE} before the coat here.")
        assert words(read(db.conn, "coat")) == ["coat"]
