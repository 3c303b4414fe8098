"""The consent form as values: what it asks, what was ticked, and what that amounts to in the record.

Nothing is assumed from a box that is not ticked: it grants nothing, and takes nothing back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from archive.consent import Artefact, Attribution, Audience, Event, Happening, Use
from archive.errors import ArchiveError
from archive.marks import N_

PASSED_ON = frozenset({Use.READ, Use.QUOTE, Use.TEACH, Use.PRINT, Use.BROADCAST})
AUDIENCES = (Audience.MEMBERS, Audience.PUBLIC)  # the columns of the form
LONGEST_NAME = 200  # characters
LONGEST_SIGNATURE = 60_000  # characters of an SVG path, which is a signature of several thousand points
_PATH = re.compile(r"(?:M\d{1,4} \d{1,4}(?:L\d{1,4} \d{1,4})*)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One line of the form: parts of the testimony, and what may be done with them. `part` is what it stands under."""

    key: str
    part: str
    artefacts: frozenset[Artefact]
    uses: frozenset[Use]


def _ask(part: str, artefact: Artefact, *uses: Use) -> tuple[Question, ...]:
    return tuple(
        Question(key=f"{artefact}-{use}", part=part, artefacts=frozenset({artefact}), uses=frozenset({use}))
        for use in uses
    )


QUESTIONS = (
    *_ask("sound", Artefact.AUDIO, Use.LISTEN, Use.TEACH, Use.BROADCAST),
    *_ask("picture", Artefact.VIDEO, Use.LISTEN, Use.TEACH, Use.BROADCAST),
    *_ask("text", Artefact.TRANSCRIPT, Use.READ, Use.QUOTE, Use.TEACH, Use.PRINT, Use.BROADCAST),
    *(
        Question(key=artefact.value, part="besides", artefacts=frozenset({artefact}), uses=PASSED_ON)
        for artefact in (Artefact.CATALOGUE_ENTRY, Artefact.SUMMARY, Artefact.QUOTATION, Artefact.EXACT_PLACE)
    ),
    Question(key="machines", part="besides", artefacts=frozenset(Artefact), uses=frozenset({Use.TRAIN})),
)


class FaultyForm(ArchiveError):
    """The form cannot be recorded as it was sent; `hint` says why, for the reader's language."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as it was filled in.

    `narrator`: the number of whoever signs, None where it is for the testimony as a whole. `ticked` holds the keys of
    questions with the audience, such as `audio-listen-public`. `closed_until` is an embargo, `until` the last day of
    what is granted. `strokes` is the signature as an SVG path, `name` as it was typed; one of them is enough.
    """

    narrator: int | None = None
    takes_part: bool = False
    ticked: frozenset[str] = frozenset()
    attribution: Attribution | None = None
    called: str = ""
    closed_until: date | None = None
    until: date | None = None
    name: str = ""
    strokes: str = ""
    interviewer: str = ""
    agreed: bool = False


def read_form(sent: Mapping[str, str]) -> Form:
    """Read what a browser sent. Raises FaultyForm where a value is none that the form offers."""
    narrator, attribution = sent.get("narrator") or "", sent.get("attribution") or ""
    strokes = sent.get("strokes") or ""
    if strokes and (len(strokes) > LONGEST_SIGNATURE or not _PATH.fullmatch(strokes)):
        raise FaultyForm(N_("The signature could not be read: draw it again, or write your name."))
    if (narrator and not re.fullmatch(r"[0-9]{1,15}", narrator)) or attribution not in ("", *Attribution):
        raise FaultyForm(N_("The form came here damaged: open it again."))
    return Form(
        narrator=int(narrator) if narrator else None,
        takes_part=bool(sent.get("takes-part")),
        ticked=frozenset(box for question in QUESTIONS for box in boxes(question) if sent.get(box)),
        attribution=Attribution(attribution) if attribution else None,
        called=_line(sent.get("called")),
        closed_until=_day(sent.get("closed-until")),
        until=_day(sent.get("until")),
        name=_line(sent.get("name")),
        strokes=strokes,
        interviewer=_line(sent.get("interviewer")),
        agreed=bool(sent.get("agreed")),
    )


def boxes(question: Question) -> tuple[str, ...]:
    """Return what the form calls the boxes of a question, one for each audience."""
    return tuple(f"{question.key}-{audience.name.lower()}" for audience in AUDIENCES)


def check_form(form: Form, today: date) -> None:
    """Raise FaultyForm where a form that was sent says nothing, is not signed, or names days that cannot be."""
    if not (form.takes_part or form.ticked or form.closed_until):
        raise FaultyForm(N_("Nothing is ticked, so there is nothing to record."))
    if not form.agreed:
        raise FaultyForm(N_("Tick that you have read this, or that it was read to you."))
    if not (form.name or form.strokes):
        raise FaultyForm(N_("Sign: draw in the field, or write your name, or the name that you chose."))
    if form.until and form.until < today:
        raise FaultyForm(N_("The day on which your consent ends is over already."))
    if form.closed_until and form.closed_until <= today:
        raise FaultyForm(N_("The day from which others may have it has come already: leave it empty."))


def decisions(form: Form, on: date, evidence: str) -> tuple[Event, ...]:
    """Return what the form amounts to, in the order in which it is recorded.

    What is for everybody is for the members as well and is recorded once.
    """
    decided = [Event(happening=Happening.PARTICIPATION_AGREED, on=on, evidence=evidence)] if form.takes_part else []
    if form.closed_until:
        decided.append(Event(happening=Happening.EMBARGO_SET, on=on, until=form.closed_until, evidence=evidence))
    for audience in reversed(AUDIENCES):
        decided += [
            Event(
                happening=Happening.GRANTED,
                on=on,
                artefacts=artefacts,
                uses=uses,
                audience=audience,
                until=form.until,
                attribution=form.attribution,
                called=form.called or None,
                evidence=evidence,
            )
            for uses, artefacts in _granted(form, audience)
        ]
    return tuple(decided)


def _granted(form: Form, audience: Audience) -> list[tuple[frozenset[Use], frozenset[Artefact]]]:
    """Return the uses granted to an audience and not to a wider one, with the parts that have the very same uses."""
    wider = [one for one in AUDIENCES if one > audience]
    uses: dict[Artefact, set[Use]] = {}
    for question in QUESTIONS:
        named = {one: f"{question.key}-{one.name.lower()}" for one in AUDIENCES}
        if named[audience] in form.ticked and not any(named[one] in form.ticked for one in wider):
            for artefact in question.artefacts:
                uses.setdefault(artefact, set()).update(question.uses)
    parts: dict[frozenset[Use], set[Artefact]] = {}
    for artefact, some in uses.items():
        parts.setdefault(frozenset(some), set()).add(artefact)
    return [(some, frozenset(artefacts)) for some, artefacts in parts.items()]


def _line(text: str | None) -> str:
    """Return what was typed as one line, without what no paper could show."""
    said = "".join(letter if letter.isprintable() else " " for letter in text or "")
    return " ".join(said.split())[:LONGEST_NAME]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise FaultyForm(N_("A day could not be read: write it as 2030-12-31.")) from error
