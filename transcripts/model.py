"""The values that flow through the archive: a word, a segment, a transcript.

Times are seconds from the start of the recording, as float. A written account has no times at all.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One spoken word with its times in seconds; `probability` is the engine's own, from 0 to 1, if it gave one."""

    start: float
    end: float
    text: str
    probability: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a word cannot run from {self.start} to {self.end} s")
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise ValueError(f"a probability of {self.probability} is not between 0 and 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a transcript: a few sentences at most, with times in seconds unless it was written.

    `end` may be unknown where only a start was noted. `speaker` is a label as the source has it, not yet a narrator.
    `confidence` is from 0 to 1, if the source says one.
    """

    text: str
    start: float | None = None
    end: float | None = None
    speaker: str | None = None
    words: tuple[Word, ...] = ()
    confidence: float | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("a segment without text")
        if self.start is None and (self.end is not None or self.words):
            raise ValueError("a segment with an end or words needs a start")
        if self.start is not None and self.start < 0:
            raise ValueError(f"a segment cannot start at {self.start} s")
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError(f"a segment cannot run from {self.start} to {self.end} s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """All that was said or written, in order. `remarks` are sentences for the person who imports it."""

    segments: tuple[Segment, ...]
    language: str | None = None
    remarks: tuple[str, ...] = ()

    @property
    def timed(self) -> bool:
        """Whether any segment has a time."""
        return any(segment.start is not None for segment in self.segments)

    @property
    def text(self) -> str:
        """The whole text, one segment a line."""
        return "\n".join(segment.text for segment in self.segments)


class TranscriptError(Exception):
    """A text that cannot be read as a transcript; the message is one sentence for the person at the terminal."""
