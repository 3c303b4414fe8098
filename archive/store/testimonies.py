"""Accession: a testimony's description and originals enter the archive together, and get their accession number."""

from __future__ import annotations

import json
from datetime import date

from sqlite_utils import Database

from archive.database import insert, writing
from archive.records import Accession, Description, Kind, Original, VocabularyName
from archive.store.browsing import refresh_testimony
from archive.store.clock import now
from archive.store.events import record_consent, record_event
from archive.store.transcripts import store_imported
from transcripts.model import Transcript


def find_original(db: Database, sha256: str) -> str | None:
    """Return the accession number of the testimony that holds this file already, if any does."""
    row = db.execute(
        "select accession from testimonies where id = (select testimony from recordings where sha256 = :sha256 "
        "union select testimony from documents where sha256 = :sha256)",
        {"sha256": sha256},
    ).fetchone()
    return str(row[0]) if row else None


def store_accession(db: Database, accession: Accession, *, on: date) -> str:
    """Store a new testimony with all that came with it; return its accession number, such as `2026.014`."""
    with writing(db):
        number = _next_number(db, on.year)
        testimony = _insert_testimony(db, number, accession)
        _insert_contributions(db, testimony, accession.description)
        recording = _insert_recording(db, testimony, accession)
        document = _insert_document(db, testimony, accession.document) if accession.document else None
        if accession.transcript is not None:
            store_imported(db, testimony, accession.transcript, recording=recording, document=document)
        for vocabulary, names in _named_terms(accession.description):
            _tag_whole(db, testimony, vocabulary, names)
        if accession.description.consent:
            record_consent(db, testimony, "stated", {"statement": accession.description.consent})
        record_event(db, "accessioned", testimony=testimony, detail=_files(accession))
        refresh_testimony(db, testimony)
    return number


def add_transcript(db: Database, accession: str, document: Original, transcript: Transcript) -> None:
    """Store a transcript that was brought later for a testimony of the archive, and show it to readers."""
    with writing(db):
        testimony, recording = db.execute(
            "select testimonies.id, (select max(recordings.id) from recordings where testimony = testimonies.id) "
            "from testimonies where accession = ?",
            [accession],
        ).fetchone()
        number = _insert_document(db, testimony, document)
        store_imported(db, testimony, transcript, recording=recording, document=number)
        record_event(db, "transcript added", testimony=testimony, detail=document.filename)


def fill_description(db: Database, accession: str, description: Description) -> tuple[str, ...]:
    """Fill what the archive does not know of a testimony yet; return the fields that say something else there."""
    fields = ("title", "recorded_on", "place", "language", "collection", "summary", "label")
    with writing(db):
        row = next(db.query("select * from testimonies where accession = ?", [accession]))
        said = {field: getattr(description, field) for field in fields if getattr(description, field)}
        missing = {field: value for field, value in said.items() if not row[field]}
        if missing:
            db.table("testimonies").update(row["id"], missing)
            record_event(db, "described", testimony=row["id"], detail=", ".join(missing))
            refresh_testimony(db, row["id"])
    return tuple(field for field, value in said.items() if row[field] and row[field] != value)


def _next_number(db: Database, year: int) -> str:
    last = db.execute(
        "select max(cast(substr(accession, 6) as integer)) from testimonies where accession like ?", [f"{year}.%"]
    ).fetchone()[0]
    return f"{year}.{(last or 0) + 1:03}"


def _insert_testimony(db: Database, number: str, accession: Accession) -> int:
    said = accession.description
    original = accession.recording or accession.document
    language = said.language or (accession.transcript.language if accession.transcript else None)
    kind = said.kind or (Kind.INTERVIEW if accession.recording else Kind.ACCOUNT)
    row = {
        "accession": number,
        "title": said.title or (original.filename.rsplit(".", 1)[0] if original else number),
        "kind": kind.value,
        "language": language,
        "recorded_on": said.recorded_on,
        "place": said.place,
        "summary": said.summary,
        "collection": said.collection,
        "label": said.label,
        "sources": "\n".join(said.sources) or None,
        "accessioned_at": now(),
    }
    return insert(db, "testimonies", row)


def _insert_contributions(db: Database, testimony: int, description: Description) -> None:
    people = [(name, "narrator") for name in description.narrators]
    people += [(name, "interviewer") for name in description.interviewers]
    for position, (name, role) in enumerate(people):
        db.execute("insert into narrators (name) values (?) on conflict do nothing", [name])
        db.execute(
            "insert or ignore into contributions (testimony, narrator, role, position) "
            "select ?, id, ?, ? from narrators where name = ?",
            [testimony, role, position, name],
        )


def _insert_recording(db: Database, testimony: int, accession: Accession) -> int | None:
    original = accession.recording
    if original is None:
        return None
    row = _file_row(testimony, original) | {
        "duration": original.duration,
        "state": "waiting" if accession.transcript is None else "transcribed",
    }
    return insert(db, "recordings", row)


def _insert_document(db: Database, testimony: int, original: Original) -> int:
    return insert(db, "documents", _file_row(testimony, original))


def _file_row(testimony: int, original: Original) -> dict[str, object]:
    return {
        "testimony": testimony,
        "sha256": original.sha256,
        "media_type": original.media_type,
        "suffix": original.suffix,
        "bytes": original.bytes,
        "filename": original.filename,
        "remark": original.remark,
        "accessioned_at": now(),
    }


def _named_terms(description: Description) -> tuple[tuple[VocabularyName, tuple[str, ...]], ...]:
    places = (description.place,) if description.place else ()
    return (
        (VocabularyName.PLACE, places),
        (VocabularyName.MOVEMENT, description.movements),
        (VocabularyName.THEME, description.themes),
    )


def _tag_whole(db: Database, testimony: int, vocabulary: VocabularyName, names: tuple[str, ...]) -> None:
    """Tag the testimony as a whole with the terms that were named; a name that no term has creates none."""
    for name in names:
        db.execute(
            "insert or ignore into tags (testimony, term, source, state, vocabulary_version, made_at) "
            "select distinct :testimony, terms.id, 'import', 'confirmed', vocabularies.version, :now "
            "from terms join variants on variants.term = terms.id join vocabularies on vocabularies.name = vocabulary "
            "where vocabulary = :vocabulary and (variants.text = :name collate nocase or slug = :name)",
            {"testimony": testimony, "now": now(), "vocabulary": vocabulary.value, "name": name},
        )


def _files(accession: Accession) -> str:
    originals = [original for original in (accession.recording, accession.document) if original]
    return json.dumps([original.filename for original in originals], ensure_ascii=False)
