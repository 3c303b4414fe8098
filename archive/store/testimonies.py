"""Accession: a testimony's description and originals enter the archive together, and get their accession number."""

from __future__ import annotations

import json
from datetime import date

from sqlite_utils import Database

from archive.database import insert, writing
from archive.records import Accession, Kind, Original
from archive.store.browsing import refresh_testimony
from archive.store.clock import now
from archive.store.consents import state_consent
from archive.store.descriptions import describe_narrators, insert_contributions, named_terms, tag_whole
from archive.store.events import record_event
from archive.store.transcripts import drop_unfinished, store_imported
from archive.store.waveforms import store_waveform
from transcripts.model import Transcript


def find_original(db: Database, sha256: str) -> str | None:
    """Return the accession number of the testimony that holds this file already, if any does."""
    row = db.execute(
        "select accession from testimonies where id in (select testimony from recordings where sha256 = :sha256 "
        "union select testimony from documents where sha256 = :sha256) order by id",
        {"sha256": sha256},
    ).fetchone()
    return str(row[0]) if row else None


def store_accession(db: Database, accession: Accession, *, on: date) -> str:
    """Store a new testimony with all that came with it; return its accession number, such as `2026.014`."""
    with writing(db):
        number = _next_number(db, on.year)
        testimony = _insert_testimony(db, number, accession)
        insert_contributions(db, testimony, accession.description.narrators, "narrator")
        insert_contributions(db, testimony, accession.description.interviewers, "interviewer")
        describe_narrators(db, testimony, accession.description.described_as)
        recording = _insert_recording(db, testimony, accession.recording, heard=accession.transcript is not None)
        document = _insert_document(db, testimony, accession.document) if accession.document else None
        if accession.transcript is not None:
            store_imported(db, testimony, accession.transcript, recording=recording, document=document)
        for vocabulary, names in named_terms(accession.description):
            tag_whole(db, testimony, vocabulary, names)
        if accession.description.consent:
            state_consent(db, testimony, accession.description.consent)
        record_event(db, "accessioned", testimony=testimony, detail=_files(accession))
        refresh_testimony(db, testimony)
    return number


def find_unheard(db: Database, sha256: str) -> str | None:
    """Return the testimony that has this transcript, and no recording yet."""
    row = db.execute(
        "select accession from documents join testimonies on testimonies.id = testimony where sha256 = ? "
        "and not exists (select 1 from recordings where recordings.testimony = testimonies.id)",
        [sha256],
    ).fetchone()
    return str(row[0]) if row else None


def add_recording(db: Database, accession: str, original: Original) -> None:
    """Store a recording that was brought later for a testimony that has its transcript already."""
    with writing(db):
        testimony, transcript = db.execute(
            "select id, transcript from testimonies where accession = ?", [accession]
        ).fetchone()
        recording = _insert_recording(db, testimony, original, heard=True)
        db.execute("update transcripts set recording = ? where id = ?", [recording, transcript])
        record_event(db, "recording added", testimony=testimony, detail=original.filename)
        refresh_testimony(db, testimony)


def add_transcript(db: Database, accession: str, document: Original, transcript: Transcript) -> None:
    """Store a transcript that was brought later for a testimony of the archive, and show it to readers."""
    with writing(db):
        testimony, recording = db.execute(
            "select testimonies.id, (select max(recordings.id) from recordings where testimony = testimonies.id) "
            "from testimonies where accession = ?",
            [accession],
        ).fetchone()
        drop_unfinished(db, testimony)
        number = _insert_document(db, testimony, document)
        store_imported(db, testimony, transcript, recording=recording, document=number)
        refresh_testimony(db, testimony)
        record_event(db, "transcript added", testimony=testimony, detail=document.filename)


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


def _insert_recording(db: Database, testimony: int, original: Original | None, *, heard: bool) -> int | None:
    if original is None:
        return None
    state = "transcribed" if heard else "waiting"
    row = _file_row(testimony, original) | {"duration": original.duration, "state": state}
    recording = insert(db, "recordings", row)
    if original.peaks:
        store_waveform(db, recording, original.peaks)
    return recording


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


def _files(accession: Accession) -> str:
    originals = [original for original in (accession.recording, accession.document) if original]
    return json.dumps([original.filename for original in originals], ensure_ascii=False)
