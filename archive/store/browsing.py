"""What readers browse and facet, derived from testimonies, transcripts and tags; it can be rebuilt at any time."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlite_utils import Database

from archive.access import may
from archive.consent import Artefact, Audience, Use
from archive.consents import read_standing
from archive.database import writing
from archive.sql import statements
from archive.store.facets import count_facets, index_testimony


def refresh_testimony(db: Database, testimony: int) -> None:
    """Bring one testimony's line in the catalogue, its passages' facets and its own up to date.

    One whose entry the team may not read has none, and an entry names nobody who does not agree to it.
    """
    with writing(db):
        for command in statements("refresh_testimony"):
            db.execute(command, {"testimony": testimony})
        _withhold(db, testimony)
        index_testimony(db, testimony)


def refresh_counts(db: Database) -> None:
    """Count again how many testimonies and passages speak of each term, and have each facet's values."""
    with writing(db):
        for command in statements("refresh_counts"):
            db.execute(command)
        count_facets(db)


def _withhold(db: Database, testimony: int) -> None:
    (accession,) = db.execute("select accession from testimonies where id = ?", [testimony]).fetchone()
    standing, today = read_standing(db.conn, accession), datetime.now(UTC).date()
    named = {
        voice.name: may(Use.READ, Artefact.CATALOGUE_ENTRY, Audience.TEAM, standing.of(voice.narrator), today)
        for voice in standing.voices
    }
    if not any(named.values()):
        for command in statements("withhold_testimony"):
            db.execute(command, {"testimony": testimony})
    elif not all(named.values()):
        names = [name for name, agreed in named.items() if agreed]
        db.execute(
            "update catalogue set narrators = ? where id = ?", [json.dumps(names, ensure_ascii=False), testimony]
        )
