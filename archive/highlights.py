"""Where the words that were looked for stand in a text: SQLite's `highlight` marks them in what it has of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.searchable import is_left_out, letter_of
from archive.spacing import SEPARATOR

OPEN, CLOSE = "\ue000", "\ue001"  # private-use characters that mark a hit inside SQLite


def marked_ranges(marked: str | None, text: str) -> tuple[tuple[int, int], ...]:
    """Return the marks as character ranges of the text, the quick way where nothing but marks was added to it."""
    if marked is None:
        return ()
    pieces = re.split(f"[{OPEN}{CLOSE}]", marked)
    changed = SEPARATOR in marked or len(marked) != len(text) + len(pieces) - 1
    if changed or OPEN in text or CLOSE in text:
        return tuple(_walked(marked, text))
    ranges, place = [], 0
    for number, piece in enumerate(pieces):
        if number % 2:
            ranges.append((place, place + len(piece)))
        place += len(piece)
    return tuple(ranges)


def _walked(marked: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield the same letter by letter: spaces may stand between letters, signs be left out, marks be in the text."""
    place = start = 0
    for letter in marked:
        while place < len(text) and is_left_out(text[place]):
            place += 1
        if place < len(text) and letter == letter_of(text[place]):
            place += 1
        elif letter == OPEN:
            start = place
        elif letter == CLOSE:
            yield start, place
