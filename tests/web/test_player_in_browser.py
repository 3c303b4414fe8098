"""What a person does on a testimony's page, in a real Chromium with real sound."""

from __future__ import annotations

from typing import Any

import pytest

from archive.folder import Archive
from archive.records import Description
from tests.builders import a_testimony
from tests.web.builders import CORTEO, STAIRS, Reader, a_recorded, an_archive, reading

pytestmark = pytest.mark.browser

LONGER = "2026.005"
SPOKEN = "[...(CSS.highlights.get('spoken') ?? [])].map(String).join()"
CURSOR = "[...(CSS.highlights.get('cursor') ?? [])].map(String).join()"
EXCERPT = "[...(CSS.highlights.get('excerpt') ?? [])].map(String).join(' ')"
PAUSED = "document.querySelector('[data-media]').paused"
NOW = "document.querySelector('[data-media]').currentTime"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = an_archive(tmp_path_factory.mktemp("player"))
    with archive.write() as db:
        a_recorded(archive, db, Description(title="Longer than a minute"), tone=5000)
        a_testimony(db, *[f"Line {number} of very many." for number in range(5000)], title="Long", digest="9")
    return archive


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


def click_word(reader: Reader, word: str) -> None:
    """Click in the middle of a word of the transcript."""
    x, y = reader.page.evaluate(WHERE, word)
    reader.page.mouse.click(x, y)


WHERE = """word => { for (const words of document.querySelectorAll('.words')) {
    const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.data.indexOf(word);
        if (at < 0) continue;
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        words.scrollIntoView({ block: 'center' });
        const box = range.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];
    } } }"""
SELECT = """([from, to]) => { const find = (said) => { for (const words of document.querySelectorAll('.words')) {
    const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        if (node.data.includes(said)) return [node, node.data.indexOf(said)]; } };
    const [a, at] = find(from), [b, bt] = find(to);
    getSelection().setBaseAndExtent(a, at, b, bt + to.length); }"""


def test_a_click_on_a_word_plays_from_that_word(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}")
    click_word(reader, "spring")
    reader.until(f"!{PAUSED}")
    assert reader.page.url.endswith("#t=5.43")
    assert 5.3 < now(reader) < 6.2
    assert sum("words.json" in url for url in reader.requests) == 1


def test_a_click_on_the_time_plays_the_whole_passage(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}")
    reader.page.click("#p1 .time")
    reader.until(f"!{PAUSED}")
    assert reader.page.url.endswith("#t=3.2")
    assert 3.1 < now(reader) < 4


def test_the_keyboard_goes_from_word_to_word_and_plays(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}#t=6")
    reader.until(f"{NOW} === 6")
    for key, word in ((".", "bell"), (".", "rang"), (",", "bell"), (">", "That"), ("<", "A"), (",", "spring.")):
        reader.page.keyboard.press(key)
        reader.until(f"{CURSOR} === '{word}'", seconds=3)
        assert reader.page.text_content("[data-word-said]") == word
    assert now(reader) == pytest.approx(5.43, abs=0.01)
    reader.page.keyboard.press("Enter")
    reader.until(f"!{PAUSED} && {NOW} > 5.43")
    assert reader.errors == []


def test_letters_can_be_switched_off(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}#t=6")
    reader.until(f"{NOW} === 6")
    reader.page.keyboard.press("?")
    assert reader.page.is_visible("[data-keys]")
    reader.page.uncheck("[data-letters]")
    reader.page.keyboard.press("Escape")
    reader.page.keyboard.press("l")
    reader.page.keyboard.press("ArrowLeft")
    assert now(reader) == pytest.approx(1, abs=0.01), "the arrow still works, the letter does not"


def test_the_list_of_keys_gives_the_focus_back(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}")
    reader.page.focus("[data-help]")
    reader.page.keyboard.press("Enter")
    assert reader.page.is_visible("[data-keys]")
    reader.page.keyboard.press("Escape")
    reader.until("document.activeElement.matches('[data-help]')")


def test_an_address_with_a_stretch_lights_it_up_and_plays_just_that(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}#t=4.5,6.4")
    reader.until(f"{EXCERPT} === 'up in the spring. A'")
    assert now(reader) == pytest.approx(4.5, abs=0.05)
    assert reader.page.evaluate(PAUSED)
    reader.page.keyboard.press(" ")
    reader.until(f"!{PAUSED}")
    reader.until(PAUSED)
    assert now(reader) == pytest.approx(6.4, abs=0.02)


@pytest.mark.parametrize("stretch", ["-3", "9,4", "4,4", "999", "3,999", "x", "1,2,3", "1e9"])
def test_a_time_that_cannot_be_is_said_and_left_alone(reader: Reader, stretch: str) -> None:
    reader.goto(f"/testimonies/{STAIRS}#t={stretch}")
    reader.until("document.querySelector('[data-notice]').textContent.includes('does not have')", seconds=3)
    assert now(reader) == 0
    assert reader.errors == []


def test_selected_words_can_be_played_and_shared_to_the_word(reader: Reader, address: str) -> None:
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.goto(f"/testimonies/{STAIRS}")
    reader.page.evaluate(SELECT, ["Rent", "bell"])
    reader.page.wait_for_selector("[data-excerpt]:not([hidden])")
    cite = reader.page.get_attribute("[data-excerpt-do=cite]", "href")
    assert cite.endswith(f"/testimonies/{STAIRS}/cite?start=3.57&end=6.83")
    reader.page.click("[data-excerpt-do=copy]")
    reader.until("document.querySelector('[data-notice]').textContent === 'The link was copied'")
    copied = reader.page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{address.rstrip('/')}/testimonies/{STAIRS}?t=3.57,6.83#t=3.57,6.83"
    reader.page.click("[data-excerpt-do=play]")
    reader.until(f"!{PAUSED}")
    reader.until(PAUSED)
    assert now(reader) == pytest.approx(6.83, abs=0.02)


def test_an_excerpt_is_chosen_with_the_keyboard_alone(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}#t=3.2")
    reader.until(f"{NOW} > 3")
    reader.page.keyboard.press(".")
    reader.until(f"{CURSOR} === 'Rent'")
    reader.page.keyboard.press("s")
    reader.until("document.querySelector('[data-notice]').textContent.includes('Rent')")
    for word in ("went", "up", "in", "the", "spring."):
        reader.page.keyboard.press(".")
        reader.until(f"{CURSOR} === '{word}'")
    reader.page.keyboard.press("e")
    reader.until("document.activeElement.matches('[data-excerpt] *')")
    assert reader.page.evaluate("getSelection().toString()") == "Rent went up in the spring."
    reader.page.keyboard.press("Escape")
    assert not reader.page.is_visible("[data-excerpt]")


def test_passages_without_times_are_shared_by_their_numbers(reader: Reader) -> None:
    reader.goto(f"/testimonies/{CORTEO}")
    reader.page.evaluate(SELECT, ["Poi venne", "tornò"])
    reader.page.wait_for_selector("[data-excerpt]:not([hidden])")
    assert reader.page.get_attribute("[data-excerpt-do=cite]", "href").endswith("cite?from=0&until=1")
    assert reader.page.locator("[data-excerpt-do=play]").count() == 0
    reader.goto(f"/testimonies/{CORTEO}?again#p0-p1")
    reader.until(f"{EXCERPT}.includes('La sera')")
    reader.goto(f"/testimonies/{CORTEO}?once-more#p1-p0")
    reader.until("document.querySelector('[data-notice]').textContent.includes('does not have')")


@pytest.mark.parametrize("testimony", [STAIRS, CORTEO])
def test_a_passage_that_there_is_not_is_said(reader: Reader, testimony: str) -> None:
    reader.goto(f"/testimonies/{testimony}#p1")
    reader.page.wait_for_load_state("networkidle")
    assert reader.page.text_content("[data-notice]") == ""
    reader.goto(f"/testimonies/{testimony}#p99")
    reader.until("document.querySelector('[data-notice]').textContent.includes('passages that this testimony')")


def test_words_looked_for_are_found_one_after_the_other(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}?q=spring+OR+bell")
    assert reader.page.locator("mark").all_text_contents() == ["spring", "bell"]
    reader.page.keyboard.press("n")
    reader.until("document.querySelector('[data-found]').textContent === '1 of 2'")
    reader.page.keyboard.press("n")
    reader.until("document.querySelector('[data-found]').textContent === '2 of 2'")
    reader.until(f"{NOW} === 6")
    reader.page.click("[data-hit=previous]")
    reader.until("document.querySelector('[data-found]').textContent === '1 of 2'")
    click_word(reader, "bell")
    reader.until(f"{SPOKEN} === 'bell'")


def test_the_place_and_the_speed_are_remembered_and_offered(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}")
    reader.page.select_option("[data-speed]", "2.5")
    reader.page.reload()
    reader.until("document.querySelector('[data-media]').playbackRate === 2.5")
    assert reader.page.input_value("[data-speed]") == "2.5"
    assert now(reader) == 0


def test_a_reader_who_comes_back_is_offered_the_place(reader: Reader) -> None:
    reader.goto(f"/testimonies/{LONGER}")
    reader.page.evaluate(f"localStorage.setItem('conricerca:at:{LONGER}', '31.5')")
    reader.page.reload()
    reader.until("document.querySelector('[data-notice]').textContent === 'Go on from 0:31'")
    assert now(reader) == 0, "offered, not forced"
    reader.page.click("[data-notice] button")
    reader.until(f"!{PAUSED} && {NOW} > 31.4")
    assert reader.page.text_content("[data-notice]") == ""


def test_a_click_on_a_mark_goes_to_its_second(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}")
    reader.until("document.querySelector('[data-media]').duration > 11")
    reader.page.locator("[data-marks] use.theme").first.click()
    assert now(reader) == pytest.approx(3.2, abs=0.05)


def test_a_stretch_is_cited_without_javascript(browser: Any, address: str) -> None:
    with reading(browser, address, java_script_enabled=False) as reader:
        reader.goto(f"/testimonies/{STAIRS}")
        reader.page.fill("input[name=start]", "0:03")
        reader.page.fill("input[name=end]", "0:08")
        reader.page.click(".cite-form button")
        reader.page.wait_for_load_state()
        assert reader.page.url.endswith(f"/testimonies/{STAIRS}/cite?start=0%3A03&end=0%3A08")
        reader.goto(f"/testimonies/{STAIRS}?q=the")
        reader.page.click("[data-hit=next]")
        assert reader.page.url.endswith("#t=3.2")
        assert reader.page.is_visible("#p2 .cite")


def test_words_light_up_as_they_are_spoken(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}")
    reader.page.click("text=A bell rang on the stairs.")
    reader.until(f"{SPOKEN} === 'bell'")
    reader.until(f"{SPOKEN} === 'rang'")


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
    reader.goto("/testimonies/2026.006#p4900")
    ready = reader.page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    assert reader.page.locator(".passage").count() == 5000
    assert ready < 2000
    assert reader.page.locator("#p4900").is_visible()
