"""Recording what somebody decided: what a person says is checked against where the testimony stands, then added."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import date

from sqlite_utils import Database

from archive.consent import USES, Artefact, Event, Happening, stricter
from archive.consents import check_chain, read_standing
from archive.database import writing
from archive.errors import ArchiveError
from archive.standing import Standing, Voice
from archive.store.browsing import refresh_testimony
from archive.store.consents import record_consent
from archive.store.transcripts import show_transcript

_OPENING = frozenset({Happening.GRANTED, Happening.REVIEW_APPROVED})


class CannotBeDeclared(ArchiveError):
    """What was said does not fit where the testimony stands; the message says why, and what to do."""


def declare(
    db: Database, accession: str, event: Event, *, narrator: str | None = None, note: str | None = None, today: date
) -> Standing:
    """Add what was decided to the record of consent, and return where the testimony stands after it.

    `narrator`: who decided, by name; None where it was decided for the testimony as a whole. An approval is for the
    transcript as it is now, with what is cut from it now. Raises
    CannotBeDeclared, UnknownTestimony, BrokenChain, ClockWentBack.
    """
    with writing(db):
        check_chain(db.conn)
        before = read_standing(db.conn, accession)
        voices = [_voice(before, narrator)] if narrator else list(before.voices)
        decided = replace(event, narrator=voices[0].narrator if narrator else None)
        if event.happening is Happening.REVIEW_APPROVED:
            decided = replace(decided, revision=before.revision, marks=before.marks)
        _check(decided, before, voices, today)
        testimony, transcript = db.execute(
            "select id, transcript from testimonies where accession = ?", [accession]
        ).fetchone()
        record_consent(db, testimony, decided, note)
        if transcript is not None:
            show_transcript(db, testimony, transcript)
        refresh_testimony(db, testimony)
        return read_standing(db.conn, accession)


def _voice(testimony: Standing, name: str) -> Voice:
    """Return the voice of whoever has this name."""
    for voice in testimony.voices:
        if voice.narrator is not None and voice.name.casefold() == name.casefold():
            return voice
    names = ", ".join(voice.name for voice in testimony.voices if voice.narrator is not None)
    raise CannotBeDeclared(
        f"{name} does not tell in {testimony.accession}: "
        + (f"choose among {names}, or leave --narrator out" if names else "it names no narrators, leave --narrator out")
    )


def _check(event: Event, testimony: Standing, voices: list[Voice], today: date) -> None:
    if event.on > today:
        raise CannotBeDeclared(f"{event.on} has not come yet: consent is recorded when it has been given")
    if event.happening in (Happening.GRANTED, Happening.REVOKED):
        _check_scope(event)
    if event.narrator is None and event.happening in _OPENING and not testimony.jointly:
        each = ", ".join(f"--narrator {_quoted(voice.name)}" for voice in voices)
        raise CannotBeDeclared(f"{len(voices)} people tell here: record it for each ({each})")
    if event.happening is Happening.GRANTED:
        _check_grant(event, voices)
    if event.happening is Happening.ATTRIBUTION_CHANGED:
        _check_attribution(event, voices)
    if event.happening is Happening.REVIEW_APPROVED:
        _check_approval(event, voices)
    if event.happening is Happening.TAKEDOWN_REFUSED:
        _check_refusal(event, voices)
    if event.happening is Happening.REVIEW_APPROVED and testimony.revision is None:
        raise CannotBeDeclared(f"{testimony.accession} has no transcript that could be approved")
    if event.happening is Happening.EMBARGO_SET and event.until is not None and event.until <= event.on:
        raise CannotBeDeclared(f"an embargo until {event.until} would be over already")
    if event.happening is Happening.EMBARGO_ENDED:
        _check_embargo(event, voices, jointly=testimony.jointly)


def _check_scope(event: Event) -> None:
    if not event.artefacts or not event.uses:
        raise CannotBeDeclared("say which parts (--artefact) and which uses (--use): silence is not consent")
    for artefact in sorted(event.artefacts) if event.artefacts != frozenset(Artefact) else ():
        if not event.uses & USES[artefact]:
            can = ", ".join(sorted(USES[artefact]))
            raise CannotBeDeclared(f"none of these uses has a meaning for {artefact}: it can be used to {can}")


def _check_grant(event: Event, voices: list[Voice]) -> None:
    if event.until is not None and event.until < event.on:
        raise CannotBeDeclared(f"a grant until {event.until} would be over already")
    overruled = [voice for voice in voices if voice.word.withdrew and not _is_theirs(event, voices)]
    if len(overruled) == len(voices):
        names = ", ".join(_quoted(voice.name) for voice in voices)
        raise CannotBeDeclared(f"{names} withdrew: only each of them can grant it again (--narrator)")
    for voice in voices:
        if voice.withdrawn and voice not in overruled and event.evidence is None:
            raise CannotBeDeclared(
                f"{voice.name} withdrew on {voice.withdrawn}: a new grant counts only with evidence, "
                "a signed form or spoken consent (--evidence FILE)"
            )


def _check_attribution(event: Event, voices: list[Voice]) -> None:
    if event.attribution is None:
        raise CannotBeDeclared("say how the narrator wants to be called (--attribution)")
    if all(voice.attribution is event.attribution for voice in voices):
        raise CannotBeDeclared(f"that is how they are called already: by {event.attribution}")
    if all(stricter(voice.attribution, event.attribution) is voice.attribution for voice in voices):
        raise CannotBeDeclared(
            f"to be called by {event.attribution} says more than now: record it with what is granted "
            f"(granted … --attribution {event.attribution})"
        )


def _check_approval(event: Event, voices: list[Voice]) -> None:
    if not _is_theirs(event, voices) and all(voice.word.objects for voice in voices):
        names = ", ".join(_quoted(voice.name) for voice in voices)
        raise CannotBeDeclared(f"{names} did not agree to the text: only each of them can approve it (--narrator)")


def _check_refusal(event: Event, voices: list[Voice]) -> None:
    """Say where the request is that was meant: each is decided as it was recorded."""
    own = _is_theirs(event, voices)
    if any(theirs is own for voice in voices for theirs, _ in voice.requests):
        return
    others = [voice.name for voice in voices if voice.requests]
    if not others:
        raise CannotBeDeclared("nobody has asked that this be taken down, or it is decided already")
    where = "for the testimony as a whole: leave --narrator out" if own else f"--narrator {_quoted(others[0])}"
    raise CannotBeDeclared(f"the request was recorded with another name: {where}")


def _is_theirs(event: Event, voices: list[Voice]) -> bool:
    """Whether a voice decides for itself."""
    return event.narrator is not None or len(voices) == 1


def _quoted(name: str) -> str:
    return shlex.quote(name) if " " in name or "'" in name else name


def _check_embargo(event: Event, voices: list[Voice], *, jointly: bool) -> None:
    under = [voice for voice in voices if voice.embargoed]
    if not under:
        raise CannotBeDeclared("there is no embargo that could be over")
    days = [day for voice in under for day in voice.embargoes.values()]
    known = [day for day in days if day is not None]
    if event.narrator is None and not jointly and not known:
        each = ", ".join(f"--narrator {_quoted(voice.name)}" for voice in under)
        raise CannotBeDeclared(f"nobody knows until when the embargo runs: whoever set it ends it ({each})")
    if len(known) == len(days) and event.on < min(known):
        raise CannotBeDeclared(f"the embargo runs until {min(known)}: it cannot be over on {event.on}")
