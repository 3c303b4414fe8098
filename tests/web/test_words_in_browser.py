"""Similar passages, concordance, tables and comparison in a real Chromium: by keyboard, without scripts, for all."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.folder import Archive
from archive.records import Description
from tests.builders import VOCABULARIES
from tests.web.builders import PHONE, STAIRS, Reader, an_archive, barriers, reading
from tests.web.served import tell

pytestmark = pytest.mark.browser

PLACES = VOCABULARIES["places"] + "  - id: buenos-aires\n    labels: {en: Buenos Aires}\n"
SIMILAR = f"/passages/{STAIRS}/1/similar"
PAGES = (
    SIMILAR, "/concordance", "/concordance?q=the", "/concordance?q=%D8%A8%D8%A7%D8%A8", "/concordance?q=%22a",
    "/together", "/together?rows=theme&columns=year", "/together?rows=kind&columns=kind", "/compare",
    "/compare?place=turin&place=buenos-aires", "/compare?place=turin",
)  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = an_archive(tmp_path_factory.mktemp("words"), vocabularies={"places": PLACES})
    years = ", ".join(str(year) for year in range(1805, 1995, 10))
    tell(archive, Description(title="A talk", language="en"), f"Rent and Strike in {years}.")
    texts = (
        "The Strike in Turin was about Rent, in 1969.",
        "In Buenos Aires the Rent went up in the spring of 1907.",
    )
    tell(archive, Description(title="Two cities", language="en"), *texts)
    return archive


def test_which_themes_does_turin_share_with_buenos_aires_by_keyboard_alone(reader: Reader) -> None:
    reader.goto("/compare")
    for _ in range(30):
        reader.page.keyboard.press("Tab")
        if reader.page.evaluate("document.activeElement.name") == "first":
            break
    reader.page.keyboard.type("Torino")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.type("buenos aires")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url("**/compare?place=turin&place=buenos-aires")
    assert reader.page.locator("#shared ~ .shared").get_by_role("rowheader", name="Rent").count() == 1
    reader.page.get_by_role("link", name="2 passages: Turin, Rent").focus()
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url("**/search?place=turin&theme=rent")
    assert "The Strike in Turin was about Rent" in reader.page.inner_text(".quotations")


def test_the_same_without_scripts(browser: Any, address: str) -> None:
    with reading(browser, address, java_script_enabled=False) as reader:
        reader.goto("/compare")
        reader.page.fill("input[name=first]", "Turin")
        reader.page.fill("input[name=second]", "Buenos Aires")
        reader.page.get_by_role("button", name="Compare").click()
        assert "Rent" in reader.page.inner_text(".shared")
        reader.goto("/together?rows=place&columns=theme")
        reader.page.get_by_role("link", name="1 passage: Buenos Aires, Rent").click()
        assert "In Buenos Aires the Rent went up" in reader.page.inner_text("blockquote >> nth=0")


def test_from_a_passage_to_another_that_is_like_it(reader: Reader) -> None:
    reader.goto(SIMILAR)
    reader.page.click("text=Two cities >> nth=0")
    reader.page.wait_for_url("**/testimonies/2026.006*")
    assert not reader.errors


def test_a_line_of_the_concordance_plays_in_place(reader: Reader) -> None:
    reader.goto("/concordance?q=bell")
    reader.page.click("a[data-play]")
    reader.until("!document.querySelector('[data-media]').paused")
    assert "/concordance" in reader.page.url


def test_the_word_stands_in_the_middle_of_every_line_whatever_its_script(reader: Reader) -> None:
    reader.goto("/concordance?q=the+OR+%D8%A8%D8%A7%D8%A8")
    middles = reader.page.evaluate(
        "[...document.querySelectorAll('.kwic .word')].map(w => { const b = w.getBoundingClientRect(), "
        "l = w.parentElement.getBoundingClientRect(); return (b.left + b.right - l.left - l.right) / 2; })"
    )
    assert len(middles) > 3
    assert all(abs(middle) <= 1 for middle in middles)
    right_to_left = reader.page.evaluate(
        "[...document.querySelectorAll('.kwic [dir=rtl]')].map(line => "
        "line.querySelector('.before').getBoundingClientRect().left > "
        "line.querySelector('.after').getBoundingClientRect().left)"
    )
    assert right_to_left == [True]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out(browser: Any, address: str, scheme: str) -> None:
    with reading(browser, address, color_scheme=scheme) as reader:
        assert barriers(reader, PAGES) == []


@pytest.mark.parametrize("window", [PHONE, {**PHONE, "locale": "ar"}, {}], ids=("phone", "right to left", "desktop"))
def test_no_page_is_wider_than_its_window_and_nothing_comes_from_elsewhere(
    browser: Any, address: str, window: dict[str, Any]
) -> None:
    with reading(browser, address, **window) as reader:
        for path in PAGES:
            reader.goto(path)
            reader.page.wait_for_load_state("networkidle")
            # not innerWidth: a phone's grows with what is too wide
            wide = reader.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= reader.page.viewport_size["width"], path
        assert {urlsplit(asked).netloc for asked in reader.requests} == {urlsplit(address).netloc}
        assert not [error for error in reader.errors if "status of 400" not in error]
