"""Cells of Datasette's tables as a person reads them: names instead of JSON, minutes instead of seconds."""

from __future__ import annotations

import json
from typing import Any

from archive.records import VocabularyName
from transcripts.timecode import format_timecode

BROWSED = ("catalogue", "passages")
_LISTS = (*(name.plural for name in VocabularyName), "narrators")
_PAGES = {"accession": "testimonies", "narrator": "narrators"}  # of ours, where the value leads
_SECONDS = ("start", "end", "duration")


def shown(value: Any, column: str, table: str | None, datasette: Any) -> Any:
    """Return what a cell of a browse table shows, or None where Datasette shows it as it is."""
    if value is None:
        return None
    if column == "accession" or (column, table) == ("narrator", "passages"):
        return _link(datasette.urls.path(f"/{_PAGES[column]}/{value}"), value)
    if table not in BROWSED:
        return None
    if column in _LISTS:
        return _names(value)
    if column in _SECONDS:
        return format_timecode(value)
    return None


def _link(address: str, text: str) -> Any:
    from markupsafe import Markup

    return Markup('<a href="{}">{}</a>').format(address, text)


def _names(value: str) -> str | None:
    """Return the names of a JSON array, parted by middle dots; anything else is left to Datasette."""
    try:
        names = json.loads(value)
    except (TypeError, ValueError):
        return None
    return " · ".join(str(name) for name in names) if isinstance(names, list) else None
