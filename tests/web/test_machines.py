"""The same search for programs, and the examples of docs/api.md."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from archive.folder import Archive
from archive.query import Facet
from archive.web import pages
from tests.builders import shared
from tests.web.builders import LABEL, STAIRS, an_archive
from tests.web.served import got

ATOM = "{http://www.w3.org/2005/Atom}"
API = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_json_has_passages_marks_sounds_and_counts(archive: Archive) -> None:
    body = got(archive, "/search.json?q=bell").json()
    assert (body["ok"], body["total"], body["capped"], body["next"]) == (True, 1, False, None)
    [passage] = body["passages"]
    assert passage["accession"] == STAIRS
    [[start, end]] = passage["highlights"]
    assert passage["text"][start:end] == "bell"
    assert passage["reviewed"] is False
    assert re.search(r"/media/[0-9a-f]{64}\.wav$", passage["sound"])
    assert set(body["facets"]) == {facet.value for facet in Facet}


def test_pages_of_json_follow_one_another(archive: Archive) -> None:
    body = got(archive, "/search.json").json()
    assert body["total"] == len(body["passages"])
    for path in ("/search.json?page=9", "/search.csv?page=9", "/search.atom?page=9"):
        assert "no such page" in got(archive, path, 404).text


def test_a_program_says_how_many_passages_a_page_has(archive: Archive) -> None:
    first = got(archive, "/search.json?size=1").json()
    assert first["total"] > len(first["passages"]) == 1
    second = got(archive, first["next"].removeprefix("http://localhost")).json()
    assert second["page"] == 2
    assert second["passages"][0]["text"] != first["passages"][0]["text"]
    for size in ("0", "101", "-1", "many", "٣"):
        assert "1 to 100" in got(archive, f"/search.json?size={size}", 400).json()["error"]


def test_a_table_is_safe_for_spreadsheets(archive: Archive) -> None:
    answer = got(archive, "/search.csv?q=rent")
    header, *rows = csv.reader(io.StringIO(answer.text))
    assert header[0] == "accession"
    assert len(rows) == 2
    assert answer.headers["content-type"].startswith("text/csv")


def test_a_search_is_a_feed(archive: Archive) -> None:
    feed = ET.fromstring(got(archive, "/search.atom?q=rent").text)
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert element.findtext(f"{ATOM}{name}"), name
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.findtext(f"{ATOM}updated") or "")
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    assert {link.get("rel") for link in feed.findall(f"{ATOM}link")} == {"self", "alternate"}
    identities = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(set(identities)) == len(identities) == 2


def test_a_feed_says_who_speaks_and_with_which_label(archive: Archive) -> None:
    [entry] = ET.fromstring(got(archive, "/search.atom?q=bell").text).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Mary"
    assert entry.findtext(f"{ATOM}summary") == LABEL


@pytest.mark.shared
def test_a_feed_is_what_its_schema_asks_for(archive: Archive) -> None:
    etree = pytest.importorskip("lxml.etree")
    schema = etree.XMLSchema(file=str(shared("schemas/spec/test_support/xml_schema/atom.xsd")))
    feed = etree.fromstring(got(archive, "/search.atom").content)
    assert schema.validate(feed), schema.error_log
    feed.remove(feed.find(f"{ATOM}entry"))
    feed.append(etree.Element(f"{ATOM}entry", wrong="1"))
    assert not schema.validate(feed)


def test_what_no_xml_may_hold_is_left_out(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "signs")
    with archive.write() as db:
        db.execute("update testimonies set title = 'A' || char(1) || char(65535) || '<b>' || char(128293)")
    [entry, *_] = ET.fromstring(got(archive, "/search.atom").text).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "A<b>🔥"


def test_browsers_learn_how_to_search(archive: Archive) -> None:
    description = ET.fromstring(got(archive, "/opensearch.xml").text)
    templates = [url.get("template") for url in description if url.tag.endswith("Url")]
    assert all("{searchTerms}" in str(template) for template in templates)
    assert 'rel="search"' in got(archive, "/").text


@pytest.mark.parametrize("suffix", ["json", "csv", "atom"])
@pytest.mark.parametrize(
    ("asked", "status", "hint"),
    [
        ("q=%22rent", 400, "quotation mark is not closed"),
        ("place=atlantis", 404, "knows no place"),
        ("testimony=1999.999", 404, "no testimony with the accession number"),
        ("since=1920&until=1910", 400, "run backwards"),
        ("page=-1", 400, "there is no page"),
    ],
)
def test_what_cannot_be_answered_is_said(archive: Archive, suffix: str, asked: str, status: int, hint: str) -> None:
    assert hint in got(archive, f"/search.{suffix}?{asked}", status).text


def test_every_address_for_programs_is_described() -> None:
    for path in (
        "/search.json",
        "/search.csv",
        "/search.atom",
        "/opensearch.xml",
        "/words.json",
        "transcript.vtt",
        "cite.bib",
    ):
        assert path in API
    for facet in Facet:
        assert f"`{facet.value}`" in API
    assert pages.ROUTES


@pytest.mark.parametrize("path", re.findall(r"^GET (/\S+)$", API, re.MULTILINE))
def test_every_example_of_the_document_works(archive: Archive, path: str) -> None:
    got(archive, path)


def test_a_testimonys_page_says_what_it_is_in_linked_data(archive: Archive) -> None:
    html = got(archive, f"/testimonies/{STAIRS}").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    said = json.loads(found[1])
    assert (said["@context"], said["identifier"], said["name"]) == ("https://schema.org", STAIRS, "The stairs in Govan")
    assert said["associatedMedia"]["@type"] == "AudioObject"
    assert {"@type": "Person", "name": "Mary"} in said["contributor"]
    about = {one["name"]: one for one in said["about"]}
    assert (about["Glasgow"]["@type"], about["Rent"]["@type"]) == ("Place", "DefinedTerm")
    for one in said["about"]:
        got(archive, re.sub("^https?://[^/]+", "", one["url"]))
    assert "transcript" not in said
    assert "bell" not in found[1]
    assert "<" not in found[1]


def test_linked_data_cannot_end_its_element(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "hostile")
    with archive.write() as db:
        db.execute("update catalogue set title = ?", ["</script><script>alert(1)</script>&\u2028<!--"])
    html = got(archive, f"/testimonies/{STAIRS}").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    assert json.loads(found[1])["name"] == "</script><script>alert(1)</script>&\u2028<!--"
    assert not set("<>&\u2028") & set(found[1])


@pytest.mark.parametrize("suffix", ["vtt", "srt", "txt", "json", "csv"])
def test_a_transcript_can_be_taken_away(archive: Archive, suffix: str) -> None:
    answer = got(archive, f"/testimonies/{STAIRS}/transcript.{suffix}")
    assert "A bell rang on the stairs." in answer.text
    assert f'filename="{STAIRS}.{suffix}"' in answer.headers["content-disposition"]
    assert f"/testimonies/{STAIRS}/transcript.{suffix}" in got(archive, f"/testimonies/{STAIRS}").text


def test_a_machines_text_says_so_in_its_file(archive: Archive) -> None:
    assert "not reviewed" in got(archive, f"/testimonies/{STAIRS}/transcript.json").json()["made"]
