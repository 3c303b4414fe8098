"""What a history of consent amounts to: for each voice in a testimony, what is granted, closed and approved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from archive.consent import USES, Artefact, Attribution, Audience, Event, Happening, Use

FOR_GOOD = date.max
Cell = tuple[Artefact, Use, Audience]
# until somebody objects, those to whom it was given may hear and read it
GIVEN: Mapping[Cell, date] = {
    (artefact, use, audience): FOR_GOOD
    for artefact, uses in USES.items()
    for use in uses & {Use.LISTEN, Use.READ}
    for audience in (Audience.NARRATOR, Audience.TEAM)
}
OWN: Mapping[Cell, date] = {cell: end for cell, end in GIVEN.items() if cell[2] is Audience.NARRATOR}
_CLOSING = {  # decided for the testimony as a whole, these hold for every voice in it
    Happening.REVOKED, Happening.EMBARGO_SET, Happening.CHANGES_ASKED, Happening.WITHDRAWN,
    Happening.TAKEDOWN_ASKED, Happening.TAKEDOWN_REFUSED, Happening.TAKEDOWN_DONE,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Where one narrator stands. Dates are days; `narrator` is None where the testimony names nobody who tells.

    `granted` holds the last day of each artefact, use and audience. `embargo`: the day on which it ends, None where
    nobody knows; it counts while `embargoed`. `approved`: the SHA-256 of the transcript that was approved.
    """

    narrator: int | None
    name: str
    granted: Mapping[Cell, date] = field(default_factory=lambda: GIVEN)
    withdrawn: date | None = None
    takedown: date | None = None
    embargoed: bool = False
    embargo: date | None = None
    approved: str | None = None
    attribution: Attribution = Attribution.ROLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a testimony stands. `revision` is the SHA-256 of the transcript that readers would see, if there is one."""

    accession: str
    voices: tuple[Voice, ...]
    revision: str | None

    def of(self, narrator: int | None) -> Standing:
        """Return where one narrator's words stand; words of nobody known are everybody's."""
        own = tuple(voice for voice in self.voices if voice.narrator == narrator)
        return replace(self, voices=own) if narrator is not None and own else self


def standing(
    accession: str,
    narrators: Sequence[tuple[int, str]],
    revision: str | None,
    events: Iterable[Event],
    *,
    collective: bool = False,
) -> Standing:
    """Read a history, oldest event first.

    `narrators`: number and name of everybody who tells. What was granted for the testimony as a whole counts for each
    of them where only one tells, or where they decide as a `collective`, as an assembly does; otherwise each answers
    for themselves. What was closed for the whole is closed for all.
    """
    voices = [Voice(narrator=number, name=name) for number, name in narrators] or [Voice(narrator=None, name=accession)]
    jointly = collective or len(voices) == 1
    for event in events:
        voices = [_after(voice, event) if _concerns(event, voice, jointly=jointly) else voice for voice in voices]
    return Standing(accession=accession, voices=tuple(voices), revision=revision)


def _concerns(event: Event, voice: Voice, *, jointly: bool) -> bool:
    if event.narrator is not None:
        return event.narrator == voice.narrator
    if event.happening is Happening.EMBARGO_ENDED and voice.embargo is not None:
        return True  # whose day it was makes no difference to the calendar
    return jointly or event.happening in _CLOSING


def _after(voice: Voice, event: Event) -> Voice:
    """Return where a voice stands after an event; one that only records that something was done changes nothing."""
    change = _CHANGES.get(event.happening)
    return change(voice, event) if change else voice


def _embargo_ended(voice: Voice, event: Event) -> Voice:
    """End the embargo, but not before its day."""
    if voice.embargo is not None and event.on < voice.embargo:
        return voice
    return replace(voice, embargoed=False, embargo=None)


def _granted(voice: Voice, event: Event) -> Voice:
    """Add what is granted; after a withdrawal only with evidence, and then it begins anew.

    The newest word counts for its own audience; narrower ones lose nothing by a grant to a wider one.
    """
    if voice.withdrawn and event.evidence is None:
        return voice
    before = GIVEN if voice.withdrawn else voice.granted
    end = event.until or FOR_GOOD
    cells = {
        cell: end if cell[2] is event.audience else max(end, before.get(cell, date.min))
        for cell in _cells(event)
        if cell[2] <= event.audience
    }
    return replace(
        voice, granted={**before, **cells}, withdrawn=None, attribution=event.attribution or voice.attribution
    )


def _revoked(voice: Voice, event: Event) -> Voice:
    """Take away what is revoked, for its audience and every wider one."""
    gone = {cell for cell in _cells(event) if cell[2] >= event.audience}
    return replace(voice, granted={cell: end for cell, end in voice.granted.items() if cell not in gone})


def _closed(voice: Voice, event: Event) -> Voice:
    """Leave nothing of what was granted, but to the narrator."""
    return replace(voice, granted=OWN, withdrawn=event.on, takedown=None, approved=None, attribution=Attribution.ROLE)


def _cells(event: Event) -> Iterable[Cell]:
    return (
        (artefact, use, audience)
        for artefact in event.artefacts
        for use in event.uses & USES[artefact]
        for audience in Audience
    )


_CHANGES: Mapping[Happening, Callable[[Voice, Event], Voice]] = {
    Happening.GRANTED: _granted,
    Happening.REVOKED: _revoked,
    Happening.EMBARGO_SET: lambda voice, event: replace(voice, embargoed=True, embargo=event.until),
    Happening.EMBARGO_ENDED: _embargo_ended,
    Happening.REVIEW_APPROVED: lambda voice, event: replace(voice, approved=event.revision),
    Happening.CHANGES_ASKED: lambda voice, event: replace(voice, approved=None),
    Happening.WITHDRAWN: _closed,
    Happening.TAKEDOWN_ASKED: lambda voice, event: replace(voice, takedown=event.on),
    Happening.TAKEDOWN_REFUSED: lambda voice, event: replace(voice, takedown=None),
    Happening.TAKEDOWN_DONE: _closed,
}
