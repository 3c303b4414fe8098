"""What was said, as a page shows it: the words looked for marked, those that the machine was unsure of underlined."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from archive.web.languages import gettext as _

Range = tuple[int, int]  # characters of a text: from and to


def said(text: str, marks: Sequence[Range] = (), doubts: Sequence[Range] = ()) -> Markup:
    """Return the text with its marks as HTML; marks and doubts may lie over each other."""
    if not marks and not doubts:
        return escape(text)
    title = escape(_("The machine was unsure of this word")) if doubts else ""
    bounds = sorted({0, len(text), *(place for one in (*marks, *doubts) for place in one)})
    parts = []
    for first, last in pairwise(bounds):
        part = escape(text[first:last])
        if _within(doubts, first):
            part = Markup('<span class="unsure-word" title="{}">{}</span>').format(title, part)
        if _within(marks, first):
            part = Markup("<mark>{}</mark>").format(part)
        parts.append(part)
    return Markup("").join(parts)


def _within(ranges: Sequence[Range], place: int) -> bool:
    return any(first <= place < last for first, last in ranges)
