"""A browser never mixes scripts of two versions, and may keep each for good."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from archive.folder import Archive
from archive.web import scripts
from tests.web.builders import STAIRS, Reader
from tests.web.served import ask, served

PAGES = (
    "/",
    "/search?q=rent",
    f"/testimonies/{STAIRS}",
    f"/testimonies/{STAIRS}/cite",
    "/map",
    "/timeline",
    "/network",
)
OURS = re.compile(r"/-/conricerca/([0-9a-f]{10})/([a-z]+\.js)$")


@pytest.fixture
def another_version(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """After an upgrade in which one script that others import has changed."""
    before = scripts.address_of("times.js")
    monkeypatch.setattr(scripts, "_texts", lambda: {**texts, "times.js": texts["times.js"] + "// new"})
    scripts._version.cache_clear()
    yield before
    scripts._version.cache_clear()


texts = dict(scripts._texts())


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_all_scripts_of_a_page_are_of_one_version(reader: Reader, path: str) -> None:
    reader.goto(path)
    reader.page.wait_for_load_state("networkidle")
    asked = [url.split("?")[0] for url in reader.requests if url.split("?")[0].endswith(".js")]
    ours = [found for url in asked if (found := OURS.search(url))]
    assert len({found[1] for found in ours}) <= 1
    assert [url for url in asked if "static-plugins/conricerca" in url and "/map/" not in url] == []
    assert {found[2] for found in ours} >= ({"reading.js", "player.js", "times.js"} if path == PAGES[2] else set())
    assert len(asked) == len(set(asked)), "what was preloaded is what is imported"
    assert reader.errors == []


def test_a_script_may_be_kept_for_good(archive: Archive) -> None:
    with served(archive) as datasette:
        answer = ask(datasette, scripts.address_of("player.js"))
    assert answer.headers["cache-control"] == "max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "cookie" not in answer.headers.get("vary", "")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_change_of_one_script_changes_the_address_of_all(archive: Archive, another_version: str) -> None:
    assert scripts.address_of("player.js").split("/")[3] != another_version.split("/")[3]
    with served(archive) as datasette:
        answer = ask(datasette, another_version)
        assert answer.status_code == 302
        assert "immutable" not in answer.headers["cache-control"]
        assert answer.headers["location"] == scripts.address_of("times.js")
        assert ask(datasette, answer.headers["location"]).text.endswith("// new")


@pytest.mark.parametrize("name", ["nothing.js", "../layout.py", "tokens.css", "map/world.svg"])
def test_nothing_but_scripts_lies_there(archive: Archive, name: str) -> None:
    with served(archive) as datasette:
        assert ask(datasette, scripts.address_of("player.js").replace("player.js", name)).status_code == 404


def test_no_script_names_another_in_a_way_that_leaves_its_version() -> None:
    for name, text in texts.items():
        for named in re.findall(r"(?:from|import)\s*\(?\s*[\"']([^\"']+)[\"']", text):
            assert re.fullmatch(r"\./[a-z]+\.js", named), (name, named)
            assert named[2:] in texts
