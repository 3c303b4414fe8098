"""What every transcription engine offers, and the few choices that we make for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from transcripts.model import Segment

if TYPE_CHECKING:
    from ingest.audio import Samples
    from ingest.speech import Piece

DEVICES = ("auto", "cpu", "cuda")


class Transcriber(Protocol):
    """An opened speech model. `engine`, `model` and `compute` are recorded with each transcript that it makes."""

    engine: str
    model: str
    compute: str

    @property
    def remark(self) -> str | None:
        """A sentence for the person at the terminal when something is not as asked, for instance no GPU."""
        ...

    def detect_language(self, samples: Samples) -> str:
        """Return the code of the language spoken in the first 30 s of 16 kHz mono samples."""
        ...

    def transcribe(self, samples: Samples, pieces: Sequence[Piece], *, language: str) -> Iterator[Segment]:
        """Yield what is said in each piece, with words and times in seconds from the first sample.

        What is written for a piece depends on that piece alone, so a transcription can go on at any of them.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionOptions:
    """How to transcribe. `model` is a name or path; `language` None is detected; `threads` 0 is as many as cores.

    `longest_piece` is seconds of speech given to the model at once, at most 30; `prompt` names words that it may
    meet, and goes before every piece.
    """

    engine: str = "faster-whisper"
    model: str = "small"
    language: str | None = None
    device: str = "auto"
    threads: int = 0
    beam_size: int = 5
    longest_piece: float = 30.0
    prompt: str | None = None

    def __post_init__(self) -> None:
        if self.device not in DEVICES:
            raise ValueError(f"a device is auto, cpu or cuda, not {self.device!r}")
        if self.threads < 0 or self.beam_size < 1:
            raise ValueError("threads cannot be less than 0, nor a beam narrower than 1")
        if not 1 <= self.longest_piece <= 30:
            raise ValueError(f"a piece can last from 1 to 30 s, not {self.longest_piece}")
