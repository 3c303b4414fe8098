"""Lines for a terminal: the passages found, and the places that a gazetteer proposes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from archive.printable import printable
from transcripts.timecode import format_timecode

if TYPE_CHECKING:
    from archive.gazetteer import Candidate
    from archive.search import Found, Passage

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"  # where colours are not wanted, whoever prints the line takes them out


def passage_lines(passage: Passage) -> str:
    """One passage: accession number, time, title, and the words with the hits in bold."""
    said = passage.text.replace("\n", " ")
    text, at = "", 0
    for start, end in passage.marks:
        text += printable(said[at:start]) + _BOLD + printable(said[start:end]) + _PLAIN
        at = end
    time = f" {format_timecode(passage.start)}" if passage.start is not None else ""
    return f"{passage.accession}{time}  {printable(passage.title)}\n    {text}{printable(said[at:])}\n"


def count_line(found: Found) -> str:
    """How many passages are shown, and of how many."""
    over = "over " if found.capped else ""
    return f"{len(found.passages)} of {over}{found.total:,} passages"


def proposal_lines(proposals: Iterable[Candidate]) -> Iterator[str]:
    """Each town with its number, from 1."""
    for number, place in enumerate(proposals, 1):
        yield f"{number:3}  {place.name}, {place.region}, {place.country}  {place.population:,} people"
