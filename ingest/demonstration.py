"""Building the demonstration archive by really running the pipeline: audio, Whisper, spaCy, SQLite."""

from __future__ import annotations

import tarfile
from datetime import date
from pathlib import Path

from archive.demo import ACCOUNTS, MANIFEST, MODEL
from archive.folder import Archive, create_archive
from ingest.accession import Arrival
from ingest.engines.protocol import TranscriptionOptions
from ingest.engines.shaping import recorded_name
from ingest.items import items_of
from ingest.pipeline import Summary, ingest, transcribe
from ingest.reporting import Reporter

LONGEST_PIECE = 10.0  # seconds: the tiny model never heard longer ones


def build_demonstration(folder: Path, *, model: str | None, report: Reporter) -> tuple[Archive, Summary]:
    """Make the demonstration archive, or add what is missing of it; a second run changes nothing.

    Without a model the tiny one of the repository hears the recordings. A model named later hears them again.
    """
    archive = create_archive(folder)
    options = TranscriptionOptions(model=model) if model else tiny_model(archive)
    arrival = Arrival(on=date(2026, 11, 22))  # a fixed day, so that the accession numbers are the same everywhere
    accounts = items_of([ACCOUNTS]).items
    recordings = items_of([], manifest=MANIFEST).items
    summary = ingest(archive, [*accounts, *recordings], arrival=arrival, options=options, report=report)
    if model and (stale := _heard_by_another(archive, model)):
        again = transcribe(archive, options=options, report=report, again=stale)
        summary.transcribed += again.transcribed
        summary.failures += again.failures
    return archive, summary


def tiny_model(archive: Archive) -> TranscriptionOptions:
    """Unpack the tiny model into the archive's derived files, once, and return the options it needs."""
    folder = archive.derived / "tiny-whisper"
    if not (folder / "model.bin").exists():
        part = archive.derived / ".tiny-whisper.part"
        with tarfile.open(MODEL) as packed:
            packed.extractall(part, filter="data")
        (part / "int8").replace(folder)
        part.rmdir()
    return TranscriptionOptions(model=str(folder), longest_piece=LONGEST_PIECE)


def _heard_by_another(archive: Archive, model: str) -> tuple[str, ...]:
    db = archive.read()
    try:
        rows = db.execute(
            "select accession from testimonies join transcripts on transcripts.id = transcript "
            "where transcripts.kind = 'machine' and model <> ? order by accession",
            [recorded_name(model)],
        ).fetchall()
    finally:
        db.close()
    return tuple(row[0] for row in rows)
