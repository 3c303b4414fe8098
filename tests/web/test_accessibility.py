"""axe finds nothing on any page, in light and in dark, also from right to left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from archive.folder import Archive
from tests.web.builders import CORTEO, GATE, STAIRS, a_browser, an_archive, reading
from tests.web.served import listening

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/search?q=rent", "/search?q=rent&group=testimony", "/search?q=%22", "/search?q=zzzz", "/testimonies",
    f"/testimonies/{STAIRS}", f"/testimonies/{GATE}", f"/testimonies/{CORTEO}",
    f"/testimonies/{STAIRS}/cite?start=6&end=8.5", "/places", "/places/glasgow", "/themes/rent", "/narrators",
    "/narrators/1", "/map", "/timeline", "/network", "/concordance?q=rent", "/together?rows=place&columns=theme",
    "/compare?place=glasgow&place=turin", f"/passages/{STAIRS}/1/similar", "/nowhere",
)  # fmt: skip
WINDOWS = (
    {"color_scheme": "light"},
    {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
    {"color_scheme": "light", "locale": "ar"},
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return an_archive(tmp_path_factory.mktemp("axe"))


@pytest.fixture(scope="module")
def address(archive: Archive) -> Iterator[str]:
    with listening(archive) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


@pytest.mark.parametrize("window", WINDOWS, ids=("light", "dark phone", "right to left"))
def test_axe_finds_nothing(browser: Any, address: str, window: dict[str, Any]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python")
    found = []
    with reading(browser, address, **window) as reader:
        for path in PAGES:
            reader.goto(path)
            for violation in axe.Axe().run(reader.page).response["violations"]:
                found += [(path, violation["id"], node["html"][:160]) for node in violation["nodes"][:3]]
        assert [url for url in reader.requests if not url.startswith(address)] == []
    assert not found, "\n".join(map(str, found))
