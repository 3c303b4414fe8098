"""Small archives, recordings and texts for tests; everything said in them is plainly synthetic."""

from __future__ import annotations

import math
import struct
import tarfile
import wave
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.demo import MODEL
from archive.folder import Archive, create_archive
from archive.records import Accession, Description, Original
from archive.store.testimonies import store_accession
from archive.store.vocabularies import sync_vocabulary
from archive.vocabularies import read_vocabularies
from transcripts.model import Segment, Transcript

TODAY = date(2026, 11, 22)
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
RECORDINGS = Path(__file__).resolve().parents[1] / "archive" / "demo" / "recordings"

VOCABULARIES = {
    "places": """
vocabulary: place
terms:
  - id: scotland
    labels: {en: Scotland, fr: Écosse}
  - id: glasgow
    labels: {en: Glasgow}
    parents: [scotland]
    latitude: 55.86
    longitude: -4.25
  - id: turin
    labels: {en: Turin, it: Torino}
""",
    "movements": """
vocabulary: movement
terms:
  - id: tenants-movement
    labels: {en: Tenants' movement}
    variants: {en: [rent strike, rent strikes]}
""",
    "themes": """
vocabulary: theme
stop_list: {en: [strike a balance]}
terms:
  - id: strike
    labels: {en: Strike, it: Sciopero}
    variants: {en: [strikes, on strike]}
  - id: rent
    labels: {en: Rent}
    variants: {en: [rents]}
""",
}


def an_archive(folder: Path, *, vocabularies: dict[str, str] | None = None) -> Archive:
    """A new archive with three small vocabularies, already in the database."""
    archive = create_archive(folder)
    for name, text in (VOCABULARIES | (vocabularies or {})).items():
        (archive.vocabularies / f"{name}.yml").write_text(text, encoding="utf-8")
    with archive.write() as db:
        for vocabulary in read_vocabularies(archive.vocabularies):
            sync_vocabulary(db, vocabulary)
    return archive


def an_original(name: str = "talk.wav", *, digest: str = "0", duration: float | None = None) -> Original:
    """A file as the store sees it, without the file."""
    suffix = Path(name).suffix
    return Original(
        path=Path(name),
        sha256=digest.rjust(64, "a"),
        bytes=1,
        media_type="audio/wav" if duration else "text/plain",
        suffix=suffix,
        filename=name,
        duration=duration,
    )


def a_testimony(
    db: Database,
    *texts: str,
    title: str = "A talk",
    digest: str = "1",
    description: Description | None = None,
    speakers: Sequence[str | None] = (),
) -> str:
    """An account with these passages; returns its accession number."""
    told = [*speakers, *[None] * (len(texts) - len(speakers))]
    accession = Accession(
        description=description or Description(title=title, language="en"),
        document=an_original("talk.txt", digest=digest),
        transcript=Transcript(segments=tuple(map(_told, texts, told))),
    )
    return store_accession(db, accession, on=TODAY)


def _told(text: str, speaker: str | None) -> Segment:
    return Segment(text=text, speaker=speaker)


def a_recording(db: Database, *, digest: str = "2", seconds: float = 60.0) -> tuple[str, int]:
    """A recording that waits for transcription; returns accession number and row."""
    accession = Accession(
        description=Description(title="A recording"),
        recording=an_original("talk.wav", digest=digest, duration=seconds),
    )
    number = store_accession(db, accession, on=TODAY)
    return number, int(db.execute("select max(id) from recordings").fetchone()[0])


def a_wav(path: Path, *, seconds: float = 1.0, rate: int = 16_000) -> Path:
    """A sound file with a tone of 440 Hz."""
    samples = [int(8000 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(seconds * rate))]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path


@cache
def the_tiny_model(folder: Path) -> Path:
    """The repository's own Whisper model, unpacked."""
    with tarfile.open(MODEL) as packed:
        packed.extractall(folder, filter="data")
    return folder / "int8"


def shared(name: str) -> Path:
    """Sample files beside the checkout, or else the test is skipped."""
    path = SHARED / name
    if not path.exists():
        pytest.skip("the sample files are not beside the checkout")
    return path


def rows(archive: Archive, sql: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
    """What a query says of the archive now."""
    db = archive.read()
    try:
        return list(db.execute(sql, list(parameters)).fetchall())
    finally:
        db.close()


def everything_in(archive: Archive) -> list[list[tuple[object, ...]]]:
    """Everything in the archive but the moments at which it was written."""
    return [
        rows(archive, "select accession, title, kind, language, transcript from testimonies order by accession"),
        rows(archive, "select testimony, sha256, suffix, bytes, duration, state from recordings order by id"),
        rows(archive, "select testimony, sha256, suffix from documents order by id"),
        rows(archive, "select testimony, kind, engine, model, language, state, sha256, tagged_with from transcripts"),
        rows(archive, 'select position, start, "end", text, confidence from segments order by transcript, position'),
        rows(archive, "select words from word_timings order by segment"),
        rows(archive, "select testimony, position, text, places, movements, themes from passages order by 1, 2"),
        rows(archive, "select term, start_char, end_char, source, state from tags order by segment, term, 2"),
        rows(archive, "select * from catalogue order by id"),
        rows(archive, "select * from term_counts order by term"),
        [(path.relative_to(archive.path).as_posix(),) for path in sorted(archive.media.rglob("*"))],
    ]
