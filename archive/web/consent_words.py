"""Consent in the reader's language: parts, uses, audiences, and what happened."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from archive.access import Decision
from archive.consent import Artefact, Attribution, Audience, Event, Happening, Use
from archive.consent_form import PASSED_ON, QUESTIONS, Question, boxes
from archive.marks import N_
from archive.standing import FOR_GOOD, Standing, Voice
from archive.web.languages import gettext as _
from archive.web.languages import language
from archive.web.wording import listed, written_date

ARTEFACTS = {
    Artefact.AUDIO: N_("sound"),
    Artefact.VIDEO: N_("picture"),
    Artefact.TRANSCRIPT: N_("written text"),
    Artefact.SUMMARY: N_("summary"),
    Artefact.QUOTATION: N_("quotations"),
    Artefact.CATALOGUE_ENTRY: N_("entry in the catalogue"),
    Artefact.EXACT_PLACE: N_("exact place"),
}
USES = {
    Use.LISTEN: N_("listen or watch"),
    Use.READ: N_("read"),
    Use.QUOTE: N_("quote"),
    Use.TEACH: N_("teach"),
    Use.PRINT: N_("print"),
    Use.BROADCAST: N_("broadcast"),
    Use.TRAIN: N_("train machines"),
}
AUDIENCES = {
    Audience.NARRATOR: N_("Whoever told it"),
    Audience.TEAM: N_("Team"),
    Audience.MEMBERS: N_("Members of our group"),
    Audience.PUBLIC: N_("Everybody"),
}
FOR = {
    Audience.NARRATOR: N_("for whoever told it"),
    Audience.TEAM: N_("for the team"),
    Audience.MEMBERS: N_("for the members of our group"),
    Audience.PUBLIC: N_("for everybody"),
}
CALLED = {
    Attribution.NAME: N_("called by name"),
    Attribution.PSEUDONYM: N_("called by a chosen name"),
    Attribution.ROLE: N_("called only by role"),
}
HAPPENINGS = {
    Happening.STATED: N_("Said when it was brought in"),
    Happening.PARTICIPATION_AGREED: N_("Agreed to take part"),
    Happening.GRANTED: N_("Agreed"),
    Happening.REVOKED: N_("Taken back"),
    Happening.EMBARGO_SET: N_("Closed to others"),
    Happening.EMBARGO_ENDED: N_("No longer closed to others"),
    Happening.REVIEW_SENT: N_("Text sent to be read"),
    Happening.REVIEW_APPROVED: N_("Text approved"),
    Happening.CHANGES_ASKED: N_("Changes of the text asked for"),
    Happening.ATTRIBUTION_CHANGED: N_("Wants to be called otherwise"),
    Happening.WITHDRAWN: N_("Withdrawn"),
    Happening.TAKEDOWN_ASKED: N_("Asked to be taken down"),
    Happening.TAKEDOWN_REFUSED: N_("Not taken down"),
    Happening.TAKEDOWN_DONE: N_("Taken down"),
}
SEPARATORS = {"ar": "؛ "}  # between the parts of a sentence
PARTS = {
    "sound": N_("The sound"),
    "picture": N_("The picture, where there is one"),
    "text": N_("The written text"),
    "besides": N_("Besides"),
}
_ASKED = {
    (Artefact.AUDIO, Use.LISTEN): N_("Listen to it"),
    (Artefact.VIDEO, Use.LISTEN): N_("Watch it"),
    (Artefact.TRANSCRIPT, Use.READ): N_("Read it"),
    (Artefact.TRANSCRIPT, Use.QUOTE): N_("Quote from it"),
    (Artefact.TRANSCRIPT, Use.PRINT): N_("Print it: leaflets, books, newspapers"),
}
_EVERYWHERE = {
    Use.TEACH: N_("Use it in lessons and workshops"),
    Use.BROADCAST: N_("Broadcast it: radio, podcasts, films, exhibitions"),
}
_WHOLE = {
    Artefact.CATALOGUE_ENTRY: N_("An entry in the catalogue: title, date, place, and how you are called"),
    Artefact.SUMMARY: N_("A summary"),
    Artefact.QUOTATION: N_("Single sentences, as quotations"),
    Artefact.EXACT_PLACE: N_("The exact place, such as a street"),
}
_MACHINES = N_("Computers may learn from it (“artificial intelligence”)")


def asked(question: Question) -> str:
    """Return what a line of the form asks."""
    if question.uses == {Use.TRAIN}:
        return _(_MACHINES)
    [artefact] = question.artefacts
    if question.uses == PASSED_ON:
        return _(_WHOLE[artefact])
    [use] = question.uses
    return _(_ASKED.get((artefact, use)) or _EVERYWHERE[use])


def asked_by_part(*, pictures: bool) -> Iterator[tuple[str, list[tuple[str, tuple[str, ...]]]]]:
    """Yield the parts of the form, each with its questions and the names of their boxes."""
    for part, name in PARTS.items():
        if pictures or part != "picture":
            yield _(name), [(asked(one), boxes(one)) for one in QUESTIONS if one.part == part]


def reason(decision: Decision, named: Collection[str] | None = None) -> str:
    """Return why something may be done or not; of whom the catalogue does not name, not the name."""
    values = {name: written_date(value) if name == "day" else value for name, value in decision.values.items()}
    if named is not None and values.get("who", "") not in named:
        values["who"] = _("somebody who tells here")
    said = _(decision.reason) % values
    return f"{said[:1].upper()}{said[1:]}."


def event_words(event: Event, *, named: bool = True) -> str:
    """Return what happened: `Agreed: written text; read and quote; for everybody; until 1 January 2030`.

    The name that somebody chose is said only where they may be `named`.
    """
    parts = []
    if event.artefacts or event.uses:
        parts += [
            listed([_(name) for artefact, name in ARTEFACTS.items() if artefact in event.artefacts]),
            listed([_(name) for use, name in USES.items() if use in event.uses]),
            _(FOR[event.audience]),
        ]
    parts += [_("until %(day)s") % {"day": written_date(event.until.isoformat())}] if event.until else []
    called = f" ({event.called})" if event.called and named else ""
    parts += [_(CALLED[event.attribution]) + called] if event.attribution else []
    parts += [_("with evidence")] if event.evidence else []
    happened = _(HAPPENINGS[event.happening])
    return f"{happened}: {SEPARATORS.get(language(), '; ').join(parts)}" if parts else happened


def voice_words(voice: Voice, testimony: Standing) -> str:
    """Return where one voice stands, in a line."""
    if voice.withdrawn:
        return _("withdrew on %(day)s") % {"day": _day(voice.withdrawn)}
    said = [_(CALLED[voice.attribution])]
    said += [_("asked on %(day)s to be taken down") % {"day": _day(voice.takedown)}] if voice.takedown else []
    if voice.embargoed:
        closed = _("closed to others until %(day)s") % {"day": _day(voice.embargo)} if voice.embargo else ""
        said.append(closed or _("closed to others, nobody knows until when"))
    if voice.approved:
        current = testimony.is_approved_by(voice)
        said.append(_("has approved the text") if current else _("has approved an earlier text"))
    ends = {end for end in voice.granted.values() if end != FOR_GOOD}
    said += [_("some of it until %(day)s") % {"day": _day(min(ends))}] if ends else []
    return listed(said)


def _day(day: date) -> str:
    return written_date(day.isoformat())
