"""A testimony of several recordings: text, marks and citations are of the one written down; all can be heard."""

from __future__ import annotations

import re
from typing import Any

import pytest

from archive.database import insert
from archive.folder import Archive
from archive.media import keep_original
from archive.store.waveforms import store_waveform
from tests.builders import a_wav, rows
from tests.web.builders import GATE, STAIRS, Reader, an_archive
from tests.web.served import ask, served

pytestmark = pytest.mark.browser

PLAYING = "[...document.querySelectorAll('audio')].map((one) => !one.paused)"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Two testimonies have another recording of 20 seconds; that of the second is the one that its text is of."""
    archive = an_archive(tmp_path_factory.mktemp("archive"))
    with archive.write() as db:
        for number, accession in ((1, STAIRS), (2, GATE)):
            path = a_wav(archive.path / f"part-{number}.wav", seconds=20 + number / 100, rate=8000)
            [testimony] = db.execute("select id from testimonies where accession = ?", [accession]).fetchone()
            row = {
                "testimony": testimony,
                "sha256": keep_original(archive, path, ".wav"),
                "media_type": "audio/wav",
                "suffix": ".wav",
                "bytes": path.stat().st_size,
                "duration": 20 + number / 100,
                "filename": path.name,
                "state": "transcribed",
                "accessioned_at": "2026-11-22T12:00:00Z",
            }
            store_waveform(db, insert(db, "recordings", row), bytes([0, 255, 128, 255]))
            path.unlink()
        db.execute("update transcripts set recording = (select max(id) from recordings) where testimony = 2")
    return archive


def recordings_of(archive: Archive, accession: str) -> list[str]:
    """The SHA-256 of a testimony's recordings, in the order in which they came."""
    found = rows(
        archive,
        "select sha256 from recordings join testimonies on testimonies.id = testimony where accession = ? "
        "order by recordings.id",
        [accession],
    )
    return [str(sha256) for (sha256,) in found]


@pytest.mark.parametrize(("accession", "written_down"), [(STAIRS, 0), (GATE, 1)])
def test_passages_play_and_are_cited_from_the_recording_they_were_written_down_from(
    archive: Archive, reader: Reader, accession: str, written_down: int
) -> None:
    mine = recordings_of(archive, accession)
    reader.goto(f"/testimonies/{accession}")
    reader.page.click("#p1 .time")
    reader.until("!document.querySelector('[data-media]').paused")
    assert mine[written_down] in reader.page.get_attribute("[data-media]", "src")
    further = reader.page.locator(".further audio")
    assert [mine[1 - written_down] in one.get_attribute("src") for one in further.all()] == [True]
    reader.goto(f"/testimonies/{accession}/cite?start=3&end=5")
    assert mine[written_down] in reader.page.get_attribute("audio", "src")
    assert reader.errors == []


def test_an_address_names_seconds_of_the_recording_that_was_written_down(archive: Archive, reader: Reader) -> None:
    """Its twelve seconds, not the twenty of the other."""
    reader.goto(f"/testimonies/{STAIRS}#t=15")
    reader.until("document.querySelector('[data-notice]').textContent.includes('does not have')")
    with served(archive) as datasette:
        assert ask(datasette, f"/testimonies/{STAIRS}/cite?start=13&end=15").status_code == 400
        assert ask(datasette, f"/testimonies/{GATE}/cite?start=13&end=15").status_code == 200


def test_only_one_recording_is_heard_at_a_time(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}")
    reader.page.click("#p1 .time")
    reader.until(f"{PLAYING}.join() === 'false,true'")
    reader.page.evaluate("document.querySelector('.further audio').play()")
    reader.until(f"{PLAYING}.join() === 'true,false'")
    reader.page.click("#p2 .time")
    reader.until(f"{PLAYING}.join() === 'false,true'")


def test_each_recording_has_its_waveform_and_marks_stand_only_on_that_of_the_text(archive: Archive) -> None:
    with served(archive) as datasette:
        stairs, gate = (ask(datasette, f"/testimonies/{number}").text for number in (STAIRS, GATE))
    outline = 'd="M0 100V98h1V0h1V50h1V0h1V100z"'
    assert [part_of(page, "further").count(outline) for page in (stairs, gate)] == [1, 0]
    assert part_of(gate, "player").count(outline) == 1
    assert "data-second" not in part_of(stairs, "further")
    assert "20 seconds" in part_of(stairs, "further")
    assert "12 seconds" in part_of(gate, "further")


def part_of(page: str, name: str) -> str:
    """One section of a page, by its class."""
    found: Any = re.search(rf'<section class="[^"]*\b{name}\b.*?</section>', page, re.DOTALL)
    return str(found[0])
