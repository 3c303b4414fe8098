"""What a person does with the pages, in a real Chromium with real sound."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.web.builders import CORTEO, GATE, PHONE, STAIRS, WAITING, Reader, reading

pytestmark = pytest.mark.browser

PAGES = ("/", "/search?q=rent", "/testimonies", f"/testimonies/{STAIRS}", f"/testimonies/{GATE}", "/places", "/nowhere")


def now(reader: Reader) -> float:
    """The second at which the recording stands."""
    return float(reader.page.evaluate("document.querySelector('[data-media]').currentTime"))


def test_a_quotation_found_plays_in_place_and_ends_where_it_ends(reader: Reader) -> None:
    reader.goto("/search?q=bell")
    reader.page.click("a[data-play]")
    reader.until("!document.querySelector('[data-media]').paused")
    assert "/search" in reader.page.url
    assert reader.page.is_visible("[data-player]")
    reader.until("document.querySelector('[data-media]').paused")
    assert 8.4 < now(reader) < 9
    assert reader.errors == []


def test_results_change_without_a_reload_and_the_way_back_works(reader: Reader) -> None:
    reader.goto("/search?q=rent")
    reader.page.evaluate("window.stayed = true")
    reader.page.click(".facet.place a >> text=Turin")
    reader.until("document.querySelectorAll('.chip').length === 2")
    assert reader.page.url.endswith("/search?q=rent&place=turin")
    reader.page.fill(".search-big input[name=q]", "corteo")
    reader.page.keyboard.press("Enter")
    reader.until("document.querySelector('mark')?.textContent === 'corteo'")
    assert "place=turin" in reader.page.url, "new words keep the choices"
    reader.page.go_back()
    reader.page.go_back()
    reader.until("document.querySelectorAll('.chip').length === 1")
    assert reader.page.input_value(".search-big input[name=q]") == "rent"
    assert reader.page.evaluate("window.stayed")


def test_no_request_leaves_the_site(reader: Reader, address: str) -> None:
    for path in (*PAGES, "/archive/catalogue", "/archive"):
        reader.goto(path)
        reader.page.wait_for_load_state("networkidle")
    assert len(reader.requests) > 30
    assert {urlsplit(url)[:2] for url in reader.requests} == {urlsplit(address)[:2]}


def test_no_page_breaks_its_own_security_policy(reader: Reader) -> None:
    for path in PAGES[:-1]:
        reader.goto(path)
    assert reader.errors == []


def test_pages_work_without_javascript(browser: Any, address: str) -> None:
    with reading(browser, address, java_script_enabled=False) as reader:
        reader.goto("/")
        reader.page.fill("input[name=q]", "bell")
        reader.page.click(".search button")
        assert reader.page.text_content("mark") == "bell"  # waits for the new page
        reader.page.click("a.play")
        reader.page.wait_for_load_state()
        assert reader.page.url.endswith(f"/testimonies/{STAIRS}?t=6#t=6")
        assert reader.page.is_visible("audio[controls]"), "the browser's own controls stand in for ours"
        assert not reader.page.is_visible("[data-do=toggle]")
        assert reader.page.text_content(".passage:has(:target) .words") == "A bell rang on the stairs."


def test_the_drawer_of_choices_opens_on_a_phone_without_javascript(browser: Any, address: str) -> None:
    with reading(browser, address, java_script_enabled=False, **PHONE) as reader:
        reader.goto("/search?q=rent")
        assert not reader.page.is_visible(".facet.place")
        reader.page.click("summary")
        reader.page.click(".facet.place a")
        reader.page.wait_for_load_state()
        assert reader.page.locator(".chip").count() == 2


def test_nothing_is_wider_than_a_phone(browser: Any, address: str) -> None:
    with reading(browser, address, **PHONE) as reader:
        tables = ("/archive", "/archive/catalogue")
        for path in (*PAGES, f"/testimonies/{CORTEO}", f"/testimonies/{WAITING}", "/search?q=zzzz", *tables):
            reader.goto(path)
            wide, window = reader.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert wide <= window <= 390, path


def test_what_is_touched_is_large_enough(browser: Any, address: str) -> None:
    """Controls are 44 px high; links inside a line of text are the exception of WCAG 2.5.8."""
    with reading(browser, address, **PHONE) as reader:
        for path in ("/", "/search?q=rent", f"/testimonies/{STAIRS}"):
            reader.goto(path)
            for part in (".nav a", ".search button", ".chip", ".round, .play", ".quiet-button", "summary", ".counts a"):
                for box in (item.bounding_box() for item in reader.page.locator(part).all() if item.is_visible()):
                    assert box["height"] >= 43.5, (path, part, box)
