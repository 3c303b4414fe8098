"""What readers browse and facet, derived from testimonies, transcripts and tags; it can be rebuilt at any time."""

from __future__ import annotations

from sqlite_utils import Database

from archive.database import writing
from archive.sql import statements
from archive.store.facets import count_facets, index_testimony


def refresh_testimony(db: Database, testimony: int) -> None:
    """Bring one testimony's line in the catalogue, its passages' facets and its own up to date."""
    with writing(db):
        for command in statements("refresh_testimony"):
            db.execute(command, {"testimony": testimony})
        index_testimony(db, testimony)


def refresh_counts(db: Database) -> None:
    """Count again how many testimonies and passages speak of each term, and have each facet's values."""
    with writing(db):
        for command in statements("refresh_counts"):
            db.execute(command)
        count_facets(db)
