"""Marks in words for a terminal: where each stands, what it marks in its context, and why."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from archive.access import may
from archive.consent import Artefact, Audience, Use
from archive.consents import read_standing
from archive.errors import UnknownTestimony
from archive.redaction import SIGN
from archive.redactions import Redaction, State, read_redactions, unplaced
from transcripts.timecode import format_timecode

AROUND = 30  # characters before and after what is marked
WITHHELD = "(nobody may read this now)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A mark as the team may see it: its words are None where they are withheld.

    `lost` where the text that readers see now has its words no more, or not for certain.
    """

    redaction: Redaction
    lost: bool = False
    before: str = ""
    words: str | None = None
    after: str = ""


def readable_redactions(
    conn: sqlite3.Connection, accession: str | None = None, state: State | None = None
) -> Iterator[Seen]:
    """Yield the marks of one testimony or of all, with the words that the team may read. Raises UnknownTestimony."""
    testimony = None
    if accession is not None:
        row = conn.execute("select id from testimonies where accession = ?", [accession]).fetchone()
        if row is None:
            raise UnknownTestimony(accession)
        testimony = int(row[0])
    found = list(read_redactions(conn, testimony=testimony, state=state))
    lost = {one.number for number in {one.testimony for one in found} for one in unplaced(conn, number)}
    for one in found:
        is_shown = one.text is not None and _is_readable(conn, one)
        seen = _seen(one) if is_shown else Seen(redaction=one)
        yield replace(seen, lost=one.number in lost)


def mark_line(seen: Seen) -> str:
    """Return one mark on one line."""
    one = seen.redaction
    time = "" if one.start is None else format_timecode(one.start)
    if one.segment is None:
        words = f"(sound only, until {format_timecode(one.end or 0.0)})"
    else:
        words = WITHHELD if seen.words is None else f"{seen.before}[{seen.words}]{seen.after}"
    instead = f" → {one.replacement or SIGN}" if one.segment is not None else ""
    lost = "; NOT FOUND in the present text: mark it anew, then reject this" if seen.lost else ""
    why = f"({one.reason}; {one.source}{lost})"
    return f"{one.number:5}  {one.state:<8}  {one.accession} {time:>7}  {words}{instead}  {why}"


def mark_row(seen: Seen) -> dict[str, Any]:
    """Return the same for a program."""
    one = seen.redaction
    return {
        "number": one.number,
        "accession": one.accession,
        "state": str(one.state),
        "start": one.start,
        "end": one.end,
        "sound_only": one.segment is None,
        "lost": seen.lost,
        "before": seen.before,
        "words": seen.words,
        "after": seen.after,
        "replacement": one.replacement,
        "reason": one.reason,
        "source": one.source,
        "proposed_by": one.proposed_by,
        "decided_by": one.decided_by,
    }


def _seen(one: Redaction) -> Seen:
    text, first, last = one.text or "", one.start_char or 0, one.end_char or 0
    before, after = text[max(0, first - AROUND) : first], text[last : last + AROUND]
    return Seen(
        redaction=one,
        before=("…" if first > AROUND else "") + before,
        words=text[first:last],
        after=after + ("…" if last + AROUND < len(text) else ""),
    )


def _is_readable(conn: sqlite3.Connection, one: Redaction) -> bool:
    """Whether the team may read the segment: as a passage of today, or, of an earlier revision, as the whole."""
    current, shown = conn.execute(
        "select transcript is :transcript, exists (select 1 from passages where id = :segment) "
        "from testimonies where id = :testimony",
        {"transcript": one.transcript, "segment": one.segment, "testimony": one.testimony},
    ).fetchone()
    if current:
        return bool(shown)
    standing, today = read_standing(conn, one.accession), datetime.now(UTC).date()
    return bool(may(Use.READ, Artefact.TRANSCRIPT, Audience.TEAM, standing, today))
