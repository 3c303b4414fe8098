"""What a person does on a testimony's page, in a real Chromium with real sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from archive.folder import Archive
from tests.builders import a_testimony
from tests.web.builders import STAIRS, Reader, a_browser, an_archive, reading
from tests.web.served import listening

pytestmark = pytest.mark.browser

SPOKEN = "[...(CSS.highlights.get('spoken') ?? [])].map(String).join()"
CURSOR = "[...(CSS.highlights.get('cursor') ?? [])].map(String).join()"
EXCERPT = "[...(CSS.highlights.get('excerpt') ?? [])].map(String).join(' ')"
PAUSED = "document.querySelector('[data-media]').paused"
NOW = "document.querySelector('[data-media]').currentTime"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = an_archive(tmp_path_factory.mktemp("player"))
    with archive.write() as db:
        a_testimony(db, *[f"Line {number} of very many." for number in range(5000)], title="Long", digest="9")
    return archive


@pytest.fixture(scope="module")
def address(archive: Archive) -> Iterator[str]:
    with listening(archive) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def reader(browser: Any, address: str) -> Iterator[Reader]:
    with reading(browser, address) as reader:
        yield reader


def now(reader: Reader) -> float:
    """The second at which the recording stands."""
    return float(reader.page.evaluate(NOW))


def test_a_click_on_a_line_plays_that_second(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}")
    reader.page.click("text=A bell rang on the stairs.")
    reader.until("document.querySelector('[data-media]').currentTime > 6.2", seconds=4)
    assert 6 <= now(reader) < 8
    assert reader.page.evaluate("!document.querySelector('[data-media]').paused")
    assert reader.page.url.endswith("#t=6")
    assert reader.page.text_content(".passage.here .words") == "A bell rang on the stairs."
    assert reader.page.text_content(".player [data-who]") == "Mary"
    assert reader.errors == []


def test_words_light_up_as_they_are_spoken(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}")
    reader.page.click("text=A bell rang on the stairs.")
    spoken = "[...(CSS.highlights.get('spoken') ?? [])].map(String).join()"
    reader.until(f"{spoken} === 'bell'")
    reader.until(f"{spoken} === 'rang'")


def test_an_address_with_a_second_jumps_there_and_waits(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}#t=9.5")
    reader.until("document.querySelector('[data-media]').currentTime > 9")
    assert now(reader) == pytest.approx(9.5, abs=0.05)
    assert reader.page.evaluate("document.querySelector('[data-media]').paused")
    assert reader.page.text_content(".passage.here .words") == "That was the Strike."


def test_the_keyboard_plays_and_moves(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}#t=6")
    reader.until("document.querySelector('[data-media]').currentTime === 6")
    for key, expected in (("ArrowLeft", 1), ("ArrowRight", 6), ("j", 0), ("l", 10)):
        reader.page.keyboard.press(key)
        assert now(reader) == pytest.approx(expected, abs=0.3), key
    reader.page.keyboard.press("ArrowLeft")
    reader.page.keyboard.press(" ")
    reader.until("!document.querySelector('[data-media]').paused")
    assert reader.page.get_attribute("[data-do=toggle]", "aria-label") == "Pause"
    reader.page.keyboard.press("k")
    reader.until("document.querySelector('[data-media]').paused")


def test_typing_in_the_search_field_does_not_play(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}")
    reader.page.click("input[name=q]")
    reader.page.keyboard.type("jk l")
    assert reader.page.input_value("input[name=q]") == "jk l"
    assert reader.page.evaluate("document.querySelector('[data-media]').paused")


def test_speed_and_slider_reach_the_recording(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}")
    reader.until("document.querySelector('[data-media]').duration > 11")
    reader.page.select_option("[data-speed]", "1.5")
    reader.page.fill("[data-progress]", "4")
    assert reader.page.evaluate("document.querySelector('[data-media]').playbackRate") == 1.5
    assert now(reader) == pytest.approx(4, abs=0.1)


def test_five_thousand_passages_are_ready_in_two_seconds(reader: Reader, archive: Archive) -> None:
    reader.goto("/testimonies/2026.005#p4900")
    ready = reader.page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    assert reader.page.locator(".passage").count() == 5000
    assert ready < 2000
    assert reader.page.locator("#p4900").is_visible()
