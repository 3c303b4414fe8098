"""axe finds nothing on any page, in light and in dark, also from right to left."""

from __future__ import annotations

from typing import Any

import pytest

from archive.folder import Archive, create_archive
from archive.records import Description
from tests.web.builders import CORTEO, GATE, PHONE, STAIRS, an_archive, barriers, reading
from tests.web.served import listening, tell

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/search?q=rent", "/search?q=rent&group=testimony", "/search?q=%22", "/search?q=zzzz", "/testimonies",
    f"/testimonies/{STAIRS}", f"/testimonies/{GATE}", f"/testimonies/{CORTEO}",
    f"/testimonies/{STAIRS}/cite?start=6&end=8.5", "/places", "/places/glasgow", "/themes/rent",
    "/movements/tenants-movement", "/narrators", "/narrators/1", "/map", "/timeline", "/network",
    "/concordance?q=rent", "/together?rows=place&columns=theme", "/compare?place=glasgow&place=turin",
    "/consent-form", "/spoken-consent", f"/testimonies/{STAIRS}/consent", f"/testimonies/{STAIRS}/consent-form",
    f"/passages/{STAIRS}/1/similar", "/nowhere", "/archive", "/archive/catalogue",
    "/archive/passages?_search=rent&language__exact=en", "/archive/passages/1", "/archive/nothing",
)  # fmt: skip
WINDOWS = (
    {"color_scheme": "light"},
    {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
    {"color_scheme": "light", "locale": "ar"},
)


VOCABULARIES = {
    "movements": """
vocabulary: movement
terms:
  - id: tenants-movement
    labels: {en: Tenants, fr: Locataires}
    scope_note: Tenants who organise.
  - id: workers-control
    labels: {en: Workers}
    scope_note: Workers who decide themselves.
"""
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """What other tests read, and an account of Mary's that speaks of movements and of several years."""
    archive = an_archive(tmp_path_factory.mktemp("archive"), vocabularies=VOCABULARIES)
    description = Description(title="The years of the Tenants", language="en", narrators=("Mary",), place="Glasgow")
    tell(
        archive, description, "The Tenants won the Rent of 1915.", "In 1922 the Tenants of Glasgow and the Workers met."
    )
    return archive


@pytest.mark.parametrize("window", WINDOWS, ids=("light", "dark phone", "right to left"))
def test_axe_finds_nothing(browser: Any, address: str, window: dict[str, Any]) -> None:
    with reading(browser, address, **window) as reader:
        assert barriers(reader, PAGES) == []
        assert [url for url in reader.requests if not url.startswith(address)] == []


def test_years_are_drawn_where_axe_looks(browser: Any, address: str) -> None:
    with reading(browser, address) as reader:
        reader.goto("/movements/tenants-movement")
        assert reader.page.locator(".year-bars a").count() == 2


def test_axe_finds_nothing_on_the_home_page_of_an_empty_archive(
    browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = create_archive(tmp_path_factory.mktemp("empty"))
    with listening(empty) as address, reading(browser, address, **PHONE) as reader:
        assert barriers(reader, ["/"]) == []
