"""What a consent form amounts to in the record: what was ticked, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.access import may
from archive.consent import USES, Artefact, Attribution, Audience, Event, Happening, Use
from archive.consent_form import PASSED_ON, QUESTIONS, FaultyForm, Form, boxes, check_form, decisions, read_form
from archive.consents import check_chain, check_evidence, read_history, read_standing
from archive.declaring import CannotBeDeclared, declare
from archive.errors import ArchiveBusy
from archive.folder import Archive
from archive.records import Description
from archive.signing import sign, signed_paper
from archive.standing import standing
from tests.builders import a_testimony, an_archive

DAY = date(2026, 11, 22)
BOXES = [box for question in QUESTIONS for box in boxes(question)]
SIGNED = Form(takes_part=True, agreed=True, name="Ana")


def granted(*ticked: str, **said: object) -> tuple[Event, ...]:
    """The grants that these boxes amount to."""
    form = Form(ticked=frozenset(ticked), **said)  # type: ignore[arg-type]
    return tuple(event for event in decisions(form, DAY, "e") if event.happening is Happening.GRANTED)


def test_nothing_ticked_decides_nothing() -> None:
    assert decisions(Form(name="Ana", agreed=True), DAY, "e") == ()


def test_taking_part_grants_nothing() -> None:
    [event] = decisions(Form(takes_part=True), DAY, "e")
    assert (event.happening, event.artefacts, event.uses, event.evidence) == (
        Happening.PARTICIPATION_AGREED, frozenset(), frozenset(), "e",
    )  # fmt: skip


def test_a_box_is_a_part_a_use_and_an_audience() -> None:
    [event] = granted("audio-listen-public", until=date(2030, 1, 1), attribution=Attribution.PSEUDONYM)
    assert event.artefacts == {Artefact.AUDIO}
    assert (event.uses, event.audience) == (frozenset({Use.LISTEN}), Audience.PUBLIC)
    assert (event.until, event.attribution, event.evidence) == (date(2030, 1, 1), Attribution.PSEUDONYM, "e")


def test_what_is_for_everybody_is_recorded_once() -> None:
    [event] = granted("audio-listen-public", "audio-listen-members")
    assert event.audience is Audience.PUBLIC


def test_parts_with_the_very_same_uses_are_recorded_together() -> None:
    events = granted("summary-members", "quotation-members", "transcript-read-members")
    assert [(event.artefacts, event.uses) for event in events] == [
        (frozenset({Artefact.TRANSCRIPT}), frozenset({Use.READ})),
        (frozenset({Artefact.SUMMARY, Artefact.QUOTATION}), PASSED_ON),
    ]


def test_an_embargo_is_recorded_before_the_grants() -> None:
    happened = decisions(Form(closed_until=date(2030, 1, 1), ticked=frozenset({"summary-public"})), DAY, "e")
    assert [event.happening for event in happened] == [Happening.EMBARGO_SET, Happening.GRANTED]
    assert happened[0].until == date(2030, 1, 1)


@settings(max_examples=200, deadline=None)
@given(ticked=st.sets(st.sampled_from(BOXES)))
def test_the_gate_opens_for_what_is_ticked_and_for_nothing_else(ticked: set[str]) -> None:
    wanted = {
        (artefact, use, audience)
        for question in QUESTIONS
        for box, audience in zip(boxes(question), (Audience.MEMBERS, Audience.PUBLIC), strict=True)
        if box in ticked
        for artefact in question.artefacts
        for use in question.uses & USES[artefact]
    }
    approved = Event(happening=Happening.REVIEW_APPROVED, on=DAY, revision="r")
    events = (approved, *decisions(Form(ticked=frozenset(ticked)), DAY, "e"))
    stands = standing("2026.001", [(1, "Ana")], "r", events)
    for artefact, uses in USES.items():
        for use in uses:
            for audience in (Audience.MEMBERS, Audience.PUBLIC):
                expected = {(artefact, use, wider) for wider in Audience if wider >= audience} & wanted
                assert bool(may(use, artefact, audience, stands, DAY)) == bool(expected), (artefact, use, audience)


def test_every_part_use_and_audience_can_be_ticked() -> None:
    asked = {
        (artefact, use)
        for question in QUESTIONS
        for artefact in question.artefacts
        for use in question.uses & USES[artefact]
    }
    assert asked == {(artefact, use) for artefact, uses in USES.items() for use in uses}
    assert len(BOXES) == len(set(BOXES))


def test_a_form_is_read_as_it_was_sent() -> None:
    sent = {
        "narrator": "7", "takes-part": "1", "audio-listen-members": "1", "nonsense": "1", "attribution": "role",
        "called": " a\tnurse\x00 ", "until": "2030-01-31", "closed-until": "", "name": "Ana", "strokes": "M1 2L3 4",
        "agreed": "1",
    }  # fmt: skip
    assert read_form(sent) == Form(
        narrator=7, takes_part=True, ticked=frozenset({"audio-listen-members"}), attribution=Attribution.ROLE,
        called="a nurse", until=date(2030, 1, 31), name="Ana", strokes="M1 2L3 4", agreed=True,
    )  # fmt: skip
    assert read_form({}) == Form()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("until", "soon"), ("closed-until", "2030-02-30"), ("narrator", "1 or 1"), ("narrator", "-1"),
        ("attribution", "hero"), ("strokes", 'M1 2"/><script>'), ("strokes", "L1 2"), ("strokes", "M1 2" * 20_000),
    ],
)  # fmt: skip
def test_what_no_form_offers_is_refused(name: str, value: str) -> None:
    with pytest.raises(FaultyForm):
        read_form({name: value})


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (Form(agreed=True, name="Ana"), "Nothing is ticked"),
        (Form(takes_part=True, name="Ana"), "have read this"),
        (Form(takes_part=True, agreed=True), "Sign"),
        (Form(takes_part=True, agreed=True, name="Ana", until=date(2026, 11, 21)), "over already"),
        (Form(takes_part=True, agreed=True, name="Ana", closed_until=DAY), "has come already"),
    ],
)
def test_a_form_that_cannot_be_recorded_says_why(form: Form, said: str) -> None:
    with pytest.raises(FaultyForm, match=said):
        check_form(form, DAY)


def test_a_signature_is_a_drawing_or_a_name() -> None:
    check_form(SIGNED, DAY)
    check_form(Form(takes_part=True, agreed=True, strokes="M1 2"), DAY)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with one testimony, told by Ana."""
    archive = an_archive(tmp_path / "archive")
    with archive.write() as db:
        a_testimony(db, "One.", description=Description(title="A talk", narrators=("Ana",), language="en"))
    return archive


def signed(archive: Archive, *ticked: str, paper: bytes = b"<p>paper</p>", form: str = "f1") -> str:
    """Sign a form for Ana; returns the paper's SHA-256."""
    decided = decisions(Form(takes_part=True, ticked=frozenset(ticked)), date.today(), "")  # noqa: DTZ011
    return sign(archive, "2026.001", decided, paper, narrator="Ana", form=form)


def history(archive: Archive) -> list[Event]:
    """What the record says."""
    db = archive.read()
    try:
        return [recorded.event for recorded in read_history(db.conn)]
    finally:
        db.close()


def test_a_signed_form_is_evidence_for_all_that_it_decides(archive: Archive) -> None:
    digest = signed(archive, "transcript-read-public", "audio-listen-members")
    assert [event.evidence for event in history(archive)] == [digest] * 3
    assert (archive.evidence / digest).read_bytes() == b"<p>paper</p>"
    assert (archive.evidence / digest).stat().st_mode & 0o777 == 0o400
    assert [path.name for path in archive.evidence.iterdir()] == [digest]
    db = archive.read()
    check_chain(db.conn)
    assert check_evidence(db.conn, archive) == 1
    [voice] = read_standing(db.conn, "2026.001").voices
    assert (Artefact.TRANSCRIPT, Use.READ, Audience.PUBLIC) in voice.granted
    db.close()


def test_a_form_that_is_sent_twice_is_recorded_once(archive: Archive) -> None:
    first = signed(archive, "transcript-read-public")
    assert signed(archive, "transcript-read-public", paper=b"a second paper") == first
    assert len(history(archive)) == 2
    assert signed(archive, form="f2", paper=b"another") != first


def test_a_form_is_recorded_whole_or_not_at_all(archive: Archive) -> None:
    tomorrow = date(2100, 1, 1)
    decided = (
        Event(happening=Happening.PARTICIPATION_AGREED, on=DAY),
        Event(happening=Happening.PARTICIPATION_AGREED, on=tomorrow),
    )
    with pytest.raises(CannotBeDeclared):
        sign(archive, "2026.001", decided, b"paper", narrator="Ana", form="f1")
    assert history(archive) == []


def test_while_something_else_is_written_a_form_is_refused(archive: Archive) -> None:
    with archive.write(), pytest.raises(ArchiveBusy):
        signed(archive)
    assert history(archive) == []


def test_a_form_opens_again_what_was_withdrawn(archive: Archive) -> None:
    with archive.write() as db:
        declare(db, "2026.001", Event(happening=Happening.WITHDRAWN, on=DAY), today=DAY)
    signed(archive, "transcript-read-public")
    db = archive.read()
    assert read_standing(db.conn, "2026.001").voices[0].withdrawn is None
    db.close()


def test_only_papers_of_this_testimony_that_were_signed_here_are_read(archive: Archive, tmp_path: Path) -> None:
    digest = signed(archive)
    with archive.write() as db:
        a_testimony(db, "Two.", digest="2")
        given = Event(happening=Happening.PARTICIPATION_AGREED, on=DAY, evidence="0" * 64)
        declare(db, "2026.001", given, today=DAY)
    (archive.evidence / ("0" * 64)).write_bytes(b"a scan")
    db = archive.read()
    assert signed_paper(archive, db.conn, "2026.001", digest) == b"<p>paper</p>"
    assert signed_paper(archive, db.conn, "2026.002", digest) is None
    assert signed_paper(archive, db.conn, "2026.001", "0" * 64) is None
    (archive.evidence / digest).chmod(0o600)
    (archive.evidence / digest).write_bytes(b"changed")
    assert signed_paper(archive, db.conn, "2026.001", digest) is None
    db.close()
