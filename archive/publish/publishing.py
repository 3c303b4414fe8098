"""Publishing an edition, step by step. Whatever goes wrong before the last step leaves the site as it was."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.configuration import anonymity, read_metadata
from archive.consents import check_chain, check_evidence
from archive.database import insert, writing
from archive.errors import ArchiveError
from archive.folder import Archive
from archive.publish.attributions import attribution_faults
from archive.publish.closing import Begun, begun_besides, end
from archive.publish.denied import NamesUnknown, of_archive, worth_looking_for
from archive.publish.edition import Known, Sound, open_edition, write_edition
from archive.publish.gate.crawl import PAGES, crawl_faults
from archive.publish.gate.denylist import Denied, word_faults
from archive.publish.gate.interference import Second, SecondWriting
from archive.publish.gate.names import name_faults
from archive.publish.gate.recheck import consent_faults
from archive.publish.gate.structure import structure_faults
from archive.publish.ledger import Edition, check_clock, read_editions, tombstones
from archive.publish.overdue import permissions
from archive.publish.recording import record_begun
from archive.publish.report import Report, report_of
from archive.publish.selection import Selection, select
from archive.publish.site import (
    DATABASE,
    close,
    public,
    put_in_place,
    remove_others,
    seal,
    write_metadata,
    write_settings,
)
from archive.publish.sounds import Encode, clear_sounds, encode_sounds, place_sounds, treatments
from archive.publish.source import Source
from archive.risk_report import risk_lines
from archive.singled_out import accepted_in_edition, singled_out
from archive.store.clock import now
from archive.store.events import record_event
from archive.vault import NAME
from archive.web.settings import close_datasette, datasette_for_edition

Say = Callable[[str], None]


class NotPublished(ArchiveError):
    """The edition did not pass; the site is as it was. `faults` say why."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("nothing was published, the site is as it was:")
        self.faults = tuple(faults)
        self.details = self.faults[:30]


class TakenAwayMeanwhile(ArchiveError):
    """While an edition was made, somebody began to withdraw what it shows, or to take the site down."""

    def __init__(self) -> None:
        super().__init__(
            "nothing was published: meanwhile somebody withdrew a testimony that is in this edition, or took the site "
            "down; run 'conricerca publish' again"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How to publish. `denied`: words that must stand nowhere, None where nobody has said; `encode`: see `Encode`.

    `pages`: how many of its own pages are asked for, at most, before anybody else may. `patience`: how many seconds to
    wait for others who write.
    """

    on: date
    denied: Sequence[str] | None = None
    encode: Encode | None = None
    dry_run: bool = False
    pages: int = PAGES
    patience: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """An edition in the making: the archive and one moment of it, what is chosen, the folder that it is built in."""

    archive: Archive
    conn: sqlite3.Connection
    site: Path
    selection: Selection
    sounds: Mapping[str, Sequence[Sound]]
    tombstones: tuple[str, ...]
    wishes: Wishes

    @property
    def database(self) -> Path:
        """The edition's database."""
        return self.site / DATABASE


def publish(archive: Archive, wishes: Wishes, say: Say = lambda line: None) -> Report:
    """Build an edition of what may be shown on this day, prove it, put it in place, and say what it holds.

    Nobody else writes meanwhile. Withdrawals that were begun are recorded first. Raises NotPublished with everything
    that is wrong, ArchiveBusy, BrokenChain, MissingEvidence, ClockWentBack, NamesUnknown, TakenAwayMeanwhile.
    """
    check_names_known(archive, wishes)
    with archive.write(patience=wishes.patience) as db:
        obeyed = () if wishes.dry_run else record_begun(archive, db, wishes.on, say)
        head = _check_records(archive, db)
        with _reading(archive) as conn, _building(archive) as site:
            earlier = read_editions(conn)
            making = _choose(archive, conn, site, earlier, wishes, say)
            say(f"writing an edition of {len(making.selection.testimonies)} testimonies, twice")
            known, faults = _build(making)
            say("looking through it as a stranger would")
            faults += [*_look_through(making), *_who_could_be_recognised(making, known)]
            report = report_of(making.database, making.selection, earlier[-1] if earlier else None, faults)
            if wishes.dry_run:
                return report
            if faults:
                raise NotPublished(faults)
            permitted = {one.accession: permissions(one) for one in making.selection.testimonies}
            edition = Edition(
                name=seal(site), at=now(), on=wishes.on, consents=head, contents=report.contents, permitted=permitted
            )
            for path in _put_in_place(making, db, edition, obeyed):
                say(f"could not be removed, remove it yourself: {path}")
    return report


def check_names_known(archive: Archive, wishes: Wishes) -> None:
    """Raise NamesUnknown where there is a vault, and nobody has said which names must not be published."""
    if wishes.denied is None and (archive.path / NAME).exists():
        raise NamesUnknown


def _check_records(archive: Archive, db: Database) -> str:
    """Return the hash that stands for all recorded consent, after proving all of it."""
    head = check_chain(db.conn)
    check_evidence(db.conn, archive)
    check_clock(db.conn, now())
    return head


@contextmanager
def _reading(archive: Archive) -> Iterator[sqlite3.Connection]:
    """Read the archive as it is at one moment."""
    with closing(archive.read()) as db:
        db.conn.execute("begin")
        yield db.conn


@contextmanager
def _building(archive: Archive) -> Iterator[Path]:
    """Make a folder for an edition, beside the place that it will have, and leave nothing of it that has no place."""
    remove_others(archive)
    public(archive).mkdir(mode=0o755, exist_ok=True)
    site = Path(tempfile.mkdtemp(prefix=".building-", dir=public(archive)))
    try:
        yield site
    finally:
        shutil.rmtree(site, ignore_errors=True)


def _choose(
    archive: Archive, conn: sqlite3.Connection, site: Path, earlier: Sequence[Edition], wishes: Wishes, say: Say
) -> _Making:
    """Ask what may be published, and encode the recordings that are new."""
    selection = select(conn, wishes.on)
    wanted = treatments(archive, conn, selection.testimonies)
    sounds = encode_sounds(archive, wanted, wishes.encode, say) if wishes.encode or not wishes.dry_run else {}
    gone = tombstones(earlier, selection)
    return _Making(
        archive=archive, conn=conn, site=site, selection=selection, sounds=sounds, tombstones=gone, wishes=wishes
    )


def _build(making: _Making) -> tuple[dict[int, Known], list[str]]:
    """Write the edition, and beside it once more from an archive with other secrets.

    Returns who has which number in it, and whether the two differ.
    """
    again = making.site.with_name(f"{making.site.name}.again")
    second = SecondWriting(
        Second(
            archive=making.archive.path,
            database=again,
            on=making.wishes.on,
            sounds=making.sounds,
            tombstones=making.tombstones,
        )
    )
    try:
        source = Source.of(making.conn)
        accounts = map(source.read, making.selection.testimonies)
        known = write_edition(making.database, source, accounts, making.sounds, making.tombstones)
        place_sounds(making.archive, making.site, making.sounds)
        write_metadata(making.archive, making.site)
        write_settings(making.site)
        return known, list(second.faults(making.database))
    finally:
        second.end()


def _look_through(making: _Making) -> Iterator[str]:
    """Yield what somebody finds who looks at the edition and knows nothing of how it was written."""
    words = [*(making.wishes.denied or ()), *of_archive(making.conn, making.selection, making.tombstones)]
    denied = Denied(worth_looking_for(words))
    yield from structure_faults(making.database)
    yield from word_faults(making.site, making.database, denied)
    with closing(open_edition(making.database)) as edition:
        yield from consent_faults(making.conn, edition, making.selection.on)
        yield from name_faults(making.conn, edition)
    yield from attribution_faults(making.conn, making.selection)
    with _answering(making.site) as datasette:
        yield from crawl_faults(datasette, making.database, denied, pages=making.wishes.pages)


@contextmanager
def _answering(site: Path) -> Iterator[Any]:
    """Yield what answers for an edition, and let go of its files afterwards."""
    datasette = datasette_for_edition(site)
    try:
        yield datasette
    finally:
        close_datasette(datasette)


def _who_could_be_recognised(making: _Making, known: Mapping[int, Known]) -> list[str]:
    """Return what singles out a narrator whose name is not to be known, and what would cure it."""
    hidden = {number: one.narrator for number, one in known.items() if not one.by_name}
    first: dict[int, int] = {}
    same = {number: first.setdefault(known[number].narrator, number) for number in sorted(known)}
    k = anonymity(read_metadata(making.archive.metadata) if making.archive.metadata.exists() else {})
    names = dict(making.conn.execute("select id, name from narrators").fetchall())
    with closing(open_edition(making.database)) as edition:
        accepted = accepted_in_edition(making.conn, {same[number]: narrator for number, narrator in hidden.items()})
        found = singled_out(edition, hidden, k, accepted, same=same)
        called = {same[number]: names[narrator] for number, narrator in hidden.items() if narrator in names}
        return list(risk_lines(edition, found, called))


def _put_in_place(making: _Making, db: Database, edition: Edition, obeyed: Collection[Begun]) -> tuple[Path, ...]:
    """Note what is about to be public, then make it so: the ledger may know too much, never too little.

    Return what should be gone now and could not be removed. Raises TakenAwayMeanwhile.
    """
    archive = making.archive
    _check_nothing_begun(archive, edition, obeyed)
    with writing(db):
        noted = json.dumps(edition.noted(), ensure_ascii=False)
        insert(db, "publications", {"built_at": edition.at, "sha256": edition.name, "contents": noted})
        record_event(db, "published", detail=edition.name[:16])
    put_in_place(archive, making.site, edition.name)
    # whoever withdraws notes it first and closes the site then; here it is the other way round: one of both sees it
    _check_nothing_begun(archive, edition, obeyed)
    end(public(archive), obeyed)
    kept = {sound.name for several in making.sounds.values() for sound in several}
    return (*remove_others(archive), *clear_sounds(archive, kept))


def _check_nothing_begun(archive: Archive, edition: Edition, obeyed: Collection[Begun]) -> None:
    """Close the site and raise TakenAwayMeanwhile where it must not show this edition any more."""
    if begun_besides(public(archive), obeyed, edition.contents):
        close(archive)
        raise TakenAwayMeanwhile
