"""How long publishing takes, and how much memory, for a large archive; and whether a rebuild encodes anything again.

    python -m bench.publish                                  5,000 testimonies, 1,000,000 passages
    python -m bench.publish --testimonies 200 --passages 40000 --keep /tmp/archive

Every twentieth testimony is withheld. The archive is published whole, with every check; then one testimony is withdrawn
and it is published again. Copying the same file with `VACUUM INTO`, which leaks, stands beside it as the raw limit.
Exits 1 if publishing takes longer than three minutes or more than 1 GB.
"""

from __future__ import annotations

import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from archive.access import may
from archive.consent import Artefact, Attribution, Audience, Event, Happening, Use
from archive.consents import read_standing, read_standings
from archive.folder import Archive
from archive.publish.publishing import Wishes, publish
from archive.publish.report import Report
from archive.store.consents import record_consent
from bench.archives import an_archive_to_measure
from bench.browse import build

MOST_SECONDS, MOST_MEMORY = 180.0, 1e9  # bytes
WITHHELD = 20  # every so many
QUESTIONS = 20_000  # for the gate
MOST_MICROSECONDS = 20.0


def main() -> int:
    """Publish, withdraw, publish again; print what each took."""
    with an_archive_to_measure(__doc__, build, testimonies=5000, passages=1_000_000) as archive:
        agree(archive)
        limit = _timed(lambda: _vacuum_into(archive))
        print(f"\n{'':<40}{'seconds':>9}")
        first, report = _published(archive)
        print(f"{'publish, with every check':<40}{first:9.1f}   {len(report.contents):,} testimonies")
        print(f"{'VACUUM INTO, which leaks':<40}{limit:9.1f}   {first / limit:.1f} times")
        with archive.write() as db:
            gone = next(iter(report.contents))
            (number,) = db.execute("select id from testimonies where accession = ?", [gone]).fetchone()
            record_consent(db, number, Event(happening=Happening.WITHDRAWN, on=datetime.now(UTC).date()))
        again, after = _published(archive)
        print(f"{'again, with one testimony withdrawn':<40}{again:9.1f}   removed {', '.join(after.removed)}")
    memory = 1024 * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    together = 1024 * sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"\npeak memory {memory / 1e6:,.0f} MB in one process, {together / 1e6:,.0f} MB in both (at most 1,000)")
    asked = gate(archive)
    print(f"may(): {asked:.1f} microseconds (at most {MOST_MICROSECONDS:.0f})")
    return int(max(first, again) > MOST_SECONDS or together > MOST_MEMORY or asked > MOST_MICROSECONDS)


def agree(archive: Archive) -> None:
    """Let all but every twentieth agree to everything, where nobody has decided anything yet."""
    today = datetime.now(UTC).date()
    granted = Event(
        happening=Happening.GRANTED, on=today, artefacts=frozenset(Artefact), uses=frozenset(Use),
        audience=Audience.PUBLIC, attribution=Attribution.NAME,
    )  # fmt: skip
    with archive.write() as db:
        if db.execute("select count(*) from consents").fetchone()[0]:
            return
        db.execute("begin")
        for number, standing in read_standings(db.conn).items():
            if number % WITHHELD:
                record_consent(db, number, granted)
                approved = Event(happening=Happening.REVIEW_APPROVED, on=today, revision=standing.revision)
                record_consent(db, number, approved)
        # made of the same syllables as the text, the others' names would stand in it by chance
        db.execute(
            "update narrators set name = 'Nobody ' || id where id not in (select narrator from contributions "
            "where testimony % ?)",
            [WITHHELD],
        )
        db.execute("commit")


def gate(archive: Archive) -> float:
    """Return how many microseconds the gate takes for one answer."""
    today = datetime.now(UTC).date()
    with closing(archive.read()) as db:
        (accession,) = db.execute("select accession from testimonies order by id desc limit 1").fetchone()
        standing = read_standing(db.conn, accession)
    began = time.perf_counter()
    for _ in range(QUESTIONS):
        may(Use.READ, Artefact.TRANSCRIPT, Audience.PUBLIC, standing, today)
    return (time.perf_counter() - began) / QUESTIONS * 1e6


def _published(archive: Archive) -> tuple[float, Report]:
    began = time.perf_counter()
    report = publish(
        archive,
        Wishes(on=datetime.now(UTC).date()),
        lambda line: print(f"  {time.perf_counter() - began:6.1f} s  {line}"),
    )
    return time.perf_counter() - began, report


def _vacuum_into(archive: Archive) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(archive.database)) as conn:
        conn.isolation_level = None
        conn.execute("vacuum into ?", [str(Path(folder) / "copy.db")])


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
