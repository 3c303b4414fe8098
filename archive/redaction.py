"""Redaction as values: marks on a text, what stands there instead, and the cuts that they make in the sound.

One mark decides about text, words, captions, tags and sound alike, so that nothing of it is left in any of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

SIGN = "[…]"  # always the same, so that its length says nothing
PAD = 0.5  # seconds cut before and after what is marked: at least by how much machines are wrong about words
SNAP = 0.25  # seconds that a cut reaches further, to where a segment begins or ends
QUICKEST = 0.03  # seconds a letter: nobody speaks faster, so a machine that says so did not know when
_UNSURE = 0.25  # share of a segment's words at impossible speed, from which on none of its times is believed

Timed: TypeAlias = tuple[float, float, str, float | None]  # a word: start and end in seconds, text, probability
Stretch: TypeAlias = tuple[float, float]  # seconds
Placed: TypeAlias = tuple[Timed, int, int]  # a word, and where it stands in the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Characters of one segment's text that are not published, and what is said in their place: None for a sign."""

    start_char: int
    end_char: int
    replacement: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start_char < self.end_char:
            raise ValueError(f"a mark cannot run from character {self.start_char} to {self.end_char}")

    @property
    def instead(self) -> str:
        """What stands in the text instead."""
        return (self.replacement or "").strip() or SIGN


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """A segment's text and words as they may be published; `edits` are the marks that were carried out, in order."""

    text: str
    words: tuple[Timed, ...]
    edits: tuple[Mark, ...]

    def moved(self, start: int, end: int) -> tuple[int, int] | None:
        """Return where characters of the original stand now; None where a mark touches them."""
        if any(mark.start_char < end and start < mark.end_char for mark in self.edits):
            return None
        longer = sum(
            len(mark.instead) - (mark.end_char - mark.start_char) for mark in self.edits if mark.end_char <= start
        )
        return start + longer, end + longer


def redact(text: str, words: Sequence[Timed], marks: Iterable[Mark]) -> Redacted:
    """Carry out the marks on a segment's text and on the times of its words.

    The words that a mark touches become one. No word keeps a time inside a cut; where it is not certain when the marked
    words were said, no word keeps any. Raises ValueError for a mark that goes beyond the text.
    """
    edits = merge_marks(text, marks)
    if not edits:
        return Redacted(text=text, words=tuple(words), edits=())
    pieces, at = [], 0
    for mark in edits:
        pieces += [text[at : mark.start_char], mark.instead]
        at = mark.end_char
    return Redacted(text="".join((*pieces, text[at:])), words=_redacted_words(text, words, edits), edits=edits)


def merge_marks(text: str, marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return the marks in order, those that overlap or touch put together.

    So are two signs with only space between, whose number would say how many words there were. Where the marks that are
    put together disagree about what to say instead, the one that spans them all decides, else there is the sign.
    """
    merged: list[Mark] = []
    for mark in sorted(marks, key=lambda one: (one.start_char, -one.end_char, one.instead)):
        if mark.end_char > len(text):
            raise ValueError(f"a mark to character {mark.end_char} of a text of {len(text)}")
        if merged and _belong_together(text, merged[-1], mark):
            merged[-1] = _together(merged[-1], mark)
        else:
            merged.append(mark)
    return tuple(merged)


def place_words(text: str, words: Sequence[Timed]) -> tuple[Placed, ...] | None:
    """Return where each timed word stands in the text; None where some do not, or where the text has others besides."""
    placed: list[Placed] = []
    at = 0
    for word in words:
        spoken = word[2].strip()
        found = text.find(spoken, at)
        if found < 0 or _has_letters(text[at:found]):
            return None
        at = found + len(spoken)
        placed.append((word, found, at))
    return None if _has_letters(text[at:]) else tuple(placed)


def spoken_at(text: str, words: Sequence[Timed], start_char: int, end_char: int) -> Stretch | None:
    """Return from when until when these characters are said; None where the times of words do not say it credibly."""
    placed = place_words(text, words)
    if not placed:
        return None
    touched = [word for word, first, last in placed if first < end_char and start_char < last]
    hurried = sum(_is_hurried(word) for word, _, _ in placed)
    if not touched or hurried > _UNSURE * len(placed) or any(map(_is_hurried, touched)):
        return None
    return min(word[0] for word in touched), max(word[1] for word in touched)


def cuts(spans: Iterable[Stretch], *, duration: float, edges: Sequence[float] = ()) -> tuple[Stretch, ...]:
    """Return what is cut out of a recording of `duration` seconds so that nothing of these spans is heard.

    Each is padded, and reaches on to where a segment begins or ends if that is near (`edges`). Raises ValueError for
    spans that run backwards, or nowhere.
    """
    bounds = sorted(edges)
    wanted = []
    for start, end in spans:
        if not 0 <= start <= end < float("inf"):
            raise ValueError(f"nothing runs from {start} to {end} s")
        begins, ends = _before(bounds, start - PAD), _after(bounds, end + PAD)
        wanted.append((max(0.0, begins), min(duration, ends)))
    return _merged(stretch for stretch in wanted if stretch[0] < stretch[1])


def _belong_together(text: str, before: Mark, after: Mark) -> bool:
    if after.start_char <= before.end_char:
        return True
    return before.instead == after.instead == SIGN and not text[before.end_char : after.start_char].strip()


def _together(before: Mark, after: Mark) -> Mark:
    same = (before.start_char, before.end_char) == (after.start_char, after.end_char)
    agreed = before.instead == after.instead or (before.end_char >= after.end_char and not same)
    end = max(before.end_char, after.end_char)
    return Mark(start_char=before.start_char, end_char=end, replacement=before.replacement if agreed else None)


def _redacted_words(text: str, words: Sequence[Timed], edits: Sequence[Mark]) -> tuple[Timed, ...]:
    stretches = [spoken_at(text, words, mark.start_char, mark.end_char) for mark in edits]
    placed = place_words(text, words)
    if placed is None or None in stretches:
        return ()
    silent = cuts([one for one in stretches if one], duration=float("inf"))
    return tuple(_outside(word, silent) for word in _joined(text, placed, edits))


def _joined(text: str, placed: Sequence[Placed], edits: Sequence[Mark]) -> list[Timed]:
    """Return the words of the redacted text: those that one mark touches, or two marks on one word, have become one."""
    joined: list[Timed] = []
    until = 0  # character up to which the last of these words reaches, where a mark touches it
    for word, first, last in placed:
        touching = [mark for mark in edits if mark.start_char < last and first < mark.end_char]
        if not touching:
            joined.append(word)
            continue
        reach = max(last, touching[-1].end_char)
        if touching[0].start_char < until:
            before = joined.pop()
            start, end, begun = min(word[0], before[0]), max(word[1], before[1]), before[2]
            said = begun + _reworded(text, until, reach, edits)
        else:
            start, end = word[:2]
            said = _reworded(text, min(first, touching[0].start_char), reach, edits)
        joined.append((start, end, said, None))
        until = reach
    return joined


def _reworded(text: str, first: int, last: int, edits: Sequence[Mark]) -> str:
    """Return these characters with the marks that lie among them carried out."""
    pieces, at = [], first
    for mark in edits:
        if first <= mark.start_char and mark.end_char <= last:
            pieces += [text[at : mark.start_char], mark.instead]
            at = mark.end_char
    return "".join((*pieces, text[at:last]))


def _outside(word: Timed, silent: Sequence[Stretch]) -> Timed:
    """Return the word without a time inside a cut: within it the word takes all of it, else it ends or begins there."""
    start, end, text, probability = word
    for begins, ends in silent:
        if begins <= start and end <= ends:
            return begins, ends, text, probability
        if start < begins < end:
            end = begins
        elif begins <= start < ends:
            start = ends
    return start, max(start, end), text, probability


def _is_hurried(word: Timed) -> bool:
    return word[1] - word[0] < QUICKEST * sum(map(str.isalnum, word[2]))


def _has_letters(text: str) -> bool:
    return any(map(str.isalnum, text))


def _before(edges: Sequence[float], start: float) -> float:
    """Return the nearest edge that lies a little before, else the start itself."""
    place = bisect_right(edges, start) - 1
    return edges[place] if place >= 0 and start - edges[place] <= SNAP else start


def _after(edges: Sequence[float], end: float) -> float:
    place = bisect_left(edges, end)
    return edges[place] if place < len(edges) and edges[place] - end <= SNAP else end


def _merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    merged: list[Stretch] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)
