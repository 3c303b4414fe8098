"""Reading redactions: where each mark stands in the text that readers see now, what it cuts, and what is undecided.

A mark was made on one revision of a transcript. In a later one it stands where the same words are said at the same
time; where that cannot be told, it is unplaced, and nothing of the testimony may be published until somebody decides.
All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from archive.folding import occurrences
from archive.redaction import Mark, Stretch, Timed, spoken_at

FINGERPRINT = 32  # hexadecimal digits
NEAR = 5.0  # seconds by which two revisions may disagree about when the same words are said


class State(StrEnum):
    """Where the decision about a mark stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """One mark as it was made: on characters of a segment, or on a stretch of the sound alone (`segment` is None).

    `start` and `end` are seconds of the recording, without padding; None where nobody knows when it is said. `text` is
    that of the segment.
    """

    number: int
    testimony: int
    accession: str
    recording: int | None
    segment: int | None
    start_char: int | None
    end_char: int | None
    words: str | None
    start: float | None
    end: float | None
    reason: str
    replacement: str | None
    source: str
    state: State
    proposed_by: str
    decided_by: str | None
    transcript: int | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a mark stands in the text that readers see: a segment, characters of it, and when they are said."""

    segment: int
    start_char: int
    end_char: int
    said: Stretch | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A segment of the text that readers see; `until` is when the next one begins where its own end is not known."""

    number: int
    start: float | None
    until: float | None
    text: str
    words: tuple[Timed, ...]

    def said(self, start_char: int, end_char: int) -> Stretch | None:
        """Return when these characters are said: as the words' times have it, else somewhere in the segment."""
        spoken = spoken_at(self.text, self.words, start_char, end_char)
        if spoken or self.start is None or self.until is None:
            return spoken
        return self.start, max(self.start, self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a rule, the vault or a machine would mark in one segment."""

    segment: int
    start_char: int
    end_char: int
    reason: str
    source: str


def approved_marks(conn: sqlite3.Connection, testimony: int) -> dict[int, list[Mark]]:
    """Return the marks to carry out on the text that readers see, by the number of the segment."""
    marks: dict[int, list[Mark]] = {}
    for redaction, spots in placed(conn, testimony, State.APPROVED):
        for spot in spots:
            mark = Mark(start_char=spot.start_char, end_char=spot.end_char, replacement=redaction.replacement)
            marks.setdefault(spot.segment, []).append(mark)
    return marks


def fingerprints(conn: sqlite3.Connection, testimonies: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return what tells the approved marks of these testimonies from others: their places, and what is said instead.

    They are the same in each revision of the transcript, and say nothing of the words themselves.
    """
    found: dict[int, set[str]] = {number: set() for number in testimonies}
    rows = conn.execute(
        'select testimony, id, segment, start_char, end_char, start, "end", replacement from redactions '
        "where state = 'approved' and testimony in (select value from json_each(?))",
        [json.dumps(list(found))],
    )
    for testimony, *mark in rows:
        found[testimony].add(hashlib.sha256(json.dumps(mark).encode()).hexdigest()[:FINGERPRINT])
    return {number: frozenset(marks) for number, marks in found.items()}


def unplaced(conn: sqlite3.Connection, testimony: int) -> tuple[Redaction, ...]:
    """Return the approved marks on words of which nobody can tell where they stand in the present text."""
    return tuple(one for one, spots in placed(conn, testimony, State.APPROVED) if one.segment and not spots)


def undecided(conn: sqlite3.Connection, testimony: int) -> tuple[Redaction, ...]:
    """Return the marks that were proposed and that nobody has approved or rejected yet."""
    return tuple(read_redactions(conn, testimony=testimony, state=State.PROPOSED))


def cut_spans(conn: sqlite3.Connection, recording: int) -> tuple[Stretch, ...]:
    """Return the seconds of a recording in which something is said that must not be heard, not yet padded.

    What was ever approved counts, whatever revision it was marked on. A mark of which nobody knows when it is said
    takes the whole recording.
    """
    row = conn.execute(
        "select recordings.testimony, duration, transcripts.recording from recordings "
        "join testimonies on testimonies.id = recordings.testimony "
        "left join transcripts on transcripts.id = transcript where recordings.id = ?",
        [recording],
    ).fetchone()
    if row is None:
        return ()
    testimony, duration, transcribed = row
    spans: list[Stretch] = []
    for redaction, spots in placed(conn, testimony, State.APPROVED):
        if redaction.recording not in (None, recording):
            continue
        known = [(redaction.start, redaction.end or redaction.start)] if redaction.start is not None else []
        if transcribed in (None, recording):
            known += [spot.said for spot in spots if spot.said]
        spans += known or [(0.0, duration)]
    return tuple(sorted(set(spans)))


def segment_edges(conn: sqlite3.Connection, recording: int) -> tuple[float, ...]:
    """Return when the segments of the present transcript of a recording begin and end, to snap cuts to."""
    rows = conn.execute(
        'select start, "end" from segments join transcripts on transcripts.id = segments.transcript '
        "join testimonies on testimonies.transcript = transcripts.id "
        "where testimonies.id = (select testimony from recordings where id = ?) order by position",
        [recording],
    )
    return tuple(sorted({moment for row in rows for moment in row if moment is not None}))


def placed(conn: sqlite3.Connection, testimony: int, *states: State) -> tuple[tuple[Redaction, tuple[Spot, ...]], ...]:
    """Return a testimony's redactions in these states, each with where it stands in the text that readers see."""
    redactions = [one for one in read_redactions(conn, testimony=testimony) if one.state in states]
    if not redactions:
        return ()
    transcript, passages = read_passages(conn, testimony)
    return tuple((one, tuple(_spots(one, transcript, passages))) for one in redactions)


def read_redactions(
    conn: sqlite3.Connection, *, testimony: int | None = None, state: State | None = None
) -> Iterator[Redaction]:
    """Yield redactions in the order of what they mark: of one testimony or all, in one state or any."""
    rows = conn.execute(
        "select redactions.id, redactions.testimony, accession, redactions.recording, segment, start_char, end_char, "
        'words, redactions.start, redactions."end", reason, replacement, source, redactions.state, proposed_by, '
        "decided_by, segments.transcript, segments.text from redactions "
        "join testimonies on testimonies.id = redactions.testimony left join segments on segments.id = segment "
        "where (:testimony is null or redactions.testimony = :testimony) "
        "and (:state is null or redactions.state = :state) "
        "order by accession, segments.transcript, position, start_char, redactions.start, redactions.id",
        {"testimony": testimony, "state": state},
    )
    for row in rows:
        said = dict(zip(Redaction.__slots__, row, strict=True))
        yield Redaction(**(said | {"state": State(said["state"])}))


def read_passages(conn: sqlite3.Connection, testimony: int) -> tuple[int | None, tuple[Passage, ...]]:
    """Return the number of the transcript that readers see, and its segments in order.

    It is what was said, not what the team may read: a mark also holds where nobody may read it now.
    """
    transcript, duration = conn.execute(
        "select transcript, (select duration from recordings where recordings.id = coalesce(transcripts.recording, "
        "(select min(id) from recordings where testimony = testimonies.id))) "
        "from testimonies left join transcripts on transcripts.id = transcript where testimonies.id = ?",
        [testimony],
    ).fetchone() or (None, None)
    rows = conn.execute(
        'select id, start, "end", text, words from segments left join word_timings on segment = id '
        "where transcript = ? order by position",
        [transcript],
    ).fetchall()
    return transcript, tuple(_passages(rows, duration))[::-1]


def _passages(rows: Sequence[Sequence[Any]], duration: float | None) -> Iterator[Passage]:
    """Yield the segments from the last to the first, each knowing when the one after it begins."""
    following = duration
    for number, start, end, text, words in reversed(rows):
        yield Passage(
            number=number,
            start=start,
            until=end if end is not None else following,
            text=text,
            words=tuple((*word, None)[:4] for word in json.loads(words or "[]")),
        )
        following = start if start is not None else following


def _spots(redaction: Redaction, transcript: int | None, passages: Sequence[Passage]) -> Iterator[Spot]:
    """Yield where a mark stands: in its own revision just there, in a later one where its words are said near its time.

    Without times it stands there only if the words occur exactly once.
    """
    if redaction.segment is None or redaction.start_char is None or redaction.end_char is None:
        return
    if redaction.transcript == transcript:
        [passage] = [one for one in passages if one.number == redaction.segment]
        yield _spot(passage, redaction.start_char, redaction.end_char)
        return
    timed = redaction.start is not None and any(one.start is not None for one in passages)
    found = [
        _spot(passage, first, last)
        for passage in passages
        if not timed or _is_near((passage.start, passage.until), redaction)
        for first, last in occurrences(passage.text, redaction.words or "")
    ]
    if timed:
        yield from (spot for spot in found if _is_near(spot.said or (None, None), redaction))
    elif len(found) == 1:
        yield from found


def _spot(passage: Passage, first: int, last: int) -> Spot:
    return Spot(segment=passage.number, start_char=first, end_char=last, said=passage.said(first, last))


def _is_near(said: tuple[float | None, float | None], redaction: Redaction) -> bool:
    if said[0] is None or said[1] is None or redaction.start is None:
        return False
    end = redaction.start if redaction.end is None else redaction.end
    return said[0] <= end + NEAR and redaction.start - NEAR <= said[1]
