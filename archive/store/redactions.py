"""Marks on what must not be published: proposed by rules, lists and machines, decided by people.

Each decision is also a line in the archive's log, which never says the words themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from archive.database import insert, writing
from archive.errors import ArchiveError, UnknownTestimony
from archive.folding import occurrences
from archive.redaction import Stretch
from archive.redactions import Passage, Redaction, State, Suggestion, placed, read_passages, read_redactions
from archive.store.clock import now
from archive.store.events import actor, record_event

MEMBER = "member"  # the source of what a person marked


class CannotBeMarked(ArchiveError):
    """The words are not there, or the seconds are not in the recording; the message says what to do."""


class UnknownMark(ArchiveError):
    """No redaction has this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"there is no mark {number}: 'conricerca redact list' shows them with their numbers")
        self.number = number


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person says of a mark: why, what is said instead, and whether it still waits for somebody's approval.

    `said` is from which second until which the words are said, where the text itself does not know it.
    """

    reason: str
    replacement: str | None = None
    only_proposed: bool = False
    said: Stretch | None = None

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise CannotBeMarked("say why (--reason): whoever decides later must know")


def number_of(db: Database, accession: str) -> int:
    """Return the row of a testimony. Raises UnknownTestimony."""
    row = db.execute("select id from testimonies where accession = ?", [accession]).fetchone()
    if row is None:
        raise UnknownTestimony(accession)
    return int(row[0])


def propose(db: Database, testimony: int, suggestions: Iterable[Suggestion]) -> int:
    """Store what nobody has decided yet and return how many marks are new.

    What lies within a mark that is approved or waits, or is just what was rejected, is not proposed again, also where
    the transcript has a new revision.
    """
    with writing(db):
        _, passages = read_passages(db.conn, testimony)
        known = {passage.number: passage for passage in passages}
        decided = _decided(db, testimony)
        number = 0
        for one in sorted(suggestions, key=lambda one: (one.segment, one.start_char - one.end_char, one.source)):
            span = (one.start_char, one.end_char)
            if one.segment in known and not _is_settled(decided.setdefault(one.segment, []), span):
                row = _words_row(db, testimony, known[one.segment], span)
                insert(db, "redactions", row | _said(one.reason, None, one.source, State.PROPOSED))
                decided[one.segment].append((*span, State.PROPOSED))
                number += 1
        if number:
            record_event(db, "redactions proposed", testimony=testimony, detail=f"{number}")
    return number


def mark(db: Database, accession: str, words: str, wish: Wish) -> tuple[int, ...]:
    """Mark words wherever a testimony says them, and return the marks' numbers. Raises CannotBeMarked."""
    with writing(db):
        testimony = number_of(db, accession)
        if wish.said:
            _check_seconds(db, testimony, accession, wish.said)
        numbers = _mark_words(db, testimony, words, wish)
        if not numbers:
            raise CannotBeMarked(f"{accession} does not say {words!r}: write the words as they stand in its text")
        if wish.said and len(numbers) > 1:
            raise CannotBeMarked(
                f"{accession} says {words!r} {len(numbers)} times: leave the seconds out, or add words"
            )
        return numbers


def mark_characters(db: Database, testimony: int, segment: int, span: tuple[int, int], wish: Wish) -> int:
    """Mark characters of one segment of the text that readers see, and return the mark's number."""
    with writing(db):
        _, passages = read_passages(db.conn, testimony)
        found = [one for one in passages if one.number == segment]
        if not found or not 0 <= span[0] < span[1] <= len(found[0].text):
            raise CannotBeMarked(f"there are no characters {span[0]} to {span[1]} in segment {segment}")
        return _mark(db, testimony, _words_row(db, testimony, found[0], span), wish)


def mark_sound(db: Database, accession: str, start: float, end: float, wish: Wish) -> int:
    """Mark seconds of a testimony's recording, whatever is said in them. Raises CannotBeMarked."""
    with writing(db):
        testimony = number_of(db, accession)
        recording, duration = _check_seconds(db, testimony, accession, (start, end))
        row: dict[str, object] = {
            "testimony": testimony,
            "recording": recording,
            "start": start,
            "end": min(end, duration),
        }
        return _mark(db, testimony, row, wish)


def mark_everywhere(db: Database, words: str, wish: Wish, accessions: Sequence[str] = ()) -> tuple[int, ...]:
    """Mark every occurrence of a name, in these testimonies or in all, and return the marks' numbers.

    Capitals and accents do not count, and only whole words do. Raises CannotBeMarked where none says it.
    """
    with writing(db):
        chosen = [number_of(db, accession) for accession in accessions] or [
            number for (number,) in db.execute("select id from testimonies order by accession").fetchall()
        ]
        numbers = [number for testimony in chosen for number in _mark_words(db, testimony, words, wish)]
        if not numbers:
            raise CannotBeMarked(f"nobody says {words!r}" + (f" in {', '.join(accessions)}" if accessions else ""))
    return tuple(numbers)


def approve(db: Database, numbers: Iterable[int]) -> tuple[Redaction, ...]:
    """Approve marks: what they mark is not published. Raises UnknownMark, and changes nothing then."""
    return _decide(db, numbers, State.APPROVED)


def reject(db: Database, numbers: Iterable[int]) -> tuple[Redaction, ...]:
    """Reject marks, proposed or approved: what they mark may be published. Raises UnknownMark."""
    return _decide(db, numbers, State.REJECTED)


def _decide(db: Database, numbers: Iterable[int], state: State) -> tuple[Redaction, ...]:
    with writing(db):
        known = {one.number: one for one in read_redactions(db.conn)}
        chosen = list(dict.fromkeys(numbers))
        for number in chosen:
            if number not in known:
                raise UnknownMark(number)
        for number in chosen:
            if known[number].state is not state:
                _settle(db, known[number].testimony, number, state)
        return tuple(one for one in read_redactions(db.conn) if one.number in chosen)


def _check_seconds(db: Database, testimony: int, accession: str, said: Stretch) -> tuple[int, float]:
    """Return the recording and its length, if it has these seconds."""
    recording, duration = _recording(db, testimony)
    if recording is None or duration is None:
        raise CannotBeMarked(f"{accession} has no recording: mark its words")
    if not 0 <= said[0] < said[1] or said[0] >= duration:
        raise CannotBeMarked(
            f"the recording runs from 0 to {duration:.0f} s, the mark from {said[0]:g} to {said[1]:g} s"
        )
    return recording, duration


def _settle(db: Database, testimony: int, number: int, state: State) -> None:
    db.table("redactions").update(number, {"state": state.value, "decided_by": actor(), "decided_at": now()})
    record_event(db, f"redaction {state}", testimony=testimony, detail=f"{number}")


def _mark_words(db: Database, testimony: int, words: str, wish: Wish) -> tuple[int, ...]:
    _, passages = read_passages(db.conn, testimony)
    return tuple(
        _mark(db, testimony, _words_row(db, testimony, passage, span, wish.said), wish)
        for passage in passages
        for span in occurrences(passage.text, words)
    )


def _mark(db: Database, testimony: int, row: dict[str, object], wish: Wish) -> int:
    """Store what a person marked; a mark on the very same place is decided anew."""
    state = State.PROPOSED if wish.only_proposed else State.APPROVED
    said = _said(wish.reason, wish.replacement, MEMBER, state)
    place = [row.get(name) for name in ("segment", "start_char", "end_char")]
    same = db.execute(
        "select id from redactions where testimony = ? and segment is ? and start_char is ? and end_char is ? "
        'and (segment is not null or (start is ? and "end" is ?))',
        [testimony, *place, row.get("start"), row.get("end")],
    ).fetchone()
    if same:
        number = int(same[0])
        db.table("redactions").update(number, said)
    else:
        number = insert(db, "redactions", row | said)
    if wish.only_proposed:
        record_event(db, "redactions proposed", testimony=testimony, detail=f"{number}")
    else:
        _settle(db, testimony, number, State.APPROVED)
    return number


def _words_row(
    db: Database, testimony: int, passage: Passage, span: tuple[int, int], said: Stretch | None = None
) -> dict[str, object]:
    said = said or passage.said(*span)
    return {
        "testimony": testimony,
        "recording": _recording(db, testimony)[0],
        "segment": passage.number,
        "start_char": span[0],
        "end_char": span[1],
        "words": passage.text[slice(*span)],
        "start": said[0] if said else None,
        "end": said[1] if said else None,
    }


def _said(reason: str, replacement: str | None, source: str, state: State) -> dict[str, object]:
    return {
        "reason": reason.strip(),
        "replacement": (replacement or "").strip() or None,
        "source": source,
        "state": state.value,
        "proposed_by": actor(),
        "proposed_at": now(),
        "decided_by": None,
        "decided_at": None,
    }


def _recording(db: Database, testimony: int) -> tuple[int | None, float | None]:
    """Return the recording of which a testimony's text says what is heard, and its seconds."""
    row = db.execute(
        "select recordings.id, duration from recordings where testimony = :testimony order by id is not "
        "(select recording from transcripts join testimonies on transcript = transcripts.id "
        "where testimonies.id = :testimony), id limit 1",
        {"testimony": testimony},
    ).fetchone()
    return (int(row[0]), float(row[1])) if row else (None, None)


def _decided(db: Database, testimony: int) -> dict[int, list[tuple[int, int, State]]]:
    """Return what was marked before, where it stands in the present text, by segment."""
    decided: dict[int, list[tuple[int, int, State]]] = {}
    for redaction, spots in placed(db.conn, testimony, *State):
        for spot in spots:
            decided.setdefault(spot.segment, []).append((spot.start_char, spot.end_char, redaction.state))
    return decided


def _is_settled(decided: Iterable[tuple[int, int, State]], span: tuple[int, int]) -> bool:
    return any(
        (start, end) == span if state is State.REJECTED else start <= span[0] and span[1] <= end
        for start, end, state in decided
    )
