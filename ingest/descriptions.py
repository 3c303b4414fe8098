"""What people say about a testimony, checked: from a manifest's row, the head of a file, or options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from difflib import get_close_matches

from archive.records import Description, Kind
from ingest.errors import IngestError
from transcripts.languages import language_code

SEVERAL = ("narrators", "interviewers", "sources", "movements", "themes")
COLUMNS = {  # as people write them -> the field
    "title": "title",
    "kind": "kind",
    "narrator": "narrators",
    "narrators": "narrators",
    "interviewer": "interviewers",
    "interviewers": "interviewers",
    "recorded_on": "recorded_on",
    "place": "place",
    "language": "language",
    "collection": "collection",
    "summary": "summary",
    "label": "label",
    "sources": "sources",
    "movements": "movements",
    "themes": "themes",
    "consent": "consent",
}
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def describe(said: Mapping[str, object]) -> Description:
    """Return the description for columns and values as people write them; empty values say nothing.

    Several names stand in a list or are parted by semicolons. Raises IngestError naming the column.
    """
    values: dict[str, object] = {}
    for column, value in said.items():
        if column not in COLUMNS:
            raise IngestError(f"unknown column {column!r}{did_you_mean(column, COLUMNS)}")
        checked = _checked(COLUMNS[column], value)
        if checked:
            values[COLUMNS[column]] = checked
    return Description(**values)  # type: ignore[arg-type]


def merge(first: Description, second: Description) -> Description:
    """Return the first description, filled with what only the second says."""
    missing = {field.name: getattr(second, field.name) for field in fields(first) if not getattr(first, field.name)}
    return replace(first, **missing)


def did_you_mean(word: str, known: Mapping[str, object]) -> str:
    """Return a hint for a misspelt word, or what there is to choose from."""
    near = get_close_matches(word.strip().lower(), known, n=1)
    return f": did you mean {near[0]!r}?" if near else f": the columns are {', '.join(known)}"


def _checked(field: str, value: object) -> object:
    if field in SEVERAL:
        parts = value if isinstance(value, list) else str(value if value is not None else "").split(";")
        return tuple(str(part).strip() for part in parts if str(part).strip())
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    if field == "kind":
        return _kind(text)
    if field == "recorded_on":
        return _recorded_on(text)
    if field == "language":
        return _language(text)
    return text


def _kind(text: str) -> Kind:
    try:
        return Kind(text.lower())
    except ValueError:
        raise IngestError(f"kind {text!r} is none of {', '.join(Kind)}") from None


def _recorded_on(text: str) -> str:
    """Return a year, year-month or date in ISO 8601, which alone cannot be misread."""
    found = _DATE.fullmatch(text)
    try:
        if not found:
            raise ValueError(text)
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        raise IngestError(f"recorded_on {text!r} is no date: write 2026-11-22, 2026-11 or 2026") from None
    return text


def _language(text: str) -> str:
    code = language_code(text)
    if code is None:
        raise IngestError(f"language {text!r} is not known: write a code such as en, es, fr or its English name")
    return code


def describe_head(head: Mapping[str, object]) -> tuple[Description, tuple[str, ...]]:
    """Return the description in a file's head, and remarks on what else it says."""
    return describe(head), ()
