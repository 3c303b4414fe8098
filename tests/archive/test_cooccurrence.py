"""Two facets together: every cell is the number of passages that a search for both finds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from archive import cooccurrence
from archive.comparison import compare, find_term
from archive.cooccurrence import CrossTable, Side, can_cross, read_table
from archive.matching import UnknownChoice
from archive.query import Facet, Query
from archive.records import Description
from archive.search import find_passages
from archive.store.browsing import refresh_counts
from archive.store.facets import index_testimony
from tests.builders import a_testimony, an_archive
from tests.web.served import tag

PLACES = """
vocabulary: place
terms:
  - {id: europe, labels: {en: Europe}}
  - {id: scotland, labels: {en: Scotland}, parents: [europe]}
  - {id: glasgow, labels: {en: Glasgow}, parents: [scotland]}
  - {id: italy, labels: {en: Italy}, parents: [europe]}
  - {id: turin, labels: {en: Turin, it: Torino}, parents: [italy]}
  - {id: rome, labels: {en: Rome}, parents: [italy]}
  - {id: nowhere, labels: {en: Nowhere}}
"""
SAID = (
    ("A Rent in Glasgow, 1915.", "The Strike in Glasgow.", "Glasgow, 1919."),
    ("A Strike in Turin, 1919.", "Turin and Glasgow: Rent.", "The Strike in Rome.", "Italy."),
    ("A Rent. A Strike.", "Rome, 1969."),
)


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    archive = an_archive(tmp_path_factory.mktemp("together"), vocabularies={"places": PLACES})
    with archive.write() as db:
        for number, texts in enumerate(SAID, 1):
            description = Description(title=f"Talk {number}", language="en", recorded_on=f"19{number}5")
            a_testimony(db, *texts, digest=str(number), description=description)
        tag(db)
        db.execute("insert into narrators (name) values ('Ana')")
        db.execute("update passages set narrator = (select id from narrators) where text like '%Turin%'")
        for number in range(1, 4):
            index_testimony(db, number)
        refresh_counts(db)
    db = archive.read()
    yield db.conn
    db.close()


def table(
    conn: sqlite3.Connection, rows: Side | Facet, columns: Side | Facet, query: Query | None = None
) -> CrossTable:
    sides = (side if isinstance(side, Side) else Side(facet=side, most=20) for side in (rows, columns))
    return read_table(conn, query or Query(), *sides)


QUESTIONS = (Query(), Query(words="the OR glasgow OR a"), Query(chosen=((Facet.THEME, "strike"),)))


@pytest.mark.parametrize("query", QUESTIONS)
@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (Facet.PLACE, Facet.THEME), (Facet.THEME, Facet.PLACE), (Facet.PLACE, Facet.YEAR), (Facet.PLACE, Facet.PLACE),
        (Facet.NARRATOR, Facet.PLACE), (Facet.THEME, Facet.NARRATOR), (Facet.RECORDED, Facet.KIND),
    ],
)  # fmt: skip
def test_a_cell_counts_what_a_search_for_both_finds(
    conn: sqlite3.Connection, rows: Facet, columns: Facet, query: Query
) -> None:
    found = table(conn, rows, columns, query)
    assert found.rows
    question = query.without(rows).without(columns)
    for row in found.rows:
        for column in found.columns:
            if (rows, row.key) == (columns, column.key):
                assert (row.key, column.key) not in found.cells
                continue
            both = question.with_value(rows, row.key).with_value(columns, column.key)
            both = Query(words=both.words, chosen=both.chosen, all_of=frozenset({rows, columns}))
            assert found.cells.get((row.key, column.key), 0) == find_passages(conn, both).total, (row, column)


def test_a_broader_term_that_says_the_same_is_left_out(conn: sqlite3.Connection) -> None:
    shown = [row.key for row in table(conn, Facet.PLACE, Facet.THEME).rows]
    assert "scotland" not in shown  # all its passages are of Glasgow
    assert {"europe", "italy", "glasgow", "turin", "rome"} <= set(shown)
    assert "nowhere" not in shown


def test_a_term_opens_into_its_children(conn: sqlite3.Connection) -> None:
    found = table(conn, Side(facet=Facet.PLACE, most=20, under="italy"), Facet.THEME)
    assert {row.key for row in found.rows} == {"turin", "rome"}
    values = {row.key: row.narrower for row in table(conn, Facet.PLACE, Facet.THEME).rows}
    assert values["italy"]
    assert not values["turin"]


def test_years_go_by_decades_which_open_into_years(conn: sqlite3.Connection) -> None:
    assert [one.key for one in table(conn, Facet.YEAR, Facet.PLACE).rows] == ["1910s", "1960s"]
    opened = table(conn, Side(facet=Facet.YEAR, most=20, under="1910s"), Facet.PLACE)
    assert [one.key for one in opened.rows] == ["1915", "1919"]


def test_chosen_values_of_a_facet_are_its_rows(conn: sqlite3.Connection) -> None:
    query = Query(chosen=((Facet.PLACE, "turin"), (Facet.PLACE, "rome")))
    found = table(conn, Facet.PLACE, Facet.THEME, query)
    assert {row.key for row in found.rows} == {"turin", "rome"}
    assert found.cells[("turin", "rent")] == 1


def test_there_may_be_more_than_is_shown(conn: sqlite3.Connection) -> None:
    found = table(conn, Side(facet=Facet.PLACE, most=2), Side(facet=Facet.THEME, most=2))
    assert (len(found.rows), found.more_rows, found.more_columns) == (2, True, False)


def test_narrators_who_say_very_much_are_counted_among_the_first_hits(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = table(conn, Facet.NARRATOR, Facet.PLACE)
    monkeypatch.setattr(cooccurrence, "MOST_TOLD", 0)
    assert table(conn, Facet.NARRATOR, Facet.PLACE).cells == exact.cells


def test_what_a_passage_has_once_makes_no_table_with_itself() -> None:
    assert not can_cross(Facet.KIND, Facet.KIND)
    assert can_cross(Facet.PLACE, Facet.PLACE)
    assert can_cross(Facet.KIND, Facet.LANGUAGE)


@pytest.mark.parametrize("under", ["atlantis", "turin", "0s", "x0s", "' or 1"])
def test_what_has_no_parts_is_unknown(conn: sqlite3.Connection, under: str) -> None:
    with pytest.raises(UnknownChoice):
        table(conn, Side(facet=Facet.PLACE, most=20, under=under), Facet.THEME)


def test_terms_compared_share_what_both_are_spoken_of_with(conn: sqlite3.Connection) -> None:
    found = compare(conn, Facet.PLACE, ("turin", "rome"))
    assert {one.key: one.counts for one in found.shared[Facet.THEME]} == {"strike": (1, 1)}
    assert [one.key for one in found.alone["turin"][Facet.THEME]] == ["rent"]
    assert [one.key for one in found.alone["turin"][Facet.PLACE]] == ["glasgow"]
    assert [one.key for one in found.alone["rome"][Facet.YEAR]] == ["1960s"]
    assert [(side.key, side.passages) for side in found.sides] == [("turin", 2), ("rome", 2)]


def test_what_stands_above_a_term_is_not_news(conn: sqlite3.Connection) -> None:
    found = compare(conn, Facet.PLACE, ("turin", "glasgow"))
    assert not {"italy", "europe", "turin", "glasgow"} & {one.key for one in found.shared.get(Facet.PLACE, ())}


def test_a_term_that_nobody_speaks_of_shares_nothing(conn: sqlite3.Connection) -> None:
    found = compare(conn, Facet.PLACE, ("turin", "nowhere"))
    assert found.shared == {}
    assert found.sides[1].passages == 0
    with pytest.raises(UnknownChoice):
        compare(conn, Facet.PLACE, ("turin", "atlantis"))


def test_a_term_is_found_by_any_of_its_names(conn: sqlite3.Connection) -> None:
    assert find_term(conn, " TORINO ") == ((Facet.PLACE, "turin"),)
    assert find_term(conn, "atlantis") == ()
