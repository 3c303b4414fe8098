"""What a person does beside the player on a testimony's page, in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.builders import CORTEO, STAIRS, Reader, reading

pytestmark = pytest.mark.browser

MENU = "document.querySelector('[data-menu]').open"
PHONE = {"width": 390, "height": 844}


def test_the_downloads_open_and_close_by_keyboard(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}")
    reader.page.focus(".take summary")
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate(MENU)
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.getAttribute('href')").endswith("transcript.docx")
    reader.page.keyboard.press("Escape")
    assert not reader.page.evaluate(MENU)
    assert reader.page.evaluate("document.activeElement.matches('.take summary')")
    reader.page.keyboard.press("Enter")
    for _ in range(8):
        reader.page.keyboard.press("Tab")
    assert not reader.page.evaluate(MENU), "who goes on leaves nothing open over the text"
    assert reader.errors == []


def test_the_downloads_close_by_a_click_beside_them_and_after_the_choice(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}")
    reader.page.click(".take summary")
    reader.page.click("h1")
    assert not reader.page.evaluate(MENU)
    reader.page.click(".take summary")
    with reader.page.expect_download() as taken:
        reader.page.click(".take a >> text=Captions")
    assert taken.value.suggested_filename == f"{STAIRS}.vtt"
    assert not reader.page.evaluate(MENU)


@pytest.mark.parametrize("number", [STAIRS, CORTEO])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_the_downloads_fit_a_phone_without_javascript(browser: Any, address: str, number: str, locale: str) -> None:
    with reading(browser, address, java_script_enabled=False, viewport=PHONE, locale=locale) as reader:
        reader.goto(f"/testimonies/{number}")
        reader.page.click(".take summary")
        assert reader.page.is_visible(".take a[href$='.docx']")
        box = reader.page.locator(".take ul").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]


SELECT = """(ids) => { const [one, other] = ids.map((id) => document.querySelector(`#${id} .words`).lastChild);
    getSelection().setBaseAndExtent(one, one.length - 3, other, other.length); }"""


@pytest.mark.parametrize("window", [{}, {"viewport": PHONE}, {"viewport": PHONE, "locale": "fr"}])
def test_from_a_selection_one_way_leads_to_who_else_tells_of_this(
    browser: Any, address: str, window: dict[str, Any]
) -> None:
    with reading(browser, address, **window) as reader:
        reader.goto(f"/testimonies/{STAIRS}")
        reader.page.evaluate(SELECT, ["p0", "p1"])
        reader.page.wait_for_selector("[data-excerpt]:not([hidden])")
        box = reader.page.locator("[data-excerpt]").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= reader.page.viewport_size["width"]
        reader.page.click("[data-excerpt-do=similar]")
        reader.page.wait_for_url(f"**/passages/{STAIRS}/1/similar")
        assert "The Rent went up in the spring." in reader.page.text_content(".origin")
        assert reader.errors == []


@pytest.mark.parametrize(("number", "at", "passage"), [(STAIRS, "#p2", 2), (CORTEO, "#p1", 1)])
def test_without_javascript_a_passage_leads_there_by_its_citation(
    browser: Any, address: str, number: str, at: str, passage: int
) -> None:
    with reading(browser, address, java_script_enabled=False) as reader:
        reader.goto(f"/testimonies/{number}")
        reader.page.click(f"{at} .cite")
        reader.page.click(".cited-more a")
        assert reader.page.url.endswith(f"/passages/{number}/{passage}/similar")
