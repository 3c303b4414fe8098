"""What a first page of the demonstration weighs on the wire: compressed, with headers and fonts, without sound."""

from __future__ import annotations

import io
from typing import Any

import pytest

from archive.folder import Archive
from ingest.demonstration import build_demonstration
from ingest.reporting import PlainReporter
from tests.web.builders import reading

pytestmark = pytest.mark.browser
PAGES = ("/", "/search?q=women", "/testimonies/2026.016", "/testimonies/2026.001")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    report = PlainReporter(io.StringIO())
    return build_demonstration(tmp_path_factory.mktemp("demonstration"), model=None, report=report)[0]


def test_a_first_page_weighs_less_than_100_kb(browser: Any, address: str) -> None:
    for path in PAGES:
        weights = weigh(browser, address, path)
        assert sum("woff2" in part for part in weights) >= 4, "the fonts are part of it"
        assert sum(weights.values()) < 100_000, (path, sorted(weights.items(), key=lambda pair: -pair[1]))


def weigh(browser: Any, address: str, path: str) -> dict[str, int]:
    """The bytes of each part of the page as they came over the wire."""
    asked: dict[str, str] = {}
    came: dict[str, int] = {}
    with reading(browser, address) as reader:
        wire = reader.page.context.new_cdp_session(reader.page)
        wire.send("Network.enable")
        wire.on("Network.requestWillBeSent", lambda sent: asked.update({sent["requestId"]: sent["request"]["url"]}))
        wire.on("Network.loadingFinished", lambda end: came.update({end["requestId"]: int(end["encodedDataLength"])}))
        reader.goto(path)
        reader.page.wait_for_load_state("networkidle")
    return {asked[number]: size for number, size in came.items() if "/media/" not in asked[number]}
