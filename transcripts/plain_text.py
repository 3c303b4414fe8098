"""Plain text and Markdown as people type transcripts and accounts: paragraphs, turns, time codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from transcripts.encoding import normalise_newlines
from transcripts.markdown import read_blocks
from transcripts.model import Transcript
from transcripts.turns import Paragraph, read_turns

# Measured on the FWP life histories: the six with wrapped lines have 83 to 145 signs in their longest line, the other
# 493 have one paragraph a line, up to 8,862 signs.
_WIDEST = 130
_NARROWEST = 40
_FEWEST_LINES = 8
_UNFINISHED = 0.35  # the share of lines that end in the middle of a sentence, where lines are wrapped
_SHORT = 0.6  # of the width: a line that ends a paragraph
_SENTENCE_ENDS = tuple(".!?…:;\"'”’»)]。！？؟。")


def read_plain_text(text: str, *, markdown: bool = False) -> Transcript:
    """Return the paragraphs as passages of at most about 100 words, with speakers and starts where they are written.

    Lines that were wrapped by hand are joined. In Markdown the marks are taken out (`transcripts.markdown`).
    """
    return read_turns(read_blocks(text) if markdown else _paragraphs(normalise_newlines(text).split("\n")))


def _paragraphs(lines: Sequence[str]) -> Iterator[Paragraph]:
    if not _is_wrapped(lines):
        yield from (Paragraph(lines=(line,)) for line in lines if line.strip())
        return
    width = _width([line for line in lines if line.strip()])
    block: list[str] = []
    for line in lines:
        if block and (not line.strip() or _begins_paragraph(line, block[-1], width)):
            yield Paragraph(lines=tuple(block))
            block = []
        if line.strip():
            block.append(line)
    if block:
        yield Paragraph(lines=tuple(block))


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether the lines were broken at a margin: none is long, and empty lines or broken sentences show it."""
    written = [line for line in lines if line.strip()]
    if not written or _width(written) > _WIDEST:
        return False
    if "\n\n" in "\n".join(line.strip() for line in lines).strip("\n"):
        return True
    middle = sorted(map(len, written))[len(written) // 2]
    unfinished = sum(1 for line in written if not line.rstrip().endswith(_SENTENCE_ENDS))
    return len(written) >= _FEWEST_LINES and middle >= _NARROWEST and unfinished > _UNFINISHED * len(written)


def _width(lines: Sequence[str]) -> int:
    return sorted(map(len, lines))[len(lines) * 9 // 10]


def _begins_paragraph(line: str, before: str, width: int) -> bool:
    """Whether a line begins a paragraph without an empty line before it: indented, or after a line that ends short."""
    if line[:1].isspace() and not before[:1].isspace():
        return True
    ended = before.rstrip().endswith(_SENTENCE_ENDS)
    return ended and width >= _NARROWEST and len(before.rstrip()) < _SHORT * width
