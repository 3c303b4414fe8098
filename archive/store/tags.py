"""Tags: terms found in segments, kept with their source, state and the vocabulary's version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from archive.database import writing
from archive.records import Tag
from archive.store.browsing import refresh_testimony
from archive.store.clock import now
from archive.store.vocabularies import versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Untagged:
    """A transcript that has not been read with the present vocabularies."""

    transcript: int
    testimony: int
    accession: str
    language: str | None


def untagged(db: Database, *, again: bool = False) -> Iterator[Untagged]:
    """Yield the transcripts that readers see and that still lack tags of the present vocabularies; `again`: all."""
    rows = db.query(
        "select transcripts.id, testimonies.id as testimony, accession, "
        "coalesce(transcripts.language, testimonies.language) as language "
        "from testimonies join transcripts on transcripts.id = testimonies.transcript "
        "where :again or tagged_with is not :versions order by accession",
        {"again": again, "versions": versions_label(db)},
    )
    for row in list(rows):
        yield Untagged(
            transcript=row["id"], testimony=row["testimony"], accession=row["accession"], language=row["language"]
        )


def segment_texts(db: Database, transcript: int) -> tuple[tuple[int, str], ...]:
    """Return number and text of each segment, in order."""
    rows = db.execute("select id, text from segments where transcript = ? order by position", [transcript])
    return tuple(rows.fetchall())


def store_tags(
    db: Database, item: Untagged, found: Mapping[int, Sequence[Tag]], *, tagger: str, source: str = "rule"
) -> None:
    """Store the tags of each segment, in place of this source's earlier ones that nobody has confirmed or rejected."""
    version = dict(db.execute("select terms.id, version from terms join vocabularies on name = vocabulary").fetchall())
    at = now()
    with writing(db):
        db.execute(
            "delete from tags where source = ? and state = 'suggested' and testimony = ? and segment is not null",
            [source, item.testimony],
        )
        db.conn.executemany(
            "insert or ignore into tags (testimony, segment, term, start_char, end_char, source, state, needs_review, "
            "vocabulary_version, tagger, made_at) values (?, ?, ?, ?, ?, ?, 'suggested', ?, ?, ?, ?)",
            [
                (
                    *(item.testimony, segment, tag.term, tag.start, tag.end, source, int(tag.needs_review)),
                    *(version[tag.term], tagger, at),
                )
                for segment, tags in found.items()
                for tag in tags
            ],
        )
        if source == "rule":
            db.execute("update transcripts set tagged_with = ? where id = ?", [versions_label(db), item.transcript])
        refresh_testimony(db, item.testimony)


def versions_label(db: Database) -> str:
    """Return the vocabularies' versions in one string, such as `place 3, movement 1, theme 2`."""
    return ", ".join(f"{name} {version}" for name, version in sorted(versions(db).items()))
