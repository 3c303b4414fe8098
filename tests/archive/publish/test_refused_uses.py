"""What not everybody agreed to is known to an edition: whoever speaks in what is published is asked, nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archive.consent import Artefact, Audience, Happening, Use
from archive.folder import Archive
from archive.refused_uses import PASSED_ON, kept_from_machines, refused_uses
from tests.archive.publish.editions import (
    EVERYTHING,
    a_publishable_archive,
    an_edition,
    decide,
    event,
    opened,
)
from tests.archive.publish.sites import STAIRS, a_small_archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return a_small_archive(tmp_path / "archive")


def refused(archive: Archive, accession: str, tmp_path: Path) -> tuple[str, ...]:
    with opened(an_edition(archive, tmp_path / "public.db")) as conn:
        return refused_uses(conn, [accession]).get(accession, ())


@pytest.mark.parametrize(
    ("artefacts", "use", "is_refused"),
    [
        ({Artefact.TRANSCRIPT}, Use.PRINT, True),
        ({Artefact.QUOTATION}, Use.PRINT, False),
        ({Artefact.TRANSCRIPT}, Use.QUOTE, False),  # single sentences may still be quoted
        ({Artefact.QUOTATION}, Use.QUOTE, False),
        ({Artefact.TRANSCRIPT, Artefact.QUOTATION}, Use.QUOTE, True),
        ({Artefact.TRANSCRIPT}, Use.TEACH, True),
        ({Artefact.AUDIO}, Use.TEACH, True),
        ({Artefact.AUDIO}, Use.BROADCAST, True),
        ({Artefact.AUDIO}, Use.TRAIN, True),
        ({Artefact.VIDEO}, Use.TRAIN, False),  # there is no picture
    ],
)
def test_a_use_that_is_taken_back_is_refused(
    archive: Archive, tmp_path: Path, artefacts: set[Artefact], use: Use, *, is_refused: bool
) -> None:
    assert refused(archive, STAIRS, tmp_path) == ()
    taken: dict[str, Any] = {"artefacts": frozenset(artefacts), "uses": frozenset({use}), "audience": Audience.PUBLIC}
    with archive.write() as db:
        decide(db, STAIRS, event(Happening.REVOKED, **taken))
    assert refused(archive, STAIRS, tmp_path) == ((use,) if is_refused else ())


def test_only_those_are_asked_whose_words_are_published(tmp_path: Path) -> None:
    archive = a_publishable_archive(tmp_path / "archive", 5)
    assert refused(archive, "2026.001", tmp_path) == ()
    assert refused(archive, "2026.002", tmp_path) == PASSED_ON[1:]
    assert refused(archive, "2026.005", tmp_path) == PASSED_ON[1:]  # of two, one agreed: also to be quoted
    with opened(an_edition(archive, tmp_path / "public.db")) as conn:
        assert kept_from_machines(conn) == {"2026.002", "2026.005"}


def test_where_only_an_entry_is_published_the_entry_is_asked(archive: Archive, tmp_path: Path) -> None:
    parts = {**EVERYTHING, "artefacts": frozenset(Artefact) - {Artefact.CATALOGUE_ENTRY}}
    with archive.write() as db:
        decide(db, STAIRS, event(Happening.REVOKED, **parts))
    assert refused(archive, STAIRS, tmp_path) == ()
    with archive.write() as db:
        decide(db, STAIRS, event(Happening.REVOKED, **{**parts, "artefacts": frozenset({Artefact.CATALOGUE_ENTRY}),
                                                       "uses": frozenset({Use.PRINT})}))  # fmt: skip
    assert refused(archive, STAIRS, tmp_path) == (Use.PRINT,)


def test_in_the_working_archive_nothing_is_refused(archive: Archive) -> None:
    db = archive.read()
    assert refused_uses(db.conn, [STAIRS]) == {}
    assert kept_from_machines(db.conn) == frozenset()
    db.close()
