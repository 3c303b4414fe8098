"""A title that is a file's name, and a narrator who chose another name: nothing is published before that is settled."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.consent import Attribution
from archive.consent_form import decisions, read_form
from archive.folder import Archive
from archive.publish.gate.interference import Second, write_disturbed
from archive.publish.selection import Held, select
from archive.records import Accession, Description
from archive.signing import sign
from archive.store.amending import amend_description, rename_narrator
from archive.store.testimonies import store_accession
from tests.archive.publish.editions import DAY, agree, an_edition, opened
from tests.builders import TODAY, a_testimony, an_archive, an_original
from transcripts.model import Segment, Transcript

FIRST = "2026.001"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with one testimony, told by Anna."""
    archive = an_archive(tmp_path / "archive")
    with archive.write() as db:
        a_testimony(db, "One.", description=Description(title="A talk", narrators=("Anna",), language="en"))
    return archive


def held(archive: Archive) -> list[Held]:
    """What is held back as a whole."""
    with closing(archive.read()) as db:
        return [one for one in select(db.conn, DAY).held if one.part is None]


def signed(archive: Archive, **sent: str) -> None:
    """Sign the form with all that everybody needs to read it."""
    boxes = {"transcript-read-public": "on", "catalogue-entry-public": "on", "agreed": "on", "name": "R."}
    decided = tuple(replace(one, on=DAY) for one in decisions(read_form(boxes | sent), DAY, ""))
    sign(archive, FIRST, decided, b"paper", narrator="Anna", form="1")


def test_whoever_chose_another_name_is_published_under_no_other(archive: Archive, tmp_path: Path) -> None:
    signed(archive, attribution="pseudonym", called="Rosa")
    [one] = held(archive)
    assert one.reason == "Anna wants to be called Rosa: conricerca narrator rename 'Anna' 'Rosa'"
    with opened(an_edition(archive, tmp_path / "public.db")) as edition:
        assert edition.execute("select * from narrators").fetchall() == []
    with archive.write() as db:
        rename_narrator(db, "Anna", "ROSA")
    assert held(archive) == []
    with opened(an_edition(archive, tmp_path / "public.db")) as edition:
        assert edition.execute("select name from narrators").fetchall() == [("ROSA",)]


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ({"attribution": "name", "called": "Anna Rossi"}, 1),
        ({"attribution": "role", "called": "a nurse"}, 0),
        ({"attribution": "pseudonym"}, 0),
        ({"attribution": "pseudonym", "called": "ÁNNA"}, 0),
    ],
)
def test_only_a_name_that_would_be_published_has_to_be_the_one_that_was_chosen(
    archive: Archive, sent: dict[str, str], number: int
) -> None:
    signed(archive, **sent)
    assert len(held(archive)) == number


def test_a_name_that_was_chosen_counts_until_another_one_is(archive: Archive) -> None:
    signed(archive, attribution="pseudonym", called="Rosa")
    agree(archive, FIRST, attribution=Attribution.PSEUDONYM)
    assert len(held(archive)) == 1
    agree(archive, FIRST, attribution=Attribution.PSEUDONYM, called="Anna")
    assert held(archive) == []


def called_like_its_file(archive: Archive, **said: Any) -> str:
    with archive.write() as db:
        number = store_accession(
            db,
            Accession(
                description=Description(narrators=("Luz",), **said),
                document=an_original("Anna Rossi 1979.md", digest="f1"),
                transcript=Transcript(segments=(Segment(text="Two."),)),
            ),
            on=TODAY,
        )
    agree(archive, number, attribution=Attribution.PSEUDONYM)
    return number


def test_a_title_that_was_taken_from_a_file_is_not_published(archive: Archive) -> None:
    accession = called_like_its_file(archive)
    [one] = [one for one in held(archive) if one.accession == accession]
    assert one.reason.startswith(f"its title is the name of a file: 'conricerca describe {accession} --title …'")
    with archive.write() as db:
        amend_description(db, accession, {"title": "The docks"})
    assert [one for one in held(archive) if one.accession == accession] == []


def test_a_title_that_is_called_like_the_file_can_be_confirmed(archive: Archive) -> None:
    accession = called_like_its_file(archive, title="Anna Rossi 1979")
    with archive.write() as db:
        amend_description(db, accession, {"summary": "Her words."})
    assert [one.accession for one in held(archive)][-1] == accession
    with archive.write() as db:
        assert amend_description(db, accession, {"title": "Anna Rossi 1979"}) == ()
    assert accession not in [one.accession for one in held(archive)]


def test_what_is_settled_is_so_in_the_second_writing(archive: Archive, tmp_path: Path) -> None:
    accession = called_like_its_file(archive)
    with archive.write() as db:
        amend_description(db, accession, {"title": "Anna Rossi 1979"})
    signed(archive, attribution="role", called="a nurse")
    first, second = an_edition(archive, tmp_path / "public.db"), tmp_path / "second.db"
    write_disturbed(Second(archive=archive.path, database=second, on=DAY, sounds={}, tombstones=()))
    assert first.read_bytes() == second.read_bytes()
