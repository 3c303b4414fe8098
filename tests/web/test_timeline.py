"""The time line: every year has its bar and its number, and a stretch of years is chosen by drawing or by typing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from archive.chronology import MOST_BARS, Span, Stretch, read_chronology, stretches
from archive.folder import Archive
from archive.query import Facet, Query
from archive.records import Description
from archive.search import find_hits
from archive.web.drawn_years import draw_bars, draw_beams
from tests.builders import an_archive
from tests.web.builders import Reader, reading
from tests.web.served import page, tell

MOVEMENTS = """
vocabulary: movement
terms:
  - {id: rising, labels: {en: Rising, it: Rivolta}, from: 1915, until: 1916}
  - {id: union, labels: {en: Union}, from: 1890}
"""


def a_long_memory(folder: Path) -> Archive:
    """Passages of 1912, 1915 (of the Rising), 1920 and the Union, recorded 1984 (two testimonies) and 1991."""
    archive = an_archive(folder, vocabularies={"movements": MOVEMENTS})
    told = [("1984", ["In 1912 the Rent rose.", "Then the Rising."]), ("1984-05", ["The Union."])]
    told.append(("1991", ["In 1920 it was over. A Strike.", "Nothing of any year."]))
    for number, (when, texts) in enumerate(told):
        tell(archive, Description(title=f"Memory {number}", language="en", recorded_on=when), *texts)
    return archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return a_long_memory(tmp_path_factory.mktemp("years"))


def test_no_year_is_left_out_between_the_first_and_the_last() -> None:
    found = stretches({"1912": 3, "1915": 1, "1910s": 4})
    assert [(one.key, one.number) for one in found] == [("1912", 3), ("1913", 0), ("1914", 0), ("1915", 1)]


def test_a_long_time_is_shown_in_decades_that_count_each_passage_once() -> None:
    found = stretches({"1871": 1, "1872": 1, "1870s": 1, "1999": 2, "1990s": 2})
    assert found[0] == Stretch(key="1870s", first=1870, last=1879, number=1)
    assert (found[-1].key, found[-1].number) == ("1990s", 2)
    assert len(found) == 13
    assert len(stretches({"1900": 1, str(1899 + MOST_BARS): 1})) == MOST_BARS


def test_decades_that_were_not_counted_are_added_up() -> None:
    assert [one.number for one in stretches({"1901": 1, "1905": 2, "1980": 4})] == [3, 0, 0, 0, 0, 0, 0, 0, 4]


def test_only_the_years_asked_for_are_shown() -> None:
    counted = {"1871": 1, "1870s": 1, "1912": 3, "1910s": 3, "2001": 1, "2000s": 1}
    assert [one.key for one in stretches(counted, 1911, 1913)] == ["1911", "1912", "1913"]
    assert stretches(counted, 1930, 1940) == ()
    assert len(stretches(counted, 1000, 2999)) < 20


def test_the_years_of_these_passages_and_of_their_recording(archive: Archive) -> None:
    with archive.read() as db:
        found = read_chronology(db.conn, None, "it")
        hits = find_hits(db.conn, Query(chosen=((Facet.THEME, "strike"),)))
        within = read_chronology(db.conn, hits, "en")
    assert {one.key: one.number for one in found.spoken if one.number} == {
        "1890": 1, "1912": 1, "1915": 1, "1916": 1, "1920": 1,
    }  # fmt: skip
    assert {one.key: one.number for one in found.recorded if one.number} == {"1984": 2, "1991": 1}
    assert [(span.name, span.first, span.last) for span in found.spans] == [
        ("Union", 1890, None),
        ("Rivolta", 1915, 1916),
    ]
    assert [(one.key, one.number) for one in within.spoken] == [("1920", 1)]
    assert [(one.key, one.number) for one in within.recorded] == [("1991", 1)]
    assert within.spans == ()


def test_a_page_written_from_right_to_left_has_its_years_so_too() -> None:
    years = stretches({"1912": 2, "1915": 1})
    assert [bar.x for bar in draw_bars(years)] == [0, 25, 50, 75]
    assert [bar.x for bar in draw_bars(years, leftwards=True)] == [75, 50, 25, 0]
    span = Span(slug="rising", name="Rising", first=1914, last=1915, passages=1)
    assert [(beam.x, beam.width) for beam in draw_beams((span,), years)] == [(50, 50)]
    assert [(beam.x, beam.width) for beam in draw_beams((span,), years, leftwards=True)] == [(0, 50)]


def test_every_bar_says_its_year_and_leads_to_its_passages(archive: Archive) -> None:
    html = page(archive, "/timeline")
    assert 'aria-label="1912: 1 passage"' in html
    assert 'href="/search?year=1912"' in html
    assert 'aria-label="1984: 2 testimonies"' in html
    assert 'href="/search?recorded=1984"' in html
    assert "Union, 1890–" in html


def test_the_choices_of_a_search_stay(archive: Archive) -> None:
    html = page(archive, "/timeline?theme=strike&since=1900&until=1930")
    assert 'href="/search?theme=strike&amp;since=1900&amp;until=1930&amp;year=1920"' in html
    assert '<input type="hidden" name="theme" value="strike">' in html
    assert not re.search(r'type="hidden" name="(since|until)"', html)
    assert re.search(r'type="number" name="since"[^>]* value="1900"', html)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/timeline?since=x", 400), ("/timeline?since=1950&until=1900", 400), ("/timeline?theme=none", 404),
     ("/timeline?since=0&until=9999", 200), ("/timeline?theme=rent&since=1980", 200)],
)  # fmt: skip
def test_bad_choices_are_answered_in_plain_words(archive: Archive, path: str, status: int) -> None:
    assert "Traceback" not in page(archive, path, status)


def test_an_empty_time_line_says_what_to_do(archive: Archive, tmp_path: Path) -> None:
    assert "Leave out one of your choices" in page(archive, "/timeline?q=Nothing")
    assert "vocabularies/movements.yml" in page(an_archive(tmp_path), "/timeline")


def draw(reader: Reader, first: int, last: int) -> None:
    """Draw over the bars from one year to another, as a hand does."""
    boxes = [
        reader.page.locator(f'[data-years] [data-first="{year}"] .years-room').bounding_box() for year in (first, last)
    ]
    (x, y), (until, _) = ((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes)
    reader.page.mouse.move(x, y)
    reader.page.mouse.down()
    reader.page.mouse.move(until, y, steps=6)
    reader.page.mouse.up()


@pytest.mark.browser
def test_drawing_over_the_bars_leads_to_the_passages_of_those_years(browser: Any, address: str) -> None:
    with reading(browser, address) as reader:
        reader.goto("/timeline?q=the")
        reader.until("!document.querySelector('[data-hint]').hidden")
        draw(reader, 1916, 1912)
        assert reader.page.url.endswith("/timeline?q=the")  # the end of a drawing is no click on a bar
        assert reader.page.locator("[data-said]").text_content() == "Chosen: 1912–1916"
        reader.page.keyboard.press("Enter")
        reader.page.wait_for_url("**/search?q=the&since=1912&until=1916")
        assert reader.errors == []
        assert all(request.startswith((address.rstrip("/"), "data:")) for request in reader.requests)


@pytest.mark.browser
def test_without_script_the_fields_do_the_same(browser: Any, address: str) -> None:
    with reading(browser, address, java_script_enabled=False) as reader:
        reader.goto("/timeline")
        reader.page.get_by_label("From the year").fill("1912")
        reader.page.get_by_label("to", exact=True).fill("1916")
        reader.page.get_by_role("button", name="Look closer at these years").click()
        assert reader.page.url.endswith("/timeline?since=1912&until=1916")
        assert reader.page.locator(".years").first.locator("[data-first]").count() == 5
