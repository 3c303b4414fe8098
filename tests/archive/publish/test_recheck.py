"""Consent asked again before publishing, and who is called in two ways: what an edition shows must still be allowed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.consent import Attribution, Happening
from archive.declaring import declare
from archive.folder import Archive
from archive.publish.attributions import attribution_conflicts, attribution_faults
from archive.publish.gate.recheck import consent_faults
from archive.publish.selection import select
from archive.records import Description
from archive.store.redactions import Wish, mark, reject
from tests.archive.publish.editions import DAY, EVERYTHING, agree, an_edition, decide, event, opened
from tests.builders import a_testimony, an_archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Ana tells in two testimonies, and the public may have both."""
    archive = an_archive(tmp_path / "archive")
    with archive.write() as db:
        for number in (1, 2):
            described = Description(title=f"Talk {number}", narrators=("Ana",), language="en")
            a_testimony(db, "We barred the stairs.", digest=f"{number}", description=described)
        mark(db, "2026.001", "stairs", Wish(reason="she asked"))
    agree(archive, "2026.001", attribution=Attribution.NAME)
    agree(archive, "2026.002", attribution=Attribution.NAME)
    return archive


def found(archive: Archive, edition: Path) -> Iterator[str]:
    """What the record of consent as it is now does not allow of an edition."""
    with closing(archive.read()) as db, opened(edition) as conn:
        yield from consent_faults(db.conn, conn, DAY)


def test_what_follows_from_consent_is_sound(archive: Archive, tmp_path: Path) -> None:
    edition = an_edition(archive, tmp_path / "public.db")
    assert list(found(archive, edition)) == []
    with archive.write() as db:
        mark(db, "2026.001", "barred", Wish(reason="she asked again"))  # more is cut than was approved
    assert list(found(archive, an_edition(archive, tmp_path / "public.db"))) == []


def test_words_that_were_cut_when_they_were_approved_are_found(archive: Archive, tmp_path: Path) -> None:
    edition = an_edition(archive, tmp_path / "public.db")
    with archive.write() as db:
        reject(db, [1])
    assert "2026.001 has 1 passages, and only 0 are of people who agreed to be read" in found(archive, edition)


def test_an_open_request_is_found_also_after_a_withdrawal(archive: Archive, tmp_path: Path) -> None:
    edition = an_edition(archive, tmp_path / "public.db")
    with archive.write() as db:
        for happening in (Happening.TAKEDOWN_ASKED, Happening.TAKEDOWN_ASKED, Happening.WITHDRAWN):
            decide(db, "2026.002", event(happening))
        declare(db, "2026.002", event(Happening.GRANTED, **EVERYTHING, evidence="f" * 64), today=DAY)
        declare(db, "2026.002", event(Happening.TAKEDOWN_REFUSED), today=DAY)
    assert "2026.002 has an entry, and nobody who tells has agreed to it" in found(archive, edition)


def test_who_is_called_by_name_in_one_and_otherwise_in_another_is_told(archive: Archive) -> None:
    with archive.write() as db:
        assert attribution_conflicts(select(db.conn, DAY)) == {}
        tightened = event(Happening.ATTRIBUTION_CHANGED, attribution=Attribution.PSEUDONYM)
        declare(db, "2026.002", tightened, narrator="Ana", today=DAY)
        (ana,) = db.execute("select id from narrators where name = 'Ana'").fetchone()
        assert attribution_conflicts(select(db.conn, DAY)) == {
            ana: {Attribution.NAME: ("2026.001",), Attribution.PSEUDONYM: ("2026.002",)}
        }
        [fault] = attribution_faults(db.conn, select(db.conn, DAY))
        assert fault.startswith("'Ana' stands for a name in 2026.001 and for a pseudonym in 2026.002")
        declare(
            db,
            "2026.002",
            event(Happening.ATTRIBUTION_CHANGED, attribution=Attribution.ROLE),
            narrator="Ana",
            today=DAY,
        )
        assert not list(attribution_faults(db.conn, select(db.conn, DAY)))
