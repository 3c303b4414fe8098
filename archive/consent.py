"""What narrators and collectives can decide, as values: who may do what with which part of a testimony, and until when.

Consent is a history of events. Nothing here decides anything: `archive/standing.py` reads a history,
`archive/access.py` answers what it allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum


class Artefact(StrEnum):
    """A part of a testimony that can be decided on for itself."""

    AUDIO = "audio"
    VIDEO = "video"
    TRANSCRIPT = "transcript"
    SUMMARY = "summary"
    QUOTATION = "quotation"
    CATALOGUE_ENTRY = "catalogue-entry"
    EXACT_PLACE = "exact-place"


class Use(StrEnum):
    """What can be done with it."""

    LISTEN = "listen"
    READ = "read"
    QUOTE = "quote"
    TEACH = "teach"
    PRINT = "print"
    BROADCAST = "broadcast"
    TRAIN = "train-machines"


class Audience(IntEnum):
    """For whom; each includes those before it."""

    NARRATOR = 0
    TEAM = 1
    MEMBERS = 2
    PUBLIC = 3


class Attribution(StrEnum):
    """How a narrator wants to be called, the strictest last."""

    NAME = "name"
    PSEUDONYM = "pseudonym"
    ROLE = "role"


def stricter(one: Attribution, other: Attribution) -> Attribution:
    """Return the one that says less of a narrator."""
    return max(one, other, key=list(Attribution).index)


class Happening(StrEnum):
    """What can happen to consent."""

    STATED = "stated"  # words from a manifest, which grant nothing
    PARTICIPATION_AGREED = "participation-agreed"
    GRANTED = "granted"
    REVOKED = "revoked"
    EMBARGO_SET = "embargo-set"
    EMBARGO_ENDED = "embargo-ended"  # a person has confirmed that its day has come
    REVIEW_SENT = "review-sent"
    REVIEW_APPROVED = "review-approved"
    CHANGES_ASKED = "changes-asked"
    ATTRIBUTION_CHANGED = "attribution-changed"  # only to a stricter one: a laxer one is granted
    WITHDRAWN = "withdrawn"
    TAKEDOWN_ASKED = "takedown-asked"
    TAKEDOWN_REFUSED = "takedown-refused"
    TAKEDOWN_DONE = "takedown-done"


SOUND = frozenset({Artefact.AUDIO, Artefact.VIDEO})
HEARD = frozenset({Use.LISTEN, Use.TEACH, Use.BROADCAST, Use.TRAIN})  # what can be done with sound or pictures
WRITTEN = frozenset({Use.READ, Use.QUOTE, Use.TEACH, Use.PRINT, Use.BROADCAST, Use.TRAIN})
USES = {artefact: HEARD if artefact in SOUND else WRITTEN for artefact in Artefact}
REVISED = frozenset({Artefact.TRANSCRIPT, Artefact.QUOTATION})  # stand and fall with one revision of the transcript
CUT = REVISED | SOUND  # what marks are carried out on


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to consent on a day.

    `narrator`: the number of whoever decided, None where it was decided for the testimony as a whole. `artefacts`,
    `uses` and `audience` are what a grant gives and a revocation takes. `until`: the last day of a grant, or the day on
    which an embargo ends; None is for good, and for an embargo: nobody knows. `revision`: the SHA-256 of the transcript
    that was approved; `marks`: the fingerprints of what was cut from it then, None where nobody recorded them.
    `evidence`: the SHA-256 of a signed form or of spoken consent. `called`: the name that was chosen.
    """

    happening: Happening
    on: date
    narrator: int | None = None
    artefacts: frozenset[Artefact] = frozenset()
    uses: frozenset[Use] = frozenset()
    audience: Audience = Audience.NARRATOR
    until: date | None = None
    attribution: Attribution | None = None
    called: str | None = None
    revision: str | None = None
    marks: frozenset[str] | None = None
    evidence: str | None = None
