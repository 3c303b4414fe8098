"""Finding what is to come in: the files and folders that a person names, sorted, told apart and paired."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from ingest.suffixes import SUFFIXES as RECORDINGS
from transcripts.formats import READERS as TEXTS

# in the order of preference; captions say more than a typed text beside the same recording
CAPTIONS = (".vtt", ".srt", ".json")


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
    """What was found: sources in the order of their paths, and lines on what was left alone and what went wrong."""

    sources: tuple[Source, ...]
    left_alone: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def gather(paths: Iterable[Path], *, besides: Iterable[Path] = ()) -> Gathered:
    """Walk the paths; a file that is named itself is always a source, whatever its name, if it is a regular file.

    Captions that lie beside a recording belong to it even where only the recording is named. Nothing is opened, so that
    pipes and devices cannot hold the run up. `besides`: folders and files that are not looked at, such as the archive
    itself and the manifest.
    """
    search = _Search({path.resolve() for path in besides})
    for path in paths:
        search.look_at(path)
    unique = {path.resolve(): path for path in [*search.named, *search.walked]}
    sources = _without_doubles(tuple(pair(sorted(unique.values()))), search)
    alone = {source.recording for source in sources if source.recording and source.text is None}
    named = [path for path in search.named if path in alone]
    beside = _match(named, search.captions_beside(named, [source.text for source in sources]))
    return Gathered(
        sources=tuple(replace(source, text=source.text or beside.get(source.path)) for source in sources),
        left_alone=tuple(search.left_alone),
        failures=tuple(search.failures),
    )


def pair(files: Sequence[Path]) -> Iterator[Source]:
    """Put each text that lies beside a recording of the same name together with it; yield all in order."""
    texts = {path for path in files if _is_text(path)}
    paired = _match([path for path in files if path not in texts], texts)
    taken = set(paired.values())
    for path in files:
        if path in taken:
            continue
        if path in texts:
            yield Source(text=path)
        else:
            yield Source(recording=path, text=paired.get(path))


def _without_doubles(sources: Sequence[Source], search: _Search) -> tuple[Source, ...]:
    """Leave alone the other texts beside a recording that has one: transcription programs write several formats."""
    heard: dict[tuple[Path, str], list[Source]] = {}
    for source in sources:
        if source.recording and source.text:
            heard.setdefault(_neighbourhood(source.recording), []).append(source)
    named = set(search.named)
    kept: list[Source] = []
    for source in sources:
        near = heard.get(_neighbourhood(source.path), []) if source.recording is None else []
        better = next((each for each in near if each.recording and _belongs(source.path, each.recording)), None)
        if better is None or source.path in named:
            kept.append(source)
        else:
            chosen = better.text.name if better.text else ""
            search.left_alone.append(f"left alone, {chosen} is the transcript beside the recording: {source.path}")
    return tuple(kept)


def _match(recordings: Iterable[Path], texts: Iterable[Path]) -> dict[Path, Path]:
    """Find the best text for each recording among those that belong to it; each text is given once."""
    near: dict[tuple[Path, str], list[Path]] = {}
    for text in texts:
        near.setdefault(_neighbourhood(text), []).append(text)
    matched: dict[Path, Path] = {}
    for recording in recordings:
        candidates = near.get(_neighbourhood(recording), [])
        beside = [text for text in candidates if _belongs(text, recording)]
        if beside:
            matched[recording] = min(beside, key=_preference)
            candidates.remove(matched[recording])
    return matched


class _Search:
    """What has been found so far, path by path; `skipped` is not looked at."""

    def __init__(self, skipped: set[Path]) -> None:
        self.skipped = skipped
        self.named: list[Path] = []
        self.walked: list[Path] = []
        self.left_alone: list[str] = []
        self.failures: list[str] = []

    def look_at(self, path: Path) -> None:
        """Take a path that a person named: a file, or a folder with all that is below it."""
        mode = self._mode(path)
        if mode is None:
            return
        if S_ISDIR(mode):
            self._walk(path)
        elif not S_ISREG(mode):
            self.failures.append(f"{path}: is not a regular file")
        elif path.resolve() not in self.skipped:
            self.named.append(path)

    def captions_beside(self, recordings: Iterable[Path], known: Collection[Path | None]) -> list[Path]:
        """Return the captions in the folders of the recordings, without those that are known already."""
        folders = {recording.parent for recording in recordings}
        captions = [path for folder in sorted(folders) for path in _captions_in(folder)]
        real = {path.resolve() for path in known if path} | self.skipped
        return [path for path in captions if path.resolve() not in real]

    def _walk(self, folder: Path) -> None:
        """Meet the files below a folder, without hidden ones; links to other folders are not followed."""
        for here, folders, names in os.walk(folder, onerror=self._fail):
            at = Path(here)
            folders[:] = [name for name in sorted(folders) if self._enters(at / name)]
            for name in sorted(names):
                if not name.startswith("."):
                    self._meet(at / name)

    def _enters(self, folder: Path) -> bool:
        if folder.name.startswith(".") or folder.resolve() in self.skipped:
            return False
        if folder.is_symlink():
            self.left_alone.append(f"left alone, a link to a folder: {folder}")
            return False
        return True

    def _meet(self, path: Path) -> None:
        mode = self._mode(path)
        if mode is None or path.resolve() in self.skipped:
            return
        if not S_ISREG(mode):
            self.left_alone.append(f"left alone, not a regular file: {path}")
        elif not (_is_recording(path) or _is_text(path)):
            self.left_alone.append(f"left alone, not a recording, account or transcript: {path}")
        else:
            self.walked.append(path)

    def _mode(self, path: Path) -> int | None:
        """What the path is, links followed; None, and a failure, where that cannot be known."""
        try:
            return path.stat().st_mode
        except OSError as error:
            self._fail(error)
            return None

    def _fail(self, error: OSError) -> None:
        gone = isinstance(error, FileNotFoundError | NotADirectoryError)
        reason = "there is no such file or folder" if gone else f"cannot be read: {error.strerror}"
        self.failures.append(f"{error.filename}: {reason}")


def _captions_in(folder: Path) -> list[Path]:
    """Return the regular captions files in a folder; none where it cannot be listed, as a named file still can be."""
    try:
        captions = [path for path in folder.iterdir() if path.suffix.lower() in CAPTIONS and path.is_file()]
    except OSError:
        return []
    return sorted(captions)


def _is_recording(path: Path) -> bool:
    return path.suffix.lower() in RECORDINGS


def _is_text(path: Path) -> bool:
    return path.suffix.lower() in TEXTS


def _neighbourhood(path: Path) -> tuple[Path, str]:
    """What a recording and a text that belongs to it have in common: the folder, and the name up to its first dot."""
    return path.parent, path.name.casefold().split(".")[0]


def _belongs(text: Path, recording: Path) -> bool:
    """Whether `talk.vtt`, `talk.mp3.vtt` or `talk.mp3.words.json` lies beside `talk.mp3`."""
    if text.parent != recording.parent:
        return False
    name = text.name.casefold()
    return text.stem.casefold() == recording.stem.casefold() or name.startswith(recording.name.casefold() + ".")


def _preference(text: Path) -> tuple[int, str]:
    suffix = text.suffix.lower()
    return (CAPTIONS.index(suffix) if suffix in CAPTIONS else len(CAPTIONS), text.name)
