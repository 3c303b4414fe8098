"""What is generalised before it is published, and what is accepted all the same: each decision by name, and logged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sqlite_utils import Database

from archive.redactions import Suggestion
from archive.store.clock import now
from archive.store.events import record_event
from archive.store.redactions import propose

NAMES = ("place", "movement")  # whose names in the text are marked; a theme is told by far too many words
RULE = "rule"


def store_generalisation(db: Database, testimony: int, change: tuple[str, str], broader: str | None, actor: str) -> int:
    """Note a decision in place of an earlier one; return how many marks are proposed on names in the text.

    Call inside a write transaction.
    """
    drop_proposals(db, testimony, change)
    db.execute(
        "insert or replace into generalisations (testimony, facet, key, broader, actor, at) values (?, ?, ?, ?, ?, ?)",
        [testimony, *change, broader, actor, now()],
    )
    record_event(db, "generalised", testimony=testimony, detail=_detail(*change, broader, by=actor))
    return propose_marks(db, testimony, change, broader)


def drop_generalisation(db: Database, testimony: int, change: tuple[str, str], actor: str) -> int:
    """Take a decision back, and the marks that nobody has decided; return how many approved ones stay."""
    drop_proposals(db, testimony, change)
    db.execute("delete from generalisations where testimony = ? and facet = ? and key = ?", [testimony, *change])
    record_event(db, "generalisation undone", testimony=testimony, detail=_detail(*change, by=actor))
    return sum(state == "approved" for _, state in _marked(db, testimony, change))


def propose_marks(db: Database, testimony: int, change: tuple[str, str], broader: str | None) -> int:
    """Propose a mark wherever the text says a term by its name, with the broader one's name instead.

    Returns how many are new. Call inside a write transaction.
    """
    if change[0] not in NAMES:
        return 0
    name = _label(db, testimony, change[0], broader) if broader else None
    reason = f"generalised: {name} instead" if name else "generalised: left out"
    said = [
        Suggestion(segment=segment, start_char=first, end_char=last, reason=reason, source=RULE)
        for segment, first, last in _occurrences(db, testimony, change)
    ]
    number = propose(db, testimony, said)
    db.execute(
        "update redactions set replacement = ? "
        "where testimony = ? and state = 'proposed' and source = ? and reason = ?",
        [name, testimony, RULE, reason],
    )
    return number


def drop_proposals(db: Database, testimony: int, change: tuple[str, str]) -> None:
    """Take back the marks that a generalisation proposed and that nobody has decided."""
    numbers = [number for number, state in _marked(db, testimony, change) if state == "proposed"]
    db.execute("delete from redactions where id in (select value from json_each(?))", [json.dumps(numbers)])


def store_acceptance(db: Database, narrator: int, combination: Sequence[tuple[str, str]], actor: str) -> None:
    """Note that somebody accepts by name what singles a narrator out; call inside a write transaction."""
    db.execute(
        "insert or replace into accepted_risks (narrator, combination, actor, at) values (?, ?, ?, ?)",
        [narrator, _json(combination), actor, now()],
    )
    record_event(db, "risk accepted", detail=_accepted(narrator, combination, actor))


def drop_acceptance(db: Database, narrator: int, combination: Sequence[tuple[str, str]], actor: str) -> bool:
    """Take an acceptance back; return whether there was one. Call inside a write transaction."""
    gone = db.execute(
        "delete from accepted_risks where narrator = ? and combination = ?", [narrator, _json(combination)]
    ).rowcount
    if gone:
        record_event(db, "risk no longer accepted", detail=_accepted(narrator, combination, actor))
    return bool(gone)


def _occurrences(db: Database, testimony: int, change: tuple[str, str]) -> Iterator[tuple[int, int, int]]:
    """Yield segment, first and last character wherever the present text was tagged with a term, also in doubt."""
    rows = db.execute(
        "select distinct segment, start_char, end_char from tags join terms on terms.id = term "
        "join segments on segments.id = segment join testimonies on testimonies.transcript = segments.transcript "
        "where testimonies.id = ? and vocabulary = ? and slug = ? and state <> 'rejected' order by 1, 2",
        [testimony, *change],
    )
    yield from rows.fetchall()


def _marked(db: Database, testimony: int, change: tuple[str, str]) -> list[tuple[int, str]]:
    """Return number and state of the marks of generalisation that stand on the names of a term."""
    rows = db.execute(
        "select distinct redactions.id, redactions.state from redactions "
        "join tags on tags.segment = redactions.segment "
        "and tags.start_char = redactions.start_char and tags.end_char = redactions.end_char "
        "join terms on terms.id = term where redactions.testimony = ? and vocabulary = ? and slug = ? "
        "and redactions.source = ? and reason like 'generalised: %'",
        [testimony, *change, RULE],
    )
    return [(int(number), str(state)) for number, state in rows]


def _label(db: Database, testimony: int, vocabulary: str, slug: str) -> str:
    """Return what a term is called in the language that is spoken, else its preferred name."""
    row = db.execute(
        "select coalesce((select text from variants where term = terms.id and label and language = "
        "(select coalesce(transcripts.language, testimonies.language) from testimonies "
        "left join transcripts on transcripts.id = transcript where testimonies.id = :testimony)), preferred) "
        "from terms where vocabulary = :vocabulary and slug = :slug",
        {"testimony": testimony, "vocabulary": vocabulary, "slug": slug},
    ).fetchone()
    return str(row[0])


def _json(combination: Sequence[tuple[str, str]]) -> str:
    return json.dumps([list(value) for value in combination], ensure_ascii=False, separators=(",", ":"))


def _detail(facet: str, key: str, broader: str | None = None, *, by: str) -> str:
    said = {"facet": facet, "key": key, "broader": broader, "by": by}
    return json.dumps(said, ensure_ascii=False)


def _accepted(narrator: int, combination: Sequence[tuple[str, str]], actor: str) -> str:
    said = {"narrator": narrator, "combination": [list(value) for value in combination], "by": actor}
    return json.dumps(said, ensure_ascii=False)
