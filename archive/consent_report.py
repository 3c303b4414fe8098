"""Consent in words for a terminal: where a testimony stands, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from archive.access import Decision, may
from archive.consent import USES, Artefact, Audience, Event, Use
from archive.consents import Recorded
from archive.standing import FOR_GOOD, Standing, Voice


def report_lines(testimony: Standing, at: date) -> Iterator[str]:
    """Yield where a testimony stands: each voice, then what may be done with the whole, and why not more."""
    yield f"{testimony.accession} on {at}"
    for voice in testimony.voices:
        yield f"  {voice.name}: {_voice_words(voice, testimony)}"
    yield ""
    yield f"  {'':<16}{'':<16}" + "".join(f"{one.name.lower():<10}" for one in Audience)
    reasons: dict[str, str] = {}
    for artefact, use, decided in answers(testimony, at):
        marks = "".join(f"{'yes' if answer else '-':<10}" for answer in decided.values())
        yield f"  {artefact:<16}{use:<16}{marks}".rstrip()
        public = decided[Audience.PUBLIC]
        if not public:
            reasons.setdefault(str(public), f"{artefact}, {use}")
    for reason, first in reasons.items():
        yield f"  not for the public ({first}, …): {reason}"


def answers(testimony: Standing, at: date) -> Iterator[tuple[Artefact, Use, dict[Audience, Decision]]]:
    """Yield what may be done with each part today, for each audience."""
    for artefact, use in _questions():
        yield artefact, use, {audience: may(use, artefact, audience, testimony, at) for audience in Audience}


def report_of(testimony: Standing, at: date) -> dict[str, Any]:
    """Return the same for a program."""
    return {
        "accession": testimony.accession,
        "on": at.isoformat(),
        "revision": testimony.revision,
        "voices": [
            {
                "narrator": voice.name if voice.narrator is not None else None,
                "attribution": voice.attribution.value,
                "withdrawn": voice.withdrawn.isoformat() if voice.withdrawn else None,
                "embargo": _embargo(voice),
                "approved": voice.approved,
            }
            for voice in testimony.voices
        ],
        "decisions": [
            {
                "artefact": artefact.value,
                "use": use.value,
                "audience": audience.name.lower(),
                "allowed": bool(decision),
                "reason": str(decision),
            }
            for artefact, use, decided in answers(testimony, at)
            for audience, decision in decided.items()
        ],
    }


def event_words(event: Event) -> str:
    """Return what happened: `granted: transcript, summary; read, quote; for public; until 2030-01-01`."""
    parts = [event.happening.value.replace("-", " ")]
    if event.artefacts or event.uses:
        parts += [
            ", ".join(sorted(event.artefacts)),
            ", ".join(sorted(event.uses)),
            f"for {event.audience.name.lower()}",
        ]
    parts += [f"until {event.until}"] if event.until else []
    parts += [f"called by {event.attribution}"] if event.attribution else []
    parts += [f"evidence {event.evidence[:12]}"] if event.evidence else []
    parts += [f"revision {event.revision[:12]}"] if event.revision else []
    return f"{parts[0]}: {'; '.join(parts[1:])}" if len(parts) > 1 else parts[0]


def event_line(recorded: Recorded) -> str:
    """Return one event of the record as a line."""
    who = f" {recorded.narrator}" if recorded.narrator else ""
    note = f" “{recorded.note}”" if recorded.note else ""
    return (
        f"{recorded.event.on}  {recorded.accession}{who}  {event_words(recorded.event)}{note}  [{recorded.hash[:12]}]"
    )


def event_row(recorded: Recorded) -> dict[str, Any]:
    """Return one event of the record for a program."""
    event = recorded.event
    return {
        "accession": recorded.accession,
        "narrator": recorded.narrator,
        "happening": event.happening.value,
        "on": event.on.isoformat(),
        "artefacts": sorted(event.artefacts),
        "uses": sorted(event.uses),
        "audience": event.audience.name.lower() if event.artefacts else None,
        "until": event.until.isoformat() if event.until else None,
        "attribution": event.attribution.value if event.attribution else None,
        "evidence": event.evidence,
        "revision": event.revision,
        "note": recorded.note,
        "recorded_at": recorded.at,
        "recorded_by": recorded.actor,
        "hash": recorded.hash,
    }


def _questions() -> Iterator[tuple[Artefact, Use]]:
    return ((artefact, use) for artefact in Artefact for use in Use if use in USES[artefact])


def _voice_words(voice: Voice, testimony: Standing) -> str:
    if voice.withdrawn:
        return f"withdrew on {voice.withdrawn}"
    said = [f"called by {voice.attribution}"]
    said += [f"asked on {voice.takedown} to be taken down"] if voice.takedown else []
    said += [f"under embargo until {_embargo(voice)}"] if voice.embargoed else []
    if testimony.is_approved_by(voice):
        said.append("approved the transcript")
    elif voice.approved:
        said.append("approved an earlier transcript")
    ends = {end for end in voice.granted.values() if end != FOR_GOOD}
    said += [f"some of it until {min(ends)}"] if ends else []
    return ", ".join(said)


def _embargo(voice: Voice) -> str | None:
    if not voice.embargoed:
        return None
    return voice.embargo.isoformat() if voice.embargo else "nobody knows when"
