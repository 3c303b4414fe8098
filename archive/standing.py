"""What a history of consent amounts to: for each voice in a testimony, what is granted, closed and approved.

Whoever has decided for themselves is not overruled: what is decided for the testimony as a whole, also by an assembly,
may close more, and never opens what a voice has closed; only that voice does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum, auto

from archive.consent import USES, Artefact, Attribution, Audience, Event, Happening, Use, stricter

FOR_GOOD = date.max
NEVER = date.min  # the last day of what a voice has said no to
Cell = tuple[Artefact, Use, Audience]
# until somebody objects, those to whom it was given may hear and read it
GIVEN: Mapping[Cell, date] = {
    (artefact, use, audience): FOR_GOOD
    for artefact, uses in USES.items()
    for use in uses & {Use.LISTEN, Use.READ}
    for audience in (Audience.NARRATOR, Audience.TEAM)
}
OWN: Mapping[Cell, date] = {cell: end for cell, end in GIVEN.items() if cell[2] is Audience.NARRATOR}
NOTHING: Mapping[Cell, date] = {
    (artefact, use, audience): NEVER for artefact, uses in USES.items() for use in uses for audience in Audience
}
_CLOSING = {  # decided for the testimony as a whole, these hold for every voice in it
    Happening.REVOKED, Happening.EMBARGO_SET, Happening.CHANGES_ASKED, Happening.WITHDRAWN,
    Happening.TAKEDOWN_ASKED, Happening.TAKEDOWN_REFUSED, Happening.TAKEDOWN_DONE, Happening.ATTRIBUTION_CHANGED,
    Happening.EMBARGO_ENDED,  # whose day it was makes no difference to the calendar
}  # fmt: skip


class By(Enum):
    """Who has decided, as one voice sees it."""

    ITSELF = auto()
    TOGETHER = auto()  # for the testimony as a whole, and for this voice with the others, as an assembly does
    OTHERS = auto()  # for the testimony as a whole, where each voice answers for itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a voice has said for itself, which nobody else can open.

    `agreed`: the last day of what it granted, NEVER for what it said no to; what it has not spoken of is not in it.
    `objects`: to the transcript, until it approves one. `attribution`: None where it has not said.
    """

    agreed: Mapping[Cell, date] = field(default_factory=dict)
    withdrew: bool = False
    objects: bool = False
    attribution: Attribution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Where one narrator stands. Dates are days; `narrator` is None where the testimony names nobody who tells.

    `granted` holds the last day of each artefact, use and audience. `requests` to take it down that are not
    decided, and `embargoes`, are kept apart by whether the voice set them itself, each with its day. `approved`: the
    SHA-256 of the transcript that was approved, `marks` the fingerprints of what was cut from it then. `word` is what
    it has said itself.
    """

    narrator: int | None
    name: str
    granted: Mapping[Cell, date] = field(default_factory=lambda: GIVEN)
    withdrawn: date | None = None
    requests: tuple[tuple[bool, date], ...] = ()
    embargoes: Mapping[bool, date | None] = field(default_factory=dict)
    approved: str | None = None
    marks: frozenset[str] = frozenset()
    attribution: Attribution = Attribution.ROLE
    word: Word = field(default_factory=Word)

    @property
    def takedown(self) -> date | None:
        """Since when somebody asks that it be taken down."""
        return min((day for _, day in self.requests), default=None)

    @property
    def embargoed(self) -> bool:
        """Whether there is an embargo."""
        return bool(self.embargoes)

    @property
    def embargo(self) -> date | None:
        """The day on which the last embargo ends; None where nobody knows, or there is none."""
        days = self.embargoes.values()
        return None if None in days else max((day for day in days if day), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a testimony stands. `revision` is the SHA-256 of the transcript that readers would see, if there is one.

    `marks` are the fingerprints of what is cut from it. `jointly`: whether what is decided for the whole is decided for
    each voice.
    """

    accession: str
    voices: tuple[Voice, ...]
    revision: str | None
    marks: frozenset[str] = frozenset()
    jointly: bool = True

    def of(self, narrator: int | None) -> Standing:
        """Return where one narrator's words stand; words of nobody known are everybody's."""
        own = tuple(voice for voice in self.voices if voice.narrator == narrator)
        return replace(self, voices=own) if narrator is not None and own else self

    def is_approved_by(self, voice: Voice) -> bool:
        """Whether the voice has approved the transcript as it is, with no less cut from it than now."""
        return voice.approved is not None and voice.approved == self.revision and voice.marks <= self.marks


def standing(
    accession: str,
    narrators: Sequence[tuple[int, str]],
    revision: str | None,
    events: Iterable[Event],
    *,
    collective: bool = False,
    marks: frozenset[str] = frozenset(),
) -> Standing:
    """Read a history, oldest event first.

    `narrators`: number and name of everybody who tells. Where only one tells, what was decided for the testimony as a
    whole is that one's own word. Where they decide as a `collective`, as an assembly does, it counts for each who has
    not said otherwise; else each answers for themselves. What was closed for the whole is closed for all.
    """
    voices = [Voice(narrator=number, name=name) for number, name in narrators] or [Voice(narrator=None, name=accession)]
    whole = By.ITSELF if len(voices) == 1 else By.TOGETHER if collective else By.OTHERS
    for event in events:
        voices = [_after(voice, event, whole) for voice in voices]
    return Standing(
        accession=accession, voices=tuple(voices), revision=revision, marks=marks, jointly=whole is not By.OTHERS
    )


def _after(voice: Voice, event: Event, whole: By) -> Voice:
    """Return where a voice stands after an event; one that only records that something was done changes nothing."""
    change = _CHANGES.get(event.happening)
    if change is None or event.narrator not in (None, voice.narrator):
        return voice
    by = whole if event.narrator is None else By.ITSELF
    return voice if by is By.OTHERS and event.happening not in _CLOSING else change(voice, event, by)


def _granted(voice: Voice, event: Event, by: By) -> Voice:
    """Add what is granted; after a withdrawal only with evidence, and then it begins anew.

    The newest word counts for its own audience; narrower ones lose nothing by a grant to a wider one.
    """
    if voice.withdrawn and (event.evidence is None or (voice.word.withdrew and by is not By.ITSELF)):
        return voice
    before, word = _anew(voice) if voice.withdrawn else (voice.granted, voice.word)
    end = event.until or FOR_GOOD
    cells = {
        cell: end if cell[2] is event.audience else max(end, before.get(cell, NEVER))
        for cell in _cells(event)
        if cell[2] <= event.audience
    }
    called = event.attribution
    if by is By.ITSELF:
        word = replace(word, agreed={**word.agreed, **cells}, withdrew=False, attribution=called or word.attribution)
    else:
        cells = _within(cells, word.agreed)
        called = stricter(called, word.attribution or called) if called else None
    return replace(
        voice, granted={**before, **cells}, withdrawn=None, attribution=called or voice.attribution, word=word
    )


def _anew(voice: Voice) -> tuple[Mapping[Cell, date], Word]:
    """Return what is granted, and what the voice itself has said, when it begins again after a withdrawal."""
    if voice.word.withdrew:
        return GIVEN, replace(voice.word, agreed={**NOTHING, **GIVEN})
    return _within(GIVEN, voice.word.agreed), voice.word


def _within(cells: Mapping[Cell, date], agreed: Mapping[Cell, date]) -> dict[Cell, date]:
    """Return what the voice itself has not said no to, and no longer than it said."""
    return {cell: min(end, agreed.get(cell, end)) for cell, end in cells.items() if agreed.get(cell, end) != NEVER}


def _revoked(voice: Voice, event: Event, by: By) -> Voice:
    """Take away what is revoked, for its audience and every wider one."""
    gone = {cell for cell in _cells(event) if cell[2] >= event.audience}
    granted = {cell: end for cell, end in voice.granted.items() if cell not in gone}
    refused = dict.fromkeys(gone if by is By.ITSELF else (), NEVER)
    return replace(voice, granted=granted, word=replace(voice.word, agreed={**voice.word.agreed, **refused}))


def _withdrawn(voice: Voice, event: Event, by: By) -> Voice:
    """Leave nothing of what was granted, but to the narrator. What somebody else asks for stays to be decided."""
    word = Word(withdrew=True, objects=True, attribution=Attribution.ROLE) if by is By.ITSELF else voice.word
    return replace(
        voice,
        granted=OWN,
        withdrawn=event.on,
        approved=None,
        marks=frozenset(),
        attribution=Attribution.ROLE,
        word=word,
    )


def _embargo_set(voice: Voice, event: Event, by: By) -> Voice:
    """Add an embargo; it takes the place only of one that the same have set."""
    return replace(voice, embargoes={**voice.embargoes, by is By.ITSELF: event.until})


def _embargo_ended(voice: Voice, event: Event, by: By) -> Voice:
    """End the embargoes whose day has come. One without a day is not ended by others than those who set it."""

    def is_over(own: bool, day: date | None) -> bool:
        if day is not None:
            return event.on >= day
        return by is By.ITSELF or (by is By.TOGETHER and not own)

    return replace(voice, embargoes={own: day for own, day in voice.embargoes.items() if not is_over(own, day)})


def _approved(voice: Voice, event: Event, by: By) -> Voice:
    """Take the approval, with what was cut; of approvals from before that was recorded nobody knows what was."""
    if voice.word.objects and by is not By.ITSELF:
        return voice
    word = replace(voice.word, objects=False)
    return replace(voice, approved=event.revision, marks=event.marks or frozenset(), word=word)


def _changes_asked(voice: Voice, event: Event, by: By) -> Voice:
    word = replace(voice.word, objects=voice.word.objects or by is By.ITSELF)
    return replace(voice, approved=None, marks=frozenset(), word=word)


def _attribution_changed(voice: Voice, event: Event, by: By) -> Voice:
    """Take a stricter attribution; a laxer one is granted, not only said."""
    called = stricter(voice.attribution, event.attribution or voice.attribution)
    word = replace(voice.word, attribution=called) if by is By.ITSELF else voice.word
    return replace(voice, attribution=called, word=word)


def _takedown_asked(voice: Voice, event: Event, by: By) -> Voice:
    return replace(voice, requests=(*voice.requests, (by is By.ITSELF, event.on)))


def _decided(voice: Voice, event: Event, by: By) -> Voice:
    """Take off the oldest request of the same kind, and no other: each is decided for itself."""
    own = by is By.ITSELF
    place = next((place for place, (theirs, _) in enumerate(voice.requests) if theirs is own), None)
    return voice if place is None else replace(voice, requests=voice.requests[:place] + voice.requests[place + 1 :])


def _cells(event: Event) -> Iterable[Cell]:
    return (
        (artefact, use, audience)
        for artefact in event.artefacts
        for use in event.uses & USES[artefact]
        for audience in Audience
    )


_CHANGES: Mapping[Happening, Callable[[Voice, Event, By], Voice]] = {
    Happening.GRANTED: _granted,
    Happening.REVOKED: _revoked,
    Happening.EMBARGO_SET: _embargo_set,
    Happening.EMBARGO_ENDED: _embargo_ended,
    Happening.REVIEW_APPROVED: _approved,
    Happening.CHANGES_ASKED: _changes_asked,
    Happening.ATTRIBUTION_CHANGED: _attribution_changed,
    Happening.WITHDRAWN: _withdrawn,
    Happening.TAKEDOWN_ASKED: _takedown_asked,
    Happening.TAKEDOWN_REFUSED: _decided,
    Happening.TAKEDOWN_DONE: lambda voice, event, by: _withdrawn(_decided(voice, event, by), event, by),
}
