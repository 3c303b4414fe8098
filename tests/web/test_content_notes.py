"""A community's note is met before a testimony is read or played, wherever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.content_notes import NoteKind
from archive.folder import Archive
from archive.records import Description
from archive.store.content_notes import add_note
from tests.archive.publish.editions import a_publishable_archive, an_edition
from tests.web.builders import CORTEO, GATE, PHONE, STAIRS, Reader, an_archive, barriers, reading
from tests.web.served import ask, close, served, tell

SAID = "It speaks of <b>hunger</b>."
LABEL = "Told for the tenants"
NOTED = (  # pages on which words or sound of the noted testimony can be met
    f"/testimonies/{STAIRS}", f"/testimonies/{STAIRS}/cite?start=6&end=8.5", "/search?q=rent", "/places/glasgow",
    "/search?q=rent&group=testimony", "/narrators/1", f"/passages/{STAIRS}/1/similar", "/themes/rent",
)  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The usual testimonies: one with a note in two languages and a label, one written, one in Arabic."""
    archive = an_archive(tmp_path_factory.mktemp("notes"))
    with archive.write() as db:
        add_note(db, STAIRS, NoteKind.NOTE, SAID, language="en")
        add_note(db, STAIRS, NoteKind.NOTE, "Si parla di fame.", language="it")
        add_note(db, STAIRS, NoteKind.LABEL, LABEL)
        add_note(db, CORTEO, NoteKind.NOTE, "Una carica della polizia.", language="it")
    tell(archive, Description(title="Other", language="en"), "The Rent of others in Glasgow.")
    return archive


@pytest.fixture(scope="module")
def datasette(archive: Archive) -> Iterator[Any]:
    with served(archive) as datasette:
        yield datasette


@pytest.mark.parametrize("path", NOTED)
def test_the_words_stand_wherever_the_testimony_can_be_met(datasette: Any, path: str) -> None:
    page = ask(datasette, path).text
    assert "It speaks of &lt;b&gt;hunger&lt;/b&gt;." in page
    assert "Si parla di fame." in page  # folded away, and not left out
    assert LABEL in page


def test_a_note_stands_before_player_and_text_and_the_label_with_the_title(datasette: Any) -> None:
    page = ask(datasette, f"/testimonies/{STAIRS}").text.partition("<article")[2]
    places = [
        page.index(words) for words in ("<h1", LABEL, "Before you listen", "hunger", 'class="transcript"', "<audio")
    ]
    assert places == sorted(places)
    assert page.count("Before you listen") == 3  # the notice, the way to it above the text, and the window that asks


def test_what_is_written_is_read(datasette: Any) -> None:
    page = ask(datasette, f"/testimonies/{CORTEO}").text
    assert "Before you read" in page
    assert "beforehand.js" not in page


def test_the_reader_meets_their_own_language(datasette: Any) -> None:
    page = ask(datasette, f"/testimonies/{STAIRS}", headers={"accept-language": "it"}).text
    assert page.index("Si parla di fame.") < page.index("<summary>In altre lingue") < page.index("It speaks of")


def test_without_a_note_there_is_nothing_of_it(datasette: Any) -> None:
    for path in (f"/testimonies/{GATE}", "/search?q=others"):
        page = ask(datasette, path).text
        assert "beforehand" not in page.replace("beforehand.css", "")
        assert "<audio" not in page or "autoplay" not in page


def test_what_is_published_has_its_notes_and_not_who_wrote_them(tmp_path: Path) -> None:
    from datasette.app import Datasette

    archive = a_publishable_archive(tmp_path / "archive")
    with archive.write() as db:
        add_note(db, "2026.001", NoteKind.NOTE, "It tells of hunger.", language="en")
        add_note(db, "2026.001", NoteKind.LABEL, LABEL)
    datasette = Datasette([], immutables=[str(an_edition(archive, tmp_path / "public.db"))])
    try:
        for path in ("/testimonies/2026.001", "/search?q=rent", "/public/content_notes.json?_shape=array"):
            page = ask(datasette, path).text
            assert "It tells of hunger." in page, path
            assert LABEL in page, path
        assert {row["actor"] for row in ask(datasette, "/public/content_notes.json?_shape=array").json()} == {""}
    finally:
        close(datasette)


@pytest.mark.browser
def test_nothing_is_heard_before_the_note_is_read(reader: Reader) -> None:
    reader.goto(f"/testimonies/{STAIRS}#t=6")
    page = reader.page
    reader.until("document.querySelector('[data-media]').readyState > 0")
    begins: tuple[Callable[[], Any], ...] = (
        lambda: page.keyboard.press("k"),
        lambda: page.click("[data-do=toggle]"),
        lambda: page.click(".passage[data-start='3.2'] .time"),
        lambda: page.evaluate("document.querySelector('[data-media]').play().catch(() => {})"),
    )
    for begin in begins:
        begin()
        reader.until("document.querySelector('[data-before]').open")
        assert page.evaluate("document.querySelector('[data-media]').paused")
        assert page.evaluate("document.querySelector('[data-media]').muted")
        assert "hunger" in page.locator("[data-before]").inner_text()
        page.keyboard.press("Space")  # meant for the player: it says neither yes nor no
        assert page.evaluate("document.querySelector('[data-before]').open")
        page.keyboard.press("Escape")
        reader.until("!document.querySelector('[data-before]').open")
        assert page.evaluate("document.querySelector('[data-media]').paused")
    page.keyboard.press("k")
    page.click("[data-before] [value=listen]")
    reader.until("!document.querySelector('[data-media]').paused && !document.querySelector('[data-media]').muted")
    page.click("[data-do=toggle]")
    page.click("[data-do=toggle]")
    reader.until("!document.querySelector('[data-media]').paused")  # asked once
    assert reader.errors == []


@pytest.mark.browser
def test_a_quotation_asks_too_and_another_testimony_does_not(reader: Reader) -> None:
    reader.goto("/search?q=rent")
    page = reader.page
    noted = page.locator(".quotation", has_text="went up").locator("a[data-play]")
    noted.click()
    assert page.evaluate("document.querySelector('[data-before]').open")
    assert page.evaluate("!document.querySelector('[data-media]').src")
    page.click("[data-before] [value='']")
    assert page.evaluate("!document.querySelector('[data-media]').src")
    noted.click()
    page.click("[data-before] [value=listen]")
    reader.until("!document.querySelector('[data-media]').paused")
    assert reader.errors == []


@pytest.mark.browser
def test_without_scripts_the_note_is_there_and_can_be_unfolded(browser: Any, address: str) -> None:
    with reading(browser, address, java_script_enabled=False) as reader:
        reader.goto(f"/testimonies/{STAIRS}")
        assert reader.page.locator("#beforehand").is_visible()
        assert not reader.page.locator("[data-before]").is_visible()
        reader.goto("/search?q=rent")
        sign = reader.page.locator(".beforehand-sign").first
        sign.locator("summary").first.click()
        assert sign.locator(".beforehand-text").first.is_visible()


@pytest.mark.browser
@pytest.mark.parametrize(
    "window", [{}, {"color_scheme": "dark", **PHONE}, {"locale": "ar"}], ids=["light", "phone", "ar"]
)
def test_notes_are_no_barrier(browser: Any, address: str, window: dict[str, Any]) -> None:
    with reading(browser, address, **window) as reader:
        assert barriers(reader, NOTED) == []
        for path in NOTED:
            reader.goto(path)
            assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        reader.goto(f"/testimonies/{STAIRS}")
        reader.page.keyboard.press("k")
        reader.until("document.querySelector('[data-before]').open")
