"""Finding what is to come in: the files and folders that a person names, sorted, told apart and paired."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.audio import SUFFIXES as RECORDINGS
from transcripts.formats import READERS as TEXTS

TIMED_FIRST = (".vtt", ".srt", ".json")  # a captions file says more than a typed text beside the same recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One testimony to be: a recording, a text, or a recording with its transcript."""

    recording: Path | None = None
    text: Path | None = None

    @property
    def path(self) -> Path:
        """The file it is named after."""
        path = self.recording or self.text
        assert path is not None, "a source has a file"  # noqa: S101 - what the two functions below guarantee
        return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What was found: sources in the order of their paths, files of other kinds, and paths that are not there."""

    sources: tuple[Source, ...]
    left_alone: tuple[Path, ...]
    missing: tuple[Path, ...]


def gather(paths: Iterable[Path], *, besides: Sequence[Path] = ()) -> Gathered:
    """Walk the paths; a file that is named itself is always a source, whatever its name.

    `besides`: folders and files that are not looked at, such as the archive itself and the manifest.
    """
    named: list[Path] = []
    walked: list[Path] = []
    missing: list[Path] = []
    skipped = {path.resolve() for path in besides}
    for path in paths:
        if path.is_dir():
            walked += _walk(path, skipped)
        elif path.exists():
            named.append(path)
        else:
            missing.append(path)
    known = [path for path in walked if _is_recording(path) or _is_text(path)]
    other = tuple(path for path in walked if path not in set(known))
    unique = {path.resolve(): path for path in [*named, *known]}
    return Gathered(
        sources=tuple(pair(sorted(unique.values()))), left_alone=tuple(sorted(other)), missing=tuple(missing)
    )


def pair(files: Sequence[Path]) -> Iterator[Source]:
    """Put each text that lies beside a recording of the same name together with it; yield all in order."""
    texts = {path for path in files if _is_text(path)}
    paired: dict[Path, Path] = {}
    for recording in files:
        beside = [text for text in texts - set(paired.values()) if recording not in texts and _belongs(text, recording)]
        if beside:
            paired[recording] = min(beside, key=_preference)
    taken = set(paired.values())
    for path in files:
        if path in taken:
            continue
        if path in texts:
            yield Source(text=path)
        else:
            yield Source(recording=path, text=paired.get(path))


def _walk(folder: Path, skipped: set[Path]) -> Iterator[Path]:
    """Yield the files below a folder, without hidden ones."""
    for here, folders, names in os.walk(folder):
        at = Path(here)
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and (at / name).resolve() not in skipped
        )
        for name in sorted(names):
            if not name.startswith(".") and (at / name).resolve() not in skipped:
                yield at / name


def _is_recording(path: Path) -> bool:
    return path.suffix.lower() in RECORDINGS


def _is_text(path: Path) -> bool:
    return path.suffix.lower() in TEXTS


def _belongs(text: Path, recording: Path) -> bool:
    """Whether `talk.vtt`, `talk.mp3.vtt` or `talk.mp3.words.json` lies beside `talk.mp3`."""
    if text.parent != recording.parent:
        return False
    name = text.name.casefold()
    return text.stem.casefold() == recording.stem.casefold() or name.startswith(recording.name.casefold() + ".")


def _preference(text: Path) -> tuple[int, str]:
    suffix = text.suffix.lower()
    return (TIMED_FIRST.index(suffix) if suffix in TIMED_FIRST else len(TIMED_FIRST), text.name)
