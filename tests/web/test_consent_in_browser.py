"""Signing in a real browser: with a finger, with the keyboard alone, without scripts; and the form on paper."""

from __future__ import annotations

import re
from typing import Any

import pytest

from archive.folder import Archive
from tests.builders import rows
from tests.web.builders import GATE, PHONE, STAIRS, Reader, reading

pytestmark = pytest.mark.browser
FORM = f"/testimonies/{STAIRS}/consent-form"


def evidence(archive: Archive) -> list[str]:
    """The papers that were signed, in order."""
    found = rows(archive, "select distinct json_extract(detail, '$.evidence') from consents order by id")
    return [(archive.evidence / str(digest)).read_text(encoding="utf-8") for (digest,) in found]


def draw(reader: Reader) -> None:
    """Draw a line across the field."""
    pad = reader.page.locator("[data-pad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    reader.page.mouse.move(box["x"] + 20, box["y"] + 30)
    reader.page.mouse.down()
    for step in range(1, 9):
        reader.page.mouse.move(box["x"] + 20 + 20 * step, box["y"] + 30 + 5 * (step % 2))
    reader.page.mouse.up()


def strokes(reader: Reader) -> str:
    """What was drawn so far."""
    return str(reader.page.locator("[data-strokes]").input_value())


@pytest.mark.parametrize("window", [{}, PHONE, {"color_scheme": "dark"}], ids=["desk", "phone", "dark"])
def test_a_signature_that_is_drawn_stands_on_the_paper(
    browser: Any, archive: Archive, address: str, window: dict[str, Any]
) -> None:
    with reading(browser, address, **window) as reader:
        reader.goto(FORM)
        reader.page.check("[name=takes-part]")
        reader.page.check("[name=audio-listen-public]")
        reader.page.check("[name=agreed]")
        draw(reader)
        assert re.fullmatch(r"M\d+ \d+(L\d+ \d+){8,}", strokes(reader))
        reader.page.click("[data-clear]")
        assert strokes(reader) == ""
        draw(reader)
        drawn = strokes(reader)
        reader.page.click("[type=submit]")
        assert reader.page.locator("h1").inner_text() == "Thank you"
        assert f'd="{drawn}"' in evidence(archive)[-1]
        reader.page.click(".take-copy a")
        assert reader.page.locator("h1").inner_text() == "Consent form"
        assert reader.page.locator(".signed svg path").bounding_box()["width"] > 50
        assert reader.errors == []


def test_a_form_can_be_signed_with_the_keyboard_alone(browser: Any, archive: Archive, address: str) -> None:
    with reading(browser, address) as reader:
        reader.goto(f"/testimonies/{GATE}/consent-form")
        keys = reader.page.keyboard
        reader.page.focus("[name=takes-part]")
        keys.press("Space")
        for _ in range(80):
            keys.press("Tab")
            if reader.page.evaluate("document.activeElement.name") == "agreed":
                break
        keys.press("Space")
        keys.press("Tab")  # the button that clears
        keys.press("Tab")
        keys.type("Umm Yasin")
        keys.press("Enter")
        reader.page.wait_for_url("**/consent-form/*")
        assert "Umm Yasin" in evidence(archive)[-1]


def test_without_scripts_a_name_is_the_signature(browser: Any, archive: Archive, address: str) -> None:
    with reading(browser, address, java_script_enabled=False) as reader:
        reader.goto(FORM)
        assert not reader.page.locator("[data-pad]").is_visible()
        reader.page.check("[name=takes-part]")
        reader.page.check("[name=agreed]")
        reader.page.fill("[name=name]", "Mary of the stairs")
        reader.page.click("[type=submit]")
        assert reader.page.locator("h1").inner_text() == "Thank you"
        assert "Mary of the stairs" in evidence(archive)[-1]


def test_what_was_drawn_is_still_there_when_something_is_wrong(reader: Reader) -> None:
    reader.goto(FORM)
    draw(reader)
    drawn = strokes(reader)
    reader.page.check("[name=agreed]")
    reader.page.click("[type=submit]")
    assert "Nothing is ticked" in reader.page.locator("[role=alert]").inner_text()
    assert reader.page.evaluate("document.activeElement.matches('[data-hint]')")
    assert strokes(reader) == drawn


@pytest.mark.parametrize("language", ["en", "es", "fr", "it", "ar"])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_form_is_two_sheets_and_the_spoken_text_one(browser: Any, address: str, language: str, paper: str) -> None:
    with reading(browser, address, locale=language) as reader:
        for path, sheets in (("/consent-form", 2), (FORM, 2), ("/spoken-consent", 1)):
            reader.goto(path)
            printed = reader.page.pdf(format=paper)
            assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == sheets, (path, language)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_nothing_is_wider_than_a_phone(browser: Any, address: str, language: str) -> None:
    with reading(browser, address, **PHONE, locale=language) as reader:
        for path in ("/consent-form", FORM, "/spoken-consent", f"/testimonies/{STAIRS}/consent"):
            reader.goto(path)
            assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_what_everybody_may_is_read_first_and_whole_on_a_phone(browser: Any, address: str) -> None:
    with reading(browser, address, **PHONE) as reader:
        reader.goto(f"/testimonies/{STAIRS}/consent")
        cells = reader.page.locator(".may tbody tr:first-child td")
        assert cells.first.get_attribute("data-for") == "Everybody"
        width = reader.page.evaluate("document.documentElement.clientWidth")
        for number in range(cells.count()):
            box = cells.nth(number).bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
