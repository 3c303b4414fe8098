"""Times as people and caption formats write them: `1:02:03.5`, `00:15:31`, `74:11`."""

from __future__ import annotations

import re

_TIMECODE = re.compile(r"(?:([0-9]{1,6}):)?([0-9]{1,3}):([0-9]{2})(?:[.,]([0-9]{1,3}))?")


def parse_timecode(text: str) -> float:
    """Return the seconds of `[hours:]minutes:seconds[.fraction]`; minutes may exceed 59 when there are no hours.

    The fraction counts to the millisecond, so that what `format_caption_time` wrote is read back as the same float.
    Raises ValueError for anything else.
    """
    found = _TIMECODE.fullmatch(text.strip())
    if not found:
        raise ValueError(f"not a time code: {text!r}")
    hours, minutes, seconds, fraction = found.groups()
    if int(seconds) > 59 or (hours is not None and int(minutes) > 59):
        raise ValueError(f"not a time code: {text!r}")
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return (whole * 1000 + int((fraction or "0").ljust(3, "0"))) / 1000


def format_timecode(seconds: float, *, hours: bool | None = None) -> str:
    """Return `m:ss` or `h:mm:ss`, whole seconds rounded down, for a reader; `hours` forces or forbids the hour."""
    whole = int(seconds)
    if hours or (hours is None and whole >= 3600):
        return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"
    return f"{whole // 60}:{whole % 60:02}"


def format_caption_time(seconds: float, *, decimal: str = ".") -> str:
    """Return `hh:mm:ss.mmm`, as WebVTT (or with a comma, SRT) writes it."""
    thousandths = round(seconds * 1000)
    rest, milli = divmod(thousandths, 1000)
    return f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}{decimal}{milli:03}"
