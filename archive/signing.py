"""Recording a signed form: the form itself is kept as evidence, and all that it decides is recorded, or nothing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

from archive.consent import Event
from archive.database import writing
from archive.declaring import declare
from archive.folder import Archive
from archive.media import keep_evidence, sha256_of
from archive.store.browsing import refresh_counts


def sign(
    archive: Archive, accession: str, decided: Sequence[Event], paper: bytes, *, narrator: str | None, form: str
) -> str:
    """Keep the paper as evidence, record what was decided with it, and return the paper's SHA-256.

    `narrator`: who signed, by name; None for the testimony as a whole. `form` is the form's own number: sent a second
    time, as by a second press of the button, it changes nothing. Raises ArchiveBusy, CannotBeDeclared,
    UnknownTestimony, BrokenChain, ClockWentBack.
    """
    note = f"signed on the screen, form {form}"
    with archive.write() as db:
        before = _recorded(db.conn, accession, note)
        if before:
            return before
        digest = _keep(archive, paper)
        with writing(db):
            for event in decided:
                signed = replace(event, evidence=digest)
                declare(db, accession, signed, narrator=narrator, note=note, today=date.today())  # noqa: DTZ011
            refresh_counts(db)
    return digest


def signed_paper(archive: Archive, conn: sqlite3.Connection, accession: str, digest: str) -> bytes | None:
    """Return a paper that was signed on the screen for this testimony, as it was; None where there is none."""
    found = conn.execute(
        "select 1 from consents join testimonies on testimonies.id = testimony where accession = ? "
        "and json_extract(consents.detail, '$.evidence') = ? "
        "and json_extract(consents.detail, '$.note') like 'signed on the screen, form %' limit 1",
        [accession, digest],
    ).fetchone()
    path = archive.evidence / digest
    return path.read_bytes() if found and path.is_file() and sha256_of(path) == digest else None


def _recorded(conn: sqlite3.Connection, accession: str, note: str) -> str | None:
    found = conn.execute(
        "select json_extract(consents.detail, '$.evidence') from consents join testimonies "
        "on testimonies.id = testimony where accession = ? and json_extract(consents.detail, '$.note') = ?",
        [accession, note],
    ).fetchone()
    return str(found[0]) if found else None


def _keep(archive: Archive, paper: bytes) -> str:
    archive.evidence.mkdir(mode=0o700, exist_ok=True)
    with NamedTemporaryFile(dir=archive.evidence, prefix=".incoming-paper-", delete=False) as file:
        written = Path(file.name)
        file.write(paper)
        file.flush()
        os.fsync(file.fileno())
    try:
        return keep_evidence(archive, written)
    finally:
        written.unlink(missing_ok=True)
