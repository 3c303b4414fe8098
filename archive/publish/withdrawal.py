"""Withdrawing a testimony from everywhere that it has reached, and saying honestly what cannot be called back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date

from sqlite_utils import Database

from archive.consents import read_standing
from archive.declaring import CannotBeDeclared
from archive.errors import ArchiveBusy, ArchiveError, mendable
from archive.folder import Archive
from archive.publish.closing import (
    Begun,
    begin,
    begin_unpublishing,
    end,
    end_unpublishing,
    is_noted,
    last_event,
)
from archive.publish.ledger import read_editions
from archive.publish.publishing import NotPublished, Say, Wishes, publish
from archive.publish.recording import record_withdrawal
from archive.publish.report import Report
from archive.publish.site import close, public, remove_others, shown
from archive.publish.sounds import clear_unheard

PATIENCE = 30  # seconds that a withdrawal waits for others who write


class NotRecorded(ArchiveError):
    """Nobody sees the testimony on the site, but its withdrawal is not in the record of consent yet."""

    def __init__(self, accession: str, why: str) -> None:
        super().__init__(
            f"the public site shows nothing of {accession} any more, but the withdrawal could not be recorded: {why}. "
            f"Mend that, then run 'conricerca withdraw {accession}' again; until then a site that has it stays closed"
        )
        self.accession = accession


class StillShown(ArchiveError):
    """The site cannot be closed, so that it goes on showing what is withdrawn."""

    def __init__(self, accession: str, why: str) -> None:
        super().__init__(
            f"{accession} is still public and nothing was recorded ({why}): stop 'conricerca serve --public', or have "
            "somebody who may write there run 'conricerca unpublish'; then run 'conricerca withdraw' again"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a testimony has been: days of the editions that had it, what they had, and who quotes it.

    `parts` are those of the last edition that had it. `shown`: whether it stands on the site now. `tellers`: how many
    tell in it.
    """

    accession: str
    title: str
    editions: tuple[str, ...]
    parts: tuple[str, ...]
    histories: tuple[str, ...]
    shown: bool
    tellers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What was done: the report of the new edition, or None where the whole site was taken down, and `faults` why.

    `partial`: whether others who tell in it have not withdrawn.
    """

    reach: Reach
    narrator: str | None
    partial: bool
    on: date
    report: Report | None
    faults: tuple[str, ...] = ()


def reach_of(archive: Archive, accession: str) -> Reach:
    """Return where a testimony has been. Raises UnknownTestimony."""
    with closing(archive.read()) as db:
        standing = read_standing(db.conn, accession)
        had = [edition for edition in read_editions(db.conn) if accession in edition.contents]
        (title,) = db.execute("select title from testimonies where accession = ?", [accession]).fetchone()
        parts = had[-1].contents[accession] if had else {}
        days = {edition.name: edition.at[:10] for edition in reversed(had)}  # what is published again is the same
        return Reach(
            accession=accession,
            title=title,
            editions=tuple(sorted(days.values())),
            parts=("entry", *(name for name in ("passages", "sound", "picture", "summary") if parts.get(name)))
            if had
            else (),
            histories=_histories(db.conn, accession),
            shown=is_shown(archive, accession),
            tellers=len(standing.voices),
        )


def withdraw(
    archive: Archive, accession: str, wishes: Wishes, *, narrator: str | None, note: str | None, say: Say
) -> Withdrawn:
    """Let nobody see it, record that consent is withdrawn, and publish without it.

    Where no edition can be built, the site stays closed: it would go on showing what was withdrawn. From the first
    step on, whatever breaks off, nobody sees it, and the next run finishes it.
    Raises UnknownTestimony and CannotBeDeclared with nothing done, and NotRecorded.
    """
    reach = reach_of(archive, accession)
    withdrawal = _withdrawal(archive, accession, narrator, wishes.on)
    hide(archive, withdrawal, shown=reach.shown)
    try:
        with alone(archive, say) as db:
            standing = record_withdrawal(db, withdrawal, wishes.on, note)
            wanted = reach.shown or is_shown(archive, accession)  # a run that was under way may have published it
            if not wanted:
                end(public(archive), [withdrawal])
            left = (*remove_others(archive), *clear_unheard(archive, db.conn, wishes.on))
    except (ArchiveError, OSError, sqlite3.DatabaseError) as error:
        raise NotRecorded(accession, _why(error)) from error
    for path in left:
        say(f"could not be removed, remove it yourself: {path}")
    report, faults = _publish_without(archive, wishes, say) if wanted else (None, ())
    if faults and not is_shown(archive, accession):
        end(public(archive), [withdrawal])
    partial = any(voice.withdrawn is None for voice in standing.voices)
    return Withdrawn(reach=reach, narrator=narrator, partial=partial, on=wishes.on, report=report, faults=faults)


def unpublish(archive: Archive, on: date, say: Say) -> bool:
    """Take the whole site down at once, whoever else is at work; return whether there was one.

    Everything published is removed as soon as nobody else writes.
    """
    there = public(archive).is_dir()
    if there:
        try:
            begin_unpublishing(public(archive))
        finally:
            there = close(archive)
    try:
        with alone(archive, say) as db:
            left = (*remove_others(archive), *clear_unheard(archive, db.conn, on))
            end_unpublishing(public(archive))
    except (ArchiveError, OSError, sqlite3.DatabaseError) as error:
        say(f"the site is down, its files are still there: {_why(error)}; then run 'conricerca unpublish' again")
        return there
    for path in left:
        say(f"could not be removed, remove it yourself: {path}")
    return there


def hide(archive: Archive, withdrawal: Begun, *, shown: bool) -> None:
    """Note that a withdrawal is begun, and close the site where it shows the testimony, whatever else fails.

    Raises StillShown where neither can be done.
    """
    try:
        try:
            begin(public(archive), withdrawal)
        finally:
            if shown:
                close(archive)
    except OSError as error:
        if is_shown(archive, withdrawal.accession) and not is_noted(public(archive), withdrawal):
            raise StillShown(withdrawal.accession, _why(error)) from error
        raise NotRecorded(withdrawal.accession, _why(error)) from error


@contextmanager
def alone(archive: Archive, say: Say) -> Iterator[Database]:
    """Open the database for writing, and wait a while for others who write; this may not be put off."""
    with ExitStack() as stack:
        try:
            db = stack.enter_context(archive.write())
        except ArchiveBusy:
            say(f"the site shows nothing of it any more; another conricerca is at work: waiting, at most {PATIENCE} s")
            db = stack.enter_context(archive.write(patience=PATIENCE))
        yield db


def is_shown(archive: Archive, accession: str) -> bool:
    """Whether it stands on the site; one that cannot be read may show it."""
    found = shown(archive)
    return found is None or accession in found


def _publish_without(archive: Archive, wishes: Wishes, say: Say) -> tuple[Report | None, tuple[str, ...]]:
    """Publish what may still be shown; return the report, or why there is no site now."""
    try:
        return publish(archive, replace(wishes, patience=PATIENCE), say), ()
    except NotPublished as error:
        return None, error.faults
    except (ArchiveError, OSError, sqlite3.DatabaseError) as error:
        return None, (_why(error),)


def _withdrawal(archive: Archive, accession: str, narrator: str | None, on: date) -> Begun:
    """Return what is to be noted. Raises CannotBeDeclared where nobody of this name tells in it."""
    with closing(archive.read()) as db:
        after, voices = last_event(db.conn), read_standing(db.conn, accession).voices
    if narrator is None:
        return Begun(accession=accession, narrator=None, on=on, after=after)
    told = {voice.name.casefold(): voice.narrator for voice in voices if voice.narrator is not None}
    if narrator.casefold() not in told:
        names = ", ".join(voice.name for voice in voices if voice.narrator is not None)
        raise CannotBeDeclared(
            f"{narrator} does not tell in {accession}: "
            + (f"choose among {names}, or leave --narrator out" if names else "leave --narrator out")
        )
    return Begun(accession=accession, narrator=told[narrator.casefold()], on=on, after=after)


def _why(error: ArchiveError | OSError | sqlite3.DatabaseError) -> str:
    """Return what is wrong, for a person."""
    return (None if isinstance(error, ArchiveError) else mendable(error)) or str(error)


def _histories(conn: sqlite3.Connection, accession: str) -> tuple[str, ...]:
    """Return the counter-histories that quote it."""
    rows = conn.execute(
        "select distinct histories.title from citations join histories on histories.id = history "
        "join testimonies on testimonies.id = citations.testimony where accession = ? order by 1",
        [accession],
    )
    return tuple(title for (title,) in rows)
