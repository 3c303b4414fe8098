"""Describing a testimony in other words, and calling a narrator by another name: in all that is shown, and no trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.consent import Event, Happening
from archive.declaring import declare
from archive.folder import Archive
from archive.query import Facet, Query
from archive.records import Description
from archive.search import find_passages
from archive.store.browsing import refresh_counts
from cli import main
from tests.builders import TODAY, a_testimony, an_archive, rows

FIRST, SECOND = "2026.001", "2026.002"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Two testimonies; Ana tells in both, in the first with Luz."""
    archive = an_archive(tmp_path / "archive")
    with archive.write() as db:
        said = Description(
            title="Ana talks", narrators=("Ana", "Luz"), language="en", place="Glasgow", recorded_on="1979",
            summary="Ana in short.", collection="Docks", label="Read with care", sources=("A box",),
        )  # fmt: skip
        a_testimony(db, "I paid the Rent.", "I did not.", description=said, speakers=["Ana", "Luz"])
        a_testimony(db, "Nobody paid.", digest="2", description=Description(title="Alone", narrators=("Ana",)))
        refresh_counts(db)
    return archive


def call(archive: Archive, *arguments: str, status: int = 0) -> Result:
    done = CliRunner().invoke(main, ["-C", str(archive.path), *arguments])
    assert done.exit_code == status, (done.output, done.exception)
    return done


def events(archive: Archive) -> list[tuple[object, ...]]:
    return rows(archive, "select action, detail from events order by id")


def test_what_is_said_anew_is_in_the_testimony_the_catalogue_and_the_facets(archive: Archive) -> None:
    said = call(
        archive, "describe", FIRST, "--title", "The docks", "--place", "Turin", "--recorded-on", "1984-05",
        "--collection", "Winter", "--language", "Italian", "--source", "A letter", "--source", "A shelf",
    ).output  # fmt: skip
    assert "title: was “Ana talks”, is “The docks”" in said
    assert "recorded on: was “1979”, is “1984-05”" in said
    assert rows(archive, "select title, recorded_on, collection, language from catalogue where id = 1") == [
        ("The docks", "1984-05", "Winter", "it")
    ]
    assert rows(archive, "select sources from testimonies where id = 1") == [("A letter\nA shelf",)]
    assert rows(archive, "select places from catalogue where id = 1") == [('["Turin"]',)]
    db = archive.read()
    for facet, key, number in (
        (Facet.RECORDED, "1984", 2), (Facet.RECORDED, "1979", 0), (Facet.COLLECTION, "Winter", 2),
        (Facet.LANGUAGE, "it", 2), (Facet.LANGUAGE, "en", 0),
    ):  # fmt: skip
        assert find_passages(db.conn, Query(chosen=((facet, key),))).total == number, (facet, key)
    db.close()


def test_an_empty_text_clears_and_the_log_has_none_of_the_words(archive: Archive) -> None:
    said = call(archive, "describe", FIRST, "--summary", "", "--label", " ", "--source", "", "--place", "").output
    assert "summary: was “Ana in short.”, is nothing" in said
    assert rows(archive, "select summary, label, sources, place from testimonies where id = 1") == [(None,) * 4]
    assert rows(archive, "select places from catalogue where id = 1") == [(None,)]
    assert events(archive)[-1] == ("described", "summary, label, place, sources")


def test_the_same_again_is_no_change(archive: Archive) -> None:
    before = events(archive)
    assert "says so already" in call(archive, "describe", FIRST, "--title", "Ana talks").output
    assert events(archive) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2026.999", "--title", "x"], "no testimony with accession number '2026.999'"),
        ([FIRST, "--recorded-on", "1979-13"], "write 2026-11-22, 2026-11 or 2026"),
        ([FIRST, "--recorded-on", "in spring"], "write 2026-11-22, 2026-11 or 2026"),
        ([FIRST, "--language", "Klingonese"], "is not known"),
        ([FIRST, "--title", "\u200b"], "needs a title"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(archive: Archive, arguments: list[str], said: str) -> None:
    before = rows(archive, "select * from testimonies")
    assert said in call(archive, "describe", *arguments, status=1).output
    assert rows(archive, "select * from testimonies") == before
    assert call(archive, "describe", FIRST, status=2).output


def test_a_narrator_is_called_otherwise_everywhere_and_the_log_forgets_the_name(archive: Archive) -> None:
    assert f"{FIRST}, {SECOND}" in call(archive, "narrator", "rename", "ana", "Rosa").output
    assert rows(archive, "select narrators from catalogue order by id") == [('["Rosa","Luz"]',), ('["Rosa"]',)]
    assert rows(archive, "select id from narrators where name = 'Ana'") == []
    assert events(archive)[-2:] == [("narrator renamed", None)] * 2


def test_words_stay_whose_they_are_although_the_transcript_has_the_other_name(archive: Archive) -> None:
    call(archive, "narrator", "rename", "Ana", "Rosa")
    before = rows(archive, "select position, narrator from passages where testimony = 1")
    assert [narrator for _, narrator in before] == [1, 2]
    with archive.write() as db:  # whatever is decided later writes the passages again
        declare(db, FIRST, Event(happening=Happening.REVIEW_SENT, on=TODAY), narrator="Rosa", today=TODAY)
    assert rows(archive, "select position, narrator from passages where testimony = 1") == before
    call(archive, "narrator", "rename", "Rosa", "Eva")
    assert rows(archive, "select position, narrator from passages where testimony = 1") == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("Nobody", "Rosa", "no narrator is called"), ("Ana", "LUZ", "somebody else"), ("Ana", " ", "needs a name")],
)
def test_a_name_that_is_taken_or_empty_is_refused(archive: Archive, old: str, new: str, said: str) -> None:
    assert said in call(archive, "narrator", "rename", old, new, status=1).output
    assert rows(archive, "select name from narrators order by id") == [("Ana",), ("Luz",)]
