"""A testimony that was withdrawn is closed on every page, at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from archive.consent import Event, Happening
from archive.declaring import declare
from archive.folder import Archive
from archive.records import Description
from archive.store.browsing import refresh_counts
from tests.builders import a_testimony
from tests.web.builders import a_recorded, an_archive
from tests.web.served import ask, served

DAY = date(2026, 11, 22)
SECRET = "zugzwang"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The usual four testimonies, and two of somebody who then withdraws: one spoken, one written."""
    archive = an_archive(tmp_path_factory.mktemp("withdrawn"))
    with archive.write() as db:
        said = Description(title=f"A {SECRET} title", narrators=(f"{SECRET} Ana",), summary=SECRET, language="en")
        a_recorded(archive, db, said, tone=7)
        a_testimony(db, f"They called it {SECRET}.", digest="8", description=said)
        for number in ("2026.005", "2026.006"):
            declare(db, number, Event(happening=Happening.WITHDRAWN, on=DAY), today=DAY)
        refresh_counts(db)
    return archive


@pytest.fixture(scope="module")
def datasette(archive: Archive) -> Iterator[Any]:
    with served(archive) as datasette:
        yield datasette


def test_its_address_says_that_it_is_closed_and_nothing_of_it(datasette: Any) -> None:
    for path in ("", "/cite", "/transcript.txt", "/transcript.vtt", "/words.json"):
        answer = ask(datasette, f"/testimonies/2026.006{path}")
        assert answer.status_code in (404, 410), path
        assert SECRET not in answer.text
    assert ask(datasette, "/testimonies/2026.006").status_code == 410
    assert ask(datasette, "/testimonies/2026.999").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/", f"/search?q={SECRET}", f"/search.json?q={SECRET}", f"/search.csv?q={SECRET}", f"/search.atom?q={SECRET}",
        "/search?testimony=2026.006", "/testimonies", "/narrators", f"/concordance?q={SECRET}", "/timeline", "/map",
        "/network", "/together?rows=narrator&columns=theme", "/passages/2026.006/0/similar", "/archive/catalogue",
        "/archive/passages", "/archive/catalogue.json?_labels=on", "/archive/passages.json?_labels=on",
    ],
)  # fmt: skip
def test_no_page_shows_anything_of_it(datasette: Any, path: str) -> None:
    text = ask(datasette, path).text.replace(f"q={SECRET}", "").replace(f"“{SECRET}”", "")
    said = [line for line in text.splitlines() if SECRET in line and 'name="q"' not in line and "<title>" not in line]
    assert "zugzwang Ana" not in text
    assert f"A {SECRET} title" not in text
    assert f"called it {SECRET}" not in text
    assert path.startswith(("/search", "/concordance")) or not said


def test_its_recording_is_not_there(archive: Archive, datasette: Any) -> None:
    with archive.write() as db:
        rows = db.execute(
            "select sha256, suffix, accession from recordings join testimonies on testimonies.id = testimony"
        ).fetchall()
    answers = {accession: ask(datasette, f"/media/{sha256}{suffix}").status_code for sha256, suffix, accession in rows}
    assert answers.pop("2026.005") == 404
    assert set(answers.values()) == {200}


def test_who_withdrew_has_no_page(archive: Archive, datasette: Any) -> None:
    with archive.write() as db:
        (number,) = db.execute("select id from narrators where name like ?", [f"{SECRET}%"]).fetchone()
    assert ask(datasette, f"/narrators/{number}").status_code == 404
