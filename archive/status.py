"""What an archive holds and what its testimonies still lack."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from archive.store.tags import versions_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Numbers of an archive; `seconds` is the length of all recordings together."""

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


def read_status(db: Database) -> Status:
    """Count what is there and what is missing."""
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
