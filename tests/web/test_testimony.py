"""A testimony's page: what is known of it, its text with the seconds beside it, and what is still missing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from archive.folder import Archive
from archive.reading import read_testimony
from archive.records import Description
from archive.store.transcripts import mark_failed
from archive.store.waveforms import store_waveform
from archive.web.pages.testimony import pack
from tests import builders
from tests.builders import a_testimony
from tests.web.builders import CORTEO, GATE, LABEL, STAIRS, TOLD, WAITING, an_archive
from tests.web.served import ask, served
from transcripts.webvtt import read_webvtt

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return an_archive(tmp_path_factory.mktemp("testimony"))


def page(archive: Archive, path: str, status: int = 200) -> str:
    """The text of a page."""
    with served(archive) as datasette:
        answer = ask(datasette, path)
    assert answer.status_code == status, answer.text
    return answer.text


def test_a_testimony_says_what_is_known_of_it(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{STAIRS}")
    known_of_it = ("The stairs in Govan", LABEL, "Mary", "Jean", "3 May 1984", "English", STAIRS, "A second book")
    for known in known_of_it:
        assert known in html, known


def test_a_machines_transcript_says_that_nobody_reviewed_it(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{STAIRS}")
    assert "Written by a machine, not reviewed" in html
    assert "faster-whisper, tiny-whisper" in html
    assert html.count("The machine was unsure here") == 1


def test_every_line_is_an_anchor_of_its_second(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{STAIRS}")
    for start, _, text in TOLD:
        anchor = rf'id="t={start:g}" href="#t={start:g}"[^>]*>0:0\d</a>'
        assert re.search(rf'{anchor}<p class="words">{text}', html)


def test_two_lines_of_one_second_have_one_anchor(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "twice")
    with archive.write() as db:
        db.execute("update passages set start = 3.2 where position = 2 and testimony = 1")
    html = page(archive, f"/testimonies/{STAIRS}")
    assert html.count('id="t=3.2"') == 1
    assert html.count('href="#t=3.2"') == 2


def test_tags_stand_beside_their_passage_and_lead_to_all_of_them(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{STAIRS}")
    passage = html[html.index('id="p1"') : html.index('id="p2"')]
    assert '<a class="theme" href="/themes/rent" title="theme">Rent</a>' in passage
    assert "glasgow" not in passage


def test_an_account_has_neither_player_nor_times(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{CORTEO}")
    assert "data-player" not in html
    assert 'class="time"' not in html
    assert "3 July 1969" in html
    assert "Written account" in html


def test_arabic_runs_from_right_to_left_and_names_who_speaks(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{GATE}")
    assert '<article class="testimony timed" dir="rtl">' in html
    assert '<div class="passages" lang="ar"' in html
    assert html.count('<p class="who"><bdi>') == 2


def test_a_recording_that_waits_says_so_and_what_to_run(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{WAITING}")
    assert "waits to be transcribed" in html
    assert "conricerca transcribe" in html
    assert "data-player" in html


def test_a_recording_that_failed_says_why(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "failed")
    with archive.write() as db:
        mark_failed(db, db.execute("select max(id) from recordings").fetchone()[0], "it holds no sound")
    html = page(archive, f"/testimonies/{WAITING}")
    assert "could not be transcribed: it holds no sound." in html
    assert "to try again" in html


def test_an_unknown_accession_number_is_not_found(archive: Archive) -> None:
    html = page(archive, "/testimonies/2026.999", 404)
    assert "no testimony with the accession number “2026.999”" in html


def test_hostile_title_is_shown_as_text(tmp_path: Path) -> None:
    archive = builders.an_archive(tmp_path / "hostile")
    said = Description(title=HOSTILE, narrators=(HOSTILE,), place=HOSTILE, summary=HOSTILE, collection=HOSTILE)
    with archive.write() as db:
        number = a_testimony(db, HOSTILE, description=replace(said, label=HOSTILE, sources=(HOSTILE,)))
    searches = ("/search", '/search?q="1+script+img"', f"/search?testimony={number}")
    for path in ("/", "/testimonies", f"/testimonies/{number}", *searches):
        html = page(archive, path)
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "&lt;script&gt;" in html
    assert "<script>alert" not in page(archive, f"/testimonies/{HOSTILE.replace('/', '')}", 404)


def test_captions_can_be_taken_away_and_read_back(archive: Archive) -> None:
    with served(archive) as datasette:
        answer = ask(datasette, f"/testimonies/{STAIRS}/transcript.vtt")
    assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
    assert f'filename="{STAIRS}.vtt"' in answer.headers["content-disposition"]
    read = read_webvtt(answer.text)
    assert [(segment.start, segment.end, segment.text) for segment in read.segments] == list(TOLD)


def test_plain_text_carries_title_and_label(archive: Archive) -> None:
    text = page(archive, f"/testimonies/{STAIRS}/transcript.txt")
    assert text.splitlines()[:3] == ["The stairs in Govan", LABEL, STAIRS]
    assert "Mary: We lived in Glasgow then." in text


def test_an_account_has_no_captions(archive: Archive) -> None:
    assert "no text with times" in page(archive, f"/testimonies/{CORTEO}/transcript.vtt", 404)


def test_words_know_their_seconds_and_their_place_in_the_passage(archive: Archive) -> None:
    with served(archive) as datasette:
        spoken = ask(datasette, f"/testimonies/{STAIRS}/words.json").json()
    text = TOLD[0][2]
    words = [(0.5, 1.0, 0, 2), (1.0, 1.5, 3, 8), (1.5, 2.0, 9, 11), (2.0, 2.5, 12, 19), (2.5, 3.0, 20, 25)]
    assert spoken["0"] == list(pack(words))
    assert spoken["0"][:8] == [500, 500, 0, 2, 0, 500, 1, 5]
    assert [text[3:8], text[12:19]] == ["lived", "Glasgow"]


def test_whoever_may_not_see_the_passages_sees_no_page_of_them(archive: Archive) -> None:
    with served(archive) as datasette:
        datasette._metadata_local = {"databases": {"archive": {"tables": {"passages": {"allow": False}}}}}
        for path in ("/", "/search", f"/testimonies/{STAIRS}", f"/testimonies/{STAIRS}/transcript.txt", "/places"):
            answer = ask(datasette, path)
            assert answer.status_code == 403, path
            assert "stairs in Govan" not in answer.text


def test_a_testimonys_terms_stand_the_most_frequent_first(archive: Archive) -> None:
    db = archive.read()
    found = read_testimony(db.conn, STAIRS)
    db.close()
    assert [(str(term.vocabulary), term.slug) for term in found.terms] == [
        ("place", "glasgow"), ("theme", "rent"), ("theme", "strike"),
    ]  # fmt: skip
    assert found.making is not None
    assert found.making.reviewed == 0


def test_words_looked_for_inside_are_marked_and_lead_to_each_other(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{STAIRS}?q=spring+OR+bell")
    assert "in the <mark>spring</mark>." in html
    assert "A <mark>bell</mark> rang" in html
    assert "2 passages say this" in html
    assert re.search(r'1 of 2 <a href="#t=6">next</a>', html)
    assert re.search(r'2 of 2 <a href="#t=3.2">previous</a>', html)
    assert 'href="/search?q=spring+OR+bell"' in html
    assert html.count('<rect x="') >= 2
    assert "No passage says this" in page(archive, f"/testimonies/{STAIRS}?q=zeppelin")


@pytest.mark.parametrize("words", ['"', "AND", "(rent", "rent)", "%00%01", "x" * 10_000, "NOT", "a+OR"])
def test_a_search_inside_that_cannot_be_read_is_answered_in_words(archive: Archive, words: str) -> None:
    with served(archive) as datasette:
        answer = ask(datasette, f"/testimonies/{STAIRS}?q={words}")
    assert answer.status_code in (200, 400)
    assert "A bell rang on the stairs." in answer.text
    if answer.status_code == 400:
        assert '<p class="hint" role="alert">' in answer.text


def test_words_that_the_machine_was_unsure_of_are_underlined_until_reviewed(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "unsure")
    with archive.write() as db:
        timings = json.loads(db.execute("select words from word_timings where segment = 1").fetchone()[0])
        timings[3][3] = 0.2
        db.execute("update word_timings set words = ? where segment = 1", [json.dumps(timings)])
    html = page(archive, f"/testimonies/{STAIRS}?q=glasgow+lived")
    doubtful = '<span class="unsure-word" title="The machine was unsure of this word">Glasgow</span>'
    assert f"We <mark>lived</mark> in <mark>{doubtful}</mark> then." in html
    assert html.count("The machine was unsure here") == 2
    assert "Written by a machine, not reviewed" in html
    with archive.write() as db:
        db.execute("update segments set reviewed = 1 where id = 1")
    html = page(archive, f"/testimonies/{STAIRS}")
    assert "Glasgow then." in html
    assert "Written by a machine, reviewed in part" in html


def test_the_waveform_stands_under_the_slider_with_its_marks(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "wave")
    assert 'class="wave-all"' not in page(archive, f"/testimonies/{STAIRS}")
    with archive.write() as db:
        store_waveform(db, 1, bytes([0, 255, 128, 255]))
    html = page(archive, f"/testimonies/{STAIRS}")
    assert 'd="M0 100V98h1V0h1V50h1V0h1V100z"' in html
    assert html.count('<use class="theme"') == 2
    assert "<title>0:03 Rent</title>" in html


def test_a_printed_testimony_says_where_it_is_from(archive: Archive) -> None:
    html = page(archive, f"/testimonies/{STAIRS}")
    assert re.search(rf'<p class="colophon">.*Mary.*3 May 1984.*https://archive.example/testimonies/{STAIRS}', html)
