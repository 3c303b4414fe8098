"""Transcripts: imported whole, or stored piece by piece while the machine listens; complete ones never change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlite_utils import Database

from archive.access import may
from archive.consent import Artefact, Audience, Use
from archive.consents import read_standing
from archive.database import insert, writing
from archive.errors import UnknownTestimony
from archive.searchable import searchable
from archive.standing import Standing
from archive.store.browsing import refresh_testimony
from archive.store.clock import now
from archive.store.events import record_event
from transcripts.model import Segment, Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """A transcript in the making: its row, the second heard so far, and the language once it is known."""

    transcript: int
    heard_until: float
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A recording that has no complete transcript; `duration` in seconds."""

    recording: int
    accession: str
    sha256: str
    suffix: str
    filename: str
    duration: float
    language: str | None


def waiting_recordings(db: Database, *, again: Sequence[str] = ()) -> tuple[Waiting, ...]:
    """Return the recordings still to be transcribed, and those of the testimonies that are to be heard again.

    Raises UnknownTestimony.
    """
    known = {row[0] for row in db.execute("select accession from testimonies")}
    for accession in again:
        if accession not in known:
            raise UnknownTestimony(accession)
    rows = db.query(
        "select recordings.id as recording, accession, sha256, suffix, filename, duration, language from recordings "
        "join testimonies on testimonies.id = testimony where state <> 'transcribed' "
        "or exists (select 1 from transcripts where recording = recordings.id and state = 'running') "
        "or accession in (select value from json_each(:again)) order by accession, recordings.id",
        {"again": json.dumps(list(again))},
    )
    return tuple(Waiting(**row) for row in rows)


def store_imported(
    db: Database, testimony: int, transcript: Transcript, *, recording: int | None, document: int | None
) -> int:
    """Store a transcript or account that came from elsewhere, and make it the one that readers see.

    Whoever calls this refreshes the testimony when all of it is there.
    """
    with writing(db):
        row = {
            "testimony": testimony,
            "recording": recording,
            "document": document,
            "kind": "imported",
            "language": transcript.language,
            "state": "running",
            "remark": "; ".join(transcript.remarks) or None,
            "made_at": now(),
        }
        number = insert(db, "transcripts", row)
        _insert_segments(db, number, transcript.segments)
        _complete(db, number)
    return number


def begin_listening(
    db: Database, recording: int, *, engine: str, model: str, options: Mapping[str, object]
) -> Listening:
    """Begin a machine transcript, or take up the one that the same engine, model and options left unfinished.

    One that other options left unfinished is dropped: nobody has seen it.
    """
    wanted = json.dumps(options, sort_keys=True)
    with writing(db):
        for row in db.query("select * from transcripts where recording = ? and state = 'running'", [recording]):
            if (row["engine"], row["model"], row["options"]) == (engine, model, wanted):
                return Listening(transcript=row["id"], heard_until=row["heard_until"], language=row["language"])
            _drop(db, row["id"])
        testimony, parent = db.execute(
            "select testimonies.id, transcript from testimonies join recordings "
            "on recordings.testimony = testimonies.id where recordings.id = ?",
            [recording],
        ).fetchone()
        row = {
            "testimony": testimony,
            "recording": recording,
            "parent": parent,
            "kind": "machine",
            "engine": engine,
            "model": model,
            "options": wanted,
            "state": "running",
            "made_at": now(),
        }
        number = insert(db, "transcripts", row)
    return Listening(transcript=number, heard_until=0.0, language=None)


def store_heard(
    db: Database, transcript: int, segments: Sequence[Segment], *, until: float, language: str | None
) -> None:
    """Store what was just heard together with the second up to which the recording has been heard."""
    with writing(db):
        _insert_segments(db, transcript, segments)
        db.table("transcripts").update(transcript, {"heard_until": until, "language": language})


def complete_listening(db: Database, transcript: int) -> None:
    """Close a machine transcript and show it to readers."""
    with writing(db):
        _complete(db, transcript)
        testimony = db.execute("select testimony from transcripts where id = ?", [transcript]).fetchone()[0]
        refresh_testimony(db, testimony)
        record_event(db, "transcribed", testimony=testimony)


def mark_failed(db: Database, recording: int, reason: str) -> None:
    """Remember that a recording could not be transcribed, and why; it is tried again when asked for."""
    with writing(db):
        db.table("recordings").update(recording, {"state": "failed", "remark": reason})


def _insert_segments(db: Database, transcript: int, segments: Iterable[Segment]) -> None:
    first = db.execute("select count(*) from segments where transcript = ?", [transcript]).fetchone()[0]
    for position, segment in enumerate(segments, first):
        row = {
            "transcript": transcript,
            "position": position,
            "start": segment.start,
            "end": segment.end,
            "speaker": segment.speaker,
            "text": segment.text,
            "confidence": segment.confidence,
        }
        number = _insert_segment(db, row)
        if segment.words:
            words = [[word.start, word.end, word.text, word.probability] for word in segment.words]
            db.execute(
                "insert into word_timings (segment, words) values (?, ?)",
                [number, json.dumps(words, ensure_ascii=False, separators=(",", ":"))],
            )


def _insert_segment(db: Database, row: Mapping[str, object]) -> int:
    """Insert without sqlite-utils' inspection of the table, which costs more than the insert itself."""
    cursor = db.execute(
        'insert into segments (transcript, position, start, "end", speaker, text, confidence) '
        "values (:transcript, :position, :start, :end, :speaker, :text, :confidence)",
        dict(row),
    )
    return int(cursor.lastrowid or 0)


def _complete(db: Database, transcript: int) -> None:
    """Seal the transcript, make it the one that readers see, and fill the passages from it."""
    row = next(db.query("select * from transcripts where id = ?", [transcript]))
    digest = hashlib.sha256()
    for text, start in db.execute(
        "select text, start from segments where transcript = ? order by position", [transcript]
    ):
        digest.update(f"{start}\t{text}\n".encode())
    db.table("transcripts").update(transcript, {"state": "complete", "sha256": digest.hexdigest()})
    db.execute(
        "update testimonies set transcript = ?, language = coalesce(language, ?) where id = ?",
        [transcript, row["language"], row["testimony"]],
    )
    if row["recording"]:
        db.execute("update recordings set state = 'transcribed' where id = ?", [row["recording"]])
    show_transcript(db, row["testimony"], transcript)


def assign_narrators(db: Database, testimony: int) -> None:
    """Say again whose words each passage is, after narrators have become known; call inside a write transaction."""
    rows = db.execute(
        "select passages.id, speaker, segments.narrator from passages join segments on segments.id = passages.id "
        "where testimony = ?",
        [testimony],
    ).fetchall()
    names = _narrators(db, testimony)
    only = next(iter(names.values())) if len(names) == 1 and not any(speaker for _, speaker, _ in rows) else None
    db.conn.executemany(
        "update passages set narrator = ? where id = ?",
        [(kept or _narrator(speaker, names, only), number) for number, speaker, kept in rows],
    )


def keep_speaker(db: Database, testimony: int, narrator: int) -> None:
    """Note in each transcript which words are this narrator's, before they get another name than its labels have.

    Call inside a write transaction.
    """
    (name,) = db.execute("select name from narrators where id = ?", [narrator]).fetchone()
    rows = db.execute(
        "select segments.id, speaker from segments join transcripts on transcripts.id = transcript "
        "where testimony = ? and speaker is not null and segments.narrator is null",
        [testimony],
    ).fetchall()
    tells = _narrators(db, testimony).get(name.lower()) == narrator
    db.conn.executemany(
        "update segments set narrator = ? where id = ?",
        [(narrator, number) for number, speaker in rows if tells and speaker.lower() == name.lower()],
    )


def drop_unfinished(db: Database, testimony: int) -> None:
    """Forget what a machine had begun to write: a person's transcript has come; call inside a write transaction."""
    for (number,) in db.execute(
        "select id from transcripts where testimony = ? and state = 'running'", [testimony]
    ).fetchall():
        _drop(db, number)


def show_transcript(db: Database, testimony: int, transcript: int) -> None:
    """Let readers meet the segments of this transcript, in place of those of an earlier revision.

    What the team may not read is in no passage, so that nothing that is searched has it; the transcript itself stays
    where it is kept. Call inside a write transaction.
    """
    db.execute("delete from passages where testimony = ?", [testimony])
    accession, language = db.execute(
        "select accession, coalesce(transcripts.language, testimonies.language) from transcripts "
        "join testimonies on testimonies.id = testimony where transcripts.id = ?",
        [transcript],
    ).fetchone()
    names = _narrators(db, testimony)
    only = next(iter(names.values())) if len(names) == 1 else None
    rows = db.execute(
        'select id, position, start, "end", speaker, text, narrator from segments '
        "where transcript = ? order by position",
        [transcript],
    ).fetchall()
    speakers = {row[4] for row in rows if row[4]}
    told = [row[6] or _narrator(row[4], names, None if speakers else only) for row in rows]
    shown = _readable(read_standing(db.conn, accession), told)
    db.conn.executemany(
        'insert into passages (id, testimony, position, start, "end", narrator, language, text, spaced) '
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (number, testimony, position, start, end, narrator, language, text, searchable(text))
            for (number, position, start, end, _, text, _), narrator in zip(rows, told, strict=True)
            if narrator in shown
        ],
    )


def _readable(testimony: Standing, narrators: Iterable[int | None]) -> set[int | None]:
    """Return those of these narrators whose words the team may read; None stands for words of nobody known."""
    today = datetime.now(UTC).date()
    return {
        narrator
        for narrator in set(narrators)
        if may(Use.READ, Artefact.TRANSCRIPT, Audience.TEAM, testimony.of(narrator), today)
    }


def _narrators(db: Database, testimony: int) -> dict[str, int]:
    rows = db.execute(
        "select name, narrators.id from narrators join contributions on narrator = narrators.id "
        "where testimony = ? and role = 'narrator'",
        [testimony],
    )
    return {name.lower(): number for name, number in rows.fetchall()}


def _narrator(speaker: str | None, names: Mapping[str, int], otherwise: int | None) -> int | None:
    """Whose words these are, where the source's label is a narrator's own name; a label is never guessed."""
    return names.get(speaker.lower()) if speaker else otherwise


def _drop(db: Database, transcript: int) -> None:
    db.execute("delete from segments where transcript = ?", [transcript])
    db.execute("delete from transcripts where id = ?", [transcript])
