"""The archive in a Datasette that does not know our plugin: metadata.yml alone makes it browsable and faceted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.configuration import read_metadata
from archive.folder import Archive
from tests.builders import rows
from tests.web.served import a_tagged_archive

METADATA = read_metadata(Path(__file__).parents[2] / "metadata.yml")
TABLES = METADATA["databases"]["archive"]["tables"]
PROGRAM = "import sys; sys._called_from_test = True; from datasette.cli import cli; cli()"  # loads no installed plugin


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return a_tagged_archive(tmp_path_factory.mktemp("stock"))


def stock(archive: Archive, path: str) -> Any:
    """What Datasette alone answers."""
    files = [str(archive.database), "-m", str(archive.metadata)]
    command = [sys.executable, "-c", PROGRAM, "serve", *files, "--get", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if ".json" in path else done.stdout


def test_the_plugin_is_not_there(archive: Archive) -> None:
    assert stock(archive, "/-/plugins.json") == []


@pytest.mark.parametrize("table", ["catalogue", "passages"])
def test_places_movements_and_themes_are_counted(archive: Archive, table: str) -> None:
    found = stock(archive, f"/archive/{table}.json")["facet_results"]
    assert [found[name]["type"] for name in ("places", "movements", "themes")] == ["array"] * 3
    counted = {value["label"]: value["count"] for value in found["places"]["results"]}
    assert counted == ({"Glasgow": 2, "Turin": 2} if table == "catalogue" else {"Glasgow": 4, "Turin": 3})


def test_a_choice_and_a_search_find_passages(archive: Archive) -> None:
    answer = stock(archive, "/archive/passages.json?_search=strike&places__arraycontains=Turin&_shape=objects")
    assert [row["text"] for row in answer["rows"]] == ["A Strike in Turin."]


def test_lists_show_what_people_browse_and_not_how_it_is_stored(archive: Archive) -> None:
    shown = [table["name"] for table in stock(archive, "/archive.json")["tables"] if not table["hidden"]]
    assert {"catalogue", "passages", "testimonies", "terms"} <= set(shown)
    assert not [name for name in shown if "fts" in name or name.startswith(("_", "passage_", "testimony_"))]


def test_every_table_and_column_is_described_and_none_that_is_not_there(archive: Archive) -> None:
    names = [name for (name,) in rows(archive, "select name from sqlite_master where type in ('table', 'view')")]
    present = {
        str(name): [str(column) for (column,) in rows(archive, "select name from pragma_table_info(?)", [name])]
        for name in names
    }
    assert {name: list(table["columns"]) for name, table in TABLES.items()} == present
    for name, table in TABLES.items():
        assert table["description"].strip(), name
        assert all(str(said).strip() for said in table["columns"].values()), name


def test_columns_named_elsewhere_in_metadata_exist() -> None:
    for name, table in TABLES.items():
        columns = set(table["columns"])
        named = {table[key] for key in ("label_column", "sort", "sort_desc", "fts_pk") if key in table}
        named |= set(table.get("sortable_columns", []))
        named |= {facet if isinstance(facet, str) else facet["array"] for facet in table.get("facets", [])}
        assert named <= columns, name
    assert TABLES["passages"]["fts_table"] in TABLES


def test_an_archive_says_what_it_is() -> None:
    assert METADATA["title"]
    assert METADATA["description"]
    assert METADATA["license"]
