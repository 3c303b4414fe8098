"""Withdrawing a testimony from everywhere that it has reached, and saying honestly what cannot be called back."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date

from archive.consent import Event, Happening
from archive.consents import read_standing
from archive.declaring import declare
from archive.errors import ArchiveError, mendable
from archive.folder import Archive
from archive.publish.edition import open_edition
from archive.publish.ledger import read_editions
from archive.publish.publishing import NotPublished, Say, Wishes, check_names_known, publish
from archive.publish.report import Report
from archive.publish.site import DATABASE, current, take_down


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a testimony has been: days on which editions had it, what they had, and who quotes it.

    `parts` are those of the last edition that had it. `shown`: whether it stands on the site now.
    """

    accession: str
    title: str
    editions: tuple[str, ...]
    parts: tuple[str, ...]
    histories: tuple[str, ...]
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What was done: the report of the new edition, or None where the whole site was taken down, and `faults` why."""

    reach: Reach
    narrator: str | None
    on: date
    report: Report | None
    faults: tuple[str, ...] = ()


def reach_of(archive: Archive, accession: str) -> Reach:
    """Return where a testimony has been. Raises UnknownTestimony."""
    with closing(archive.read()) as db:
        read_standing(db.conn, accession)
        had = [edition for edition in read_editions(db.conn) if accession in edition.contents]
        (title,) = db.execute("select title from testimonies where accession = ?", [accession]).fetchone()
        parts = had[-1].contents[accession] if had else {}
        return Reach(
            accession=accession,
            title=title,
            editions=tuple(edition.at[:10] for edition in had),
            parts=("entry", *(name for name in ("passages", "sound", "picture", "summary") if parts.get(name)))
            if had
            else (),
            histories=_histories(db.conn, accession),
            shown=_is_shown(archive, accession),
        )


def withdraw(
    archive: Archive, accession: str, wishes: Wishes, *, narrator: str | None, note: str | None, say: Say
) -> Withdrawn:
    """Record that consent is withdrawn, and publish without it.

    Where no edition can be built, the whole site is taken down instead: it would go on showing what was withdrawn.
    Raises what `declare` raises, and NamesUnknown, with nothing done.
    """
    reach = reach_of(archive, accession)
    if reach.shown:
        check_names_known(archive, wishes)
    with archive.write() as db:
        event = Event(happening=Happening.WITHDRAWN, on=wishes.on)
        declare(db, accession, event, narrator=narrator, note=note, today=wishes.on)
    report: Report | None = None
    faults: Sequence[str] = ()
    if reach.shown:
        try:
            report = publish(archive, wishes, say)
        except NotPublished as error:
            faults = error.faults
        except ArchiveError as error:
            faults = [str(error)]
        except (OSError, sqlite3.DatabaseError) as error:
            faults = [mendable(error) or str(error)]
        finally:
            if report is None:  # whatever it was, also an interruption: it must not be seen any longer
                take_down(archive)
    return Withdrawn(reach=reach, narrator=narrator, on=wishes.on, report=report, faults=tuple(faults))


def _is_shown(archive: Archive, accession: str) -> bool:
    """Whether it stands on the site, as the site itself says, not the ledger; one that cannot be read may show it."""
    site = current(archive)
    if site is None:
        return False
    try:
        with closing(open_edition(site / DATABASE)) as edition:
            row = edition.execute("select 1 from testimonies where accession = ?", [accession]).fetchone()
            return row is not None
    except sqlite3.DatabaseError:
        return True


def _histories(conn: sqlite3.Connection, accession: str) -> tuple[str, ...]:
    """Return the counter-histories that quote it."""
    rows = conn.execute(
        "select distinct histories.title from citations join histories on histories.id = history "
        "join testimonies on testimonies.id = citations.testimony where accession = ? order by 1",
        [accession],
    )
    return tuple(title for (title,) in rows)
