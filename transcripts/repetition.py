"""Loops in machine transcripts: Whisper repeats itself where it hears silence, music or the wrong language."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from transcripts.model import Segment
from transcripts.timecode import format_timecode

FEWEST = 5
"""How often something must repeat to be called a loop."""

_LONGEST_PIECE = 40  # letters of a piece that repeats inside one segment
_FEWEST_LETTERS = 8  # "ha ha ha" is no loop


def remark_on_loops(segments: Sequence[Segment]) -> tuple[str, ...]:
    """Return a sentence, with the time, for each loop: equal segments in a row, or one short piece over and over."""
    remarks = []
    at = 0
    for letters, run in groupby(segments, key=_letters):
        same = list(run)
        at += len(same)
        place = _place(same[0], at - len(same) + 1)
        if letters and len(same) >= FEWEST:
            remarks.append(
                f"the same words, {_shown(same[0])}, come {len(same)} times in a row {place}: perhaps a loop"
            )
        elif _is_loop(letters):
            remarks.append(f"one piece repeats over and over, {_shown(same[0])}, {place}: perhaps a loop")
    return tuple(remarks)


def _letters(segment: Segment) -> str:
    return "".join(sign for sign in segment.text.casefold() if sign.isalnum())


def _is_loop(letters: str) -> bool:
    if len(letters) < _FEWEST_LETTERS:
        return False
    longest = min(_LONGEST_PIECE, len(letters) // FEWEST)
    return any(letters[size:] == letters[:-size] for size in range(1, longest + 1))


def _shown(segment: Segment) -> str:
    return repr(segment.text if len(segment.text) <= 40 else f"{segment.text[:40]}…")


def _place(segment: Segment, position: int) -> str:
    return f"in passage {position}" if segment.start is None else f"at {format_timecode(segment.start)}"
