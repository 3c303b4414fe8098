"""Consent on the private archive's pages: forms to print and to sign, and where a testimony stands."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from archive.consent import Artefact, Attribution, Audience, Event, Happening, Use
from archive.consent_form import QUESTIONS, boxes
from archive.declaring import declare
from archive.folder import Archive
from archive.records import Description, Kind
from archive.web import languages
from tests.builders import a_testimony, rows
from tests.web.builders import CORTEO, GATE, STAIRS, a_recorded, an_archive
from tests.web.served import ask, awaited, close, served

HERE = "http://localhost"
FROM_HERE = {"origin": HERE, "sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}
FORM = f"/testimonies/{STAIRS}/consent-form"
CONTACT = "The house of the tenants, Tuesdays from six"
TOGETHER = "2026.005"
FILLED = {
    "takes-part": "1", "transcript-read-public": "1", "audio-listen-members": "1", "attribution": "pseudonym",
    "called": "La Flaca <b>", "until": "2040-01-31", "name": "La Flaca", "agreed": "1", "strokes": "M1 2L30 40",
}  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = an_archive(tmp_path / "archive")
    said = archive.metadata.read_text(encoding="utf-8")
    archive.metadata.write_text(said.replace("    contact:\n", f"    contact: {CONTACT}\n"), encoding="utf-8")
    with archive.write() as db:
        told = Description(title="An assembly", narrators=("Ana", "Luz"), language="en", kind=Kind.ASSEMBLY)
        a_recorded(archive, db, told, tone=9)
    return archive


@pytest.fixture
def datasette(archive: Archive) -> Iterator[Any]:
    with served(archive) as datasette:
        yield datasette


def hidden(page: str) -> dict[str, str]:
    """What the form holds that nobody sees."""
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page))


def send(
    datasette: Any, said: Mapping[str, str], path: str = FORM, *, headers: Mapping[str, str] = FROM_HERE
) -> httpx.Response:
    """Open the form, fill it in, and send it."""

    async def both() -> httpx.Response:
        opened = await datasette.client.get(path)
        held = hidden(opened.text) | dict(said)
        cookies = {"ds_csrftoken": opened.cookies["ds_csrftoken"]}
        answer: httpx.Response = await datasette.client.post(path, data=held, headers=dict(headers), cookies=cookies)
        return answer

    return awaited(both())


def recorded(archive: Archive) -> list[tuple[object, ...]]:
    return rows(archive, "select event, detail, narrator from consents order by id")


@pytest.mark.parametrize("language", languages.OFFERED)
@pytest.mark.parametrize("path", ["/consent-form", FORM, "/spoken-consent", f"/testimonies/{STAIRS}/consent"])
def test_every_page_speaks_the_readers_language(datasette: Any, language: str, path: str) -> None:
    answer = ask(datasette, path, headers={"accept-language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in answer.text
    assert len(answer.text) < 40_000


def test_the_form_asks_for_every_part_use_and_audience_and_ticks_none(datasette: Any) -> None:
    page = ask(datasette, "/consent-form").text
    for question in QUESTIONS:
        for box in boxes(question):
            assert page.count(f'name="{box}"') == 1, box
    assert " checked" not in page
    assert CONTACT in page
    assert "<textarea" not in page


def test_a_form_for_a_testimony_names_it_and_a_blank_one_names_none(datasette: Any) -> None:
    assert "The stairs in Govan" in ask(datasette, FORM).text
    assert "Mary" in ask(datasette, FORM).text
    blank = ask(datasette, "/consent-form").text
    assert "The stairs in Govan" not in blank
    assert 'name="csrftoken"' not in blank


def test_what_is_signed_is_recorded_with_the_paper_as_evidence(archive: Archive, datasette: Any) -> None:
    answer = send(datasette, FILLED)
    assert answer.status_code == 303
    digest = answer.headers["location"].rsplit("/", 1)[1]
    events = recorded(archive)
    assert [event for event, _, _ in events] == ["participation-agreed", "granted", "granted"]
    assert {narrator for _, _, narrator in events} == {1}
    assert all(digest in str(detail) and "2040-01-31" in str(detail) for _, detail, _ in events[1:])
    paper = (archive.evidence / digest).read_text(encoding="utf-8")
    assert "La Flaca &lt;b&gt;" in paper
    assert 'd="M1 2L30 40"' in paper
    assert paper.count(">×<") == 5  # four boxes and a choice
    assert CONTACT in paper
    assert re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d · en · [0-9a-f]{16}", paper)
    assert "http" not in paper.replace("http-equiv", "")
    assert "<script" not in paper


def test_the_paper_holds_every_word_that_the_form_showed(archive: Archive, datasette: Any) -> None:
    form = ask(datasette, FORM, headers={"accept-language": "fr"}).text
    digest = send(datasette, FILLED | {"language": "fr"}).headers["location"].rsplit("/", 1)[1]
    paper = (archive.evidence / digest).read_text(encoding="utf-8")
    body = re.sub(r'<span class="unseen">.*?</span>', "", form.partition('class="consent-head"')[2])
    shown = re.findall(r"<(?:h2|p|li|th|span)[^>]*>([^<]{12,})<", body.partition("<footer")[0])
    left_out = [words for words in shown if words.strip() not in paper]
    on_screen = ("Dessinez ici", "Ou écrivez", "Qui raconte", "Qui a posé")
    assert [words for words in left_out if not words.startswith(on_screen)] == []
    assert '<html lang="fr"' in paper


def test_afterwards_the_page_says_what_was_recorded_and_offers_a_copy(datasette: Any) -> None:
    address = send(datasette, FILLED).headers["location"]
    page = ask(datasette, address).text
    assert "Agreed: written text; read; for everybody; until 31 January 2040; called by a chosen name" in page
    copy = ask(datasette, f"{address}.html")
    assert copy.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "La Flaca" in copy.text
    assert ask(datasette, address.replace(STAIRS, CORTEO)).status_code == 404
    assert ask(datasette, f"{FORM}/{'0' * 64}").status_code == 404


def test_an_unticked_box_takes_nothing_back(archive: Archive, datasette: Any) -> None:
    send(datasette, FILLED)
    send(datasette, {"takes-part": "1", "agreed": "1", "name": "Mary"})
    assert [event for event, _, _ in recorded(archive)].count("revoked") == 0
    assert "listen or watch" in ask(datasette, f"/testimonies/{STAIRS}/consent").text


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ({}, "Nothing is ticked"),
        ({"takes-part": "1", "name": "Mary"}, "Tick that you have read this"),
        ({"takes-part": "1", "agreed": "1"}, "Sign: draw in the field"),
        ({"takes-part": "1", "agreed": "1", "name": "M", "until": "2001-01-01"}, "is over already"),
        ({"takes-part": "1", "agreed": "1", "name": "M", "until": "soon"}, "A day could not be read"),
        ({"takes-part": "1", "agreed": "1", "name": "M", "narrator": "2"}, "damaged"),
        ({"takes-part": "1", "agreed": "1", "name": "M", "narrator": ""}, "damaged"),
        ({"takes-part": "1", "agreed": "1", "name": "M", "form": "../x"}, "damaged"),
    ],
)
def test_what_cannot_be_recorded_is_shown_again_as_it_was(
    archive: Archive, datasette: Any, said: dict[str, str], hint: str
) -> None:
    answer = send(datasette, said | {"called": "La Flaca"})
    assert answer.status_code == 400
    assert "This was not recorded." in answer.text
    assert hint in answer.text
    assert 'value="La Flaca"' in answer.text
    assert ('name="takes-part" value="1" checked' in answer.text) == ("takes-part" in said)
    assert recorded(archive) == []


def test_while_something_else_is_written_the_form_waits(archive: Archive, datasette: Any) -> None:
    with archive.write():
        answer = send(datasette, FILLED)
    assert answer.status_code == 503
    assert "Wait a little" in answer.text
    assert 'name="audio-listen-members" value="1" checked' in answer.text
    assert recorded(archive) == []


def test_where_the_record_is_broken_nothing_is_added_and_it_is_said(archive: Archive, datasette: Any) -> None:
    send(datasette, FILLED)
    with archive.write() as db:
        db.execute("drop trigger consents_are_never_changed")
        db.execute("update consents set at = '2026-01-01' where id = 1")
    answer = send(datasette, FILLED)
    assert answer.status_code == 409
    assert "the record of consent is broken" in answer.text
    assert len(recorded(archive)) == 3


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"origin": "null"}, {"origin": "https://evil.example"}, {"sec-fetch-site": "none"},
        {"origin": HERE, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, {"origin": "http://localhost:81"},
    ],
)  # fmt: skip
def test_only_a_page_of_this_archive_may_send_a_form(archive: Archive, datasette: Any, headers: dict[str, str]) -> None:
    assert send(datasette, FILLED, headers=headers).status_code == 403
    assert recorded(archive) == []


def test_a_form_without_its_token_is_refused(archive: Archive, datasette: Any) -> None:
    assert send(datasette, FILLED | {"csrftoken": "x"}).status_code == 403
    assert recorded(archive) == []


def test_the_form_lets_the_browser_say_where_it_comes_from(datasette: Any) -> None:
    assert ask(datasette, FORM).headers["referrer-policy"] == "same-origin"  # else Origin would be null
    assert ask(datasette, f"/testimonies/{STAIRS}").headers["referrer-policy"] == "no-referrer"


def test_of_several_each_signs_for_themselves_and_an_assembly_may_sign_together(
    archive: Archive, datasette: Any
) -> None:
    path = f"/testimonies/{TOGETHER}/consent-form"
    page = ask(datasette, path).text
    assert page.count('name="narrator"') == 3
    assert "The assembly, together" in page
    assert send(datasette, FILLED, path).status_code == 400  # who?
    [(luz,)] = rows(archive, "select id from narrators where name = 'Luz'")
    assert send(datasette, FILLED | {"narrator": str(luz)}, path).status_code == 303
    assert {narrator for _, _, narrator in recorded(archive)} == {luz}
    assert send(datasette, FILLED | {"narrator": ""}, path).status_code == 303
    assert recorded(archive)[-1][2] is None


def test_where_a_testimony_stands_is_said_with_what_happened(archive: Archive, datasette: Any) -> None:
    page = ask(datasette, f"/testimonies/{GATE}/consent").text
    assert "Nothing has been recorded yet" in page
    assert "has not agreed to this" in page
    send(datasette, FILLED)
    page = ask(datasette, f"/testimonies/{STAIRS}/consent").text
    assert "Mary has not approved the transcript: send it for review." in page
    assert "Called by a chosen name" in page or "called by a chosen name" in page
    assert f'href="/testimonies/{STAIRS}/consent-form"' in page


def test_whoever_does_not_agree_to_be_named_is_not_named(archive: Archive, datasette: Any) -> None:
    with archive.write() as db:
        withdrawn = Event(happening=Happening.WITHDRAWN, on=date(2026, 11, 22))
        declare(db, TOGETHER, withdrawn, narrator="Luz", today=date(2026, 11, 22))
    for path in (f"/testimonies/{TOGETHER}/consent", f"/testimonies/{TOGETHER}/consent-form"):
        page = ask(datasette, path).text
        assert "Ana" in page
        assert "Luz" not in page, path


def test_a_reason_names_nobody_whom_the_catalogue_hides(archive: Archive, datasette: Any) -> None:
    day = date(2026, 11, 22)
    given: dict[str, Any] = {
        "artefacts": frozenset(Artefact), "uses": frozenset(Use), "audience": Audience.PUBLIC, "called": "Lucía",
    }  # fmt: skip
    with archive.write() as db:
        for name in ("Luz", "Ana"):
            granted = Event(happening=Happening.GRANTED, on=day, attribution=Attribution.PSEUDONYM, **given)
            declare(db, TOGETHER, granted, narrator=name, today=day)
        declare(db, TOGETHER, Event(happening=Happening.WITHDRAWN, on=day), narrator="Luz", today=day)
    page = ask(datasette, f"/testimonies/{TOGETHER}/consent").text
    assert "Somebody who tells here withdrew on 22 November 2026" in page
    assert page.count("Not named") == 1
    assert "Luz" not in page
    assert page.count("Lucía") == 1  # of Ana, who may be named


def test_lists_are_written_as_the_readers_language_has_them(datasette: Any) -> None:
    send(datasette, FILLED | {"transcript-quote-members": "on", "transcript-read-members": "on"})
    page = ask(datasette, f"/testimonies/{STAIRS}/consent", headers={"accept-language": "ar"}).text
    table = page[page.index('class="may"') : page.index("</table>")]
    assert "و" in table
    assert ", " not in re.sub(r"<[^>]+>", "", table)


def test_a_closed_testimony_has_none_of_these_pages(archive: Archive, datasette: Any) -> None:
    with archive.write() as db:
        withdrawn = Event(happening=Happening.WITHDRAWN, on=date(2026, 11, 22))
        declare(db, STAIRS, withdrawn, today=date(2026, 11, 22))
    for path in (f"/testimonies/{STAIRS}/consent", FORM):
        assert ask(datasette, path).status_code == 410
    assert ask(datasette, "/testimonies/2026.999/consent").status_code == 404


def test_the_testimony_leads_to_its_consent(datasette: Any) -> None:
    assert f'<a href="/testimonies/{STAIRS}/consent">Consent</a>' in ask(datasette, f"/testimonies/{STAIRS}").text


def test_a_public_edition_has_none_of_these_pages(archive: Archive, tmp_path: Path) -> None:
    from datasette.app import Datasette

    address = ""
    with served(archive) as private:
        address = send(private, FILLED).headers["location"]
    with archive.write() as db:
        db.execute("create table tombstones (accession text)")
        db.execute("create table edition (id integer)")
    for name in ("public.db", "archive.db"):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copytree(archive.evidence, folder / "evidence")
        shutil.copyfile(archive.database, folder / name)
        public = Datasette([], immutables=[str(folder / name)])
        try:
            for path in (FORM, "/consent-form", "/spoken-consent", f"/testimonies/{STAIRS}/consent", address):
                assert ask(public, path).status_code == 404, path
            assert "/consent" not in ask(public, f"/testimonies/{STAIRS}").text
        finally:
            close(public)


def test_a_narrators_name_with_markup_is_shown_as_text(archive: Archive, datasette: Any) -> None:
    with archive.write() as db:
        a_testimony(db, "One.", digest="5", description=Description(title="<i>", narrators=("<b>Eva",), language="en"))
    path = "/testimonies/2026.006/consent-form"
    assert "<b>Eva" not in ask(datasette, path).text
    digest = send(datasette, FILLED, path).headers["location"].rsplit("/", 1)[1]
    assert "<b>Eva" not in (archive.evidence / digest).read_text(encoding="utf-8")
