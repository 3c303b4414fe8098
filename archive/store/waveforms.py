"""Waveforms: the outline of each recording's sound, one byte for each of its equal stretches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from archive.database import writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Undrawn:
    """A recording that has no waveform; `duration` in seconds."""

    recording: int
    accession: str
    sha256: str
    suffix: str
    filename: str
    duration: float


def store_waveform(db: Database, recording: int, peaks: bytes) -> None:
    """Store the waveform of a recording in place of any that it had."""
    with writing(db):
        db.execute("insert or replace into waveforms (recording, peaks) values (?, ?)", [recording, peaks])


def recordings_without_waveform(db: Database) -> Iterator[Undrawn]:
    """Yield the recordings that came before waveforms were drawn, or whose waveform could not be."""
    rows = db.query(
        "select recordings.id as recording, accession, sha256, suffix, filename, duration from recordings "
        "join testimonies on testimonies.id = testimony "
        "where not exists (select 1 from waveforms where waveforms.recording = recordings.id) "
        "order by accession, recordings.id"
    )
    return (Undrawn(**row) for row in list(rows))
