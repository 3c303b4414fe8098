"""Datasette's settings for an archive: the private one, on this computer only, and an edition for everybody."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from archive.configuration import read_metadata
from archive.folder import Archive


def settings() -> dict[str, object]:
    """Return the settings under which an archive is served, private or published.

    No SQL from the address bar and no download of the database; nothing that one request could make slow.
    """
    return {
        "default_allow_sql": False,
        "allow_download": False,
        "allow_csv_stream": False,
        "suggest_facets": False,
        "facet_time_limit_ms": 200,
        "sql_time_limit_ms": 1000,
        "default_page_size": 25,
        "max_returned_rows": 500,
        "num_sql_threads": 3,
        "template_debug": False,
        "trace_debug": False,
    }


def shared_secret() -> str:
    """Return what forms are signed with: new at each start, and the same in the processes that start from this one."""
    return os.environ.setdefault("CONRICERCA_SECRET", secrets.token_hex(32))


def datasette_for(archive: Archive) -> Any:
    """Return the Datasette that serves this archive; it follows an archive that is still growing.

    It opens the database for reading. Raises InvalidFile where metadata.yml says what cannot be.
    """
    from datasette.app import Datasette

    metadata = read_metadata(archive.metadata) if archive.metadata.exists() else {}
    return Datasette(
        [str(archive.database)], metadata=metadata, settings=settings(), crossdb=False, memory=False,
        secret=shared_secret(),
    )  # fmt: skip


def close_datasette(datasette: Any) -> None:
    """Let go of the threads and files of a Datasette that answers nothing any more."""
    datasette.executor.shutdown()
    for database in datasette.databases.values():
        database.close()


def datasette_for_edition(site: Path) -> Any:
    """Return the Datasette that serves the edition in this folder, which nobody changes any more.

    Plain `datasette FOLDER` reads the same settings from the files that lie there.
    """
    from datasette.app import Datasette

    metadata = read_metadata(site / "metadata.yml")
    database = str(site / "public.db")
    return Datasette(
        [], immutables=[database], metadata=metadata, settings=settings(), crossdb=False, memory=False,
        inspect_data=json.loads((site / "inspect-data.json").read_text()),
    )  # fmt: skip
