"""Consent asked a second time, row by row, by other code than the gate's: what is published must follow from events.

Nothing of `archive/access.py` and `archive/standing.py` is used here on purpose. Each question is answered by walking
through the events for that question alone, slowly, and with nothing that is shared.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

_OF_ALL = frozenset(  # decided for a testimony as a whole, these hold for everybody who speaks in it
    {
        "revoked", "embargo-set", "embargo-ended", "changes-asked", "attribution-changed", "withdrawn",
        "takedown-asked", "takedown-refused", "takedown-done",
    }
)  # fmt: skip
_NAMING = ("name", "pseudonym", "role")  # the strictest last
_NEVER = date.min


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
class Record:
    """What the archive says of one testimony: who tells, what happened, which text there is."""

    testimony: int
    voices: tuple[tuple[int | None, str | None], ...]
    events: tuple[dict[str, Any], ...]
    jointly: bool
    revision: str | None
    cut: frozenset[str]
    on: date

    def agrees(self, artefact: str, use: str, voice: int | None) -> bool:
        """Whether this voice agrees that everybody may do this."""
        return self._walked(artefact, use, voice).is_open(self.on, self.revision, self.cut)

    def all_agree(self, artefact: str, use: str) -> bool:
        """Whether everybody who tells agrees that everybody may do this."""
        return all(self.agrees(artefact, use, voice) for voice, _ in self.voices)

    def attribution(self, voice: int | None) -> str:
        """Return how this voice wants to be called."""
        return self._walked("", "", voice).attribution

    def _walked(self, artefact: str, use: str, voice: int | None) -> _Walk:
        """Go through all that concerns a voice; where it is the only one, nobody else decides for the whole."""
        walk = _Walk(artefact=artefact, use=use, jointly=self.jointly)
        for event in self.events:
            who = event["narrator"]
            if who is None and (self.jointly or len(self.voices) == 1 or event["event"] in _OF_ALL):
                walk.take(event, own=len(self.voices) == 1)
            elif who is not None and who == voice:
                walk.take(event, own=True)
        return walk


@dataclass(slots=True, kw_only=True)
class _Walk:
    """Where one voice stands on one question, event after event.

    What the voice decided for itself (`own`) is kept beside what holds: nothing decided for the whole gets past it.
    """

    artefact: str
    use: str
    jointly: bool
    own: bool = False
    until: date | None = None
    limit: date | None = None
    closed: bool = False
    left: bool = False
    asked: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    embargoes: dict[bool, date | None] = field(default_factory=dict)
    approved: str | None = None
    approved_cuts: frozenset[str] = frozenset()
    disagrees: bool = False
    attribution: str = "role"
    chosen: str | None = None

    def take(self, event: dict[str, Any], *, own: bool) -> None:
        """Go one event further."""
        step = getattr(self, f"_{event['event'].replace('-', '_')}", None)
        if step is not None:
            self.own = own
            step(event)

    def is_open(self, on: date, revision: str | None, cut: frozenset[str]) -> bool:
        """Whether the answer is yes."""
        if self.closed or any(self.asked.values()) or self.embargoes or self.until is None or on > self.until:
            return False
        if self.artefact in ("transcript", "audio", "video") and self.approved_cuts - cut:
            return False
        return self.artefact != "transcript" or (self.approved is not None and self.approved == revision)

    def _granted(self, event: dict[str, Any]) -> None:
        if self.closed and (not event.get("evidence") or (self.left and not self.own)):
            return
        if self.closed:
            self.until, self.closed, self.left = None, False, False
        self._call(event.get("attribution"))
        if self._is_meant(event) and event.get("audience") == "public":
            until = _day(event.get("until")) or date.max
            if self.own:
                self.limit = until
            elif self.limit is not None:
                until = min(until, self.limit)
            self.until = None if until == _NEVER else until

    def _call(self, wanted: str | None) -> None:
        if wanted and self.own:
            self.attribution = self.chosen = wanted
        elif wanted:
            self.attribution = max(wanted, self.chosen or wanted, key=_NAMING.index)

    def _attribution_changed(self, event: dict[str, Any]) -> None:
        self.attribution = max(self.attribution, event.get("attribution") or "name", key=_NAMING.index)
        if self.own:
            self.chosen = self.attribution

    def _revoked(self, event: dict[str, Any]) -> None:
        if self._is_meant(event):
            self.until = None
            self.limit = _NEVER if self.own else self.limit

    def _withdrawn(self, event: dict[str, Any]) -> None:
        self.until, self.closed, self.approved, self.approved_cuts = None, True, None, frozenset()
        self.attribution = "role"
        if self.own:
            self.left, self.disagrees, self.chosen, self.limit = True, True, "role", _NEVER

    def _takedown_done(self, event: dict[str, Any]) -> None:
        self._takedown_refused(event)
        self._withdrawn(event)

    def _takedown_asked(self, event: dict[str, Any]) -> None:
        self.asked[self.own] += 1

    def _takedown_refused(self, event: dict[str, Any]) -> None:
        self.asked[self.own] = max(0, self.asked[self.own] - 1)

    def _embargo_set(self, event: dict[str, Any]) -> None:
        self.embargoes[self.own] = _day(event.get("until"))

    def _embargo_ended(self, event: dict[str, Any]) -> None:
        on = date.fromisoformat(event.get("on") or event["at"][:10])
        for whose, until in list(self.embargoes.items()):
            whoever_set_it = self.own or (self.jointly and not whose)
            if (until is None and whoever_set_it) or (until is not None and on >= until):
                del self.embargoes[whose]

    def _review_approved(self, event: dict[str, Any]) -> None:
        if self.own or not self.disagrees:
            self.approved, self.approved_cuts = event.get("revision"), frozenset(event.get("marks", ()))
            self.disagrees = False

    def _changes_asked(self, event: dict[str, Any]) -> None:
        self.approved, self.approved_cuts = None, frozenset()
        self.disagrees = self.disagrees or self.own

    def _is_meant(self, event: dict[str, Any]) -> bool:
        return self.artefact in event.get("artefacts", ()) and self.use in event.get("uses", ())


Check = Callable[[Record, sqlite3.Connection, sqlite3.Connection, int], Iterator[str]]


def _entry(record: Record, archive: sqlite3.Connection, edition: sqlite3.Connection, number: int) -> Iterator[str]:
    if not any(record.agrees("catalogue-entry", "read", voice) for voice, _ in record.voices):
        yield "has an entry, and nobody who tells has agreed to it"


def _names(record: Record, archive: sqlite3.Connection, edition: sqlite3.Connection, number: int) -> Iterator[str]:
    rows = edition.execute(
        "select name from contributions join narrators on narrators.id = narrator where testimony = ?", [number]
    )
    shown = {name for (name,) in rows}
    for voice, name in record.voices:
        hidden = record.attribution(voice) == "role" or not record.agrees("catalogue-entry", "read", voice)
        if name in shown and hidden:
            yield "names somebody who has not agreed to be named"


def _summary(record: Record, archive: sqlite3.Connection, edition: sqlite3.Connection, number: int) -> Iterator[str]:
    (summary,) = edition.execute("select summary from testimonies where id = ?", [number]).fetchone()
    if summary and not record.all_agree("summary", "read"):
        yield "has a summary, and somebody who speaks has not agreed to it"


def _media(record: Record, archive: sqlite3.Connection, edition: sqlite3.Connection, number: int) -> Iterator[str]:
    kinds = [kind for (kind,) in edition.execute("select media_type from recordings where testimony = ?", [number])]
    if kinds and not record.all_agree("audio", "listen"):
        yield "can be heard, and somebody who speaks has not agreed to it"
    if any(kind.startswith("video/") for kind in kinds) and not record.all_agree("video", "listen"):
        yield "can be seen, and somebody who speaks has not agreed to it"


def _passages(record: Record, archive: sqlite3.Connection, edition: sqlite3.Connection, number: int) -> Iterator[str]:
    readable = {voice for voice, _ in record.voices if record.agrees("transcript", "read", voice)}
    whole = len(readable) == len(record.voices)
    tellers = archive.execute("select narrator from passages where testimony = ?", [record.testimony]).fetchall()
    known = {voice for voice, _ in record.voices}
    allowed = sum(teller in readable if teller in known and teller is not None else whole for (teller,) in tellers)
    (shown,) = edition.execute("select count(*) from passages where testimony = ?", [number]).fetchone()
    if shown > allowed:
        yield f"has {shown} passages, and only {allowed} are of people who agreed to be read"


def _words(record: Record, archive: sqlite3.Connection, edition: sqlite3.Connection, number: int) -> Iterator[str]:
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


def _read(archive: sqlite3.Connection, row: tuple[int, str, int | None], on: date) -> Record:
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
    return Record(
        testimony=testimony,
        voices=tuple(voices),
        events=tuple(
            {**json.loads(detail), "event": event, "narrator": who, "at": at} for event, who, detail, at in rows
        ),
        jointly=kind == "assembly",
        revision=revision[0] if revision else None,
        cut=frozenset(_cut(archive, testimony)),
        on=on,
    )


def _cut(archive: sqlite3.Connection, testimony: int) -> Iterator[str]:
    """Yield what the record of consent calls the marks that are carried out now."""
    for row in archive.execute(
        'select id, segment, start_char, end_char, start, "end", replacement from redactions '
        "where testimony = ? and state = 'approved'",
        [testimony],
    ):
        yield sha256(json.dumps(row).encode()).hexdigest()[:32]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
