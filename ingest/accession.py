"""Accession: one source is examined, read and kept, and becomes a testimony; or nothing of it enters the archive."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from archive.database import writing
from archive.folder import Archive
from archive.media import MEDIA_TYPES, keep_original, sha256_of
from archive.records import Accession, Description, Original
from archive.store.descriptions import fill_description
from archive.store.testimonies import add_recording, add_transcript, find_original, find_unheard, store_accession
from ingest.audio import examine
from ingest.descriptions import describe_head, merge
from ingest.errors import IngestError
from ingest.language import detect_language
from ingest.sources import Source
from transcripts.formats import read_transcript
from transcripts.model import Transcript, TranscriptError


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one source: its accession number, or why it was refused.

    `failure` says what else of it could not be taken in, such as the transcript beside a recording; remarks are for
    the person.
    """

    path: Path
    state: Literal["added", "already", "failed"]
    accession: str | None = None
    remarks: tuple[str, ...] = ()
    failure: str | None = None

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What is needed to take one source in."""

    archive: Archive
    db: Database
    arrival: Arrival
    source: Source
    description: Description


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text as it was found: the file to be kept, what it says, and what its head says of it."""

    document: Original
    transcript: Transcript
    head: Description
    remarks: tuple[str, ...]


def take_in(archive: Archive, db: Database, source: Source, description: Description, arrival: Arrival) -> Outcome:
    """Take one source into the archive. Never raises for what is wrong with the source itself."""
    taking = Taking(archive=archive, db=db, arrival=arrival, source=source, description=description)
    try:
        _refuse_unless_file(source.path)
        digest = sha256_of(source.path)
        known = find_original(db, digest)
        if source.recording is None:
            return _known_text(taking, known) if known else _new_account(taking)
        text, failure = _text_beside(source)
        return _known_recording(taking, known, text, failure) if known else _new_recording(taking, text, failure)
    except (IngestError, TranscriptError) as error:
        return Outcome(path=source.path, state="failed", remarks=(str(error),))
    except UnicodeError:
        return Outcome(path=source.path, state="failed", remarks=("holds characters that no text can hold",))
    except (PermissionError, FileNotFoundError, IsADirectoryError) as error:
        return Outcome(path=source.path, state="failed", remarks=(f"cannot be read: {error.strerror}",))


def _new_account(taking: Taking) -> Outcome:
    """A text without a recording becomes a testimony of its own."""
    path = taking.source.path
    text = _read(path)
    accession = Accession(
        description=_described(taking.description, text),
        document=text.document,
        transcript=text.transcript,
    )
    number = _store(taking, accession)
    return Outcome(path=path, state="added", accession=number, remarks=text.transcript.remarks + text.remarks)


def _new_recording(taking: Taking, text: Text | None, failure: str | None) -> Outcome:
    """A recording becomes a testimony, or joins the one that already has its transcript."""
    path = taking.source.path
    recording = _examined(path, taking.arrival)
    unheard = find_unheard(taking.db, text.document.sha256) if text else None
    if unheard:
        with writing(taking.db):
            add_recording(taking.db, unheard, recording)
            _keep(taking.archive, recording)
        return Outcome(path=path, state="added", accession=unheard, remarks=("joined its transcript",))
    accession = Accession(
        description=_described(taking.description, text) if text else taking.description,
        recording=recording,
        document=text.document if text else None,
        transcript=text.transcript if text else None,
    )
    number = _store(taking, accession)
    remarks = _remarks(recording, accession.transcript)
    return Outcome(path=path, state="added", accession=number, remarks=remarks, failure=failure)


def _known_text(taking: Taking, accession: str) -> Outcome:
    remarks = _fill(taking, accession, taking.description)
    return Outcome(path=taking.source.path, state="already", accession=accession, remarks=remarks)


def _known_recording(taking: Taking, accession: str, text: Text | None, failure: str | None) -> Outcome:
    """The recording is here already: add a transcript that was not, and fill what was not known of it."""
    remarks: tuple[str, ...] = ()
    if text and not find_original(taking.db, text.document.sha256):
        with writing(taking.db):
            add_transcript(taking.db, accession, text.document, text.transcript)
            _keep(taking.archive, text.document)
        remarks = (f"its transcript {text.document.filename} was added",)
    remarks += _fill(taking, accession, taking.description)
    return Outcome(path=taking.source.path, state="already", accession=accession, remarks=remarks, failure=failure)


def _fill(taking: Taking, accession: str, description: Description) -> tuple[str, ...]:
    filled, differing = fill_description(taking.db, accession, description)
    remarks = (f"{', '.join(filled)} noted",) if filled else ()
    return remarks + ((f"the archive's own {', '.join(differing)} kept",) if differing else ())


def _store(taking: Taking, accession: Accession) -> str:
    """Store the testimony and keep its files: both, or nothing of either."""
    with writing(taking.db):
        number = store_accession(taking.db, accession, on=taking.arrival.on)
        for original in (accession.recording, accession.document):
            if original is not None:
                _keep(taking.archive, original)
    return number


def _keep(archive: Archive, original: Original) -> None:
    if keep_original(archive, original.path, original.suffix) != original.sha256:
        raise IngestError("changed while it was being read: wait until nothing writes it, then run again")


def _text_beside(source: Source) -> tuple[Text | None, str | None]:
    """Read the transcript beside a recording; what is wrong with it must not keep the recording out."""
    if source.text is None:
        return None, None
    try:
        _refuse_unless_file(source.text)
        return _read(source.text), None
    except (IngestError, TranscriptError) as error:
        return None, f"{source.text}: the transcript beside {source.path.name}: {error}"
    except OSError as error:
        return None, f"{source.text}: the transcript beside {source.path.name} cannot be read: {error.strerror}"


def _refuse_unless_file(path: Path) -> None:
    """Reading a pipe or a device might never end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise IngestError("is not a regular file: name a recording, an account or a transcript")


def _read(path: Path) -> Text:
    suffix = path.suffix.lower()
    written = read_transcript(path.read_bytes(), suffix)
    document = Original(
        path=path,
        sha256=sha256_of(path),
        bytes=path.stat().st_size,
        media_type=MEDIA_TYPES[suffix],
        suffix=suffix,
        filename=_storable(path.name),
    )
    head, remarks = describe_head(written.head)
    return Text(document=document, transcript=written.transcript, head=head, remarks=remarks)


def _examined(path: Path, arrival: Arrival) -> Original:
    sound = examine(path, accept_truncated=arrival.accept_truncated, on_progress=arrival.on_progress)
    return Original(
        path=path,
        sha256=sha256_of(path),
        bytes=path.stat().st_size,
        media_type=sound.media_type,
        suffix=sound.suffix,
        filename=_storable(path.name),
        duration=sound.duration,
        remark=sound.remark,
        peaks=sound.peaks,
    )


def _storable(name: str) -> str:
    """Return a file name as text; bytes that are no UTF-8 become question marks."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _described(description: Description, text: Text) -> Description:
    """Fill what nobody said with what the text's own head says, and with the language that it is written in."""
    language = text.transcript.language or detect_language(text.transcript.text)
    return merge(merge(description, text.head), Description(language=language))


def _remarks(recording: Original, transcript: Transcript | None) -> tuple[str, ...]:
    remarks = transcript.remarks if transcript else ()
    if recording.remark:
        remarks += (recording.remark,)
    if transcript and not transcript.timed:
        remarks += ("its transcript has no times, so its passages cannot be played one by one",)
    return remarks
