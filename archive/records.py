"""What the archive keeps, as values: terms of a vocabulary, testimonies to be accessioned, tags to be stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from transcripts.model import Transcript

Peaks: TypeAlias = bytes  # a waveform: see ingest/waveforms.py

ANY_LANGUAGE = "mul"  # ISO 639-2 for "multiple languages": a variant that is used in every language


class VocabularyName(StrEnum):
    """The three vocabularies, in the order in which they stand everywhere."""

    PLACE = "place"
    MOVEMENT = "movement"
    THEME = "theme"

    @property
    def plural(self) -> str:
        """The name of its file, its browse column and its facet."""
        return f"{self.value}s"


class Kind(StrEnum):
    """What a testimony is."""

    INTERVIEW = "interview"
    ACCOUNT = "account"
    ASSEMBLY = "assembly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way to say a term in a language; a label is the preferred one of that language."""

    language: str
    text: str
    label: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of a controlled vocabulary. `slug` is its stable name; coordinates in degrees, precision in km."""

    vocabulary: VocabularyName
    slug: str
    preferred: str
    variants: tuple[Variant, ...]
    scope_note: str | None = None
    parents: tuple[str, ...] = ()
    match_case: bool = False
    kind: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    precision_km: float | None = None
    from_year: int | None = None
    until_year: int | None = None
    exact_match: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPhrase:
    """Words inside which no term of the vocabulary is found, such as "mobile phone" for the town of Mobile."""

    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """One vocabulary file: its terms and stop phrases. `version` counts its changes once it is in the database."""

    name: VocabularyName
    terms: tuple[Term, ...]
    stop_phrases: tuple[StopPhrase, ...] = ()
    version: int = 0

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A term found in a segment: characters `start` to `end` of its text.

    `needs_review`: other terms of the same vocabulary claim the same words, so a person must choose.
    """

    term: int
    start: int
    end: int
    needs_review: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What people say of a testimony: from a manifest, the head of a file, or options. Nothing is required."""

    title: str | None = None
    kind: Kind | None = None
    narrators: tuple[str, ...] = ()
    described_as: tuple[str, ...] = ()
    interviewers: tuple[str, ...] = ()
    recorded_on: str | None = None
    place: str | None = None
    language: str | None = None
    collection: str | None = None
    summary: str | None = None
    label: str | None = None
    sources: tuple[str, ...] = ()
    movements: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    consent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A file kept as it came, by SHA-256. A recording has a `duration` in seconds, and `peaks`: its waveform."""

    path: Path
    sha256: str
    bytes: int
    media_type: str
    suffix: str
    filename: str
    duration: float | None = None
    remark: str | None = None
    peaks: Peaks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accession:
    """Everything that arrives together as one testimony: a recording, a transcript or account, and its description."""

    description: Description
    recording: Original | None = None
    document: Original | None = None
    transcript: Transcript | None = None

    def __post_init__(self) -> None:
        if self.recording is None and self.document is None:
            raise ValueError("an accession without any file")
