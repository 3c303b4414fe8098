"""axe finds nothing on any page, in light and in dark, also from right to left."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.builders import CORTEO, GATE, STAIRS, barriers, reading

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/search?q=rent", "/search?q=rent&group=testimony", "/search?q=%22", "/search?q=zzzz", "/testimonies",
    f"/testimonies/{STAIRS}", f"/testimonies/{GATE}", f"/testimonies/{CORTEO}",
    f"/testimonies/{STAIRS}/cite?start=6&end=8.5", "/places", "/places/glasgow", "/themes/rent", "/narrators",
    "/narrators/1", "/map", "/timeline", "/network", "/concordance?q=rent", "/together?rows=place&columns=theme",
    "/compare?place=glasgow&place=turin", f"/passages/{STAIRS}/1/similar", "/nowhere",
    "/archive", "/archive/catalogue", "/archive/passages?_search=rent&language__exact=en", "/archive/passages/1",
    "/archive/nothing",
)  # fmt: skip
WINDOWS = (
    {"color_scheme": "light"},
    {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
    {"color_scheme": "light", "locale": "ar"},
)


@pytest.mark.parametrize("window", WINDOWS, ids=("light", "dark phone", "right to left"))
def test_axe_finds_nothing(browser: Any, address: str, window: dict[str, Any]) -> None:
    with reading(browser, address, **window) as reader:
        assert barriers(reader, PAGES) == []
        assert [url for url in reader.requests if not url.startswith(address)] == []
