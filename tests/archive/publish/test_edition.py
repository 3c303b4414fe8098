"""An edition holds what was agreed to and nothing else, and nothing else can change a single byte of it."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlite_utils import Database

from archive.consent import Attribution, Happening
from archive.folder import Archive
from archive.publish.gate.interference import Second, write_disturbed
from archive.publish.selection import select
from archive.records import Description
from tests.archive.publish.editions import (
    CANARY,
    DAY,
    a_publishable_archive,
    accessions,
    an_edition,
    approve,
    copied,
    decide,
    event,
    opened,
)  # fmt: skip
from tests.builders import a_testimony


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Four hundred testimonies, of which half may not be shown."""
    return a_publishable_archive(tmp_path_factory.mktemp("large") / "archive", testimonies=400)


@pytest.fixture(scope="module")
def edition(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return an_edition(archive, tmp_path_factory.mktemp("edition") / "public.db")


def asked(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with opened(path) as conn:
        return conn.execute(sql).fetchall()


def test_what_was_agreed_to_is_there(edition: Path) -> None:
    shown = dict(asked(edition, "select accession, passages from catalogue"))
    assert shown["2026.001"] == 3  # everything
    assert shown["2026.002"] == 3  # words
    assert shown["2026.005"] == 1  # of two people one has agreed
    assert shown["2026.007"] == 0  # the transcript is not approved
    assert shown["2026.008"] == 4  # with a cut
    assert not shown.keys() & {"2026.003", "2026.004", "2026.006"}
    assert asked(edition, "select summary from testimonies where summary is not null group by 1") == [("In short.",)]


def test_what_was_not_agreed_to_stands_in_no_byte(edition: Path) -> None:
    raw = edition.read_bytes().lower()
    assert CANARY.encode() not in raw
    assert CANARY[:-1].encode() not in raw
    assert CANARY.encode("utf-16-le") not in raw
    assert not asked(edition, f"select 1 from passages_vocabulary where term glob '{CANARY[:5]}*'")


def test_numbers_are_new_and_without_gaps(edition: Path) -> None:
    for table in ("testimonies", "passages", "segments", "narrators", "terms", "facet_values"):
        assert asked(edition, f"select max(id) = count(*) from {table}") == [(1,)], table


def test_whoever_is_called_by_their_role_has_no_name_and_is_nobody_else(edition: Path) -> None:
    names = [name for (name,) in asked(edition, "select name from narrators order by id")]
    assert names[0] == "docker"
    assert "docker 2" in names
    assert len(names) == len(set(names))


def test_a_cut_takes_words_tags_and_places(edition: Path) -> None:
    [(text, places)] = asked(edition, "select text, places from passages where text glob 'My sister*' limit 1")
    assert text == "My sister […] hid us in […]."
    assert places is None
    assert not asked(edition, f"select 1 from terms where slug glob '{CANARY}*'")


def test_what_was_said_is_found_and_counted_as_in_the_archive(edition: Path) -> None:
    [(hits,)] = asked(edition, "select count(*) from passages_fts where passages_fts match 'rent'")
    [(said,)] = asked(edition, "select count(*) from passages where text glob '*Rent*'")
    [(counted,)] = asked(edition, "select passages from facet_values where facet = 'place' and key = 'glasgow'")
    [(tagged,)] = asked(edition, "select count(*) from passages where places glob '*Glasgow*'")
    assert hits == said > 0
    assert counted == tagged > 0


def test_an_edition_written_twice_is_the_same_bytes(archive: Archive, edition: Path, tmp_path: Path) -> None:
    assert an_edition(archive, tmp_path / "again.db").read_bytes() == edition.read_bytes()


def test_the_second_writing_sees_other_secrets_and_writes_the_same(
    archive: Archive, edition: Path, tmp_path: Path
) -> None:
    second = Second(archive=archive.path, database=tmp_path / "again.db", on=DAY, sounds={}, tombstones=())
    write_disturbed(second)
    assert second.database.read_bytes() == edition.read_bytes()


def test_an_exact_place_that_is_said_and_not_granted_keeps_the_words_back(archive: Archive, tmp_path: Path) -> None:
    other = copied(archive, tmp_path / "other")
    with other.write() as db:
        db.execute("update redactions set state = 'rejected' where words glob '* Street'")
        selection = select(db.conn, DAY)
    [held] = [one.reason for one in selection.held if one.accession == "2026.008" and "exact place" in one.reason][:1]
    assert f"conricerca risk generalise 2026.008 place:{CANARY}-street" in held
    shown = {one.accession: one.readable for one in selection.testimonies}
    assert not shown["2026.008"]
    assert shown["2026.002"]


Mutation = Callable[[Database, random.Random], None]


def _reword(db: Database, chance: random.Random) -> None:
    """Other words, names and notes in what is withheld."""
    db.execute("drop trigger transcripts_are_immutable")
    withheld = [
        number
        for (number,) in db.execute(f"select id from testimonies where title glob '{CANARY}*' order by id").fetchall()
    ]
    for number in chance.sample(withheld, min(5, len(withheld))):
        new = f"other {chance.random()}"
        db.execute("update testimonies set title = ?, summary = ?, place = ? where id = ?", [new, new, new, number])
        db.execute(
            "update segments set text = ?, speaker = ? where transcript in "
            "(select id from transcripts where testimony = ?)",
            [new, new, number],
        )
        db.execute("update passages set text = ? where testimony = ?", [new, number])


def _forget(db: Database, chance: random.Random) -> None:
    """A withheld testimony that was never there."""
    db.execute("drop trigger consents_are_never_deleted")
    (number,) = db.execute(
        f"select id from testimonies where title glob '{CANARY}*' order by id limit 1 offset ?", [chance.randrange(50)]
    ).fetchone()
    db.execute("pragma foreign_keys = off")
    for table in ("consents", "contributions", "tags", "passages", "catalogue", "redactions"):
        db.execute(f"delete from {table} where {'id' if table == 'catalogue' else 'testimony'} = ?", [number])
    db.execute("delete from testimonies where id = ?", [number])


def _tell_more(db: Database, chance: random.Random) -> None:
    """More testimonies on which nobody has decided anything, and one that was withdrawn."""
    for number in range(chance.randrange(1, 4)):
        description = Description(title="Secret", narrators=(f"New {chance.random()}",), place="Glasgow")
        a_testimony(
            db, "Glasgow and the Strike.", digest=f"e{chance.randrange(10**9)}{number}", description=description
        )
    decide(db, accessions(db)[-1], event(Happening.WITHDRAWN))


def _rename(db: Database, chance: random.Random) -> None:
    """Other names for those whom no edition names, other file names, other remarks."""
    db.execute(
        f"update narrators set name = name || ?, note = ? where name glob '{CANARY}*'", [str(chance.random())] * 2
    )
    db.execute("update documents set filename = ?, remark = ?", [str(chance.random())] * 2)
    db.execute("update transcripts set remark = ?, options = ?, tagged_with = ?", [str(chance.random())] * 3)
    db.execute("update terms set preferred = ? where slug glob ?", [str(chance.random()), f"{CANARY}*"])
    db.execute("update vocabularies set version = version + 1, sha256 = ?", [str(chance.random())])


def _decide_more(db: Database, chance: random.Random) -> None:
    """More that was decided on what is withheld anyway."""
    for number, accession in enumerate(accessions(db)):
        if number % 8 == 2 and chance.random() < 0.2:
            decide(db, accession, event(Happening.REVIEW_SENT))
            approve(db, accession, None)
        if number % 8 == 3 and chance.random() < 0.2:
            decide(db, accession, event(Happening.GRANTED, attribution=Attribution.NAME))  # without evidence


MUTATIONS: tuple[Mutation, ...] = (_reword, _forget, _tell_more, _rename, _decide_more)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(some.lists(some.sampled_from(MUTATIONS), min_size=1, max_size=3), some.integers(0, 10**6))
def test_no_change_to_what_is_withheld_changes_a_byte(
    archive: Archive, edition: Path, mutations: list[Mutation], seed: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        mutant = copied(archive, Path(folder) / "mutant")
        with mutant.write() as db:
            for mutation in dict.fromkeys(mutations):
                mutation(db, random.Random(seed))
        assert an_edition(mutant, Path(folder) / "public.db").read_bytes() == edition.read_bytes()


def test_a_change_to_what_is_shown_does_change_it(archive: Archive, edition: Path, tmp_path: Path) -> None:
    other = copied(archive, tmp_path / "other")
    with other.write() as db:
        decide(db, "2026.002", event(Happening.WITHDRAWN))
    assert an_edition(other, tmp_path / "public.db").read_bytes() != edition.read_bytes()
    with closing(other.read()) as db:
        assert db.execute("select count(*) from testimonies").fetchone() == (400,)
    shutil.rmtree(other.path)
