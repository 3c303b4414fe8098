"""A passage as a quotation: as much of it as a reader takes in at once, with the words that were searched marked."""

from __future__ import annotations

from collections.abc import Sequence

LENGTH = 420  # characters; a longer passage is cut around its first hit
BEFORE = 140  # characters kept before the first hit
SEARCHED = 40  # characters within which a cut looks for a space


def quote(text: str, marks: Sequence[tuple[int, int]], *, length: int = LENGTH) -> tuple[tuple[str, bool], ...]:
    """Return the passage, or an excerpt around its first hit with … where it was cut.

    Its pieces are text, and whether that is marked.
    """
    start, end = _window(text, marks, length)
    pieces: list[tuple[str, bool]] = [("… ", False)] if start else []
    place = start
    for first, last in marks:
        if place <= first and last <= end:
            pieces += [(text[place:first], False), (text[first:last], True)]
            place = last
    pieces.append((text[place:end] + (" …" if end < len(text) else ""), False))
    return tuple(piece for piece in pieces if piece[0])


def _window(text: str, marks: Sequence[tuple[int, int]], length: int) -> tuple[int, int]:
    """Return the range of characters to show, cut between words where there are spaces."""
    if len(text) <= length * 5 // 4:
        return 0, len(text)
    hit = marks[0][0] if marks else 0
    start = max(0, min(hit - BEFORE, len(text) - length))
    if start:
        space = text.find(" ", start, min(start + SEARCHED, hit))
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + length)
    if end < len(text):
        space = text.rfind(" ", end - SEARCHED, end)
        end = space if space >= 0 else end
        while text[end - 1] in ",;:–—":
            end -= 1
    return start, end
