"""Recording withdrawals that were begun: at once where that can be, else by whoever publishes next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlite_utils import Database

from archive.consent import Event, Happening
from archive.consents import read_standing
from archive.declaring import CannotBeDeclared, declare
from archive.folder import Archive
from archive.publish.closing import Begun, begun, end_unpublishing, is_recorded
from archive.publish.site import public
from archive.standing import Standing


def record_withdrawal(db: Database, withdrawal: Begun, today: date, note: str | None = None) -> Standing:
    """Record a withdrawal, and return where the testimony stands then. Raises what `declare` raises."""
    event = Event(happening=Happening.WITHDRAWN, on=min(withdrawal.on or today, today))
    name = None if withdrawal.narrator is None else _name_of(db, withdrawal)
    return declare(db, withdrawal.accession, event, narrator=name, note=note, today=today)


def record_begun(archive: Archive, db: Database, today: date, say: Callable[[str], None]) -> tuple[Begun, ...]:
    """Record what was begun and not recorded, and return all that was begun: an edition made now obeys it.

    Whoever publishes wants a site, so that one was being taken down before counts no more.
    """
    end_unpublishing(public(archive))
    waiting = begun(public(archive))
    for withdrawal in waiting:
        if not is_recorded(db.conn, withdrawal):
            record_withdrawal(db, withdrawal, today)
            say(f"{withdrawal.accession}: the withdrawal that was begun is recorded now")
    return waiting


def _name_of(db: Database, withdrawal: Begun) -> str:
    """Return what the narrator is called who withdraws."""
    for voice in read_standing(db.conn, withdrawal.accession).voices:
        if voice.narrator == withdrawal.narrator:
            return voice.name
    raise CannotBeDeclared(f"who withdraws does not tell in {withdrawal.accession} any more")
