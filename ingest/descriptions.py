"""What people say about a testimony, checked: from a manifest's row, the head of a file, or options."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from archive.descriptive import is_day, storable
from archive.records import Description, Kind
from ingest.errors import IngestError
from transcripts.languages import language_code

SEVERAL = ("narrators", "described_as", "interviewers", "sources", "movements", "themes")
COLUMNS = {  # as people write them -> the field
    "title": "title",
    "kind": "kind",
    "narrator": "narrators",
    "narrators": "narrators",
    "described_as": "described_as",
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


def describe(said: Mapping[str, object]) -> Description:
    """Return the description for columns and values as people write them; empty values say nothing.

    Several names stand in a list or are parted by semicolons; those of `narrator` and `narrators` are joined. What
    cannot be stored (control characters, halves of characters) is taken out. Raises IngestError naming the column.
    """
    values: dict[str, Any] = {}
    for column, value in said.items():
        if column not in COLUMNS:
            raise IngestError(f"unknown column {column!r}{did_you_mean(column, COLUMNS)}")
        field = COLUMNS[column]
        if field in SEVERAL:
            values[field] = tuple(dict.fromkeys((*values.get(field, ()), *_names(column, value))))
        elif text := _text(column, value):
            values[field] = _CHECKS[field](text) if field in _CHECKS else text
    return Description(**values)


def describe_head(head: Mapping[str, object]) -> tuple[Description, tuple[str, ...]]:
    """Return what the YAML head of a file says, and remarks on what it says besides that has no place here.

    Heads are written by other programs too: a name that is unknown, or there twice, is left alone; `date` is the day
    of recording where nothing else is and it is a date. Raises IngestError naming what has a value that cannot be.
    """
    said: dict[str, object] = {}
    other: dict[str, object] = {}
    for name, value in head.items():
        column = column_name(name)
        if column in COLUMNS and column not in said:
            said[column] = value
        else:
            other[name] = value
    if not said.get("recorded_on") and _is_date(other.get("date")):
        said["recorded_on"] = other.pop("date")
    names = ", ".join(" ".join(storable(name).split()) for name in other)
    return describe(said), (f"its head also says {names}: left alone",) if other else ()


def column_name(written: str) -> str:
    """Return a column's name as we know it: `Recorded on` is `recorded_on`."""
    return written.strip().lower().replace(" ", "_")


def merge(first: Description, second: Description) -> Description:
    """Return the first description, filled with what only the second says."""
    missing = {field.name: getattr(second, field.name) for field in fields(first) if not getattr(first, field.name)}
    return replace(first, **missing)


def did_you_mean(word: str, known: Mapping[str, object]) -> str:
    """Return a hint for a misspelt word, or what there is to choose from."""
    near = get_close_matches(word.strip().lower(), known, n=1)
    return f": did you mean {near[0]!r}?" if near else f": the columns are {', '.join(known)}"


def _names(column: str, value: object) -> Iterator[str]:
    """Yield the names in a list, or in a text that parts them by semicolons."""
    if isinstance(value, list | tuple):
        names = [_text(f"each of {column}", part) for part in value]
    else:
        names = [storable(part) for part in _text(column, value).split(";")]
    yield from filter(None, names)


def _text(column: str, value: object) -> str:
    """Return a value as text that can be stored; numbers and dates are what they look like, None is empty."""
    if value is None:
        return ""
    if isinstance(value, str | int | float | date) and not isinstance(value, bool):
        return storable(str(value))
    raise IngestError(f"{column} must be text, not {_sort_of(value)}")


def _sort_of(value: object) -> str:
    if isinstance(value, Mapping):
        return "'name: value' lines (quotation marks around it make it text)"
    if isinstance(value, list | tuple):
        return "a list"
    return "yes or no" if isinstance(value, bool) else type(value).__name__


def _is_date(value: object) -> bool:
    try:
        return bool(_recorded_on(_text("date", value)))
    except IngestError:
        return False


def _kind(text: str) -> Kind:
    try:
        return Kind(text.lower())
    except ValueError:
        raise IngestError(f"kind {text!r} is none of {', '.join(Kind)}") from None


def _recorded_on(text: str) -> str:
    """Return a year, year-month or date in ISO 8601, which alone cannot be misread."""
    if not is_day(text):
        raise IngestError(f"recorded_on {text!r} is no date: write 2026-11-22, 2026-11 or 2026")
    return text


def _language(text: str) -> str:
    code = language_code(text)
    if code is None:
        raise IngestError(f"language {text!r} is not known: write a code such as en, es, fr or its English name")
    return code


_CHECKS: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {"kind": _kind, "recorded_on": _recorded_on, "language": _language}
)
