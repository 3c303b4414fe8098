"""What people say of a testimony after it came in: gaps are filled, what the archive says already is kept."""

from __future__ import annotations

import json

from sqlite_utils import Database

from archive.database import writing
from archive.media import names_of_files
from archive.records import Description, VocabularyName
from archive.store.browsing import refresh_testimony
from archive.store.clock import now
from archive.store.consents import state_consent
from archive.store.events import record_event
from archive.store.facets import index_testimony
from archive.store.transcripts import assign_narrators

_FIELDS = ("title", "recorded_on", "place", "language", "collection", "summary", "label")


def fill_description(db: Database, accession: str, description: Description) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Fill what the archive does not know of a testimony; return what was filled, and what it says otherwise itself.

    A title that was only the file's name counts as not known. Terms and consent are added to what is there.
    """
    with writing(db):
        row = next(db.query("select * from testimonies where accession = ?", [accession]))
        testimony = int(row["id"])
        filled, differing = _fill_fields(db, testimony, row, description)
        people = (("narrator", description.narrators), ("interviewer", description.interviewers))
        for role, names in people:
            there = _names(db, testimony, role)
            if names and not there:
                insert_contributions(db, testimony, names, role)
                filled += (role,)
            elif names and set(names) != set(there):
                differing += (role,)
        if describe_narrators(db, testimony, description.described_as):
            filled += ("described_as",)
        filled += _add_terms_and_consent(db, testimony, description)
        if filled:
            assign_narrators(db, testimony)
            record_event(db, "described", testimony=testimony, detail=", ".join(filled))
            refresh_testimony(db, testimony)
    return filled, differing


def insert_contributions(db: Database, testimony: int, names: tuple[str, ...], role: str) -> None:
    """Note who tells or who asks; call inside a write transaction."""
    for position, name in enumerate(names):
        db.execute("insert into narrators (name) values (?) on conflict do nothing", [name])
        db.execute(
            "insert or ignore into contributions (testimony, narrator, role, position) "
            "select ?, id, ?, ? from narrators where name = ?",
            [testimony, role, position, name],
        )


def describe_narrators(db: Database, testimony: int, said: tuple[str, ...]) -> int:
    """Note how narrators describe themselves: `woman, docker` for all who tell here, `Ana: woman` for one of them.

    Returns how many descriptions are new. What a narrator says of themselves holds for all their testimonies. Call
    inside a write transaction.
    """
    narrators = dict(
        db.execute(
            "select name, narrator from contributions join narrators on narrators.id = narrator "
            "where testimony = ? and role = 'narrator'",
            [testimony],
        ).fetchall()
    )
    pairs: list[tuple[int, str]] = []
    for entry in said:
        name, colon, words = entry.partition(":")
        told = [narrators[name.strip()]] if colon and name.strip() in narrators else list(narrators.values())
        described = words if colon and name.strip() in narrators else entry
        pairs += [(narrator, word.strip()) for narrator in told for word in described.split(",") if word.strip()]
    before = db.conn.total_changes
    db.conn.executemany("insert or ignore into tellers (narrator, described) values (?, ?)", pairs)
    new = db.conn.total_changes - before
    if new:
        for (other,) in db.execute(
            "select distinct testimony from contributions where narrator in (select value from json_each(?)) "
            "and testimony <> ?",
            [json.dumps(sorted({narrator for narrator, _ in pairs})), testimony],
        ).fetchall():
            index_testimony(db, other)
    return new


def tag_whole(db: Database, testimony: int, vocabulary: VocabularyName, names: tuple[str, ...]) -> int:
    """Tag the testimony as a whole with the terms that were named; return how many tags are new.

    A name that no term has creates none. Call inside a write transaction.
    """
    before = db.conn.total_changes
    for name in names:
        db.execute(
            "insert or ignore into tags (testimony, term, source, state, vocabulary_version, made_at) "
            "select distinct :testimony, terms.id, 'import', 'confirmed', vocabularies.version, :now "
            "from terms join variants on variants.term = terms.id join vocabularies on vocabularies.name = vocabulary "
            "where vocabulary = :vocabulary and (variants.text = :name collate nocase or slug = :name)",
            {"testimony": testimony, "now": now(), "vocabulary": vocabulary.value, "name": name},
        )
    return db.conn.total_changes - before


def named_terms(description: Description) -> tuple[tuple[VocabularyName, tuple[str, ...]], ...]:
    """Return the names of terms that a description holds, by vocabulary."""
    places = (description.place,) if description.place else ()
    return (
        (VocabularyName.PLACE, places),
        (VocabularyName.MOVEMENT, description.movements),
        (VocabularyName.THEME, description.themes),
    )


def _fill_fields(
    db: Database, testimony: int, row: dict[str, object], description: Description
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    said: dict[str, object] = {name: getattr(description, name) for name in _FIELDS if getattr(description, name)}
    if description.sources:
        said["sources"] = "\n".join(description.sources)
    if description.kind:
        said["kind"] = description.kind.value
    unknown = {name for name in said if not row[name]}
    if "title" in said and row["title"] in names_of_files(db.conn, testimony):
        unknown.add("title")
    missing = {name: said[name] for name in said if name in unknown and said[name] != row[name]}
    if missing:
        db.table("testimonies").update(testimony, missing)
    differing = tuple(name for name in said if name not in unknown and row[name] != said[name])
    return tuple(missing), differing


def _names(db: Database, testimony: int, role: str) -> tuple[str, ...]:
    rows = db.execute(
        "select name from contributions join narrators on narrators.id = narrator where testimony = ? and role = ?",
        [testimony, role],
    )
    return tuple(name for (name,) in rows)


def _add_terms_and_consent(db: Database, testimony: int, description: Description) -> tuple[str, ...]:
    added: tuple[str, ...] = ()
    for vocabulary, names in named_terms(description):
        if tag_whole(db, testimony, vocabulary, names):
            added += (vocabulary.plural,)
    if description.consent and not _stated(db, testimony, description.consent):
        state_consent(db, testimony, description.consent)
        added += ("consent",)
    return added


def _stated(db: Database, testimony: int, statement: str) -> bool:
    """Whether the last statement of consent says just this."""
    last = db.execute(
        "select json_extract(detail, '$.statement') from consents where testimony = ? and event = 'stated' "
        "order by id desc limit 1",
        [testimony],
    ).fetchone()
    return last is not None and last[0] == statement
