"""The table of two facets, and terms compared: every number leads to just its passages."""

from __future__ import annotations

import csv
import html as entities
import io
import re

import pytest

from archive.folder import Archive
from archive.records import Description
from tests.web.builders import an_archive
from tests.web.served import got, page, tell


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = an_archive(tmp_path_factory.mktemp("together-page"))
    said = ("Rent in Turin in 1969.", "The Rent, the Strike and Glasgow in 1915.", "Turin and Glasgow.")
    tell(archive, Description(title="A talk", language="en"), *said)
    return archive


CELL = re.compile(r'<a href="(/search[^"]*)" rel="nofollow" aria-label="([^"]*)">([\d,]+)</a>')


@pytest.mark.parametrize(
    "address",
    [
        "",
        "?rows=theme&columns=year",
        "?rows=place&columns=place",
        "?q=rent",
        "?theme=rent&rows=place&columns=theme",
        "?place=turin&place=glasgow&rows=place&columns=theme",
    ],
)
def test_every_number_leads_to_as_many_passages(archive: Archive, address: str) -> None:
    cells = CELL.findall(page(archive, f"/together{address}"))
    assert cells
    for link, name, number in cells:
        found = page(archive, entities.unescape(link))
        assert re.search(rf'results-number">\s*{number} passage', found), (link, name)


def test_rows_and_columns_are_named_and_lead_to_their_terms(archive: Archive) -> None:
    html = page(archive, "/together?rows=place&columns=theme")
    assert '<th scope="row"><div><a href="/places/turin">' in html
    assert '<th scope="col"><div><a href="/themes/rent">' in html
    assert "Counted among all" in html
    assert 'passages: Turin, Rent"' in html


def test_what_is_chosen_already_is_not_the_usual_row(archive: Archive) -> None:
    html = page(archive, "/together?place=turin")
    assert '<option value="theme" selected>' in html
    assert 'class="chip" href="/together?rows=theme&amp;columns=movement"' in html


def test_the_table_can_be_taken_away(archive: Archive) -> None:
    rows = list(csv.reader(io.StringIO(page(archive, "/together.csv?rows=place&columns=theme"))))
    assert rows[0] == ["", "Rent", "Strike"]
    assert {row[0]: row[1:] for row in rows[1:]}["Turin"][0] != "0"


@pytest.mark.parametrize(
    "address", ["rows=weather", "columns=%00", "rows=kind&columns=kind", "q=%22rent", "since=1990&until=1910"]
)
def test_what_makes_no_table_gets_a_hint(archive: Archive, address: str) -> None:
    assert "This table cannot be made:" in page(archive, f"/together?{address}", 400)


@pytest.mark.parametrize("address", ["place=atlantis", "rows=place&rows_under=atlantis", "testimony=2026.999"])
def test_unknown_values_are_said(archive: Archive, address: str) -> None:
    page(archive, f"/together?{address}", 404)


def test_nothing_to_count_says_what_to_do(archive: Archive) -> None:
    assert "There is nothing to count here" in page(archive, "/together?q=zzzz")


def test_terms_are_compared_side_by_side(archive: Archive) -> None:
    html = page(archive, "/compare?place=turin&place=glasgow")
    assert 'aria-label="2 passages: Turin, Rent"' in html
    assert "Only with Turin" in html
    assert 'href="/search?place=turin&amp;year=1960s"' in html.partition('id="apart"')[2]


@pytest.mark.parametrize(
    "address", ["place=turin&place=glasgow", "place=turin&place=scotland", "theme=rent&theme=strike"]
)
def test_every_number_of_a_comparison_leads_to_as_many_passages(archive: Archive, address: str) -> None:
    html = page(archive, f"/compare?{address}")
    shared = html.partition('id="shared"')[2].partition('id="apart"')[0]
    cells = re.findall(r'<a href="(/search[^"]*)" rel="nofollow" aria-label="([^"]*)">([\d,]+)<svg', shared)
    assert cells
    for link, name, number in cells:
        found = page(archive, entities.unescape(link))
        assert re.search(rf'results-number">\s*{number} passage', found), (link, name)


def test_names_that_a_reader_types_lead_to_the_comparison(archive: Archive) -> None:
    answer = got(archive, "/compare?first=Torino&second=glasgow&third=", 302)
    assert answer.headers["location"] == "/compare?place=turin&place=glasgow"


def test_a_name_that_is_none_is_said_and_stays_in_its_field(archive: Archive) -> None:
    html = page(archive, "/compare?first=Turin&second=%3Cb%3Eatlantis", 404)
    assert "is called “&lt;b&gt;atlantis”" in html
    assert 'name="first" value="Turin"' in html


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("place=turin", 400), ("place=turin&theme=rent", 400), ("place=turin&place=turin", 400),
        ("place=turin&place=atlantis", 404), ("place=a&place=b&place=c&place=d", 400), ("first=Turin", 400),
        ("first=Turin&second=Rent", 400), ("first=%00&second=%00", 404),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_gets_a_hint(archive: Archive, address: str, status: int) -> None:
    assert 'class="hint" role="alert"' in page(archive, f"/compare?{address}", status)


def test_the_form_offers_the_terms_that_are_spoken_of(archive: Archive) -> None:
    assert '<option value="Turin">Places</option>' in page(archive, "/compare")
