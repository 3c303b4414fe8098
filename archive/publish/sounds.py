"""Recordings of an edition: decoded, cut where somebody decided so, encoded anew without a word about their making.

What has been encoded once is kept in `derived/published/` and used again; its name tells nothing and cannot be guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from archive.errors import ArchiveError
from archive.folder import Archive
from archive.media import sha256_of
from archive.publish.edition import Sound
from archive.publish.selection import Selected, select
from archive.redaction import cuts
from archive.redactions import cut_spans, segment_edges

ENCODING = 1  # goes up when what is encoded would become other bytes
FIXED_TIME = 315_532_800  # 1 January 1980: every published file is as old


class Copy(Protocol):
    """What an encoder says of the copy that it wrote; see `ingest/listening_copies.py`."""

    @property
    def duration(self) -> float: ...  # noqa: D102 - seconds
    @property
    def media_type(self) -> str: ...  # noqa: D102
    @property
    def suffix(self) -> str: ...  # noqa: D102
    @property
    def sha256(self) -> str: ...  # noqa: D102
    @property
    def peaks(self) -> bytes: ...  # noqa: D102
    @property
    def bytes(self) -> int: ...  # noqa: D102


class Encode(Protocol):
    """Encodes a recording for publication; `cuts` are seconds that are not heard."""

    def __call__(self, source: Path, target: Path, *, cuts: Sequence[tuple[float, float]], video: bool) -> Copy: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What is done with one recording; `name` stands for all of it, so that what is done anew has a new name."""

    accession: str
    original: Path
    video: bool
    cuts: tuple[tuple[float, float], ...]
    name: str


def treatments(archive: Archive, conn: sqlite3.Connection, testimonies: Iterable[Selected]) -> tuple[Treatment, ...]:
    """Return what is to be done with each recording that may be heard, the one that the text was taken from first."""
    (key,) = conn.execute("select key from publication_key").fetchone()
    return tuple(
        _treatment(archive, conn, selected, key, row)
        for selected in testimonies
        if selected.sound
        for row in conn.execute(_RECORDINGS, {"testimony": selected.number}).fetchall()
    )


def encode_sounds(
    archive: Archive, wanted: Sequence[Treatment], encode: Encode | None, say: Callable[[str], None] = lambda line: None
) -> dict[str, list[Sound]]:
    """Return the recordings of each testimony, by accession number; only what is new is encoded.

    Raises ArchiveError where there is something to encode and nothing to do it with.
    """
    folder = cache(archive)
    folder.mkdir(parents=True, exist_ok=True)
    sounds: dict[str, list[Sound]] = {}
    missing = [one for one in wanted if _kept(folder, one.name) is None]
    if missing and encode is None:
        raise ArchiveError(
            f"{len(missing)} recordings must be encoded for publication: install conricerca[ingest], then run again"
        )
    for number, one in enumerate(missing, 1):
        say(f"{one.accession}: encoding its recording ({number} of {len(missing)})")
        if encode is not None:
            _encode(folder, one, encode)
    for one in wanted:
        sound = _kept(folder, one.name)
        if sound is not None:
            sounds.setdefault(one.accession, []).append(sound)
    return sounds


def place_sounds(archive: Archive, site: Path, sounds: Mapping[str, Sequence[Sound]]) -> None:
    """Put the recordings into the folder of an edition; they take no more room on the disk where it can be helped."""
    for sound in (one for several in sounds.values() for one in several):
        source = cache(archive) / f"{sound.name}{sound.suffix}"
        target = site / "media" / sound.name[:2] / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:  # another disk, or one that knows no links
            shutil.copyfile(source, target)
        os.utime(target, (FIXED_TIME, FIXED_TIME))


def clear_sounds(archive: Archive, kept: Container[str]) -> tuple[Path, ...]:
    """Remove the encoded recordings but these, by name: what was withdrawn lies nowhere. Return what is still there."""
    left = []
    for path in cache(archive).glob("*"):
        if path.name.partition(".")[0] not in kept:
            try:
                path.unlink(missing_ok=True)
            except OSError:
                left.append(path)
    return tuple(left)


def clear_unheard(archive: Archive, conn: sqlite3.Connection, on: date) -> tuple[Path, ...]:
    """Remove the encoded recordings that nobody may hear any more on this day. Return what is still there."""
    if not cache(archive).is_dir():
        return ()
    return clear_sounds(archive, {one.name for one in treatments(archive, conn, select(conn, on).testimonies)})


def cache(archive: Archive) -> Path:
    """Where encoded recordings are kept between editions."""
    return archive.derived / "published"


_RECORDINGS = (
    "select id, sha256, suffix, media_type, duration from recordings where testimony = :testimony "
    "order by id is not (select recording from transcripts join testimonies "
    "on testimonies.transcript = transcripts.id where testimonies.id = :testimony), id"
)


def _treatment(
    archive: Archive, conn: sqlite3.Connection, selected: Selected, key: bytes, row: Sequence[Any]
) -> Treatment:
    recording, sha256, suffix, media_type, duration = row
    video = media_type.startswith("video/") and selected.picture
    silent = cuts(cut_spans(conn, recording), duration=duration, edges=segment_edges(conn, recording))
    said = json.dumps([ENCODING, sha256, video, silent])
    return Treatment(
        accession=selected.accession,
        original=archive.original(sha256, suffix),
        video=video,
        cuts=silent,
        name=hmac.new(key, said.encode(), hashlib.sha256).hexdigest(),
    )


def _kept(folder: Path, name: str) -> Sound | None:
    """Return what was encoded under this name before, if it is whole."""
    note = folder / f"{name}.json"
    if not note.is_file():
        return None
    said = json.loads(note.read_text())
    path = folder / f"{name}{said['suffix']}"
    if not path.is_file() or path.stat().st_size != said["size"] or sha256_of(path) != said.pop("sha256"):
        return None
    return Sound(name=name, **{**said, "peaks": bytes.fromhex(said["peaks"])})


def _check_original(wanted: Treatment) -> None:
    """Raise ArchiveError where the original is not there, or not as it came."""
    there = wanted.original.is_file()
    if not there or sha256_of(wanted.original) != wanted.original.stem:
        why = "was changed" if there else "is missing"
        kept = f"{wanted.original.parent.parent.name}/{wanted.original.parent.name}/{wanted.original.name}"
        raise ArchiveError(
            f"{wanted.accession}: the recording {wanted.original.name[:12]}… {why}: put {kept} back from a backup"
        )


def _encode(folder: Path, wanted: Treatment, encode: Encode) -> None:
    """Encode one recording."""
    made = folder / wanted.name
    _check_original(wanted)
    copy = encode(wanted.original, made, cuts=wanted.cuts, video=wanted.video)
    made.replace(folder / f"{wanted.name}{copy.suffix}")
    _note(folder, wanted, copy)


def _note(folder: Path, wanted: Treatment, copy: Copy) -> None:
    """Note what a copy is; this comes last, so that what is half done does not count."""
    said = {
        "suffix": copy.suffix, "media_type": copy.media_type, "size": copy.bytes, "duration": copy.duration,
        "peaks": copy.peaks.hex(), "sha256": copy.sha256,
    }  # fmt: skip
    part = folder / f"{wanted.name}.part"
    part.write_text(json.dumps(said))
    part.replace(folder / f"{wanted.name}.json")
