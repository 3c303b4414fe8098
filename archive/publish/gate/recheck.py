"""Consent asked a second time, row by row, by other code than the gate's: what is published must follow from events.

Nothing of `archive/access.py` and `archive/standing.py` is used here on purpose. Each question is answered by walking
through the events for that question alone, slowly, and with nothing that is shared.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

_OF_ALL = frozenset(  # decided for a testimony as a whole, these hold for everybody who speaks in it
    {"revoked", "embargo-set", "changes-asked", "withdrawn", "takedown-asked", "takedown-refused", "takedown-done"}
)


def consent_faults(archive: sqlite3.Connection, edition: sqlite3.Connection, on: date) -> Iterator[str]:
    """Yield what the edition shows although the events in the archive do not allow it on this day."""
    for number, accession in edition.execute("select id, accession from testimonies order by id").fetchall():
        row = archive.execute(
            "select id, kind, transcript from testimonies where accession = ?", [accession]
        ).fetchone()
        if row is None:
            yield f"{accession} is published, and there is no such testimony"
            continue
        record = _read(archive, row, on)
        for fault in (_entry, _names, _summary, _media, _passages, _words):
            yield from (f"{accession} {said}" for said in fault(record, archive, edition, number))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """What the archive says of one testimony: who tells, what happened, which text there is."""

    testimony: int
    voices: tuple[tuple[int | None, str | None], ...]
    events: tuple[dict[str, Any], ...]
    jointly: bool
    revision: str | None
    on: date

    def agrees(self, artefact: str, use: str, voice: int | None) -> bool:
        """Whether this voice agrees that everybody may do this."""
        walk = _Walk(artefact=artefact, use=use)
        for event in self.events:
            if self._concerns(event, voice, walk):
                walk.take(event)
        return walk.is_open(self.on, self.revision)

    def all_agree(self, artefact: str, use: str) -> bool:
        return all(self.agrees(artefact, use, voice) for voice, _ in self.voices)

    def attribution(self, voice: int | None) -> str:
        """Return how this voice wants to be called."""
        walk = _Walk(artefact="", use="")
        for event in self.events:
            if self._concerns(event, voice, walk):
                walk.take(event)
        return walk.attribution

    def _concerns(self, event: dict[str, Any], voice: int | None, walk: _Walk) -> bool:
        if event["narrator"] is not None:
            return bool(event["narrator"] == voice)
        over = event["event"] == "embargo-ended" and walk.embargo is not None
        return self.jointly or over or event["event"] in _OF_ALL


@dataclass(slots=True, kw_only=True)
class _Walk:
    """Where one voice stands on one question, event after event."""

    artefact: str
    use: str
    until: date | None = None
    closed: bool = False
    asked_down: bool = False
    embargoed: bool = False
    embargo: date | None = None
    approved: str | None = None
    attribution: str = "role"

    def take(self, event: dict[str, Any]) -> None:
        """Go one event further."""
        step = getattr(self, f"_{event['event'].replace('-', '_')}", None)
        if step is not None:
            step(event)

    def is_open(self, on: date, revision: str | None) -> bool:
        """Whether the answer is yes."""
        if self.closed or self.asked_down or self.embargoed or self.until is None or on > self.until:
            return False
        return self.artefact != "transcript" or (self.approved is not None and self.approved == revision)

    def _granted(self, event: dict[str, Any]) -> None:
        if self.closed and not event.get("evidence"):
            return
        self.until, self.closed = None if self.closed else self.until, False
        self.attribution = event.get("attribution") or self.attribution
        if self._is_meant(event) and event.get("audience") == "public":
            self.until = _day(event.get("until")) or date.max

    def _revoked(self, event: dict[str, Any]) -> None:
        if self._is_meant(event):
            self.until = None

    def _withdrawn(self, event: dict[str, Any]) -> None:
        self.until, self.closed, self.asked_down, self.approved, self.attribution = None, True, False, None, "role"

    _takedown_done = _withdrawn

    def _takedown_asked(self, event: dict[str, Any]) -> None:
        self.asked_down = True

    def _takedown_refused(self, event: dict[str, Any]) -> None:
        self.asked_down = False

    def _embargo_set(self, event: dict[str, Any]) -> None:
        self.embargoed, self.embargo = True, _day(event.get("until"))

    def _embargo_ended(self, event: dict[str, Any]) -> None:
        on = _day(event.get("on") or event["at"][:10])
        if self.embargo is None or (on is not None and on >= self.embargo):
            self.embargoed, self.embargo = False, None

    def _review_approved(self, event: dict[str, Any]) -> None:
        self.approved = event.get("revision")

    def _changes_asked(self, event: dict[str, Any]) -> None:
        self.approved = None

    def _is_meant(self, event: dict[str, Any]) -> bool:
        return self.artefact in event.get("artefacts", ()) and self.use in event.get("uses", ())


Check = Callable[[_Record, sqlite3.Connection, sqlite3.Connection, int], Iterator[str]]


def _entry(record: _Record, archive: sqlite3.Connection, edition: sqlite3.Connection, number: int) -> Iterator[str]:
    if not any(record.agrees("catalogue-entry", "read", voice) for voice, _ in record.voices):
        yield "has an entry, and nobody who tells has agreed to it"


def _names(record: _Record, archive: sqlite3.Connection, edition: sqlite3.Connection, number: int) -> Iterator[str]:
    rows = edition.execute(
        "select name from contributions join narrators on narrators.id = narrator where testimony = ?", [number]
    )
    shown = {name for (name,) in rows}
    for voice, name in record.voices:
        hidden = record.attribution(voice) == "role" or not record.agrees("catalogue-entry", "read", voice)
        if name in shown and hidden:
            yield "names somebody who has not agreed to be named"


def _summary(record: _Record, archive: sqlite3.Connection, edition: sqlite3.Connection, number: int) -> Iterator[str]:
    (summary,) = edition.execute("select summary from testimonies where id = ?", [number]).fetchone()
    if summary and not record.all_agree("summary", "read"):
        yield "has a summary, and somebody who speaks has not agreed to it"


def _media(record: _Record, archive: sqlite3.Connection, edition: sqlite3.Connection, number: int) -> Iterator[str]:
    kinds = [kind for (kind,) in edition.execute("select media_type from recordings where testimony = ?", [number])]
    if kinds and not record.all_agree("audio", "listen"):
        yield "can be heard, and somebody who speaks has not agreed to it"
    if any(kind.startswith("video/") for kind in kinds) and not record.all_agree("video", "listen"):
        yield "can be seen, and somebody who speaks has not agreed to it"


def _passages(record: _Record, archive: sqlite3.Connection, edition: sqlite3.Connection, number: int) -> Iterator[str]:
    readable = {voice for voice, _ in record.voices if record.agrees("transcript", "read", voice)}
    whole = len(readable) == len(record.voices)
    tellers = archive.execute("select narrator from passages where testimony = ?", [record.testimony]).fetchall()
    known = {voice for voice, _ in record.voices}
    allowed = sum(teller in readable if teller in known and teller is not None else whole for (teller,) in tellers)
    (shown,) = edition.execute("select count(*) from passages where testimony = ?", [number]).fetchone()
    if shown > allowed:
        yield f"has {shown} passages, and only {allowed} are of people who agreed to be read"


def _words(record: _Record, archive: sqlite3.Connection, edition: sqlite3.Connection, number: int) -> Iterator[str]:
    cut = archive.execute(
        "select 1 from redactions where testimony = ? and state = 'approved' limit 1", [record.testimony]
    ).fetchone()
    if cut is None:
        said = {
            text for (text,) in archive.execute("select text from passages where testimony = ?", [record.testimony])
        }
        for position, text in edition.execute("select position, text from passages where testimony = ?", [number]):
            if text not in said:
                yield f"has words in passage {position + 1} that are not the archive's"


def _read(archive: sqlite3.Connection, row: tuple[int, str, int | None], on: date) -> _Record:
    testimony, kind, transcript = row
    voices = archive.execute(
        "select narrator, name from contributions join narrators on narrators.id = narrator "
        "where testimony = ? and role = 'narrator'",
        [testimony],
    ).fetchall() or [(None, None)]
    revision = archive.execute("select sha256 from transcripts where id = ?", [transcript]).fetchone()
    rows = archive.execute(
        "select event, narrator, detail, at from consents where testimony = ? order by id", [testimony]
    )
    return _Record(
        testimony=testimony,
        voices=tuple(voices),
        events=tuple(
            {**json.loads(detail), "event": event, "narrator": who, "at": at} for event, who, detail, at in rows
        ),
        jointly=kind == "assembly" or len(voices) == 1,
        revision=revision[0] if revision else None,
        on=on,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
