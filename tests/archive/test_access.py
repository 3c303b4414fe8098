"""The gate: its whole truth table, and that no history of events opens what nobody agreed to."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from archive.access import may
from archive.consent import REVISED, USES, Artefact, Attribution, Audience, Event, Happening, Use
from archive.publish.gate.recheck import Record
from archive.standing import Standing, standing
from archive.store.consents import detail_of

DAY = date(2026, 5, 1)
LATER = date(2027, 5, 1)
EVERYTHING = frozenset(Artefact)
ALL_USES = frozenset(Use)
TABLE = Path(__file__).parent / "golden" / "access.txt"


def event(happening: Happening, **said: object) -> Event:
    return Event(happening=happening, **{"on": DAY, **said})  # type: ignore[arg-type]


def grant(**said: object) -> Event:
    everything = {"artefacts": EVERYTHING, "uses": ALL_USES, "audience": Audience.PUBLIC}
    return event(Happening.GRANTED, **{**everything, **said})


APPROVED = event(Happening.REVIEW_APPROVED, revision="first")
ONE, TWO = ((1, "Ana"),), ((1, "Ana"), (2, "Luz"))
SITUATIONS: dict[str, Standing] = {
    "nothing was said": standing("2026.001", ONE, "first", ()),
    "words from a manifest": standing("2026.001", ONE, "first", (event(Happening.STATED),)),
    "taking part was agreed": standing("2026.001", ONE, "first", (event(Happening.PARTICIPATION_AGREED),)),
    "everything, for all, approved": standing("2026.001", ONE, "first", (grant(), APPROVED)),
    "everything, for all, not approved": standing("2026.001", ONE, "first", (grant(),)),
    "everything, for all, an older revision approved": standing("2026.001", ONE, "second", (grant(), APPROVED)),
    "approved, then changes asked": standing(
        "2026.001", ONE, "first", (grant(), APPROVED, event(Happening.CHANGES_ASKED))
    ),
    "no transcript": standing("2026.001", ONE, None, (grant(), APPROVED)),
    "everything, for members": standing("2026.001", ONE, "first", (grant(audience=Audience.MEMBERS), APPROVED)),
    "the sound only": standing("2026.001", ONE, "first", (grant(artefacts=frozenset({Artefact.AUDIO})), APPROVED)),
    "the text without the sound": standing(
        "2026.001", ONE, "first", (grant(artefacts=EVERYTHING - {Artefact.AUDIO, Artefact.VIDEO}), APPROVED)
    ),
    "reading and listening only": standing(
        "2026.001", ONE, "first", (grant(uses=frozenset({Use.READ, Use.LISTEN})), APPROVED)
    ),
    "until a day that is past": standing("2026.001", ONE, "first", (grant(until=date(2026, 12, 31)), APPROVED)),
    "an embargo": standing(
        "2026.001", ONE, "first", (grant(), APPROVED, event(Happening.EMBARGO_SET, until=date(2030, 1, 1)))
    ),
    "an embargo whose day has come": standing(
        "2026.001", ONE, "first", (grant(), APPROVED, event(Happening.EMBARGO_SET, until=date(2027, 1, 1)))
    ),
    "an embargo that a person has ended": standing(
        "2026.001", ONE, "first",
        (
            grant(), APPROVED, event(Happening.EMBARGO_SET, until=date(2027, 1, 1)),
            event(Happening.EMBARGO_ENDED, on=date(2027, 1, 1)),
        ),
    ),
    "an embargo that was ended too early": standing(
        "2026.001", ONE, "first",
        (
            grant(), APPROVED, event(Happening.EMBARGO_SET, until=date(2027, 1, 1)),
            event(Happening.EMBARGO_ENDED, on=date(2026, 12, 31)),
        ),
    ),
    "an embargo until nobody knows when": standing(
        "2026.001", ONE, "first", (grant(), APPROVED, event(Happening.EMBARGO_SET))
    ),
    "printing revoked": standing(
        "2026.001", ONE, "first",
        (
            grant(), APPROVED,
            event(Happening.REVOKED, artefacts=EVERYTHING, uses=frozenset({Use.PRINT}), audience=Audience.NARRATOR),
        ),
    ),
    "revoked for the public": standing(
        "2026.001", ONE, "first",
        (
            grant(), APPROVED,
            event(Happening.REVOKED, artefacts=EVERYTHING, uses=ALL_USES, audience=Audience.PUBLIC),
        ),
    ),
    "withdrawn": standing("2026.001", ONE, "first", (grant(), APPROVED, event(Happening.WITHDRAWN))),
    "withdrawn, then granted without evidence": standing(
        "2026.001", ONE, "first", (grant(), APPROVED, event(Happening.WITHDRAWN), grant(), APPROVED)
    ),
    "withdrawn, then granted with evidence": standing(
        "2026.001", ONE, "first", (grant(), APPROVED, event(Happening.WITHDRAWN), grant(evidence="form"), APPROVED)
    ),
    "somebody asks to take it down": standing(
        "2026.001", ONE, "first", (grant(), APPROVED, event(Happening.TAKEDOWN_ASKED))
    ),
    "a request to take it down was refused": standing(
        "2026.001", ONE, "first",
        (grant(), APPROVED, event(Happening.TAKEDOWN_ASKED), event(Happening.TAKEDOWN_REFUSED)),
    ),
    "taken down": standing(
        "2026.001", ONE, "first",
        (grant(), APPROVED, event(Happening.TAKEDOWN_ASKED), event(Happening.TAKEDOWN_DONE)),
    ),
    "two tell, one agreed": standing(
        "2026.001", TWO, "first", (grant(narrator=1), event(Happening.REVIEW_APPROVED, revision="first", narrator=1))
    ),
    "two tell, one agreed: that one's words": standing(
        "2026.001", TWO, "first", (grant(narrator=1), event(Happening.REVIEW_APPROVED, revision="first", narrator=1))
    ).of(1),
    "two tell, somebody agreed for both": standing("2026.001", TWO, "first", (grant(), APPROVED)),
    "an assembly agreed": standing("2026.001", TWO, "first", (grant(), APPROVED), collective=True),
    "an assembly agreed, one withdrew": standing(
        "2026.001", TWO, "first", (grant(), APPROVED, event(Happening.WITHDRAWN, narrator=2)), collective=True
    ),
    "an assembly agreed, one withdrew, it agreed again with evidence": standing(
        "2026.001", TWO, "first",
        (grant(), APPROVED, event(Happening.WITHDRAWN, narrator=2), grant(evidence="form"), APPROVED), collective=True,
    ),
    "an assembly agreed, one revoked listening, it agreed again": standing(
        "2026.001", TWO, "first",
        (
            grant(), APPROVED,
            event(Happening.REVOKED, artefacts=EVERYTHING, uses=frozenset({Use.LISTEN}), audience=Audience.MEMBERS,
                  narrator=2),
            grant(),
        ), collective=True,
    ),
    "an assembly agreed, one asked for changes, it approved": standing(
        "2026.001", TWO, "first", (grant(), APPROVED, event(Happening.CHANGES_ASKED, narrator=2), APPROVED),
        collective=True,
    ),
    "an embargo, and a shorter one that somebody else set": standing(
        "2026.001", TWO, "first",
        (
            grant(), APPROVED, event(Happening.EMBARGO_SET, until=date(2030, 1, 1), narrator=2),
            event(Happening.EMBARGO_SET, until=date(2027, 1, 1)),
            event(Happening.EMBARGO_ENDED, on=date(2027, 1, 1)),
        ), collective=True,
    ),
    "an embargo that nobody knows the end of, and a day that somebody else set": standing(
        "2026.001", TWO, "first",
        (
            grant(), APPROVED, event(Happening.EMBARGO_SET), event(Happening.EMBARGO_SET, until=date(2027, 1, 1),
                                                                   narrator=2),
        ), collective=True,
    ),
    "somebody asks to take it down, then it is withdrawn and granted with evidence": standing(
        "2026.001", ONE, "first",
        (
            grant(), APPROVED, event(Happening.TAKEDOWN_ASKED), event(Happening.WITHDRAWN), grant(evidence="form"),
            APPROVED,
        ),
    ),
    "two ask to take it down, one was refused": standing(
        "2026.001", ONE, "first",
        (
            grant(), APPROVED, event(Happening.TAKEDOWN_ASKED), event(Happening.TAKEDOWN_ASKED),
            event(Happening.TAKEDOWN_REFUSED),
        ),
    ),
    "approved with a cut that is no longer made": standing(
        "2026.001", ONE, "first",
        (grant(), event(Happening.REVIEW_APPROVED, revision="first", marks=frozenset({"a", "b"}))),
        marks=frozenset({"a"}),
    ),
    "approved with a cut, and more is cut": standing(
        "2026.001", ONE, "first", (grant(), event(Happening.REVIEW_APPROVED, revision="first", marks=frozenset({"a"}))),
        marks=frozenset({"a", "b"}),
    ),
    "nobody is named, somebody agreed": standing("2026.001", (), "first", (grant(), APPROVED)),
}  # fmt: skip


def table() -> str:
    """The gate's answer to every question in every situation, on a day a year later."""
    lines = ["# n narrator, t team, m members, p public: may; . may not, with the reason for the public"]
    for name, testimony in SITUATIONS.items():
        lines += ["", name]
        for artefact in Artefact:
            for use in Use:
                answers = [may(use, artefact, audience, testimony, LATER) for audience in Audience]
                letters = "".join(
                    audience.name[0].lower() if answer else "."
                    for audience, answer in zip(Audience, answers, strict=True)
                )
                if use in USES[artefact]:
                    lines.append(
                        f"  {artefact:<16}{use:<16}{letters}  {answers[-1] if not answers[-1] else ''}".rstrip()
                    )
                else:
                    assert letters == "....", f"{use} of {artefact}"
    return "\n".join(lines) + "\n"


def test_the_whole_truth_table_is_as_it_was_read_by_people() -> None:
    assert table() == TABLE.read_text(encoding="utf-8"), "read the difference; write the table anew with --write"


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_narrator_always_has_their_own(name: str) -> None:
    for artefact in Artefact:
        for use in USES[artefact] & {Use.LISTEN, Use.READ}:
            assert may(use, artefact, Audience.NARRATOR, SITUATIONS[name], LATER)


def test_a_grant_to_a_wider_audience_takes_nothing_from_a_narrower_one() -> None:
    members = grant(audience=Audience.MEMBERS)
    testimony = standing("2026.001", ONE, "first", (members, grant(until=date(2026, 12, 31)), APPROVED))
    assert not may(Use.READ, Artefact.TRANSCRIPT, Audience.PUBLIC, testimony, LATER)
    assert may(Use.READ, Artefact.TRANSCRIPT, Audience.MEMBERS, testimony, LATER)


def test_attribution_is_the_strictest_until_a_narrator_chooses() -> None:
    assert standing("2026.001", ONE, None, (grant(),)).voices[0].attribution is Attribution.ROLE
    named = standing("2026.001", ONE, None, (grant(attribution=Attribution.NAME),))
    assert named.voices[0].attribution is Attribution.NAME
    again = standing("2026.001", ONE, None, (grant(attribution=Attribution.NAME), event(Happening.WITHDRAWN)))
    assert again.voices[0].attribution is Attribution.ROLE


def test_a_refusal_names_who_could_agree() -> None:
    answer = may(Use.READ, Artefact.TRANSCRIPT, Audience.PUBLIC, SITUATIONS["two tell, one agreed"], LATER)
    assert str(answer) == "Luz has not agreed to this: ask, and record the answer"


days = some.dates(DAY, DAY + timedelta(days=900))
narrators = some.sampled_from((None, 1, 2))
revisions = some.sampled_from(("first", "second"))
parts = some.frozensets(some.sampled_from(list(Artefact)), min_size=1)
uses = some.frozensets(some.sampled_from(list(Use)), min_size=1)
called = some.none() | some.sampled_from(list(Attribution))
cuts = some.frozensets(some.sampled_from(("a", "b")))


class Histories(RuleBasedStateMachine):
    """Random histories of two narrators, against a second, slow reading of the rules that shares nothing with ours."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []
        self.revision = "first"
        self.marks: frozenset[str] = frozenset()
        self.today = DAY

    @rule(narrator=narrators, artefacts=parts, uses=uses, audience=some.sampled_from(list(Audience)),
          until=some.none() | days, evidence=some.sampled_from((None, "form")), attribution=called)  # fmt: skip
    def grants(self, **said: object) -> None:
        self.events.append(event(Happening.GRANTED, on=self.today, **said))

    @rule(narrator=narrators, artefacts=parts, uses=uses, audience=some.sampled_from(list(Audience)))
    def revokes(self, **said: object) -> None:
        self.events.append(event(Happening.REVOKED, on=self.today, **said))

    @rule(narrator=narrators, until=some.none() | days)
    def sets_an_embargo(self, narrator: int | None, until: date | None) -> None:
        self.events.append(event(Happening.EMBARGO_SET, on=self.today, narrator=narrator, until=until))

    @rule(
        narrator=narrators,
        happening=some.sampled_from(
            [
                Happening.EMBARGO_ENDED, Happening.CHANGES_ASKED, Happening.WITHDRAWN, Happening.TAKEDOWN_ASKED,
                Happening.TAKEDOWN_REFUSED, Happening.TAKEDOWN_DONE, Happening.REVIEW_SENT,
            ]
        ),
    )  # fmt: skip
    def something_happens(self, narrator: int | None, happening: Happening) -> None:
        self.events.append(event(happening, on=self.today, narrator=narrator))

    @rule(narrator=narrators, revision=revisions, marks=some.none() | cuts)
    def approves(self, **said: object) -> None:
        self.events.append(event(Happening.REVIEW_APPROVED, on=self.today, **said))

    @rule(narrator=narrators, attribution=called)
    def is_called(self, **said: object) -> None:
        self.events.append(event(Happening.ATTRIBUTION_CHANGED, on=self.today, **said))

    @rule(marks=cuts)
    def marks_change(self, marks: frozenset[str]) -> None:
        self.marks = marks

    @rule(revision=revisions)
    def transcript_changes(self, revision: str) -> None:
        self.revision = revision

    @rule(number=some.integers(0, 400))
    def time_passes(self, number: int) -> None:
        self.today += timedelta(days=number)

    @invariant()
    def the_gate_agrees_with_the_slow_reading(self) -> None:
        for tell, collective in ((TWO, False), (TWO, True), (ONE, False)):
            testimony = standing("2026.001", tell, self.revision, self.events, collective=collective, marks=self.marks)
            for use, artefact, audience in (
                (Use.READ, Artefact.TRANSCRIPT, Audience.PUBLIC),
                (Use.LISTEN, Artefact.AUDIO, Audience.MEMBERS),
                (Use.TRAIN, Artefact.QUOTATION, Audience.PUBLIC),
                (Use.READ, Artefact.SUMMARY, Audience.TEAM),
                (Use.PRINT, Artefact.TRANSCRIPT, Audience.TEAM),
            ):
                answers = []
                for voice, _name in tell:
                    heard = [_hear(one, voice, alone=len(tell) == 1, collective=collective) for one in self.events]
                    slowly = self._slowly([one for one in heard if one], use, artefact, audience)
                    assert bool(may(use, artefact, audience, testimony.of(voice), self.today)) == slowly
                    answers.append(slowly)
                assert bool(may(use, artefact, audience, testimony, self.today)) == all(answers)

    @invariant()
    def what_is_asked_again_before_publishing_has_the_same_answers(self) -> None:
        events = tuple(
            {**json.loads(json.dumps(detail_of(one))), "event": one.happening, "narrator": one.narrator}
            for one in self.events
        )
        for tell, collective in ((TWO, False), (TWO, True), (ONE, False)):
            testimony = standing("2026.001", tell, self.revision, self.events, collective=collective, marks=self.marks)
            again = Record(
                testimony=1, voices=tell, events=events, jointly=collective, revision=self.revision, cut=self.marks,
                on=self.today,
            )  # fmt: skip
            for voice in testimony.voices:
                assert again.attribution(voice.narrator) == voice.attribution
                for use, artefact in ((Use.READ, Artefact.TRANSCRIPT), (Use.LISTEN, Artefact.AUDIO)):
                    answer = bool(may(use, artefact, Audience.PUBLIC, testimony.of(voice.narrator), self.today))
                    assert again.agrees(artefact, use, voice.narrator) == answer

    def _slowly(self, heard: list[Heard], use: Use, artefact: Artefact, audience: Audience) -> bool:
        if _begin(heard) is None or any(_open_requests(heard, own=own) for own in (True, False)):
            return False
        end = _end(heard, (artefact, use, audience))
        if end is None or self.today > end:
            return False
        if audience <= Audience.TEAM:
            return True
        if any(_under_embargo(heard, own=own) for own in (True, False)):
            return False
        approval = _approval(heard)
        if artefact in REVISED and (approval is None or approval.revision != self.revision):
            return False
        cut = approval.marks if approval and approval.marks else frozenset()
        return artefact not in REVISED | {Artefact.AUDIO, Artefact.VIDEO} or not cut - self.marks


class Heard(NamedTuple):
    """An event as one voice hears it: whether it is its own word, and whether it could open anything for it."""

    said: Event
    own: bool
    opens: bool


CLOSING = (Happening.WITHDRAWN, Happening.TAKEDOWN_DONE)
AGAINST = (*CLOSING, Happening.CHANGES_ASKED)


def _hear(said: Event, voice: int, *, alone: bool, collective: bool) -> Heard | None:
    if said.narrator not in (None, voice):
        return None
    own = alone or said.narrator == voice
    return Heard(said, own, own or collective)


def _begin(heard: list[Heard]) -> int | None:
    """Where what counts begins: after the last closing, with the first grant that has evidence and may open it."""
    closings = [place for place, one in enumerate(heard) if one.said.happening in CLOSING]
    if not closings:
        return 0
    for place in range(closings[-1] + 1, len(heard)):
        if heard[place].own and _proved(heard[place]):
            return place
        if heard[place].opens and _proved(heard[place]) and not _walked_out(heard[:place]):
            return place
    return None


def _walked_out(heard: list[Heard]) -> bool:
    """Whether the voice itself has left, and has not come back by itself."""
    steps = [one for one in heard if one.own and (one.said.happening in CLOSING or _proved(one))]
    return bool(steps) and steps[-1].said.happening in CLOSING


def _proved(one: Heard) -> bool:
    return one.said.happening is Happening.GRANTED and one.said.evidence is not None


def _open_requests(heard: list[Heard], *, own: bool) -> int:
    number = 0
    for one in heard:
        if one.own is own and one.said.happening is Happening.TAKEDOWN_ASKED:
            number += 1
        elif one.own is own and one.said.happening in (Happening.TAKEDOWN_REFUSED, Happening.TAKEDOWN_DONE):
            number -= 1 if number else 0
    return number


def _end(heard: list[Heard], asked: tuple[Artefact, Use, Audience]) -> date | None:
    """The last day that is granted, and not beyond what the voice itself has said (`own_word`, `date.min` for no)."""
    artefact, use, audience = asked
    given = date.max if audience <= Audience.TEAM and use in (Use.READ, Use.LISTEN) else None
    end, own_word = given, None
    for place, one in enumerate(heard):
        before, after = _begin(heard[:place]), _begin(heard[: place + 1])
        if before is None and after is not None:  # it begins anew
            own_word = (given or date.min) if _walked_out(heard[:place]) else own_word
            end = _shorter(given, own_word)
        if artefact not in one.said.artefacts or use not in one.said.uses:
            continue
        if (
            one.said.happening is Happening.GRANTED
            and one.opens
            and after is not None
            and audience <= one.said.audience
        ):
            until = one.said.until or date.max
            wanted = until if audience == one.said.audience or end is None else max(end, until)
            end = wanted if one.own else _shorter(wanted, own_word)
            own_word = wanted if one.own else own_word
        if one.said.happening is Happening.REVOKED and audience >= one.said.audience:
            end = None
            own_word = date.min if one.own else own_word
    return end


def _shorter(end: date | None, own_word: date | None) -> date | None:
    if own_word is None or end is None:
        return end
    return None if own_word == date.min else min(end, own_word)


def _under_embargo(heard: list[Heard], *, own: bool) -> bool:
    """Whether the last embargo that these have set is not over; those of the voice and of the whole do not mix."""
    places = [
        place for place, one in enumerate(heard) if one.own is own and one.said.happening is Happening.EMBARGO_SET
    ]
    if not places:
        return False
    until = heard[places[-1]].said.until
    ends = [one for one in heard[places[-1] :] if one.said.happening is Happening.EMBARGO_ENDED]
    return not any(one.said.on >= until if until else one.own or (one.opens and not own) for one in ends)


def _approval(heard: list[Heard]) -> Event | None:
    """The approval that holds: a voice that has objected approves by itself."""
    approval = None
    for place, one in enumerate(heard):
        if one.said.happening in AGAINST:
            approval = None
        if one.said.happening is Happening.REVIEW_APPROVED and one.opens:
            words = [
                earlier.said.happening
                for earlier in heard[:place]
                if earlier.own and earlier.said.happening in (*AGAINST, Happening.REVIEW_APPROVED)
            ]
            if one.own or not words or words[-1] is Happening.REVIEW_APPROVED:
                approval = one.said
    return approval


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
