"""The address of a stretch is followed with scripts and without: the server marks the words, the browser goes there."""

from __future__ import annotations

import re
from typing import Any

import pytest

from archive.folder import Archive
from tests.web.builders import CORTEO, STAIRS, Reader, reading
from tests.web.served import ask, served

MARKED = "[...document.querySelectorAll('mark')].map((one) => one.textContent).join('|')"
EXCERPT = "[...(CSS.highlights.get('excerpt') ?? [])].map(String).join('|')"
STRETCHES = (
    (f"/testimonies/{STAIRS}/cite?start=4.5&end=6.4", ("up in the spring.|A", "p1")),
    (f"/testimonies/{CORTEO}/cite?from=0&until=1", (None, "p0")),
)


def address_on(archive: Archive, path: str) -> str:
    """The lasting address that a citation gives, without the host."""
    with served(archive) as datasette:
        html = ask(datasette, path).text
    [address] = re.findall(r'<pre tabindex="0" dir="ltr">https://archive.example([^<]+)</pre>', html)
    return str(address)


@pytest.mark.browser
@pytest.mark.parametrize(("cite", "expected"), STRETCHES, ids=("times", "passages"))
@pytest.mark.parametrize("scripts", [True, False], ids=("scripts", "no scripts"))
def test_the_address_that_a_citation_gives_leads_to_its_words(
    archive: Archive, browser: Any, address: str, cite: str, expected: tuple[str | None, str], scripts: bool
) -> None:
    words, first = expected
    there = address_on(archive, cite)
    with reading(browser, address, java_script_enabled=scripts, viewport={"width": 800, "height": 300}) as reader:
        reader.goto(there)
        marked = reader.page.locator("mark").all_text_contents()
        assert words in ("|".join(marked), None)
        assert len(marked) == 2
        box = reader.page.locator(f"#{first} .words").bounding_box()
        assert -box["height"] < box["y"] < 300
        if words:
            assert reader.page.get_attribute("[data-media]", "src").endswith(".wav#t=4.5")
        if words and scripts:
            reader.until(f"{EXCERPT}.length > 0")
            assert reader.page.evaluate(EXCERPT) == "up in the spring.|A"
        assert reader.errors == []


@pytest.mark.browser
def test_without_what_follows_the_hash_the_page_still_goes_there(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}?t=4.5,6.4")
    reader.until(f"{EXCERPT} === 'up in the spring.|A'")
    assert reader.page.url.endswith("?t=4.5,6.4#t=4.5,6.4")
    assert reader.page.evaluate("document.querySelector('[data-media]').currentTime") == pytest.approx(4.5, abs=0.05)


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=("scripts", "no scripts"))
def test_a_moment_alone_marks_its_passage_and_the_recording_begins_there(
    browser: Any, address: str, scripts: bool
) -> None:
    with reading(browser, address, java_script_enabled=scripts) as reader:
        for place in ("6", "7.1"):  # one where a passage begins and one inside it
            reader.goto(f"/testimonies/{STAIRS}?t={place}#t={place}")
            reader.until(f"document.querySelector('[data-media]').currentTime === {place}")
            assert reader.page.locator(f'[id="t={place}"]').count() == 1
            assert reader.page.locator("#p2 mark").count() == 1
        assert reader.errors == []


@pytest.mark.browser
def test_a_moment_that_only_the_server_is_told_is_gone_to(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}?t=6")
    reader.until("location.hash === '#t=6' && document.querySelector('[data-media]').currentTime === 6")


def test_words_looked_for_stand_out_in_the_passage_that_is_gone_to(archive: Archive) -> None:
    with served(archive) as datasette:
        html = ask(datasette, f"/testimonies/{STAIRS}?q=bell&t=6").text
    assert re.findall("<mark>(.*?)</mark>", html) == ["bell"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("t=8,6", "the times run backwards"),
        ("t=x", "is no time"),
        ("t=1,9999", "the recording is over"),
        ("p=3-1", "the passages run backwards"),
        ("p=1-400", "no such passages"),
        ("t=%3Cscript%3E", "is no time"),
    ],
)
def test_a_stretch_that_is_none_is_said_and_the_text_is_there(archive: Archive, asked: str, said: str) -> None:
    with served(archive) as datasette:
        answer = ask(datasette, f"/testimonies/{STAIRS}?{asked}")
    assert answer.status_code == 400
    assert said in answer.text.lower()
    assert "A bell rang on the stairs." in answer.text
    assert "<script>" not in answer.text


def test_one_passage_is_named_by_its_own_anchor_alone(archive: Archive) -> None:
    assert address_on(archive, f"/testimonies/{CORTEO}/cite?from=1&until=1") == f"/testimonies/{CORTEO}#p1"
    with served(archive) as datasette:
        html = ask(datasette, f"/testimonies/{CORTEO}?p=1-1").text
    assert html.count('id="p1"') == 1


@pytest.mark.parametrize("asked", ["from=1&until=1", "first=2&last=2", "first=2", "last=2&first=2"])
def test_people_count_passages_from_one_and_addresses_stay(archive: Archive, asked: str) -> None:
    with served(archive) as datasette:
        html = ask(datasette, f"/testimonies/{CORTEO}/cite?{asked}").text
    assert "La sera tornò la calma.</blockquote>" in html
    assert f"/testimonies/{CORTEO}#p1<" in html
    assert "passage 2" in html
    assert re.search(r'name="first"[^>]*value="2".*name="last"[^>]*value="2"', html)


def test_there_is_no_passage_nought(archive: Archive) -> None:
    with served(archive) as datasette:
        answer = ask(datasette, f"/testimonies/{CORTEO}/cite?first=0&last=1")
        told = ask(datasette, f"/testimonies/{CORTEO}").text
    assert answer.status_code == 400
    assert "no such passages" in answer.text
    assert re.findall(r'<option value="(\d)"[^>]*>(\d):', told) == [("0", "1"), ("1", "2")] * 2
