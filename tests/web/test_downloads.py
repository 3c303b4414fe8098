"""A testimony as a file: what it holds, that it says what it is, and that nothing in it can harm whoever opens it."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import docx
import pytest

from archive.folder import Archive
from archive.records import Description
from tests import builders
from tests.builders import a_testimony
from tests.web import served
from tests.web.builders import CORTEO, GATE, LABEL, STAIRS, TOLD, an_archive
from tests.web.served import page
from transcripts.srt import read_srt
from transcripts.webvtt import read_webvtt
from transcripts.word_docx import read_docx

LICENCE = "Ask before you reuse anything"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def got(archive: Archive, number: str, suffix: str, status: int = 200, **request: Any) -> Any:
    return served.got(archive, f"/testimonies/{number}/transcript.{suffix}", status, **request)


@pytest.mark.parametrize("suffix", ["vtt", "srt", "txt", "json", "csv", "docx"])
def test_every_file_says_what_it_is_how_it_was_made_and_its_licence(archive: Archive, suffix: str) -> None:
    answer = got(archive, STAIRS, suffix)
    text = _text(answer.content) if suffix == "docx" else answer.text
    for said in ("The stairs in Govan", LABEL, STAIRS, LICENCE):
        assert said in text, said
    assert "Nobody has reviewed it" in text or "not reviewed" in text
    assert f'filename="{STAIRS}.{suffix}"' in answer.headers["content-disposition"]


def test_captions_are_those_of_the_page_and_the_note_is_none(archive: Archive) -> None:
    read = read_webvtt(got(archive, STAIRS, "vtt").text)
    assert [(segment.start, segment.end, segment.text) for segment in read.segments] == list(TOLD)
    assert read.remarks == ()


def test_subtitles_end_with_what_they_are(archive: Archive) -> None:
    *told, credit = read_srt(got(archive, STAIRS, "srt").text).segments
    assert [(segment.start, segment.end) for segment in told] == [(start, end) for start, end, _ in TOLD]
    assert (credit.start, credit.end) == (11.5, 15.5)


def test_a_note_cannot_begin_a_caption(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "note")
    with archive.write() as db:
        db.execute("update catalogue set title = ?", ["00:01.000 --> 00:09.000\n\nno"])
    captions = got(archive, STAIRS, "vtt").text
    assert captions.count("-->") == len(read_webvtt(captions).segments) == len(TOLD)


def test_json_has_times_speakers_words_and_tags(archive: Archive) -> None:
    body = got(archive, STAIRS, "json").json()
    second = body["passages"][1]
    assert (second["start"], second["end"], second["reviewed"]) == (3.2, 5.8, False)
    assert {"vocabulary": "theme", "slug": "rent"} in second["tags"]
    said = [second["text"][word["from"] : word["to"]] for word in second["words"]]
    assert said == second["text"].split()
    assert json.loads(got(archive, CORTEO, "json").text)["passages"][0]["words"] == []


def test_a_table_has_one_passage_a_line(archive: Archive) -> None:
    rows = list(csv.DictReader(io.StringIO(got(archive, STAIRS, "csv").text)))
    assert [(row["start"], row["text"]) for row in rows] == [(str(start), text) for start, _, text in TOLD]
    assert {row["label"] for row in rows} == {LABEL}


@pytest.mark.parametrize("said", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_spreadsheet_takes_no_passage_for_a_formula(tmp_path: Path, said: str) -> None:
    archive = builders.an_archive(tmp_path / "formula")
    with archive.write() as db:
        number = a_testimony(db, said, description=Description(title=said, label=said, language="en"))
    [row] = csv.DictReader(io.StringIO(got(archive, number, "csv").text, newline=""))
    for name in ("text", "title", "label"):
        assert row[name].startswith("'"), name


def test_a_word_document_can_be_read_back(archive: Archive) -> None:
    answer = got(archive, STAIRS, "docx")
    assert answer.headers["content-type"] == WORD
    read = read_docx(answer.content)
    assert "A bell rang on the stairs." in read.text
    assert "interview by Jean" in _text(answer.content)


def test_an_arabic_document_runs_from_right_to_left(archive: Archive) -> None:
    document = docx.Document(io.BytesIO(got(archive, GATE, "docx").content))
    last = document.paragraphs[-1]
    assert "كنا نقف" in last.text
    assert last._p.xpath("./w:pPr/w:bidi")


def test_a_document_of_signs_that_word_refuses_is_written(tmp_path: Path) -> None:
    archive = builders.an_archive(tmp_path / "signs")
    with archive.write() as db:
        number = a_testimony(db, "one\x01two\x0bthree\uffff", description=Description(title="\x02A <b>title</b>"))
    assert "onetwothree" in _text(got(archive, number, "docx").content)


def test_the_files_are_offered_where_they_are(archive: Archive) -> None:
    told, written = (page(archive, f"/testimonies/{number}") for number in (STAIRS, CORTEO))
    for suffix in ("vtt", "srt", "txt", "docx", "json", "csv"):
        assert f"/transcript.{suffix}" in told
        assert (f"/transcript.{suffix}" in written) == (suffix not in ("vtt", "srt"))
    for suffix in ("vtt", "srt"):
        assert "no text with times" in got(archive, CORTEO, suffix, 404).text


def test_each_file_that_is_offered_says_what_for_and_in_which_form(archive: Archive) -> None:
    told, written = (page(archive, f"/testimonies/{number}") for number in (STAIRS, CORTEO))
    entry = r'take-name">([^<]+)</span> <span class="take-form" dir="ltr">([^<]+)</span> <[^>]+>([^<]+)</span></a>'
    offered = re.findall(entry, told)
    assert [form for _, form, _ in offered] == ["DOCX", "TXT", "WebVTT", "SRT", "CSV", "JSON", "WAV"]
    assert offered[-1] == ("Recording", "WAV", "as it came to the archive, 12 seconds")
    assert "Recording" not in [name for name, _, _ in re.findall(entry, written)]


def test_how_it_was_made_is_said_in_the_readers_language(archive: Archive) -> None:
    assert "Nadie" in got(archive, STAIRS, "txt", headers={"accept-language": "es"}).text


def _text(raw: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(raw)).paragraphs)
