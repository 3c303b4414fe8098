"""Citations carry an address that others can open, or none: never this computer's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archive.folder import Archive
from archive.web.layout import Site
from tests import builders
from tests.builders import a_testimony
from tests.web.builders import found_at
from tests.web.served import got, page, served

NUMBER = "2026.001"
LOCAL = re.compile(r"localhost|127\.0\.0\.1|\[::1\]")
CITING = ("cite", "cite?from=0&until=0", "cite.bib", "cite.json", "cite.ris")
COPIES = ("transcript.txt", "transcript.json", "transcript.csv")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive as it is made: nobody has said where others find it."""
    return told(tmp_path_factory.mktemp("nowhere"))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The same, and others find it in a folder of a site."""
    return found_at(told(tmp_path_factory.mktemp("known")), "https://archive.example/ours/")


def told(folder: Path) -> Archive:
    archive = builders.an_archive(folder)
    with archive.write() as db:
        a_testimony(db, "One.", "Two.")
    return archive


@pytest.mark.parametrize("path", [*CITING, *COPIES])
def test_no_citation_carries_the_address_of_this_computer(archive: Archive, path: str) -> None:
    for host in ("localhost", "127.0.0.1:8194"):
        answer = got(archive, f"/testimonies/{NUMBER}/{path}", headers={"host": host}).text
        assert not LOCAL.search(answer)
        assert "accessed" not in answer.lower()
        assert NUMBER in answer


def test_the_page_says_why_there_is_no_address_and_how_there_can_be_one(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{NUMBER}/cite")
    assert "Its lasting address" not in html
    assert "write it in metadata.yml: <code dir='ltr'>plugins: {conricerca: {address: https://…}}</code>" in html
    assert "An archive of struggles, 2026.001" in html
    assert not LOCAL.search(re.findall('<p class="colophon">.*', page(archive, f"/testimonies/{NUMBER}"))[0])


@pytest.mark.parametrize("path", CITING)
def test_citations_carry_the_address_at_which_others_find_the_archive(known: Archive, path: str) -> None:
    answer = got(known, f"/testimonies/{NUMBER}/{path}").text
    assert f"https://archive.example/ours/testimonies/{NUMBER}" in answer
    assert not LOCAL.search(answer)
    assert "write it in metadata.yml" not in answer


def test_so_does_what_programs_read_of_a_testimony(known: Archive) -> None:
    html = page(known, f"/testimonies/{NUMBER}")
    [said] = re.findall('<script type="application/ld.json">(.*?)</script>', html)
    assert json.loads(said)["@id"] == f"https://archive.example/ours/testimonies/{NUMBER}"
    assert f"<bdi>https://archive.example/ours/testimonies/{NUMBER}</bdi></p>" in html
    copied = got(known, f"/testimonies/{NUMBER}/transcript.json").json()
    assert copied["address"] == f"https://archive.example/ours/testimonies/{NUMBER}"


def test_searches_for_programs_name_what_they_find_by_it(known: Archive) -> None:
    there = "https://archive.example/ours/"
    found = got(known, "/search.json?q=one").json()["passages"][0]["address"]
    assert found == f"{there}testimonies/{NUMBER}#p0"
    assert found in got(known, "/search.csv?q=one").text
    ids = re.findall("<id>(.*?)</id>", got(known, "/search.atom?q=one").text)
    assert ids == [f"{there}search?q=one", f"{there}testimonies/{NUMBER}#p0"]


def test_a_file_that_nobody_checked_puts_no_other_address_there(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(archive) as datasette:
        for address in ("javascript:alert(1)", "http://127.0.0.1:8001", 7, ["https://a.example"]):
            monkeypatch.setattr(datasette, "plugin_config", lambda _, said=address: {"address": said})
            assert Site(datasette).lasting_address == ""
        monkeypatch.setattr(datasette, "plugin_config", lambda _: None)
        assert Site(datasette).lasting_address == ""
