"""Places, movements and themes counted beside the catalogue and the passages, and chosen by a link."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.configuration import read_metadata
from archive.folder import Archive
from archive.store.vocabularies import sync_vocabulary
from archive.vocabularies import read_vocabulary
from archive.web import facets
from archive.web.datasette_versions import without_page
from archive.web.facets import linked, links
from tests.builders import rows
from tests.web.served import a_tagged_archive, ask, counts, served, tag


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return a_tagged_archive(tmp_path_factory.mktemp("facets"))


def test_the_catalogue_counts_testimonies_and_the_passages_count_passages(datasette: Any) -> None:
    assert counts(ask(datasette, "/archive/catalogue.json"), "places") == {"Glasgow": 2, "Turin": 2}
    assert counts(ask(datasette, "/archive/passages.json"), "places") == {"Glasgow": 4, "Turin": 3}
    assert counts(ask(datasette, "/archive/passages.json"), "themes") == {"Strike": 2, "Rent": 1}


def test_metadata_that_stock_datasette_understands_is_counted_through_link_tables(
    archive: Archive, datasette: Any
) -> None:
    found = ask(datasette, "/archive/catalogue.json").json()["facet_results"]
    assert {name: facet["type"] for name, facet in found.items()} == {
        "places": "column", "movements": "column", "themes": "column", "language": "column", "kind": "column",
        "collection": "column",
    }  # fmt: skip
    assert read_metadata(archive.metadata)["databases"]["archive"]["tables"]["catalogue"]["facets"][0] == {
        "array": "places"
    }


def test_only_tables_with_a_link_table_are_counted_in_the_fast_way() -> None:
    said = {
        "databases": {"archive": {"tables": {"passages": {"facets": [{"array": "places"}, {"array": "kin"}, "x"]}}}}
    }
    changed = linked(said, database="archive", table="passages", columns={"places", "themes"})
    assert changed["databases"]["archive"]["tables"]["passages"]["facets"] == [{"m2m": "places"}, {"array": "kin"}, "x"]
    assert said["databases"]["archive"]["tables"]["passages"]["facets"][0] == {"array": "places"}


def test_a_file_without_the_kept_counts_keeps_stock_facets() -> None:
    tables = {"catalogue", "testimony_places", "terms", "term_counts"}
    assert links("catalogue", tables) == {"places": "testimony_places"}
    assert links("catalogue", tables - {"term_counts"}) == {}
    assert links("narrators", tables) == {}


@pytest.mark.parametrize("table", ["catalogue", "passages"])
@pytest.mark.parametrize("query", ["", "_search=Glasgow", "_place=glasgow", "_place=turin&_theme=strike", "id__gt=1"])
def test_counts_are_those_of_stock_array_facets(datasette: Any, table: str, query: str) -> None:
    if table == "catalogue" and "_search" in query:
        return
    answer = ask(datasette, f"/archive/{table}.json?{query}&_facet_array=places&_facet_array=themes")
    for facet in ("places", "themes"):
        assert counts(answer, facet) == counts(answer, f"{facet}_2")


def test_a_choice_links_to_its_rows_and_back(datasette: Any) -> None:
    found = ask(datasette, "/archive/passages.json?_search=Glasgow&_next=1").json()["facet_results"]
    turin = next(value for value in found["places"]["results"] if value["value"] == "turin")
    assert not turin["selected"]
    assert "_next" not in turin["toggle_url"]
    chosen = ask(datasette, _path(turin["toggle_url"])).json()
    assert [row[7] for row in chosen["rows"]] == ["From Turin to Glasgow."]
    back = next(value for value in chosen["facet_results"]["places"]["results"] if value["value"] == "turin")
    assert back["selected"]
    assert _path(back["toggle_url"]) == "/archive/passages.json?_search=Glasgow"


def test_a_choice_made_with_a_link_of_stock_datasette_can_be_taken_back(datasette: Any) -> None:
    answer = ask(datasette, "/archive/catalogue.json?places__arraycontains=Glasgow").json()
    assert [row[1] for row in answer["rows"]] == ["2026.001", "2026.002"]
    glasgow = answer["facet_results"]["places"]["results"][0]
    assert (glasgow["selected"], _path(glasgow["toggle_url"])) == (True, "/archive/catalogue.json")


@pytest.mark.parametrize("order", ["", "_sort=text", "_sort_desc=text", "_sort=narrator", "_sort_desc=narrator"])
def test_counts_on_a_later_page_are_those_of_the_first(archive: Archive, order: str) -> None:
    described = {"sortable_columns": ["text", "narrator"]}
    with served(archive) as datasette:
        datasette._metadata_local["databases"]["archive"]["tables"]["passages"] |= described
        first = ask(datasette, f"/archive/passages.json?_size=2&{order}")
        second = ask(datasette, _path(first.json()["next_url"]))
        third = ask(datasette, _path(second.json()["next_url"]))
    assert first.json()["rows"] != second.json()["rows"]
    assert counts(first, "places") == counts(second, "places") == counts(third, "places")


def test_a_condition_that_only_looks_like_a_page_is_kept() -> None:
    assert without_page("select id from passages where id > :p0 ") == "select id from passages where id > :p0 "
    assert without_page("select id from passages where x = :p0 and ((id > :p1)) ").endswith("where x = :p0")


def test_facet_size_is_honoured(datasette: Any) -> None:
    found = ask(datasette, "/archive/passages.json?_facet_size=1").json()["facet_results"]
    for name, most in (("places", "Glasgow"), ("themes", "Strike")):
        assert [value["label"] for value in found[name]["results"]] == [most]
        assert found[name]["truncated"]


def test_a_facet_that_takes_too_long_is_said_to_and_the_rows_are_shown(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n limit 10000000) select i, i, i from n"

    async def take_too_long(self: object, columns: object) -> str:
        return f"{endless} where :facet_limit > 0"

    monkeypatch.setattr(facets.LinkFacet, "_sql", take_too_long)
    with served(archive) as datasette:
        datasette._settings["facet_time_limit_ms"] = 1
        page = ask(datasette, "/archive/catalogue").text
    assert "These facets timed out: places, movements, themes" in page
    assert "2026.003" in page


@pytest.mark.parametrize("hidden", ["testimony_places", "terms", "term_counts"])
def test_a_reader_who_may_not_see_the_link_tables_gets_no_counts_from_them(archive: Archive, hidden: str) -> None:
    with served(archive) as datasette:
        datasette._metadata_local["databases"]["archive"]["tables"][hidden]["allow"] = {"id": "root"}
        answer = ask(datasette, "/archive/catalogue.json")
        assert answer.status_code == 200
        assert "places" not in answer.json()["facet_results"]
        expected = 200 if hidden == "term_counts" else 403
        assert ask(datasette, "/archive/catalogue.json?_place=glasgow").status_code == expected


def test_a_facet_of_something_else_is_ignored(datasette: Any) -> None:
    for asked in ("_facet_m2m=nonsense", "_facet_m2m=places;drop", "_facet_m2m=%7B%22x%22:1%7D"):
        assert ask(datasette, f"/archive/catalogue.json?{asked}").status_code == 200
    answer = ask(datasette, "/archive/vocabularies.json?_facet_m2m=places")
    assert answer.json()["facet_results"] == {}


def test_the_same_facet_asked_for_twice_is_counted_once(datasette: Any) -> None:
    found = ask(datasette, "/archive/catalogue.json?_facet_m2m=places").json()["facet_results"]
    assert "places_2" not in found


def test_a_large_archive_takes_the_counts_kept_for_the_front_page(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "COUNTED_EACH_TIME", 0)
    kept = rows(
        archive,
        "select preferred, passages from term_counts join terms on id = term where vocabulary = 'place' "
        "order by passages desc",
    )
    with served(archive) as datasette:
        answer = ask(datasette, "/archive/passages.json?_trace=1")
        assert list(counts(answer, "places").items()) == kept
        assert counts(ask(datasette, "/archive/passages.json?_place=turin"), "places") == {"Turin": 3, "Glasgow": 1}


def test_every_choice_must_hold_and_is_said_in_words(datasette: Any) -> None:
    answer = ask(datasette, "/archive/catalogue.json?_place=glasgow&_place=turin&_theme=strike").json()
    assert [row[1] for row in answer["rows"]] == ["2026.002"]
    assert answer["human_description_en"] == "where place: Glasgow, place: Turin and theme: Strike"
    assert "place: Glasgow" in ask(datasette, "/archive/catalogue?_place=glasgow").text


def test_a_place_that_no_vocabulary_knows_finds_nothing_and_says_so(datasette: Any) -> None:
    answer = ask(datasette, "/archive/catalogue.json?_place=atlantis").json()
    assert answer["rows"] == []
    assert answer["human_description_en"] == "where place: atlantis (not in the vocabulary)"


def test_a_theme_of_the_same_name_is_no_place(tmp_path: Path) -> None:
    archive = a_tagged_archive(tmp_path)
    themes = archive.vocabularies / "themes.yml"
    themes.write_text(themes.read_text(encoding="utf-8") + "  - id: turin\n    labels: {en: Turin}\n", encoding="utf-8")
    with archive.write() as db:
        sync_vocabulary(db, read_vocabulary(themes))
    with served(archive) as datasette:
        assert len(ask(datasette, "/archive/passages.json?_place=turin").json()["rows"]) == 3
        assert ask(datasette, "/archive/passages.json?_theme=turin").json()["rows"] == []
        with archive.write() as db:
            tag(db)
        assert len(ask(datasette, "/archive/passages.json?_theme=turin").json()["rows"]) == 3


def test_choices_stay_when_the_reader_searches_on(datasette: Any) -> None:
    page = ask(datasette, "/archive/passages?_place=glasgow").text
    assert '<input type="hidden" name="_place" value="glasgow">' in page


def test_vocabularies_are_offered_where_suggestions_are_on(archive: Archive) -> None:
    with served(archive) as datasette:
        datasette._settings["suggest_facets"] = True
        datasette._metadata_local["databases"]["archive"]["tables"]["catalogue"]["facets"] = []
        suggested = json.loads(ask(datasette, "/archive/catalogue.json").text)["suggested_facets"]
    assert {facet["name"] for facet in suggested if facet.get("type") == "m2m"} == {"places", "movements", "themes"}


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
