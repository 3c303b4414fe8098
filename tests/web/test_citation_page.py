"""The page that a reader copies a citation from, and what it answers to times that are none."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archive.folder import Archive
from tests.web.builders import CORTEO, STAIRS, Reader, an_archive
from tests.web.served import got, page


def test_just_the_words_between_two_moments_are_quoted(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{STAIRS}/cite?start=6.9&end=8.6")
    assert re.search(r'class="cited-words"[^>]*>rang on the stairs\.<', html)
    assert f"/testimonies/{STAIRS}?t=6.9,8.6#t=6.9,8.6" in html
    assert re.search(r'<audio class="cited-sound"[^>]*#t=6\.9,8\.6"', html)


def test_moments_may_be_written_as_timecodes(archive: Archive) -> None:
    assert "A bell rang on the stairs." in page(archive, f"/testimonies/{STAIRS}/cite?start=0:06&end=0:08.6")


def test_every_form_is_there(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{STAIRS}/cite?start=6&end=8.5")
    for name in ("Chicago", "MLA", "Plain", "BibTeX", "CSL-JSON", "For a counter-history"):
        assert f"<h2>{name}</h2>" in html
    assert "[@2026.001 " in html
    assert "A machine wrote these words down" in html


def test_an_account_is_cited_by_its_passages(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{CORTEO}/cite?from=1&until=1")
    assert "La sera tornò la calma." in html
    assert f"/testimonies/{CORTEO}#p1" in html
    assert "<audio" not in html


def test_a_whole_testimony_can_be_cited(archive: Archive) -> None:
    assert "The stairs in Govan" in page(archive, f"/testimonies/{STAIRS}/cite")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("start=-1&end=5", "is no time"),
        ("start=nan&end=5", "is no time"),
        ("start=inf&end=5", "is no time"),
        ("start=8&end=6", "the times run backwards"),
        ("start=6&end=6", "the times run backwards"),
        ("start=1&end=9999", "the recording is over"),
        ("start=5000&end=5001", "the recording is over"),
        ("start=%00&end=%3Cscript%3E", "is no time"),
        ("from=x&until=2", "is no passage"),
        ("from=3&until=1", "the passages run backwards"),
        ("from=1&until=400", "no such passages"),
    ],
)
def test_what_cannot_be_cited_is_said_and_asked_for_again(archive: Archive, asked: str, said: str) -> None:
    html = page(archive, f"/testimonies/{STAIRS}/cite?{asked}", 400)
    assert said.lower() in html.lower()
    assert 'class="cite-form"' in html
    assert "<script>" not in html
    page(archive, f"/testimonies/{STAIRS}/cite.bib?{asked}", 400)


def test_a_text_without_times_is_not_cited_by_them(archive: Archive) -> None:
    assert "has no text with times.</p>" in page(archive, f"/testimonies/{CORTEO}/cite?start=1&end=2", 400)


def test_a_start_alone_cites_the_passage_that_is_spoken_then(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{STAIRS}/cite?start=6")
    assert "A bell rang on the stairs.</blockquote>" in html
    assert f"/testimonies/{STAIRS}?t=6,8.5#t=6,8.5<" in html


def test_what_people_have_reviewed_is_no_longer_a_machines(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "reviewed")
    with archive.write() as db:
        db.execute("update segments set reviewed = 1")
    assert "A machine wrote these words down" not in page(archive, f"/testimonies/{STAIRS}/cite")


def test_reference_managers_get_a_file(archive: Archive) -> None:
    answers = {
        suffix: got(archive, f"/testimonies/{STAIRS}/cite.{suffix}?start=6&end=8.5")
        for suffix in ("bib", "json", "ris")
    }
    assert answers["bib"].text.startswith("@")
    assert json.loads(answers["json"].text)[0]["title"] == "The stairs in Govan"
    assert answers["ris"].text.startswith("TY  - ")
    assert 'filename="2026.001.ris"' in answers["ris"].headers["content-disposition"]


def test_an_unknown_testimony_is_not_found(archive: Archive) -> None:
    page(archive, "/testimonies/1999.001/cite", 404)


@pytest.mark.browser
def test_a_citation_is_copied_on_its_page_and_over_the_testimony(reader: Reader) -> None:
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for opened in (f"/testimonies/{STAIRS}/cite?start=6&end=8.5", f"/testimonies/{STAIRS}"):
        reader.goto(opened)
        if not opened.endswith("8.5"):
            reader.page.evaluate("getSelection().selectAllChildren(document.querySelectorAll('.words')[2])")
            reader.page.click("[data-excerpt-do=cite]")
        reader.page.click("text=[@2026.001 0:06-0:08.5] >> xpath=.. >> text=Copy")
        reader.until("document.querySelector('[data-copy][data-name]')?.textContent === 'Copied'")
        assert reader.page.evaluate("navigator.clipboard.readText()") == "[@2026.001 0:06-0:08.5]"
    assert reader.errors == []
