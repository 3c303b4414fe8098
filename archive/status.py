"""What an archive holds and what its testimonies still lack."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date

from sqlite_utils import Database

from archive.folder import Archive
from archive.publish.overdue import overdue_lines
from archive.store.tags import versions_label
from transcripts.timecode import format_timecode


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Numbers of an archive; `seconds` is the length of all recordings together.

    `still_public`: what the site shows and may not show any more, in words.
    """

    testimonies: int
    recordings: int
    seconds: float
    passages: int
    terms: int
    tags: int
    waiting: tuple[str, ...]
    failed: tuple[str, ...]
    untagged: int
    in_doubt: int
    still_public: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The numbers for a terminal, with the command that does what is still to be done."""
        lines = [
            f"testimonies  {self.testimonies:>8,}",
            f"passages     {self.passages:>8,}",
            f"tags         {self.tags:>8,}  (vocabularies of {self.terms:,} terms)",
            f"recordings   {self.recordings:>8,}  ({format_timecode(self.seconds, hours=True)} h:mm:ss)",
        ]
        for state, recordings in (("waiting for transcription", self.waiting), ("not transcribed", self.failed)):
            if recordings:
                lines += [f"{state}: {len(recordings)} ('conricerca transcribe')", *(f"  {one}" for one in recordings)]
        if self.untagged:
            lines.append(f"waiting for tags of the present vocabularies: {self.untagged} ('conricerca tag')")
        if self.in_doubt:
            lines.append(f"tags in doubt, because two terms claim the same words: {self.in_doubt}")
        lines += self.still_public
        return tuple(lines)


def read_status(archive: Archive, on: date) -> Status:
    """Count what is there and what is missing on this day."""
    with closing(archive.read()) as db:
        return replace(_count(db), still_public=tuple(overdue_lines(archive, on)))


def _count(db: Database) -> Status:
    return Status(
        testimonies=_number(db, "select count(*) from testimonies"),
        recordings=_number(db, "select count(*) from recordings"),
        seconds=float(db.execute("select coalesce(sum(duration), 0) from recordings").fetchone()[0]),
        passages=_number(db, "select count(*) from passages"),
        terms=_number(db, "select count(*) from terms where not retired"),
        tags=_number(db, "select count(*) from counted_tags"),
        waiting=_recordings(db, "waiting"),
        failed=_recordings(db, "failed"),
        untagged=_number(
            db,
            "select count(*) from testimonies join transcripts on transcripts.id = transcript "
            "where tagged_with is not ?",
            versions_label(db),
        ),
        in_doubt=_number(db, "select count(*) from tags where needs_review and state = 'suggested'"),
    )


def _number(db: Database, sql: str, *parameters: str) -> int:
    return int(db.execute(sql, list(parameters)).fetchone()[0])


def _recordings(db: Database, state: str) -> tuple[str, ...]:
    rows = db.execute(
        "select accession || ' ' || filename || coalesce(': ' || recordings.remark, '') from recordings "
        "join testimonies on testimonies.id = testimony where state = ? order by accession",
        [state],
    )
    return tuple(row[0] for row in rows)
