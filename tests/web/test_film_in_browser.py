"""A testimony that was filmed: the picture shows, plays from any word, and stays in view while the text is read."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from archive.folder import Archive
from ingest.accession import Arrival
from ingest.items import items_of
from ingest.pipeline import ingest
from ingest.reporting import PlainReporter
from tests import builders
from tests.builders import TODAY
from tests.ingest.sounds import a_tone, av, np
from tests.web.builders import Reader, reading
from transcripts.model import Segment, Transcript
from transcripts.webvtt import write_webvtt

pytestmark = pytest.mark.browser

FILM = "/testimonies/2026.001"
PAUSED = "document.querySelector('video').paused"
NOW = "document.querySelector('video').currentTime"
COLOUR = """(() => { const canvas = new OffscreenCanvas(1, 1).getContext('2d');
    canvas.drawImage(document.querySelector('video'), 0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data]; })()"""
IN_VIEW = """(() => { const box = document.querySelector('video').getBoundingClientRect();
    return box.height > 90 && box.top >= 0 && box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
    })()"""
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """One film of forty seconds, with a passage every second."""
    archive = builders.an_archive(tmp_path_factory.mktemp("archive"))
    folder = tmp_path_factory.mktemp("film")
    a_film(folder / "film.webm", seconds=40)
    told = [Segment(text=f"Word {n} of a film.", start=float(n), end=n + 0.9) for n in range(40)]
    (folder / "film.vtt").write_text(write_webvtt(Transcript(segments=tuple(told), language="en")), encoding="utf-8")
    collected = items_of([folder])
    ingest(archive, collected.items, arrival=Arrival(on=TODAY), options=None, report=PlainReporter(io.StringIO()))
    return archive


def a_film(path: Path, *, seconds: int) -> None:
    """Write a tone and a red picture, a fifth of a second of each in turn: browsers can seek in such a file."""
    with av.open(str(path), "w", format="webm") as container:
        picture, sound = container.add_stream("libvpx", rate=5), container.add_stream("libopus", rate=48_000)
        picture.width, picture.height, picture.pix_fmt = 64, 36, "yuv420p"
        for number in range(seconds * 5):
            frame = av.VideoFrame.from_ndarray(np.full((36, 64, 3), (200, 20, 20), np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 5)
            container.mux(picture.encode(frame))
            heard = av.AudioFrame.from_ndarray(a_tone(0.2, 48_000)[None], format="flt", layout="mono")
            heard.sample_rate, heard.pts, heard.time_base = 48_000, number * 9600, Fraction(1, 48_000)
            container.mux(sound.encode(heard))
        container.mux(picture.encode(None))
        container.mux(sound.encode(None))


def test_the_picture_shows_and_has_captions(reader: Reader) -> None:
    reader.goto(FILM)
    reader.until(f"{COLOUR}[0] > 150")
    assert max(reader.page.evaluate(COLOUR)[1:3]) < 80
    assert reader.page.evaluate(IN_VIEW)
    reader.page.evaluate("document.querySelector('video').textTracks[0].mode = 'hidden'")
    reader.until("document.querySelector('video').textTracks[0].cues?.length === 40")
    assert reader.page.get_attribute("track", "kind") == "captions"
    assert reader.page.get_attribute("track", "label") == "English"
    assert reader.errors == []


@pytest.mark.parametrize("window", [{}, {"viewport": PHONE}, {"locale": "ar"}], ids=("desk", "phone", "right to left"))
def test_a_click_on_a_word_plays_the_film_and_the_picture_stays_in_view(
    browser: Any, address: str, window: dict[str, Any]
) -> None:
    with reading(browser, address, **window) as reader:
        reader.goto(FILM)
        reader.until("document.querySelector('video').readyState >= 1")
        room = reader.page.evaluate("document.querySelector('.transcript').getBoundingClientRect().top + scrollY")
        reader.page.click("text=Word 30 of a film.")
        reader.until(f"!{PAUSED} && {NOW} > 30")
        reader.until(IN_VIEW)
        assert (
            reader.page.evaluate("document.querySelector('.transcript').getBoundingClientRect().top + scrollY") == room
        )
        reader.until("document.querySelector('.passage.here') !== null")
        reader.page.click("[data-picture-close]")
        assert not reader.page.evaluate(IN_VIEW)
        assert not reader.page.evaluate(PAUSED), "who closes the picture goes on listening"
        assert reader.errors == []


def test_on_the_phone_the_passage_that_is_spoken_does_not_lie_under_the_picture(browser: Any, address: str) -> None:
    with reading(browser, address, viewport=PHONE) as reader:
        reader.goto(f"{FILM}#t=20")
        reader.until(IN_VIEW)
        reader.page.keyboard.press("ArrowRight")
        reader.page.keyboard.press(" ")
        reader.until(f"{NOW} > 25.5")
        spoken, picture = (reader.page.locator(name).bounding_box() for name in (".passage.here .words", "video"))
        assert spoken["y"] > picture["y"] + picture["height"]


def test_on_the_phone_what_can_be_done_with_a_selection_does_not_lie_over_the_picture(
    browser: Any, address: str
) -> None:
    with reading(browser, address, viewport=PHONE) as reader:
        reader.goto(f"{FILM}#t=20")
        reader.until(IN_VIEW)
        first = "[...document.querySelectorAll('.words')].find((one) => one.getBoundingClientRect().top > 270)"
        reader.page.evaluate(f"getSelection().selectAllChildren({first})")
        reader.page.wait_for_selector("[data-excerpt]:not([hidden])")
        offered, picture = (reader.page.locator(name).bounding_box() for name in ("[data-excerpt]", "video"))
        assert offered["y"] > picture["y"] + picture["height"]


def test_nothing_follows_a_reader_who_only_reads(reader: Reader) -> None:
    reader.goto(FILM)
    reader.page.locator("text=Word 35 of a film.").scroll_into_view_if_needed()
    reader.page.wait_for_timeout(200)
    assert not reader.page.evaluate(IN_VIEW)


def test_without_javascript_the_film_has_its_own_controls_and_no_empty_bar(browser: Any, address: str) -> None:
    with reading(browser, address, java_script_enabled=False) as reader:
        reader.goto(FILM)
        assert reader.page.locator("video[controls]").count() == 1
        assert not reader.page.is_visible("[data-player]")
        assert not reader.page.is_visible("[data-picture-close]")


def test_a_citation_of_a_film_shows_the_stretch(reader: Reader) -> None:
    reader.goto(f"{FILM}/cite?start=12&end=15")
    reader.until("document.querySelector('video').readyState >= 1")
    assert reader.page.evaluate(NOW) == pytest.approx(12, abs=0.3)
    box = reader.page.locator("video").bounding_box()
    assert box["width"] / box["height"] == pytest.approx(16 / 9, abs=0.02)
