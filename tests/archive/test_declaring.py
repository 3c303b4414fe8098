"""Consent as people record it: refused where it does not fit, chained, and obeyed by everything that is searched."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlite_utils import Database

from archive.access import may
from archive.consent import Artefact, Attribution, Audience, Event, Happening, Use
from archive.consents import BrokenChain, MissingEvidence, check_chain, check_evidence, read_history, read_standing
from archive.declaring import CannotBeDeclared, declare
from archive.folder import Archive
from archive.query import Query
from archive.records import Description
from archive.search import find_passages
from archive.store.browsing import refresh_counts
from archive.store.consents import ClockWentBack, record_consent
from archive.store.redactions import Wish, mark, reject
from cli import main
from tests.builders import a_testimony, an_archive

DAY = date(2026, 11, 22)
PUBLIC_READING = {
    "artefacts": frozenset({Artefact.TRANSCRIPT}), "uses": frozenset({Use.READ}), "audience": Audience.PUBLIC,
}  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Two narrators in one testimony, one in another."""
    archive = an_archive(tmp_path / "archive")
    with archive.write() as db:
        both = Description(title="Two tell", narrators=("Ana", "Luz"))
        said = ("We barred the stairs.", "I rang the bell.", "Somebody laughed.")
        a_testimony(db, *said, speakers=("Ana", "Luz"), description=both)
        a_testimony(db, "We stayed.", digest="2", description=Description(title="One tells", narrators=("Ana",)))
        refresh_counts(db)
    return archive


@pytest.fixture
def db(archive: Archive) -> Iterator[Database]:
    with archive.write() as db:
        yield db


def event(happening: Happening, **said: Any) -> Event:
    return Event(happening=happening, **{"on": DAY, **said})


def read(db: Database) -> set[str]:
    """All that can be found."""
    return {passage.text for passage in find_passages(db.conn, Query()).passages}


def test_what_is_declared_is_where_the_testimony_stands(db: Database) -> None:
    declare(db, "2026.002", event(Happening.GRANTED, **PUBLIC_READING), narrator="ana", today=DAY)
    approved = declare(db, "2026.002", event(Happening.REVIEW_APPROVED), today=DAY)
    assert may(Use.READ, Artefact.TRANSCRIPT, Audience.PUBLIC, approved, DAY)
    assert approved == read_standing(db.conn, "2026.002")
    assert not may(Use.READ, Artefact.TRANSCRIPT, Audience.PUBLIC, read_standing(db.conn, "2026.001"), DAY)


def test_a_new_revision_is_not_approved_by_the_old_approval(db: Database) -> None:
    declare(db, "2026.002", event(Happening.GRANTED, **PUBLIC_READING), today=DAY)
    declare(db, "2026.002", event(Happening.REVIEW_APPROVED), today=DAY)
    db.execute("update transcripts set sha256 = 'another' where testimony = 2")
    answer = may(Use.READ, Artefact.TRANSCRIPT, Audience.PUBLIC, read_standing(db.conn, "2026.002"), DAY)
    assert str(answer) == "the transcript has changed since Ana approved it: send it for review again"


@pytest.mark.parametrize(
    ("said", "narrator", "why"),
    [
        (event(Happening.GRANTED, **PUBLIC_READING), "Eve", "Eve does not tell in 2026.001: choose among Ana, Luz"),
        (event(Happening.GRANTED), "Ana", "silence is not consent"),
        (event(Happening.GRANTED, artefacts=frozenset({Artefact.AUDIO}), uses=frozenset({Use.PRINT})), "Ana",
         "none of these uses has a meaning for audio"),
        (event(Happening.GRANTED, **PUBLIC_READING, until=date(2020, 1, 1)), "Ana", "would be over already"),
        (event(Happening.WITHDRAWN, on=date(2027, 1, 1)), None, "has not come yet"),
        (event(Happening.EMBARGO_SET, until=DAY), None, "would be over already"),
        (event(Happening.EMBARGO_ENDED), None, "no embargo that could be over"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_words(db: Database, said: Event, narrator: str | None, why: str) -> None:
    with pytest.raises(CannotBeDeclared, match=why):
        declare(db, "2026.001", said, narrator=narrator, today=DAY)
    assert list(read_history(db.conn)) == []


def test_an_embargo_cannot_be_ended_before_its_day(db: Database) -> None:
    declare(db, "2026.002", event(Happening.EMBARGO_SET, until=date(2027, 1, 1)), today=DAY)
    with pytest.raises(CannotBeDeclared, match="runs until 2027-01-01"):
        declare(db, "2026.002", event(Happening.EMBARGO_ENDED), today=DAY)


def test_who_withdraws_leaves_everything_that_is_searched_and_nothing_that_was_kept_is_lost(db: Database) -> None:
    before = db.execute("select count(*) from segments").fetchone()
    declare(db, "2026.001", event(Happening.WITHDRAWN), narrator="Luz", today=DAY)
    # words of nobody known may be Luz's
    assert read(db) == {"We barred the stairs.", "We stayed."}
    assert find_passages(db.conn, Query(words="bell")).total == 0
    declare(db, "2026.001", event(Happening.WITHDRAWN), today=DAY)
    assert read(db) == {"We stayed."}
    assert db.execute("select count(*) from segments").fetchone() == before


def test_a_new_grant_with_evidence_brings_it_back(db: Database) -> None:
    declare(db, "2026.002", event(Happening.WITHDRAWN), today=DAY)
    with pytest.raises(CannotBeDeclared, match="only with evidence"):
        declare(db, "2026.002", event(Happening.GRANTED, **PUBLIC_READING), today=DAY)
    declare(db, "2026.002", event(Happening.GRANTED, **PUBLIC_READING, evidence="f" * 64), today=DAY)
    assert "We stayed." in read(db)


def agreed(db: Database, accession: str, *names: str | None) -> None:
    """Let each of them grant reading to the public, and approve."""
    for name in names:
        declare(db, accession, event(Happening.GRANTED, **PUBLIC_READING), narrator=name, today=DAY)
        declare(db, accession, event(Happening.REVIEW_APPROVED), narrator=name, today=DAY)


def is_public(db: Database, accession: str, artefact: Artefact = Artefact.TRANSCRIPT, use: Use = Use.READ) -> bool:
    """Whether everybody may have it."""
    return bool(may(use, artefact, Audience.PUBLIC, read_standing(db.conn, accession), DAY))


def an_assembly(db: Database) -> None:
    """Let the two decide together."""
    db.execute("update testimonies set kind = 'assembly' where accession = '2026.001'")


@pytest.mark.parametrize("happening", [Happening.WITHDRAWN, Happening.CHANGES_ASKED, Happening.REVOKED])
def test_an_assembly_does_not_undo_the_no_of_one(db: Database, happening: Happening) -> None:
    an_assembly(db)
    agreed(db, "2026.001", None)
    assert is_public(db, "2026.001")
    scope = PUBLIC_READING if happening is Happening.REVOKED else {}
    declare(db, "2026.001", event(happening, **scope), narrator="Luz", today=DAY)
    declare(db, "2026.001", event(Happening.GRANTED, **PUBLIC_READING, evidence="f" * 64), today=DAY)
    declare(db, "2026.001", event(Happening.REVIEW_APPROVED), today=DAY)
    assert not is_public(db, "2026.001")
    declare(db, "2026.001", event(Happening.GRANTED, **PUBLIC_READING, evidence="f" * 64), narrator="Luz", today=DAY)
    declare(db, "2026.001", event(Happening.REVIEW_APPROVED), narrator="Luz", today=DAY)
    assert is_public(db, "2026.001")


def test_what_nobody_but_those_who_withdrew_can_grant_is_not_recorded(db: Database) -> None:
    an_assembly(db)
    for name in ("Ana", "Luz"):
        declare(db, "2026.001", event(Happening.WITHDRAWN), narrator=name, today=DAY)
    with pytest.raises(CannotBeDeclared, match="only each of them can grant it again"):
        declare(db, "2026.001", event(Happening.GRANTED, **PUBLIC_READING, evidence="f" * 64), today=DAY)
    with pytest.raises(CannotBeDeclared, match="only each of them can approve it"):
        declare(db, "2026.001", event(Happening.REVIEW_APPROVED), today=DAY)


@pytest.mark.parametrize("happening", [Happening.GRANTED, Happening.REVIEW_APPROVED])
def test_where_several_tell_each_is_recorded(db: Database, happening: Happening) -> None:
    scope = PUBLIC_READING if happening is Happening.GRANTED else {}
    with pytest.raises(CannotBeDeclared) as refused:
        declare(db, "2026.001", event(happening, **scope), today=DAY)
    assert str(refused.value) == "2 people tell here: record it for each (--narrator Ana, --narrator Luz)"
    an_assembly(db)
    declare(db, "2026.001", event(happening, **scope), today=DAY)


def test_a_shorter_embargo_of_somebody_else_opens_nothing(db: Database) -> None:
    agreed(db, "2026.001", "Ana", "Luz")
    declare(db, "2026.001", event(Happening.EMBARGO_SET), narrator="Luz", today=DAY)
    declare(db, "2026.001", event(Happening.EMBARGO_SET, until=date(2026, 12, 1)), today=DAY)
    later = date(2026, 12, 2)
    declare(db, "2026.001", event(Happening.EMBARGO_ENDED, on=later), today=later)
    assert not is_public(db, "2026.001")
    declare(db, "2026.001", event(Happening.EMBARGO_ENDED, on=later), narrator="Luz", today=later)
    assert is_public(db, "2026.001")


def test_each_request_to_take_down_is_decided(db: Database) -> None:
    agreed(db, "2026.002", None)
    for _ in range(2):
        declare(db, "2026.002", event(Happening.TAKEDOWN_ASKED), today=DAY)
    declare(db, "2026.002", event(Happening.WITHDRAWN), today=DAY)
    declare(db, "2026.002", event(Happening.GRANTED, **PUBLIC_READING, evidence="f" * 64), today=DAY)
    declare(db, "2026.002", event(Happening.REVIEW_APPROVED), today=DAY)
    declare(db, "2026.002", event(Happening.TAKEDOWN_REFUSED), today=DAY)
    assert not is_public(db, "2026.002")
    declare(db, "2026.002", event(Happening.TAKEDOWN_REFUSED), today=DAY)
    assert is_public(db, "2026.002")
    with pytest.raises(CannotBeDeclared, match="nobody has asked"):
        declare(db, "2026.002", event(Happening.TAKEDOWN_REFUSED), today=DAY)


def test_a_request_is_decided_under_the_name_under_which_it_was_made(db: Database) -> None:
    declare(db, "2026.001", event(Happening.TAKEDOWN_ASKED), narrator="Luz", today=DAY)
    with pytest.raises(CannotBeDeclared, match="--narrator Luz"):
        declare(db, "2026.001", event(Happening.TAKEDOWN_REFUSED), today=DAY)


def test_how_somebody_is_called_can_be_tightened_alone(db: Database) -> None:
    named = event(Happening.GRANTED, **PUBLIC_READING, attribution=Attribution.NAME)
    declare(db, "2026.002", named, today=DAY)
    declare(
        db, "2026.002", event(Happening.ATTRIBUTION_CHANGED, attribution=Attribution.ROLE), narrator="Ana", today=DAY
    )
    [voice] = read_standing(db.conn, "2026.002").voices
    assert voice.attribution is Attribution.ROLE
    assert (Artefact.TRANSCRIPT, Use.READ, Audience.PUBLIC) in voice.granted
    for called, why in (
        (Attribution.NAME, "says more than now"),
        (Attribution.ROLE, "already"),
        (None, "--attribution"),
    ):
        with pytest.raises(CannotBeDeclared, match=why):
            declare(db, "2026.002", event(Happening.ATTRIBUTION_CHANGED, attribution=called), today=DAY)
    declare(db, "2026.002", named, today=DAY)
    assert read_standing(db.conn, "2026.002").voices[0].attribution is Attribution.NAME


def test_an_approval_holds_what_was_cut(db: Database) -> None:
    agreed(db, "2026.002", None)
    heard = event(Happening.GRANTED, **{**PUBLIC_READING, "artefacts": frozenset(Artefact), "uses": frozenset(Use)})
    declare(db, "2026.002", heard, today=DAY)
    [first] = mark(db, "2026.002", "stayed", Wish(reason="she asked"))
    assert is_public(db, "2026.002")  # more is cut
    declare(db, "2026.002", event(Happening.REVIEW_APPROVED), today=DAY)
    assert len(read_standing(db.conn, "2026.002").voices[0].marks) == 1
    reject(db, [first])
    for artefact, use in ((Artefact.TRANSCRIPT, Use.READ), (Artefact.AUDIO, Use.LISTEN)):
        answer = may(use, artefact, Audience.PUBLIC, read_standing(db.conn, "2026.002"), DAY)
        assert str(answer).startswith("less is cut now than when Ana approved the transcript")
    mark(db, "2026.002", "stayed", Wish(reason="she asked", replacement="left"))  # something else is said instead
    assert not is_public(db, "2026.002")
    mark(db, "2026.002", "stayed", Wish(reason="again"))
    assert is_public(db, "2026.002")
    reject(db, [first])
    declare(db, "2026.002", event(Happening.REVIEW_APPROVED), today=DAY)
    assert is_public(db, "2026.002")


def test_an_approval_from_before_cuts_were_recorded_stays(db: Database) -> None:
    [cut] = mark(db, "2026.002", "stayed", Wish(reason="she asked"))
    declare(db, "2026.002", event(Happening.GRANTED, **PUBLIC_READING), today=DAY)
    record_consent(db, 2, event(Happening.REVIEW_APPROVED, revision=read_standing(db.conn, "2026.002").revision))
    reject(db, [cut])
    assert is_public(db, "2026.002")


def tampered(archive: Archive, *commands: str) -> sqlite3.Connection:
    """The archive's database after somebody changed the record behind our back."""
    conn = sqlite3.connect(archive.database)
    for trigger in ("consents_are_never_changed", "consents_are_never_deleted"):
        conn.execute(f"drop trigger {trigger}")
    for command in commands:
        conn.execute(command)
    conn.commit()
    return conn


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("update consents set detail = replace(detail, 'public', 'team') where id = 1", "event 1 was changed"),
        ("update consents set narrator = 2 where id = 1", "event 1 was changed"),
        ("delete from consents where id = 2", "before event 3 something is missing"),
        ("delete from consents where id = 1", "before event 2 something is missing"),
    ],
)
def test_a_record_that_was_tampered_with_is_noticed_and_nothing_is_added(
    archive: Archive, command: str, why: str
) -> None:
    with archive.write() as db:
        for _ in range(3):
            declare(db, "2026.002", event(Happening.GRANTED, **PUBLIC_READING), today=DAY)
        assert check_chain(db.conn) == list(read_history(db.conn))[-1].hash
    tampered(archive, command).close()
    with archive.write() as db, pytest.raises(BrokenChain, match=why):
        declare(db, "2026.002", event(Happening.WITHDRAWN), today=DAY)


def test_events_taken_off_the_end_are_noticed_where_a_publication_noted_them(archive: Archive) -> None:
    with archive.write() as db:
        for _ in range(2):
            declare(db, "2026.002", event(Happening.GRANTED, **PUBLIC_READING), today=DAY)
        noted = json.dumps({"consents": check_chain(db.conn)})
        db.table("publications").insert({"built_at": "2026-11-22T10:00:00+00:00", "sha256": "", "contents": noted})
    conn = tampered(archive, "delete from consents where id = 2")
    with closing(conn), pytest.raises(BrokenChain, match="events are missing at the end"):
        check_chain(conn)


def test_nothing_is_recorded_by_a_clock_that_went_back(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(db, "2026.002", event(Happening.REVIEW_SENT), today=DAY)
    monkeypatch.setattr("archive.store.consents.now", lambda: "2001-01-01T00:00:00+00:00")
    with pytest.raises(ClockWentBack, match="set the clock"):
        declare(db, "2026.002", event(Happening.WITHDRAWN), today=DAY)


def run(archive: Archive, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["-C", str(archive.path), "consent", *arguments])


def test_a_story_on_the_command_line(archive: Archive, tmp_path: Path) -> None:
    form = tmp_path / "form.pdf"
    form.write_bytes(b"signed")
    scope = ("--artefact", "transcript", "--use", "read", "--audience", "public")
    for said in (
        ("granted", "--narrator", "Ana", *scope, "--attribution", "pseudonym", "--evidence", str(form)),
        ("review-approved", "--narrator", "Ana"),
        ("embargo-set", "--until", "2999-01-01"),
    ):
        result = run(archive, "record", "2026.002", *said)
        assert result.exit_code == 0, result.output
    shown = run(archive, "show", "2026.002").output
    assert "Ana: called by pseudonym, under embargo until 2999-01-01, approved the transcript" in shown
    assert "there is an embargo until 2999-01-01, set for Ana" in shown
    assert run(archive, "withdraw", "2026.002", "--note", "by telephone").exit_code == 0
    said = json.loads(run(archive, "show", "2026.002", "--json").output)
    assert not any(one["allowed"] for one in said["decisions"] if one["audience"] != "narrator")
    log = run(archive, "log", "--verify")
    assert [line.split()[2] for line in log.stdout.splitlines()] == ["Ana", "Ana", "embargo", "withdrawn"]
    assert "the record is whole" in log.stderr


def test_to_revoke_without_an_audience_takes_it_from_members_and_public(archive: Archive) -> None:
    scope = ("--artefact", "transcript", "--use", "read")
    for said in (("granted", *scope, "--audience", "public"), ("review-approved",), ("revoked", *scope)):
        assert run(archive, "record", "2026.002", *said).exit_code == 0
    decided = json.loads(run(archive, "show", "2026.002", "--json").output)["decisions"]
    reading = {one["audience"]: one["allowed"] for one in decided if (one["artefact"], one["use"]) == scope[1::2]}
    assert reading == {"narrator": True, "team": True, "members": False, "public": False}


def test_evidence_that_is_missing_or_changed_is_named(archive: Archive, tmp_path: Path) -> None:
    form = tmp_path / "form.pdf"
    form.write_bytes(b"signed")
    said = ("record", "2026.002", "granted", "--artefact", "all", "--use", "read", "--audience", "public")
    assert run(archive, *said, "--evidence", str(form)).exit_code == 0
    [kept] = archive.evidence.iterdir()
    with closing(archive.read()) as db:
        assert check_evidence(db.conn, archive) == 1
        kept.chmod(0o600)
        kept.write_bytes(b"forged")
        with pytest.raises(MissingEvidence, match="was changed"):
            check_evidence(db.conn, archive)
        kept.unlink()
        with pytest.raises(MissingEvidence, match="is missing"):
            check_evidence(db.conn, archive)
    assert run(archive, "log", "--verify").exit_code == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (("record", "2026.002", "granted", "--artefact", "all", "--use", "read"), "say for whom"),
        (("record", "2026.999", "withdrawn"), "no testimony with accession number"),
        (("record", "2026.002", "embargo-set", "--until", "tomorrow"), "write it as 2026-11-22"),
        (("record", "2026.002", "stated"), "is not one of"),
    ],
)
def test_the_command_says_what_it_lacks(archive: Archive, said: tuple[str, ...], why: str) -> None:
    result = run(archive, *said)
    assert result.exit_code != 0
    assert why in result.output + result.stderr
