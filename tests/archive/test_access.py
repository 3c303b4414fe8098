"""The gate: its whole truth table, and that no history of events opens what nobody agreed to."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from archive.access import may
from archive.consent import REVISED, USES, Artefact, Attribution, Audience, Event, Happening, Use
from archive.standing import Standing, standing

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


class Histories(RuleBasedStateMachine):
    """Random histories of two narrators, against a second, slow reading of the rules that shares nothing with ours."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []
        self.revision = "first"
        self.today = DAY

    @rule(narrator=narrators, artefacts=parts, uses=uses, audience=some.sampled_from(list(Audience)),
          until=some.none() | days, evidence=some.sampled_from((None, "form")))  # fmt: skip
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

    @rule(narrator=narrators, revision=revisions)
    def approves(self, narrator: int | None, revision: str) -> None:
        self.events.append(event(Happening.REVIEW_APPROVED, on=self.today, narrator=narrator, revision=revision))

    @rule(revision=revisions)
    def transcript_changes(self, revision: str) -> None:
        self.revision = revision

    @rule(number=some.integers(0, 400))
    def time_passes(self, number: int) -> None:
        self.today += timedelta(days=number)

    @invariant()
    def the_gate_agrees_with_the_slow_reading(self) -> None:
        for collective in (False, True):
            testimony = standing("2026.001", TWO, self.revision, self.events, collective=collective)
            for use, artefact, audience in (
                (Use.READ, Artefact.TRANSCRIPT, Audience.PUBLIC),
                (Use.LISTEN, Artefact.AUDIO, Audience.MEMBERS),
                (Use.TRAIN, Artefact.QUOTATION, Audience.PUBLIC),
                (Use.READ, Artefact.SUMMARY, Audience.TEAM),
                (Use.PRINT, Artefact.TRANSCRIPT, Audience.TEAM),
            ):
                for voice in (1, 2):
                    slowly = self._slowly(voice, use, artefact, audience, collective=collective)
                    assert bool(may(use, artefact, audience, testimony.of(voice), self.today)) == slowly
                both = all(self._slowly(one, use, artefact, audience, collective=collective) for one in (1, 2))
                assert bool(may(use, artefact, audience, testimony, self.today)) == both

    def _slowly(self, voice: int, use: Use, artefact: Artefact, audience: Audience, *, collective: bool) -> bool:
        heard = [one for one in self.events if one.narrator in (None, voice)]
        theirs = [one.narrator == voice or collective for one in heard]  # whether it could open anything
        begin = _begin(heard, theirs)
        if begin is None or _asked_to_take_down(heard):
            return False
        end = _end(heard[begin:], theirs[begin:], use, artefact, audience)
        if end is None or self.today > end:
            return False
        if audience <= Audience.TEAM:
            return True
        if _closed_by_embargo(heard, theirs):
            return False
        return artefact not in REVISED or _approved(heard, theirs) == self.revision


CLOSING = (Happening.WITHDRAWN, Happening.TAKEDOWN_DONE)


def _begin(heard: list[Event], theirs: list[bool]) -> int | None:
    """Where what counts begins: after the last closing, with the first grant that has evidence."""
    closings = [place for place, one in enumerate(heard) if one.happening in CLOSING]
    if not closings:
        return 0
    anew = (
        place
        for place, one in enumerate(heard)
        if place > closings[-1] and theirs[place] and one.happening is Happening.GRANTED and one.evidence
    )
    return next(anew, None)


def _asked_to_take_down(heard: list[Event]) -> bool:
    asked = [one.happening for one in heard if one.happening.value.startswith(("takedown", "withdrawn"))]
    return bool(asked) and asked[-1] is Happening.TAKEDOWN_ASKED


def _end(heard: list[Event], theirs: list[bool], use: Use, artefact: Artefact, audience: Audience) -> date | None:
    given = audience <= Audience.TEAM and use in (Use.READ, Use.LISTEN)
    end: date | None = date.max if given else None
    for one, opens in zip(heard, theirs, strict=True):
        if artefact not in one.artefacts or use not in one.uses:
            continue
        if one.happening is Happening.GRANTED and opens and audience <= one.audience:
            until = one.until or date.max
            end = until if audience == one.audience or end is None else max(end, until)
        if one.happening is Happening.REVOKED and audience >= one.audience:
            end = None
    return end


def _closed_by_embargo(heard: list[Event], theirs: list[bool]) -> bool:
    closed, until = False, None
    for one, opens in zip(heard, theirs, strict=True):
        if one.happening is Happening.EMBARGO_SET:
            closed, until = True, one.until
        if one.happening is Happening.EMBARGO_ENDED and (one.on >= until if until else opens):
            closed, until = False, None
    return closed


def _approved(heard: list[Event], theirs: list[bool]) -> str | None:
    approved = None
    for one, opens in zip(heard, theirs, strict=True):
        if one.happening is Happening.REVIEW_APPROVED and opens:
            approved = one.revision
        if one.happening in (*CLOSING, Happening.CHANGES_ASKED):
            approved = None
    return approved


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
