"""Recording what somebody decided: what a person says is checked against where the testimony stands, then added."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlite_utils import Database

from archive.consent import USES, Artefact, Event, Happening
from archive.consents import check_chain, read_standing
from archive.database import writing
from archive.errors import ArchiveError
from archive.standing import Standing, Voice
from archive.store.browsing import refresh_testimony
from archive.store.consents import record_consent
from archive.store.transcripts import show_transcript


class CannotBeDeclared(ArchiveError):
    """What was said does not fit where the testimony stands; the message says why, and what to do."""


def declare(
    db: Database, accession: str, event: Event, *, narrator: str | None = None, note: str | None = None, today: date
) -> Standing:
    """Add what was decided to the record of consent, and return where the testimony stands after it.

    `narrator`: who decided, by name; None where it was decided for the testimony as a whole. An approval is for the
    transcript as it is now. Raises CannotBeDeclared, UnknownTestimony, BrokenChain, ClockWentBack.
    """
    with writing(db):
        check_chain(db.conn)
        before = read_standing(db.conn, accession)
        voices = [_voice(before, narrator)] if narrator else list(before.voices)
        decided = replace(event, narrator=voices[0].narrator if narrator else None)
        if event.happening is Happening.REVIEW_APPROVED:
            decided = replace(decided, revision=before.revision)
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
    if event.happening is Happening.GRANTED:
        _check_grant(event, voices)
    if event.happening is Happening.REVIEW_APPROVED and testimony.revision is None:
        raise CannotBeDeclared(f"{testimony.accession} has no transcript that could be approved")
    if event.happening is Happening.EMBARGO_SET and event.until is not None and event.until <= event.on:
        raise CannotBeDeclared(f"an embargo until {event.until} would be over already")
    if event.happening is Happening.EMBARGO_ENDED:
        _check_embargo(event, voices)


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
    for voice in voices:
        if voice.withdrawn and event.evidence is None:
            raise CannotBeDeclared(
                f"{voice.name} withdrew on {voice.withdrawn}: a new grant counts only with evidence, "
                "a signed form or spoken consent (--evidence FILE)"
            )


def _check_embargo(event: Event, voices: list[Voice]) -> None:
    under = [voice for voice in voices if voice.embargoed]
    if not under:
        raise CannotBeDeclared("there is no embargo that could be over")
    for voice in under:
        if voice.embargo is not None and event.on < voice.embargo:
            raise CannotBeDeclared(f"the embargo runs until {voice.embargo}: it cannot be over on {event.on}")
