"""The words cited are those selected, also where a machine gave words no length and times cannot tell them apart."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from archive.bibliographies import key
from archive.citations import Cited, reference
from archive.folder import Archive
from archive.records import Description
from archive.store.browsing import refresh_counts
from tests import builders
from tests.web.builders import Reader, a_recorded, reading
from tests.web.served import page
from transcripts.model import Segment, Transcript, Word

WAR = "2026.001"
SAID = "𝄞 The men were away at the war, then."
TIMED = (
    ("𝄞", 5.0, 6.0), ("The", 6.0, 6.54), ("men", 6.55, 6.55), ("were", 6.55, 6.55), ("away", 6.55, 6.55),
    ("at", 6.55, 6.56), ("the", 6.56, 6.56), ("war,", 6.56, 6.65), ("then.", 8.0, 9.0),
)  # fmt: skip
LAST = "Nothing was heard."
EXCERPT = "[...(CSS.highlights.get('excerpt') ?? [])].map(String).join('|')"
CURSOR = "[...(CSS.highlights.get('cursor') ?? [])].map(String).join()"
# selects from the first to the last of these words, in the passage of this number
SELECT = """([number, first, last]) => {
    const node = document.querySelector(`#p${number} .words`).firstChild;
    getSelection().setBaseAndExtent(node, node.data.indexOf(first), node, node.data.indexOf(last) + last.length);
}"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """One testimony: a passage with hardly any times, one without words' times, and one that nobody saw end."""
    archive = builders.an_archive(tmp_path_factory.mktemp("war"))
    words = tuple(Word(start=start, end=end, text=text) for text, start, end in TIMED)
    segments = (
        Segment(text="Before.", start=1.0, end=5.0),
        Segment(text=SAID, start=5.0, end=9.0, words=words),
        Segment(text=LAST, start=9.0, end=None),
    )
    with archive.write() as db:
        description = Description(title="The war", narrators=("Mary",), language="en")
        a_recorded(archive, db, description, tone=1, transcript=Transcript(segments=segments, language="en"))
        refresh_counts(db)
    return archive


def cited(html: str) -> str:
    """The words on a page that a citation is copied from."""
    [words] = re.findall(r'class="cited-words"[^>]*>([^<]*)<', html)
    return str(words)


PLACES = "words=1.6-1.19"  # the characters of "men were away", after a sign that is two units long in a browser


def test_words_that_times_do_not_tell_apart_are_named_by_their_places(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{WAR}/cite?start=6.55&end=6.65&{PLACES}")
    assert cited(html) == "men were away"
    assert f'href="/testimonies/{WAR}?t=6.55,6.65&amp;{PLACES}#t=6.55,6.65"' in html
    assert f"[@{WAR} 0:06.55-0:06.65 p1.6-p1.19]" in html
    marked = page(archive, f"/testimonies/{WAR}?t=6.55,6.65&{PLACES}")
    assert re.findall("<mark>(.*?)</mark>", marked) == ["men were away"]
    item = json.loads(page(archive, f"/testimonies/{WAR}/cite.json?start=6.55&end=6.65&{PLACES}"))[0]
    assert item["annote"] == "“men were away”"


def test_two_citations_of_the_same_moment_are_two_sources() -> None:
    one, other = (
        Cited(archive="A", accession=WAR, title="T", address="", start=6.55, end=6.65, places=places)
        for places in ("1.6-1.19", "1.10-1.19")
    )
    assert key(one) != key(other)
    assert reference(one) != reference(other)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("x", "names no words"),
        ("1.6", "names no words"),
        ("1.6-1.19%3Cscript%3E", "names no words"),
        ("1.-6-1.19", "names no words"),
        ("1.6-1.99999999999", "names no words"),
        ("1.٦-1.19", "names no words"),
        ("1.7-1.19", "no such words"),
        ("1.6-1.18", "no such words"),
        ("1.6-1.9999", "no such words"),
        ("1.15-1.9", "no such words"),
        ("1.6-1.6", "no such words"),
        ("2.0-1.19", "no such words"),
        ("1.6-77.3", "no such words"),
        ("9999999.0-9999999.9", "no such words"),
        ("1.0-1.19", "not said between these times"),
        ("1.6-1.37", "not said between these times"),
        ("0.0-1.19", "not said between these times"),
    ],
)
def test_words_that_are_not_there_are_refused(archive: Archive, words: str, said: str) -> None:
    html = page(archive, f"/testimonies/{WAR}/cite?start=6.55&end=6.65&words={words}", 400)
    assert said in html
    assert "<script>" not in html
    page(archive, f"/testimonies/{WAR}/cite.bib?start=6.55&end=6.65&words={words}", 400)


def test_words_without_times_to_say_where_are_refused(archive: Archive) -> None:
    assert "not said between these times" in page(archive, f"/testimonies/{WAR}/cite?{PLACES}", 400)


def test_an_address_whose_words_were_corrected_still_leads_to_its_times(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{WAR}?t=6.55,6.65&words=1.7-1.19", 400)
    assert "it may have been corrected since" in html
    assert re.findall("<mark>(.*?)</mark>", html) == ["men were away at the war,"]
    assert '.wav#t=6.55"' in html


def test_the_same_seconds_stand_under_the_words_and_in_every_citation(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{WAR}/cite?start=6.9&end=8.6")
    assert re.search(r'class="cited-who">.*>0:06–0:09</a>', html)
    assert html.count("0:06–0:09") >= 4
    assert "0:06–0:08" not in html


@pytest.mark.browser
def test_the_words_chosen_by_key_are_those_cited(reader: Reader) -> None:
    reader.goto(f"/testimonies/{WAR}#t=5")
    reader.until("document.querySelector('[data-media]').currentTime === 5")
    for key_, word in ((".", "The"), (".", "men"), ("s", "men"), (".", "were"), (".", "away"), ("e", "away")):
        reader.page.keyboard.press(key_)
        reader.until(f"{CURSOR} === '{word}'")
    reader.until("document.activeElement.matches('[data-excerpt] *')")
    assert reader.page.evaluate("getSelection().toString()") == "men were away"
    cite = reader.page.get_attribute("[data-excerpt-do=cite]", "href")
    assert cite.endswith(f"/cite?start=6.55&end=6.65&{PLACES}")
    reader.goto(cite)
    assert reader.page.inner_text(".cited-words") == "men were away"
    reader.page.click(".cited-who a")
    reader.until(f"{EXCERPT} === 'men were away'")
    assert reader.page.locator("mark").all_text_contents() == ["men were away"]
    assert reader.errors == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("selected", "asked"),
    [
        ((1, "then.", "then."), "start=8&end=9"),
        ((0, "Before", "Before"), "start=1&end=5"),
        ((2, "Nothing", "was"), "start=9"),
        ((1, "The", "war"), "start=6&end=6.65"),
    ],
)
def test_times_alone_are_named_where_they_say_which_words(
    reader: Reader, selected: tuple[int, str, str], asked: str
) -> None:
    reader.goto(f"/testimonies/{WAR}")
    reader.page.evaluate(SELECT, list(selected))
    reader.page.wait_for_selector("[data-excerpt]:not([hidden])")
    cite = reader.page.get_attribute("[data-excerpt-do=cite]", "href")
    assert cite.endswith(f"/cite?{asked}")
    reader.goto(cite)
    quoted = reader.page.inner_text(".cited-words")
    assert selected[1] in quoted
    assert selected[2] in quoted


@pytest.mark.browser
@pytest.mark.parametrize(
    "stretch", ["5,6", "5.4,6.5", "5.6,9", "6.2,6.3", "6.56,6.6", "6.5,8.4", "6.7,8.6", "1,9.5", "4.99,5.3", "8.5,11"]
)
def test_browser_and_server_mark_the_same_words(browser: Any, address: str, stretch: str) -> None:
    with reading(browser, address) as reader:
        reader.goto(f"/testimonies/{WAR}?t={stretch}")
        marked = "|".join(reader.page.locator("mark").all_text_contents())
        reader.page.wait_for_load_state("networkidle")
        reader.until(f"{EXCERPT} === {json.dumps(marked)}", seconds=3)
