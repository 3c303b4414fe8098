"""What pages look like where they are narrow, printed, or in another direction than what they quote."""

from __future__ import annotations

from typing import Any

import pytest

from archive.folder import Archive
from archive.records import Description
from tests.web.builders import PHONE, STAIRS, an_archive, reading
from tests.web.served import tell

pytestmark = pytest.mark.browser

LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwe"
ENDLESS = "Rent" * 75
NAMED = "2026.005"
THEMES = (
    "Organisation", "Repression", "Housing", "Kitchens", "Factories", "Newspapers", "Soldiers", "Occupations",
    "Assemblies", "Solidarity", "Prisons", "Schools",
)  # fmt: skip
VOCABULARIES = {
    "themes": "vocabulary: theme\nterms:\n"
    + "".join(f"  - id: {name.lower()}\n    labels: {{en: {name}}}\n" for name in THEMES),
    "movements": "vocabulary: movement\nterms:\n  - id: tenants-movement\n    labels: {en: Tenants}\n"
    "  - id: workers\n    labels: {en: Workers}\n",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """What other tests read, a testimony whose names have no end, and one without a language."""
    archive = an_archive(tmp_path_factory.mktemp("archive"), vocabularies=VOCABULARIES)
    described = Description(
        title=f"{LONG} and {'a title that goes on ' * 33}",
        language="en",
        narrators=(LONG, ENDLESS),
        place=LONG,
        collection=ENDLESS,
    )
    tell(archive, described, f"The Tenants and the Workers of Glasgow spoke of the Rent and of {LONG}.")
    tell(archive, Description(title="Many things"), f"In Glasgow: {', '.join(THEMES)}.")
    tell(archive, Description(title="No language"), "Nobody said in which language the Rent went up.")
    return archive


@pytest.mark.parametrize("window", [PHONE, {"viewport": {"width": 1280, "height": 800}}], ids=["phone", "desktop"])
def test_one_long_word_makes_no_page_too_wide(browser: Any, address: str, window: dict[str, Any]) -> None:
    lists = ("/", "/testimonies", "/narrators", "/search?q=rent", "/search?group=testimony", "/concordance?q=rent")
    whole = (f"/testimonies/{NAMED}", "/narrators/3", "/narrators/4", "/together?rows=narrator&columns=theme")
    with reading(browser, address, **window) as reader:
        for path in (*lists, *whole):
            reader.goto(path)
            wide = reader.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= window["viewport"]["width"], path


def test_a_long_title_leaves_room_on_the_home_page(browser: Any, address: str) -> None:
    with reading(browser, address) as reader:
        reader.goto("/")
        for title in reader.page.locator(".entry-title").all():
            assert title.bounding_box()["height"] < 300


def test_quotations_are_printed_with_both_marks_and_no_controls(browser: Any, address: str) -> None:
    with reading(browser, address) as reader:
        reader.page.emulate_media(media="print")
        reader.goto("/search?q=rent&place=glasgow")
        mark = "getComputedStyle(document.querySelector('.quotation blockquote'), '::before').position"
        assert reader.page.evaluate(mark) == "static", "what hangs outside the page is not printed"
        for part in (".views", ".chip svg", ".play", ".strip"):
            assert not any(one.is_visible() for one in reader.page.locator(part).all()), part


def test_the_printed_concordance_says_which_word(browser: Any, address: str) -> None:
    with reading(browser, address) as reader:
        reader.goto("/concordance?q=rent")
        assert not reader.page.is_visible(".words-printed")
        reader.page.emulate_media(media="print")
        assert "rent" in reader.page.inner_text(".words-printed")


def test_a_table_of_two_is_no_wider_than_the_paper(browser: Any, address: str) -> None:
    with reading(browser, address, viewport={"width": 643, "height": 900}) as reader:  # 170 mm
        reader.page.emulate_media(media="print")
        reader.goto("/together?rows=place&columns=theme")
        frame, table = (reader.page.locator(name).bounding_box() for name in (".table-frame", ".cross"))
        assert reader.page.locator(".cross thead th").count() == len(THEMES)
        assert table["width"] <= frame["width"] + 1


def test_terms_stand_beside_their_label_where_text_and_page_run_against_each_other(browser: Any, address: str) -> None:
    with reading(browser, address, locale="ar") as reader:
        reader.goto(f"/testimonies/{STAIRS}")
        for row in reader.page.locator(".speaks-of p").all():
            label, first = row.locator(".speaks-of-name").bounding_box(), row.locator(".term").first.bounding_box()
            assert 0 <= label["x"] - (first["x"] + first["width"]) < 120
        facts, head = (
            reader.page.locator(name).bounding_box() for name in (".description > div >> nth=0", ".description")
        )
        assert abs(head["x"] + head["width"] - facts["x"] - facts["width"]) < 2


def test_what_is_quoted_without_a_language_keeps_its_marks_the_right_way_round(browser: Any, address: str) -> None:
    with reading(browser, address, locale="ar") as reader:
        reader.goto("/search?q=nobody")
        assert (
            reader.page.evaluate("getComputedStyle(document.querySelector('.quotation blockquote')).quotes")[1] == "“"
        )


def test_buttons_of_the_player_speak_the_language_of_the_page(browser: Any, address: str) -> None:
    with reading(browser, address, locale="ar") as reader:
        reader.goto(f"/testimonies/{STAIRS}")
        assert reader.page.inner_text("[data-do=back]") == "−5 ث"


def test_a_phone_shows_the_network_as_a_list(browser: Any, address: str) -> None:
    with reading(browser, address, **PHONE) as reader:
        reader.goto("/network")
        assert not reader.page.is_visible(".network")
        assert reader.page.locator(".network-list a").all_inner_texts()
        assert reader.page.locator(".network-list a").first.bounding_box()["height"] >= 43.5


def test_the_way_to_cite_can_be_touched(browser: Any, address: str) -> None:
    with reading(browser, address, **PHONE) as reader:
        reader.goto(f"/testimonies/{STAIRS}")
        box = reader.page.locator(".cite").first.bounding_box()
        assert box["width"] >= 24
        assert box["height"] >= 24
