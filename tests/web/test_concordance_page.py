"""The concordance's page: lines with the word in the middle, in the direction of their script, and all of it as CSV."""

from __future__ import annotations

import csv
import io
import re

import pytest

from archive.folder import Archive
from archive.web.spreadsheets import csv_text
from tests.builders import a_testimony
from tests.web.builders import GATE, STAIRS, an_archive
from tests.web.served import page


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = an_archive(tmp_path_factory.mktemp("concordance-page"))
    with archive.write() as db:
        a_testimony(db, *(f"<i>Line</i> {number} of plenty here." for number in range(120)), digest="9")
    return archive


def test_the_word_stands_between_its_contexts_and_leads_to_its_second(archive: Archive) -> None:
    html = page(archive, "/concordance?q=bell")
    assert '<span class="before"><span>A </span></span>' in html
    word = f'<a class="word" href="/testimonies/{STAIRS}?t=6#t=6"><b>bell</b></a>'
    assert f'{word}<span class="after"> rang on the' in html
    assert re.search(r'data-play="/media/[0-9a-f]{64}\.wav" data-start="6" data-end="8.5"', html)
    assert "1 line" in html


def test_a_line_told_from_right_to_left_is_shown_so(archive: Archive) -> None:
    html = page(archive, "/concordance?q=باب")
    assert re.search(r'<div lang="ar" dir="rtl"><span class="before"><span>كنا نقف أمام </span></span>', html)
    assert f"/testimonies/{GATE}?t=2#t=2" in html


def test_text_stays_text(archive: Archive) -> None:
    html = page(archive, "/concordance?q=plenty")
    assert "&lt;i&gt;Line&lt;/i&gt;" in html
    assert "<i>Line" not in html


def test_pages_of_lines_keep_word_and_order(archive: Archive) -> None:
    first = page(archive, "/concordance?q=plenty&sort=1R")
    assert first.count('class="kwic-line"') == 100
    assert 'rel="next" href="/concordance?q=plenty&amp;sort=1R&amp;page=2"' in first.replace(
        "page=2&amp;sort=1R", "sort=1R&amp;page=2"
    )
    assert page(archive, "/concordance?q=plenty&sort=1R&page=2").count('class="kwic-line"') == 20
    assert "Begin with the first" in page(archive, "/concordance?q=plenty&page=9", 404)


def test_choices_of_a_search_hold_here_and_can_be_left_out(archive: Archive) -> None:
    html = page(archive, "/concordance?q=the&theme=rent")
    assert 'class="chip" href="/concordance?q=the"' in html
    assert '<input type="hidden" name="theme" value="rent">' in html


def test_a_neighbour_leads_to_the_phrase(archive: Archive) -> None:
    html = page(archive, "/concordance?q=bell")
    assert 'href="/concordance?q=%22a+bell%22"' in html
    assert '<a class="word"' in page(archive, "/concordance?q=%22a+bell%22")


def test_without_a_word_the_page_explains_itself(archive: Archive) -> None:
    assert "Every place where a word is said" in page(archive, "/concordance")


@pytest.mark.parametrize(
    "said", ["", "+", "AND", "%22rent", "%28", "%21%21", "%00", "a" * 10_000, "a+" * 900, "x&since=1990&until=1910"]
)
def test_what_cannot_be_looked_up_gets_a_hint(archive: Archive, said: str) -> None:
    assert "This cannot be looked up:" in page(archive, f"/concordance?q={said}", 400)


def test_unknown_choices_are_said(archive: Archive) -> None:
    assert "knows no place" in page(archive, "/concordance?q=rent&place=atlantis", 404)


def test_nothing_found_says_what_to_try(archive: Archive) -> None:
    assert "strik*" in page(archive, "/concordance?q=zzzz")


def test_all_lines_can_be_taken_away_as_a_table(archive: Archive) -> None:
    rows = list(csv.DictReader(io.StringIO(page(archive, "/concordance.csv?q=plenty"))))
    assert len(rows) == 120
    assert rows[0]["word"] == "plenty"
    assert rows[0]["before"].endswith("of ")


def test_a_table_holds_nothing_that_a_spreadsheet_would_run() -> None:
    assert csv_text(["a"], [["=1+1"], ["-2"], [-2], [None]]).split() == ["a", "'=1+1", "'-2", "-2", '""']
