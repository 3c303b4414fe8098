"""What may be published of each testimony, and why not more. The gate is asked for all; nothing is decided here."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from archive.access import Decision, may
from archive.consent import SOUND, Artefact, Attribution, Audience, Use
from archive.consents import read_standings
from archive.exact_places import exact_places
from archive.publish.refusing import recorded, refused
from archive.publish.unsettled import unsettled
from archive.redactions import approved_marks, undecided, unplaced
from archive.standing import Standing

ASKED = {  # by their names in reports; whoever speaks in a testimony is asked for each
    "sound": (Use.LISTEN, Artefact.AUDIO),
    "picture": (Use.LISTEN, Artefact.VIDEO),
    "transcript": (Use.READ, Artefact.TRANSCRIPT),
    "summary": (Use.READ, Artefact.SUMMARY),
    "exact place": (Use.READ, Artefact.EXACT_PLACE),
}
_NAMES = {artefact: name for name, (_, artefact) in ASKED.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """A testimony that has an entry in the public catalogue, and what else of it may be shown.

    `named`: the narrators whom the entry may name, and how. `by_name`: whether whoever tells may be known by name,
    though the testimony names nobody, as an account that a group signs. `readable`: those whose words may be read,
    None for words of nobody known. `refused`: the uses of it that not everybody concerned has agreed to.
    """

    number: int
    accession: str
    named: Mapping[int, Attribution]
    by_name: bool
    readable: frozenset[int | None]
    sound: bool
    picture: bool
    summary: bool
    exact_place: bool
    refused: frozenset[Use]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A part of a testimony that is not published; without a part, all of it."""

    accession: str
    part: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is published on a day and what is not, in the order of the accession numbers."""

    on: date
    testimonies: tuple[Selected, ...]
    held: tuple[Held, ...]

    @property
    def numbers(self) -> frozenset[int]:
        """The testimonies of which anything is published, by number."""
        return frozenset(one.number for one in self.testimonies)


def select(conn: sqlite3.Connection, on: date) -> Selection:
    """Ask for every testimony what may be published on this day."""
    chosen: list[Selected] = []
    held: list[Held] = []
    standings, exact = read_standings(conn), frozenset(exact_places(conn))
    for number in sorted(standings, key=lambda one: _in_order(standings[one].accession)):
        standing = standings[number]
        entry = _asked(standing, Use.READ, Artefact.CATALOGUE_ENTRY, on)
        if not any(entry.values()):
            held.append(Held(accession=standing.accession, part=None, reason=str(next(iter(entry.values())))))
            continue
        unsure = tuple(unsettled(conn, number, standing, _named(standing, entry)))
        if unsure:
            held += (Held(accession=standing.accession, part=None, reason=reason) for reason in unsure)
            continue
        placed = bool(_ask(standing, "exact place", on))
        waiting = tuple(_waiting(conn, standing.accession, number, frozenset() if placed else exact))
        held += waiting
        held += _refusals(standing, on)
        there = recorded(conn, number)
        chosen.append(_selected(number, standing, entry, on, closed=bool(waiting), there=there))
    return Selection(on=on, testimonies=tuple(chosen), held=tuple(held))


def _selected(
    number: int,
    standing: Standing,
    entry: Mapping[int | None, Decision],
    on: date,
    *,
    closed: bool,
    there: Collection[Artefact],
) -> Selected:
    """Return what may be shown; sound and words are `closed` while somebody has still to decide what is cut.

    `there`: sound and picture, where the testimony has them.
    """
    words = {narrator: bool(said) for narrator, said in _asked(standing, Use.READ, Artefact.TRANSCRIPT, on).items()}
    words[None] = bool(_ask(standing, "transcript", on))
    readable = frozenset(narrator for narrator, agreed in words.items() if agreed and not closed)
    heard = {part for part in SOUND if _ask(standing, _NAMES[part], on)} if not closed else set()
    return Selected(
        number=number,
        accession=standing.accession,
        named=_named(standing, entry),
        by_name=all(voice.attribution is Attribution.NAME for voice in standing.voices if voice.narrator is None),
        readable=readable,
        sound=Artefact.AUDIO in heard,
        picture=Artefact.VIDEO in heard,
        summary=bool(_ask(standing, "summary", on)),
        exact_place=bool(_ask(standing, "exact place", on)),
        refused=refused(standing, readable, heard.intersection(there), on),
    )


def _named(standing: Standing, entry: Mapping[int | None, Decision]) -> dict[int, Attribution]:
    return {
        voice.narrator: voice.attribution
        for voice in standing.voices
        if voice.narrator is not None and entry[voice.narrator]
    }


def _asked(standing: Standing, use: Use, artefact: Artefact, on: date) -> dict[int | None, Decision]:
    """Return the answer of each voice for itself."""
    return {
        voice.narrator: may(use, artefact, Audience.PUBLIC, standing.of(voice.narrator), on)
        for voice in standing.voices
    }


def _ask(standing: Standing, part: str, on: date) -> Decision:
    use, artefact = ASKED[part]
    return may(use, artefact, Audience.PUBLIC, standing, on)


def _refusals(standing: Standing, on: date) -> Iterator[Held]:
    """Yield what is not shown of a testimony that has an entry: each part, and each voice that does not agree to it."""
    for voice in standing.voices:
        own = standing.of(voice.narrator)
        for part in ASKED:
            decision = _ask(own, part, on)
            if not decision:
                yield Held(accession=standing.accession, part=part, reason=str(decision))


def _waiting(conn: sqlite3.Connection, accession: str, testimony: int, exact: Collection[int]) -> Iterator[Held]:
    """Yield why words and sound wait: marks are not decided or not found, or these exact places are still said."""
    for marks, why in (
        (undecided(conn, testimony), "not decided yet"),
        (unplaced(conn, testimony), "not found in the transcript as it is now"),
    ):
        if marks:
            reason = f"redactions are {why} ({len(marks)}): see 'conricerca redact list {accession}'"
            yield Held(accession=accession, part="sound and transcript", reason=reason)
    for slug in _said(conn, testimony, exact):
        reason = (
            f"it says {slug}, and the exact place is not granted: ask for it, or mark it with 'conricerca risk "
            f"generalise {accession} place:{slug} --leave-out' (or --to what it lies in) and approve the marks"
        )
        yield Held(accession=accession, part="sound and transcript", reason=reason)


def _said(conn: sqlite3.Connection, testimony: int, terms: Collection[int]) -> tuple[str, ...]:
    """Return which of these terms the transcript says in words that are not cut."""
    if not terms:
        return ()
    rows = conn.execute(
        "select slug, segment, start_char, end_char from counted_tags join terms on terms.id = term "
        "where testimony = ? and segment is not null and term in (select value from json_each(?)) order by slug",
        [testimony, json.dumps(sorted(terms))],
    ).fetchall()
    marks = approved_marks(conn, testimony) if rows else {}
    return tuple(
        dict.fromkeys(
            slug
            for slug, segment, first, last in rows
            if not any(mark.start_char < last and first < mark.end_char for mark in marks.get(segment, ()))
        )
    )


def _in_order(accession: str) -> tuple[int, int]:
    year, _, number = accession.partition(".")
    return int(year), int(number)
