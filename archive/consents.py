"""Reading consent: where each testimony stands, what happened to it, and whether the chain is whole.

All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from archive.access import YES, Decision, may
from archive.consent import Artefact, Attribution, Audience, Event, Happening, Use
from archive.errors import ArchiveError, UnknownTestimony
from archive.folder import Archive
from archive.media import sha256_of
from archive.records import Kind
from archive.redactions import fingerprints
from archive.standing import Standing, standing
from archive.store.consents import FIRST_LINK, link_hash


class BrokenChain(ArchiveError):
    """The record of consent was changed, or a part of it is missing."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(f"the record of consent is broken ({'; '.join(faults)}): restore archive.db from a backup")
        self.faults = faults


class MissingEvidence(ArchiveError):
    """A signed form or a spoken consent is not there, or not as it was."""

    def __init__(self, digest: str, why: str) -> None:
        super().__init__(f"the evidence {digest[:12]}… {why}: put evidence/{digest} back from a backup")
        self.digest = digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One event as it stands in the chain: when it was recorded, by whom, who decided, and what was said."""

    number: int
    at: str
    actor: str
    accession: str
    narrator: str | None
    event: Event
    note: str | None
    hash: str


def read_standing(conn: sqlite3.Connection, accession: str) -> Standing:
    """Return where one testimony stands. Raises UnknownTestimony."""
    row = conn.execute("select id from testimonies where accession = ?", [accession]).fetchone()
    if row is None:
        raise UnknownTestimony(accession)
    return next(iter(_standings(conn, [row[0]]).values()))


def is_edition(conn: sqlite3.Connection) -> bool:
    """Whether this is a published edition, for which everything was decided when it was built."""
    return conn.execute("select 1 from sqlite_master where name = 'edition'").fetchone() is not None


def reader_may(conn: sqlite3.Connection, accession: str, use: Use, artefact: Artefact) -> Decision:
    """Return whether whoever reads here may use a part of this testimony today. Raises UnknownTestimony.

    In the working archive that is the team. In an edition there is nothing but what everybody may have.
    """
    return YES if is_edition(conn) else _team_may(conn, accession, use, artefact)


def _team_may(conn: sqlite3.Connection, accession: str, use: Use, artefact: Artefact) -> Decision:
    return may(use, artefact, Audience.TEAM, read_standing(conn, accession), datetime.now(UTC).date())


def is_withheld(conn: sqlite3.Connection, accession: str) -> bool:
    """Whether a testimony of this number stood here and is closed to whoever reads here."""
    if is_edition(conn):
        return conn.execute("select 1 from tombstones where accession = ?", [accession]).fetchone() is not None
    try:
        return not _team_may(conn, accession, Use.READ, Artefact.CATALOGUE_ENTRY)
    except UnknownTestimony:
        return False


def read_standings(conn: sqlite3.Connection) -> dict[int, Standing]:
    """Return where every testimony stands, by its number."""
    return _standings(conn, [number for (number,) in conn.execute("select id from testimonies order by id")])


def read_history(conn: sqlite3.Connection, accession: str | None = None) -> Iterator[Recorded]:
    """Yield what happened to one testimony's consent, or to all, oldest first."""
    rows = conn.execute(
        "select consents.id, at, actor, accession, narrators.name, consents.narrator, event, detail, hash "
        "from consents join testimonies on testimonies.id = testimony "
        "left join narrators on narrators.id = consents.narrator "
        "where :accession is null or accession = :accession order by consents.id",
        {"accession": accession},
    )
    for number, at, actor, of, name, narrator, happening, detail, digest in rows:
        said = json.loads(detail)
        yield Recorded(
            number=number,
            at=at,
            actor=actor,
            accession=of,
            narrator=name,
            event=_event(happening, narrator, said, at),
            note=said.get("note") or said.get("statement"),
            hash=digest,
        )


def check_chain(conn: sqlite3.Connection) -> str:
    """Return the hash of the last event, which stands for all of them. Raises BrokenChain.

    Events taken off the end are noticed where a publication has noted a later one.
    """
    faults: list[str] = []
    previous, known = FIRST_LINK, {FIRST_LINK}
    cursor = conn.execute("select * from consents order by id")
    names = [column[0] for column in cursor.description]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        if row["previous_hash"] != previous:
            faults.append(f"before event {row['id']} something is missing or was changed")
        if link_hash(row) != row["hash"]:
            faults.append(f"event {row['id']} was changed")
        previous = str(row["hash"])
        known.add(previous)
    faults += [
        f"events are missing at the end: the publication of {built_at} noted a later one"
        for built_at, contents in conn.execute("select built_at, contents from publications")
        if json.loads(contents).get("consents", FIRST_LINK) not in known
    ]
    if faults:
        raise BrokenChain(tuple(faults[:5]))
    return previous


def check_evidence(conn: sqlite3.Connection, archive: Archive) -> int:
    """Return how many pieces of evidence there are, each as it was. Raises MissingEvidence."""
    wanted = [
        digest
        for (digest,) in conn.execute(
            "select distinct json_extract(detail, '$.evidence') from consents "
            "where json_extract(detail, '$.evidence') is not null order by 1"
        )
    ]
    for digest in wanted:
        path = archive.evidence / str(digest)
        if not path.is_file():
            raise MissingEvidence(str(digest), "is missing")
        if sha256_of(path) != digest:
            raise MissingEvidence(str(digest), "was changed")
    return len(wanted)


def _standings(conn: sqlite3.Connection, testimonies: list[int]) -> dict[int, Standing]:
    wanted = json.dumps(testimonies)
    voices: dict[int, list[tuple[int, str]]] = {number: [] for number in testimonies}
    for testimony, narrator, name in conn.execute(_VOICES, [wanted]):
        voices[testimony].append((narrator, name))
    events: dict[int, list[Event]] = {number: [] for number in testimonies}
    for testimony, narrator, happening, detail, at in conn.execute(_EVENTS, [wanted]):
        events[testimony].append(_event(happening, narrator, json.loads(detail), at))
    marks = fingerprints(conn, testimonies)
    return {
        number: standing(
            accession,
            voices[number],
            revision,
            events[number],
            collective=kind == Kind.ASSEMBLY,
            marks=marks[number],
        )
        for number, accession, kind, revision in conn.execute(_TESTIMONIES, [wanted])
    }


_TESTIMONIES = (
    "select testimonies.id, accession, testimonies.kind, sha256 from testimonies "
    "left join transcripts on transcripts.id = transcript "
    "where testimonies.id in (select value from json_each(?)) order by testimonies.id"
)
_VOICES = (
    "select testimony, narrators.id, name from contributions join narrators on narrators.id = narrator "
    "where role = 'narrator' and testimony in (select value from json_each(?)) order by testimony, position"
)
_EVENTS = (
    "select testimony, narrator, event, detail, at from consents "
    "where testimony in (select value from json_each(?)) order by id"
)


def _event(happening: str, narrator: int | None, said: dict[str, object], at: str) -> Event:
    until, attribution = said.get("until"), _text(said.get("attribution"))
    return Event(
        happening=Happening(happening),
        on=date.fromisoformat(str(said.get("on") or at[:10])),
        narrator=narrator,
        artefacts=frozenset(Artefact(one) for one in _list(said.get("artefacts"))),
        uses=frozenset(Use(one) for one in _list(said.get("uses"))),
        audience=Audience[str(said.get("audience", "narrator")).upper()],
        until=date.fromisoformat(str(until)) if until else None,
        attribution=Attribution(attribution) if attribution else None,
        called=_text(said.get("called")),
        revision=_text(said.get("revision")),
        marks=frozenset(_list(said["marks"])) if "marks" in said else None,
        evidence=_text(said.get("evidence")),
    )


def _list(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return str(value) if value else None
