"""What people say of a testimony as it can be kept: text without what leaves no ink, days that cannot be misread."""

from __future__ import annotations

import re
from datetime import date
from unicodedata import category

from transcripts.encoding import normalise_newlines

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_UNSEEN = ("Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp")  # Unicode categories of what leaves no ink by itself
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"  # letters by category that leave no ink either


def storable(text: str) -> str:
    """Return the text without spaces around it, control characters and halves of characters; empty if unseen."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    kept = "".join(sign for sign in normalise_newlines(whole) if sign in "\n\t" or category(sign) != "Cc")
    return kept.strip() if any(_leaves_ink(sign) for sign in kept) else ""


def is_day(text: str) -> bool:
    """Whether this is a year, year-month or date in ISO 8601, which alone cannot be misread."""
    found = _DATE.fullmatch(text)
    try:
        return bool(found and date(int(found[1]), int(found[2] or 1), int(found[3] or 1)))
    except ValueError:
        return False


def _leaves_ink(sign: str) -> bool:
    return category(sign) not in _UNSEEN and sign not in _FILLERS
