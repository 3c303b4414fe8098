"""Vocabularies: the database follows the files that the group edits."""

from __future__ import annotations

import json

from sqlite_utils import Database

from archive.database import writing
from archive.records import StopPhrase, Term, Variant, Vocabulary, VocabularyName
from archive.store.clock import now
from archive.store.events import record_event
from archive.store.facets import trace_terms
from archive.vocabularies import content_hash


def sync_vocabulary(db: Database, vocabulary: Vocabulary) -> int:
    """Make the database say what the file says; return the vocabulary's version, one higher if anything changed.

    A term that left the file goes, unless people confirmed or rejected tags with it: then it is retired.
    """
    digest = content_hash(vocabulary)
    with writing(db):
        row = db.execute("select version, sha256 from vocabularies where name = ?", [vocabulary.name]).fetchone()
        if row and row[1] == digest:
            return int(row[0])
        version = (row[0] if row else 0) + 1
        db.execute(
            "insert into vocabularies (name, version, sha256, loaded_at) values (:name, :version, :sha256, :at) "
            "on conflict (name) do update set version = :version, sha256 = :sha256, loaded_at = :at",
            {"name": vocabulary.name.value, "version": version, "sha256": digest, "at": now()},
        )
        numbers = {term.slug: _put_term(db, term) for term in vocabulary}
        for term in vocabulary:
            _put_variants_and_parents(db, numbers, term)
        _retire_all_but(db, vocabulary)
        _put_stop_phrases(db, vocabulary)
        trace_terms(db)
        record_event(db, "vocabulary changed", detail=f"{vocabulary.name} {version}")
    return version


def load_terms(db: Database) -> tuple[tuple[int, Term], ...]:
    """Return every term in use with its number in the database, places first, then movements, then themes."""
    variants: dict[int, list[Variant]] = {}
    for term, language, text, label in db.execute("select term, language, text, label from variants"):
        variants.setdefault(term, []).append(Variant(language=language, text=text, label=bool(label)))
    order = {name.value: place for place, name in enumerate(VocabularyName)}
    rows = sorted(
        db.query("select * from terms where not retired"), key=lambda row: (order[row["vocabulary"]], row["id"])
    )
    return tuple((row["id"], _term(row, tuple(variants.get(row["id"], ())))) for row in rows)


def load_stop_phrases(db: Database) -> dict[VocabularyName, tuple[StopPhrase, ...]]:
    """Return each vocabulary's stop phrases."""
    found: dict[VocabularyName, tuple[StopPhrase, ...]] = dict.fromkeys(VocabularyName, ())
    for vocabulary, language, text in db.execute("select vocabulary, language, text from stop_phrases"):
        found[VocabularyName(vocabulary)] += (StopPhrase(language=language, text=text),)
    return found


def versions(db: Database) -> dict[VocabularyName, int]:
    """Return the version of each vocabulary in the database."""
    rows = db.execute("select name, version from vocabularies").fetchall()
    return {VocabularyName(name): int(version) for name, version in rows}


def _term(row: dict[str, object], variants: tuple[Variant, ...]) -> Term:
    return Term(
        vocabulary=VocabularyName(str(row["vocabulary"])),
        slug=str(row["slug"]),
        preferred=str(row["preferred"]),
        variants=variants,
        match_case=bool(row["match_case"]),
    )


def _put_term(db: Database, term: Term) -> int:
    row = {
        "vocabulary": term.vocabulary.value,
        "slug": term.slug,
        "preferred": term.preferred,
        "scope_note": term.scope_note,
        "kind": term.kind,
        "latitude": term.latitude,
        "longitude": term.longitude,
        "precision_km": term.precision_km,
        "from_year": term.from_year,
        "until_year": term.until_year,
        "match_case": int(term.match_case),
        "exact_match": json.dumps(term.exact_match) if term.exact_match else None,
        "retired": 0,
    }
    columns = list(row)
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns[2:])
    found = db.execute(
        f"insert into terms ({', '.join(columns)}) values ({', '.join(f':{column}' for column in columns)}) "  # noqa: S608 - column names are our own
        f"on conflict (vocabulary, slug) do update set {changes} returning id",
        row,
    ).fetchone()
    return int(found[0])


def _put_variants_and_parents(db: Database, numbers: dict[str, int], term: Term) -> None:
    number = numbers[term.slug]
    db.execute("delete from variants where term = ?", [number])
    db.conn.executemany(
        "insert or ignore into variants (term, language, text, label) values (?, ?, ?, ?)",
        [
            (number, variant.language, variant.text, int(variant.label))
            for variant in sorted(term.variants, key=lambda variant: not variant.label)
        ],
    )
    db.execute("delete from term_parents where term = ?", [number])
    db.conn.executemany(
        "insert into term_parents (term, parent) values (?, ?)", [(number, numbers[parent]) for parent in term.parents]
    )


def _retire_all_but(db: Database, vocabulary: Vocabulary) -> None:
    kept = json.dumps([term.slug for term in vocabulary])
    gone = "select id from terms where vocabulary = ? and slug not in (select value from json_each(?))"
    at = [vocabulary.name.value, kept]
    db.execute(f"update terms set retired = 1 where id in ({gone})", at)  # noqa: S608
    db.execute(f"delete from tags where state = 'suggested' and term in ({gone})", at)  # noqa: S608
    db.execute(f"delete from variants where term in ({gone})", at)  # noqa: S608


def _put_stop_phrases(db: Database, vocabulary: Vocabulary) -> None:
    db.execute("delete from stop_phrases where vocabulary = ?", [vocabulary.name.value])
    db.conn.executemany(
        "insert or ignore into stop_phrases (vocabulary, language, text) values (?, ?, ?)",
        [(vocabulary.name.value, phrase.language, phrase.text) for phrase in vocabulary.stop_phrases],
    )
