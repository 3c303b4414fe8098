"""The search page: quotations with their hits, choices beside them, and an answer to every search."""

from __future__ import annotations

import re

import pytest

from archive.folder import Archive
from archive.query import Facet, Order, Query
from archive.web.choices import Search, read_search
from archive.web.quotation import LENGTH, quote
from tests.builders import a_testimony
from tests.web.builders import CORTEO, STAIRS, an_archive
from tests.web.served import page


def test_hits_are_marked_in_their_quotation(archive: Archive) -> None:
    html = page(archive, "/search?q=bell")
    assert "A <mark>bell</mark> rang on the stairs." in html
    assert ">1 passage<" in html


def test_a_quotation_leads_to_its_second(archive: Archive) -> None:
    html = page(archive, "/search?q=bell")
    assert f'href="/testimonies/{STAIRS}?t=6#t=6"' in html
    assert re.search(r'data-play="/media/[0-9a-f]{64}\.wav" data-start="6" data-end="8.5"', html)


def test_a_passage_of_an_account_leads_to_its_place_and_has_no_button(archive: Archive) -> None:
    html = page(archive, "/search?q=corteo")
    assert f'href="/testimonies/{CORTEO}?q=corteo#p0"' in html  # where the word is marked too
    assert "data-play=" not in html


def test_every_choice_is_a_chip_that_can_be_taken_away(archive: Archive) -> None:
    html = page(archive, "/search?q=rent&theme=rent&place=turin")
    chips = re.findall(r'<a class="chip" href="([^"]*)"', html)
    assert chips == [
        "/search?place=turin&amp;theme=rent", "/search?q=rent&amp;theme=rent", "/search?q=rent&amp;place=turin",
    ]  # fmt: skip
    assert ">1 passage<" in html


def test_choices_narrow_the_search_they_stand_beside(archive: Archive) -> None:
    html = page(archive, "/search?q=rent")
    assert 'href="/search?q=rent&amp;place=turin"' in html
    assert "place=glasgow" not in html


def test_a_search_inside_one_testimony_says_so(archive: Archive) -> None:
    html = page(archive, f"/search?q=the&testimony={STAIRS}")
    assert re.search(r'class="chip"[^>]*><span dir="auto">The stairs in Govan', html)
    assert "3 passages" in html


def test_a_search_that_cannot_be_read_says_why(archive: Archive) -> None:
    html = page(archive, "/search?q=%28rent", 400)
    assert "a bracket is not closed" in html
    assert 'value="(rent"' in html


def test_nothing_found_says_what_to_try(archive: Archive) -> None:
    html = page(archive, "/search?q=zzzz&theme=rent")
    assert "No passage" in html
    assert "Leave out one of your choices" in html
    assert 'href="/search?place=glasgow"' in html


def test_a_page_past_the_last_leads_back(archive: Archive) -> None:
    assert "Begin with the first" in page(archive, "/search?q=rent&page=7", 404)


def test_pages_of_results_follow_one_another(tmp_path_factory: pytest.TempPathFactory) -> None:
    archive = an_archive(tmp_path_factory.mktemp("pages"))
    with archive.write() as db:
        a_testimony(db, *[f"Line {number} of many." for number in range(45)], digest="9")
    first = page(archive, "/search?q=many")
    assert "Page 1 of 3" in first
    assert 'rel="next" href="/search?q=many&amp;page=2"' in first
    last = page(archive, "/search?q=many&page=3")
    assert last.count('class="quotation"') == 5
    assert 'rel="next"' not in last


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("", 200, " passages<"),
        ("q=&place=", 200, " passages<"),
        ("%ff=%00", 200, " passages<"),
        ("page=0", 400, "there is no page “0”"),
        ("page=-3", 400, "there is no page"),
        ("page=x", 400, "there is no page"),
        ("page=9999999", 400, "there is no page"),
        ("q=rent%00up", 400, "signs that cannot be typed"),
        ("q=%22rent", 400, "a quotation mark is not closed"),
        ("q=AND", 400, "words are missing beside AND"),
        (f"q={'rent+' * 2000}", 400, "longer than 2000 characters"),
        ("since=soon", 400, "is no year"),
        ("since=1920&until=1910", 400, "the years run backwards"),
        ("&".join(f"place=p{number}" for number in range(50)), 400, "more than 30 choices"),
        ("&".join(f"x{number}=1" for number in range(500)), 400, "more than 400"),
        ("place=atlantis", 404, "The archive knows no place “atlantis”."),
        ("narrator=abc", 404, "The archive knows no narrator"),
        ("testimony=1999.999", 404, "There is no testimony with the accession number"),
    ],
)
def test_what_cannot_be_understood_is_said_and_never_a_trace(
    archive: Archive, address: str, status: int, said: str
) -> None:
    html = page(archive, f"/search?{address}", status)
    assert said in html
    assert "Traceback" not in html


def test_an_address_says_the_search_and_the_search_its_address() -> None:
    chosen = ((Facet.PLACE, "turin"), (Facet.THEME, "rent"), (Facet.THEME, "strike"), (Facet.YEAR, "1910s"))
    query = Query(words="rent OR affitto", chosen=chosen, all_of=frozenset({Facet.THEME}), since=1910, until=1920)
    search = Search(query=query, order=Order.DATE, grouped=True, page=3)
    assert read_search(search.address.partition("?")[2]) == search
    assert Search(query=Query()).address == "/search"
    plain = Search(query=Query(words="rent", chosen=chosen[:2]))
    assert plain.without_value(Facet.THEME, "rent") == "/search?q=rent&place=turin"


def test_narrower_terms_stand_under_the_broader_one(archive: Archive) -> None:
    html = page(archive, "/search?q=glasgow")
    assert re.search(r'class="depth-0"><a href="[^"]*place=scotland"', html)
    assert re.search(r'class="depth-1"><a href="[^"]*place=glasgow"', html)


def test_results_can_be_seen_as_testimonies_with_their_time_line(archive: Archive) -> None:
    html = page(archive, "/search?q=rent&group=testimony")
    assert html.count('class="group"') == 2
    assert re.search(r'<svg class="strip".*?<a href="/testimonies/2026.001\?t=3.2#t=3.2"', html, re.DOTALL)


def test_the_sentence_before_and_after_stands_with_the_passage(archive: Archive) -> None:
    html = page(archive, "/search?q=bell")
    assert '<span class="around">The Rent went up in the spring. </span>' in html
    assert '<span class="around"> That was the Strike.</span>' in html


def test_words_that_name_a_term_lead_to_it(archive: Archive) -> None:
    html = page(archive, "/search?q=glasgow")
    assert re.search(r'class="results-named"><a class="term" href="/search\?place=glasgow"', html)


def test_a_short_passage_is_quoted_whole() -> None:
    assert quote("A bell rang.", [(2, 6)]) == (("A ", False), ("bell", True), (" rang.", False))


def test_a_long_passage_is_cut_between_words_around_its_first_hit() -> None:
    text = "one two three " * 60 + "bell " + "four five six " * 60
    pieces = quote(text, [(text.index("bell"), text.index("bell") + 4)])
    said = "".join(piece for piece, _ in pieces)
    assert ("bell", True) in pieces
    assert said.startswith("… ")
    assert said.endswith(" …")
    assert len(said) <= LENGTH + 4
    assert set(said.strip("… ").split()) <= set(text.split())


def test_a_script_without_spaces_is_cut_too() -> None:
    text = "工" * 2000 + "罢" + "人" * 2000
    said = "".join(piece for piece, _ in quote(text, [(2000, 2001)]))
    assert "罢" in said
    assert len(said) <= LENGTH + 4
