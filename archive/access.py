"""The gate: whether something may be done with a testimony, for whom, on a day; and if not, why.

Everything that shows, exports, cites, serves or publishes asks `may`, and nothing else decides. The default is no:

- Nobody's silence is consent. Whoever speaks in a testimony is asked, and the strictest answer counts.
- Until somebody objects, team and narrator may hear and read what was given to them; nobody else, and nothing else.
- Nobody else opens what a voice has closed for itself, not even an assembly that it belongs to.
- A withdrawal closes everything, until whoever withdrew grants something anew with evidence.
- An open request to take down closes everything, until each is decided; so does one that was followed.
- An embargo is closed to members and public until its day has come *and* a person has confirmed that.
- The catalogue has an entry as long as one of those who tell agrees; it names nobody who does not.
- The words of a transcript go to members and public only as the revision that was approved, and neither words nor
  sound with less cut from them than when it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from archive.consent import CUT, REVISED, USES, Artefact, Audience, Use
from archive.marks import N_
from archive.standing import Standing, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Yes or no. `reason` is a message with places for `values`, so that it can be said in the reader's language."""

    allowed: bool
    reason: str
    values: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.allowed

    def __str__(self) -> str:
        return self.reason % self.values


YES = Decision(allowed=True, reason=N_("everybody who speaks here has agreed to this"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    use: Use
    artefact: Artefact
    audience: Audience
    revision: str | None
    marks: frozenset[str]
    at: date


def may(use: Use, artefact: Artefact, audience: Audience, testimony: Standing, at: date) -> Decision:
    """Return whether this use of an artefact of the testimony is agreed to, for this audience, on this day.

    `testimony.of(narrator)` asks for the words of one narrator, `testimony` for all of it.
    """
    if use not in USES[artefact]:
        return _no(N_("this use has no meaning for this part of a testimony"))
    question = _Question(
        use=use, artefact=artefact, audience=audience, revision=testimony.revision, marks=testimony.marks, at=at
    )
    refusals = [no for voice in testimony.voices if (no := _refusal(question, voice)) is not None]
    shared = artefact is Artefact.CATALOGUE_ENTRY
    if not refusals or (shared and len(refusals) < len(testimony.voices)):
        return YES
    return refusals[0]


def _refusal(asked: _Question, voice: Voice) -> Decision | None:
    for rule in _RULES:
        refusal = rule(asked, voice)
        if refusal is not None:
            return refusal
    return None


def _closed(asked: _Question, voice: Voice) -> Decision | None:
    """Withdrawn, or asked to be taken down; whoever told it may still have it."""
    if asked.audience is Audience.NARRATOR:
        return None
    if voice.withdrawn:
        reason = N_("%(who)s withdrew on %(day)s: only a new grant with evidence opens it again")
        return _no(reason, voice, voice.withdrawn)
    if voice.requests:
        reason = N_("since %(day)s somebody asks that this be taken down, and that is not decided")
        return _no(reason, voice, voice.takedown)
    return None


def _under_embargo(asked: _Question, voice: Voice) -> Decision | None:
    if not voice.embargoes or asked.audience <= Audience.TEAM:
        return None
    last = voice.embargo
    if last is None:
        return _no(N_("there is an embargo, set for %(who)s, and nobody knows until when"), voice)
    if asked.at < last:
        return _no(N_("there is an embargo until %(day)s, set for %(who)s"), voice, last)
    return _no(N_("the embargo ran until %(day)s: a person must confirm that it is over"), voice, last)


def _not_granted(asked: _Question, voice: Voice) -> Decision | None:
    end = voice.granted.get((asked.artefact, asked.use, asked.audience))
    if end is None:
        return _no(N_("%(who)s has not agreed to this: ask, and record the answer"), voice)
    if asked.at > end:
        return _no(N_("%(who)s agreed to this until %(day)s: ask again, and record the answer"), voice, end)
    return None


def _not_approved(asked: _Question, voice: Voice) -> Decision | None:
    if asked.audience <= Audience.TEAM or asked.artefact not in REVISED:
        return None
    if asked.revision is None:
        return _no(N_("there is no transcript yet"))
    if voice.approved is None:
        return _no(N_("%(who)s has not approved the transcript: send it for review"), voice)
    if voice.approved != asked.revision:
        return _no(N_("the transcript has changed since %(who)s approved it: send it for review again"), voice)
    return None


def _uncut(asked: _Question, voice: Voice) -> Decision | None:
    """What the voice approved had more cut from it: nobody has asked it about what stands there now."""
    if not voice.marks or voice.marks <= asked.marks or asked.audience <= Audience.TEAM or asked.artefact not in CUT:
        return None
    return _no(N_("less is cut now than when %(who)s approved the transcript: send it for review again"), voice)


_RULES: tuple[Callable[[_Question, Voice], Decision | None], ...] = (
    _closed,
    _under_embargo,
    _not_granted,
    _not_approved,
    _uncut,
)


def _no(reason: str, voice: Voice | None = None, day: date | None = None) -> Decision:
    values = {"who": voice.name} if voice else {}
    return Decision(allowed=False, reason=reason, values=values | ({"day": day.isoformat()} if day else {}))
