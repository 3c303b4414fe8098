"""Whole ways through the archive, in a real Chromium: with the mouse, with the keyboard alone, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from archive.folder import Archive
from archive.records import Description
from archive.store.browsing import refresh_counts
from tests.builders import VOCABULARIES, an_archive
from tests.web.builders import Reader, a_recorded, found_at, reading
from tests.web.served import tag
from transcripts.model import Segment, Transcript, Word

pytestmark = pytest.mark.browser

PLACES = VOCABULARIES["places"] + "  - id: buenos-aires\n    labels: {en: Buenos Aires}\n"
MOVEMENTS = "vocabulary: movement\nterms:\n  - id: rent-strikes\n    labels: {en: Rent strike}\n"
MARY, JOHN, ANA = "2026.001", "2026.002", "2026.003"
TOLD = {
    "Mary": ("woman, tenant", ("The Rent strike began in Glasgow.", "A bell rang on the stairs."), 1),
    "John": ("man", ("There was a Rent strike in Glasgow, they say.", "I was at sea."), 2),
    "Ana": ("woman", ("The Strike in Turin was about Rent.", "In Buenos Aires too the Strike began over Rent."), 3),
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Three people tell, two of them women; every name is made up."""
    archive = found_at(
        an_archive(tmp_path_factory.mktemp("flows"), vocabularies={"places": PLACES, "movements": MOVEMENTS})
    )
    with archive.write() as db:
        for name, (described, texts, tone) in TOLD.items():
            said = Description(title=f"{name} tells", narrators=(name,), described_as=(described,), language="en")
            a_recorded(archive, db, said, tone=tone, transcript=_spoken(texts))
        tag(db)
        refresh_counts(db)
    return archive


def _spoken(texts: tuple[str, ...]) -> Transcript:
    segments = []
    for place, text in enumerate(texts):
        start = 0.5 + 5 * place
        words = text.split()
        step = 4.0 / len(words)
        timed = tuple(
            Word(start=start + step * n, end=start + step * (n + 0.9), text=word) for n, word in enumerate(words)
        )
        segments.append(Segment(text=text, start=start, end=start + 4.0, words=timed))
    return Transcript(segments=tuple(segments), language="en")


@pytest.fixture
def reader(browser: Any, address: str) -> Iterator[Reader]:
    with reading(browser, address) as reader:
        yield reader
        assert [url for url in reader.requests if not url.startswith(address)] == []
        assert reader.errors == []


@pytest.fixture
def scriptless(browser: Any, address: str) -> Iterator[Reader]:
    with reading(browser, address, java_script_enabled=False) as reader:
        yield reader
        assert [url for url in reader.requests if not url.startswith(address)] == []


def choose(reader: Reader, href: str) -> None:
    """Press Tab until a link whose address ends so has the focus, then Enter."""
    for _ in range(120):
        if reader.page.evaluate(f"(document.activeElement.href ?? '').includes({href!r})"):
            reader.page.keyboard.press("Enter")
            return
        reader.page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reaches {href}")


def quoted(reader: Reader) -> list[str]:
    """The passages found, without the sentences around them."""
    return [text.strip() for text in reader.page.locator(".quotation blockquote").all_inner_texts()]


def test_rent_strikes_in_glasgow_told_by_women_are_found_and_heard_with_the_mouse(reader: Reader) -> None:
    reader.goto("/")
    reader.page.fill("input[name=q]", "rent strike")
    reader.page.click(".search-big button")
    reader.page.click(".facet.place a:has-text('Glasgow')")
    reader.until("document.querySelectorAll('.quotation').length === 2")
    reader.page.click(".facet.teller summary")
    reader.page.click(".facet.teller a:has-text('woman')")
    reader.until("document.querySelectorAll('.quotation').length === 1")
    assert "The Rent strike began in Glasgow." in quoted(reader)[0]
    reader.page.click(".quotation .play")
    reader.until("!document.querySelector('[data-media]').paused")
    reader.until("document.querySelector('[data-media]').currentTime > 0.4")
    reader.page.go_back()
    reader.until("document.querySelectorAll('.quotation').length === 2")


def test_rent_strikes_in_glasgow_told_by_women_are_found_and_heard_with_the_keyboard(reader: Reader) -> None:
    reader.goto("/search")
    reader.page.focus("input[name=q]")
    reader.page.keyboard.type("rent strike")
    reader.page.keyboard.press("Enter")
    reader.until("location.search.includes('rent')")
    choose(reader, "place=glasgow")
    reader.until("document.querySelectorAll('.quotation').length === 2")
    reader.page.focus(".facet.teller summary")
    reader.page.keyboard.press("Enter")
    choose(reader, "teller=woman")
    reader.until("document.querySelectorAll('.quotation').length === 1")
    choose(reader, f"/testimonies/{MARY}?t=0.5#t=0.5")
    reader.until("!document.querySelector('[data-media]').paused")


def test_rent_strikes_in_glasgow_told_by_women_are_found_and_heard_without_scripts(scriptless: Reader) -> None:
    scriptless.goto("/search?q=rent+strike")
    page = scriptless.page
    page.click(".facet.place a:has-text('Glasgow')")
    page.click(".facet.teller summary")
    page.click(".facet.teller a:has-text('woman')")
    assert page.locator(".quotation").count() == 1
    page.click(".quotation .play")
    assert page.url.endswith(f"/testimonies/{MARY}?t=0.5#t=0.5")
    assert page.locator("audio[controls]").is_visible()
    assert page.locator("mark").all_text_contents() == ["The Rent strike began in Glasgow."]
    scriptless.until("document.querySelector('audio').currentTime === 0.5")


def test_a_line_of_the_concordance_is_heard_from_its_second_without_scripts(scriptless: Reader) -> None:
    scriptless.goto("/concordance?q=stairs")
    scriptless.page.click("a.small-play")
    scriptless.until("document.querySelector('audio').currentTime === 5.5")


def test_the_years_are_chosen_without_a_reload_and_the_way_back_works(reader: Reader) -> None:
    reader.goto("/search")
    reader.page.evaluate("window.stayed = true")
    reader.page.fill("input[name=since]", "1910")
    reader.page.click(".years button")
    reader.until("location.search.includes('since=1910')")
    assert reader.page.evaluate("window.stayed")
    reader.page.go_back()
    reader.until("!location.search.includes('since')")


def fill_times(reader: Reader) -> None:
    """Say from when until when in the form at the end of a testimony."""
    reader.page.fill(".cite-form input[name=start]", "0:05.5")
    reader.page.fill(".cite-form input[name=end]", "0:09.5")


def test_a_stretch_is_cited_with_the_mouse(reader: Reader) -> None:
    reader.goto(f"/testimonies/{MARY}")
    fill_times(reader)
    reader.page.click(".cite-form button")
    reader.page.locator(".cited-words").wait_for()
    assert reader.page.inner_text(".cited-words") == "A bell rang on the stairs."
    assert f"/testimonies/{MARY}?t=5.5,9.5#t=5.5,9.5" in reader.page.inner_text(".citation")


def test_a_stretch_is_cited_with_the_keyboard(reader: Reader) -> None:
    reader.goto(f"/testimonies/{MARY}")
    reader.page.focus(".cite-form input[name=start]")
    reader.page.keyboard.type("0:05.5")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.type("0:09.5")
    reader.page.keyboard.press("Enter")
    reader.page.locator(".cited-words").wait_for()
    assert reader.page.inner_text(".cited-words") == "A bell rang on the stairs."


def test_a_stretch_is_cited_without_scripts(scriptless: Reader) -> None:
    scriptless.goto(f"/testimonies/{MARY}")
    fill_times(scriptless)
    scriptless.page.click(".cite-form button")
    assert scriptless.page.inner_text(".cited-words") == "A bell rang on the stairs."
    assert scriptless.page.locator("audio.cited-sound[controls]").is_visible()
    assert "[@2026.001 0:05.5-0:09.5]" in scriptless.page.inner_text(".citation")
