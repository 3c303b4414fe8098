"""Accession: one source is examined, read and kept, and becomes a testimony; or nothing of it enters the archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from archive.folder import Archive
from archive.media import MEDIA_TYPES, keep_original, sha256_of
from archive.records import Accession, Description, Original
from archive.store.testimonies import add_transcript, fill_description, find_original, store_accession
from ingest.audio import examine
from ingest.descriptions import describe, merge
from ingest.errors import IngestError
from ingest.language import detect_language
from ingest.sources import Source
from transcripts.formats import Written, read_transcript
from transcripts.model import Transcript, TranscriptError


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one source: its accession number, or why it was refused; remarks are for the person."""

    path: Path
    state: Literal["added", "already", "failed"]
    accession: str | None = None
    remarks: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The outcome in one line."""
        verdict = {
            "added": f"{self.accession}",
            "already": f"already in the archive as {self.accession}",
            "failed": "refused",
        }
        return ": ".join([str(self.path), verdict[self.state], *self.remarks])


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How sources are taken in: on which day, truncated ones too or not, and who hears how far an examination is."""

    on: date
    accept_truncated: bool = False
    on_progress: Callable[[float], None] | None = None


def take_in(archive: Archive, db: Database, source: Source, description: Description, arrival: Arrival) -> Outcome:
    """Take one source into the archive. Never raises for what is wrong with the source itself."""
    try:
        known = find_original(db, sha256_of(source.path))
        if known:
            return _known(archive, db, source, description, known)
        return _new(archive, db, source, description, arrival)
    except (IngestError, TranscriptError) as error:
        return Outcome(path=source.path, state="failed", remarks=(str(error),))
    except (PermissionError, FileNotFoundError, IsADirectoryError) as error:
        return Outcome(path=source.path, state="failed", remarks=(f"cannot be read: {error.strerror}",))


def _known(archive: Archive, db: Database, source: Source, description: Description, accession: str) -> Outcome:
    """The file is here already: fill what was not known of it, and add a transcript that was not here."""
    remarks: tuple[str, ...] = ()
    if source.recording and source.text and not find_original(db, sha256_of(source.text)):
        written = _read_beside(source.text)
        add_transcript(db, accession, _keep_text(archive, source.text), written.transcript)
        remarks += (f"its transcript {source.text.name} was added",)
    differing = fill_description(db, accession, description)
    if differing:
        remarks += (f"the archive's own {', '.join(differing)} was kept",)
    return Outcome(path=source.path, state="already", accession=accession, remarks=remarks)


def _new(archive: Archive, db: Database, source: Source, description: Description, arrival: Arrival) -> Outcome:
    written = _read(source)
    if written:
        description = merge(merge(description, describe(written.head)), _language_of(written))
    recording = _keep_recording(archive, source.recording, arrival) if source.recording else None
    document = _keep_text(archive, source.text) if source.text else None
    transcript = written.transcript if written else None
    accession = Accession(description=description, recording=recording, document=document, transcript=transcript)
    number = store_accession(db, accession, on=arrival.on)
    return Outcome(path=source.path, state="added", accession=number, remarks=_remarks(recording, transcript))


def _read_beside(path: Path) -> Written:
    """Read the transcript that lies beside a recording; an error must say that it is not the recording's."""
    try:
        return read_transcript(path.read_bytes(), path.suffix.lower())
    except TranscriptError as error:
        raise IngestError(f"its transcript {path.name}: {error}") from error


def _read(source: Source) -> Written | None:
    if source.text is None:
        return None
    if source.recording is not None:
        return _read_beside(source.text)
    return read_transcript(source.text.read_bytes(), source.text.suffix.lower())


def _language_of(written: Written) -> Description:
    """The language that the text says, or else the one that it is written in."""
    return Description(language=written.transcript.language or detect_language(written.transcript.text))


def _keep_recording(archive: Archive, path: Path, arrival: Arrival) -> Original:
    sound = examine(path, accept_truncated=arrival.accept_truncated, on_progress=arrival.on_progress)
    return Original(
        path=path,
        sha256=keep_original(archive, path, sound.suffix),
        bytes=path.stat().st_size,
        media_type=sound.media_type,
        suffix=sound.suffix,
        filename=path.name,
        duration=sound.duration,
        remark=sound.remark,
    )


def _keep_text(archive: Archive, path: Path) -> Original:
    suffix = path.suffix.lower()
    return Original(
        path=path,
        sha256=keep_original(archive, path, suffix),
        bytes=path.stat().st_size,
        media_type=MEDIA_TYPES[suffix],
        suffix=suffix,
        filename=path.name,
    )


def _remarks(recording: Original | None, transcript: Transcript | None) -> tuple[str, ...]:
    remarks = transcript.remarks if transcript else ()
    if recording and recording.remark:
        remarks += (recording.remark,)
    if recording and transcript and not transcript.timed:
        remarks += ("its transcript has no times, so its passages cannot be played one by one",)
    return remarks
