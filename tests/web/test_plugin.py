"""The plugin as Datasette loads it: present in every `datasette` command, and in none of its ways."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.folder import Archive
from archive.web import is_ours
from tests.web.served import a_tagged_archive, ask


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return a_tagged_archive(tmp_path_factory.mktemp("plugin"))


def run(*command: str) -> str:
    """Run Python in a process of its own, as a person would."""
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_datasettes_own_commands_work_with_the_plugin_installed() -> None:
    plugins = {plugin["name"]: plugin for plugin in json.loads(run("-m", "datasette", "plugins"))}
    assert plugins["conricerca"]["static"]
    assert plugins["conricerca"]["templates"]
    assert {"register_routes", "register_facet_classes", "asgi_wrapper"} <= set(plugins["conricerca"]["hooks"])


def test_every_hook_is_one_that_datasette_calls() -> None:
    from datasette import hookspecs

    import archive.web

    hooks = [name for name, member in vars(archive.web).items() if hasattr(member, "datasette_impl")]
    assert len(hooks) > 5
    assert [name for name in hooks if not hasattr(hookspecs, name)] == []


def test_reading_the_plugin_does_not_read_datasette() -> None:
    loaded = run("-c", "import sys, archive.web; print([name for name in sys.modules if 'datasette' in name])")
    for heavy in ("datasette.app", "datasette.views", "datasette.facets", "datasette.filters"):
        assert heavy not in loaded


def test_an_archive_can_be_looked_at_with_plain_datasette_too(archive: Archive) -> None:
    files = (str(archive.database), "-m", str(archive.metadata))
    page = run("-m", "datasette", *files, "--get", "/archive/catalogue.json")
    assert json.loads(page)["facet_results"]["places"]["type"] == "column"


@pytest.mark.parametrize(
    ("words", "found"), [("罢工", 1), ("工人", 1), ("工罢", 0), ("Glasgow", 4), ("glasgow again", 1)]
)
def test_datasettes_search_box_finds_words_of_every_script(datasette: Any, words: str, found: int) -> None:
    answer = ask(datasette, "/archive/passages.json", params={"_search": words}).json()
    assert len(answer["rows"]) == found


def test_our_look_is_on_datasettes_pages_and_its_address_changes_with_it(datasette: Any) -> None:
    page = ask(datasette, "/archive/catalogue").text
    addresses = re.findall(r"/-/static-plugins/conricerca/datasette\.css\?v=[0-9a-f]{8,}", page)
    assert len(addresses) == 1
    assert ask(datasette, addresses[0]).headers["content-type"].startswith("text/css")


def test_our_pages_are_told_from_datasettes() -> None:
    assert [is_ours(path) for path in ("/", "/search", "/archive", "/archive/passages", "/-/versions")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_datasettes_pages_lead_back_to_ours(datasette: Any) -> None:
    page = ask(datasette, "/archive/catalogue").text
    assert 'href="/search"' in page


def test_the_metadata_template_that_is_shipped_is_the_one_at_the_top() -> None:
    from archive.folder import metadata_template

    assert (
        metadata_template()
        .read_text(encoding="utf-8")
        .startswith((Path(__file__).parents[2] / "metadata.yml").read_text(encoding="utf-8")[:200])
    )
