"""Where a speech model is: a folder or file on this computer, or a name that is downloaded once and then kept."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from ingest.errors import INSTALL, IngestError

FASTER_WHISPER_FILES = ("model.bin", "config.json", "tokenizer.json", "preprocessor_config.json", "vocabulary.*")
REQUIRED_FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.*")
INSTALL_OPENAI = (
    "the engine openai-whisper is not installed: run pip install '.[openai-whisper]' in the folder of the program, "
    "or there make openai-whisper"
)
HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)


def find_folder(model: str) -> Path:
    """Return the folder of a faster-whisper model, given as a name, a Hugging Face id or a path.

    What is on this computer is used without asking the network; a name that is not is downloaded, with a progress bar.
    Raises IngestError when there is no such model, files are missing, or the download fails.
    """
    try:
        from faster_whisper import available_models
    except ImportError:
        raise IngestError(INSTALL) from None
    names = available_models()
    path = Path(model).expanduser()
    if model not in names and (path.exists() or not HUB_ID.fullmatch(model)):
        return _checked_folder(path, model, names)
    cached = _cached(model)
    if cached is None or _missing(cached):
        cached = _downloaded(model)
    if missing := _missing(cached):
        raise IngestError(
            f"the model {model!r} in {cached} lacks {_listed(missing)}: if its download was cut off, connect to the "
            "network and run again; if that does not help, it is no model for faster-whisper"
        )
    return cached


def find_checkpoint(model: str) -> str:
    """Return what openai-whisper loads for the model: its name, downloaded if need be, or the path of its .pt file.

    A known name stays a name, since only by it does openai-whisper know which attention heads tell the time of words.
    Raises IngestError when there is no such model or the download fails.
    """
    try:
        import whisper
    except ImportError:
        raise IngestError(INSTALL_OPENAI) from None
    path = Path(model).expanduser()
    if model in whisper.available_models():
        return model
    if path.is_file():
        return str(path)
    if path.is_dir():
        raise IngestError(f"{model} is a folder: openai-whisper wants a .pt file (a folder is for faster-whisper)")
    raise IngestError(_unknown(model, whisper.available_models()))


def checkpoint_missing(model: str, error: Exception) -> IngestError:
    """Return the error for a download by openai-whisper that failed."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "whisper"
    return IngestError(
        f"the model {model!r} is not on this computer (looked in {cache}) "
        f"and could not be downloaded ({_plain(error)}): on a computer with network let openai-whisper download it, "
        f"copy {model}.pt from there, and run again with --model /path/to/the/file.pt"
    )


def _checked_folder(path: Path, model: str, names: Sequence[str]) -> Path:
    if path.is_dir():
        if missing := _missing(path):
            raise IngestError(f"the model folder {path} is incomplete: it lacks {_listed(missing)}")
        return path
    if path.is_file():
        raise IngestError(f"{model} is a file: faster-whisper wants a folder (a .pt file is for openai-whisper)")
    raise IngestError(_unknown(model, names))


def _cached(model: str) -> Path | None:
    """Return the model's folder in the cache of the Hugging Face hub, without asking the network."""
    from faster_whisper.utils import download_model

    try:
        return Path(download_model(model, local_files_only=True))
    except (OSError, ValueError):  # LocalEntryNotFoundError is both
        return None


def _downloaded(model: str) -> Path:
    from faster_whisper import utils
    from httpx import HTTPError
    from huggingface_hub import constants, errors, snapshot_download

    repository = _repository(model)
    try:
        if repository is None:
            return Path(utils.download_model(model))
        # as faster-whisper does, but it hides the progress bar
        return Path(snapshot_download(repository, allow_patterns=list(FASTER_WHISPER_FILES)))
    except errors.RepositoryNotFoundError:
        raise IngestError(f"there is no model {model!r} on huggingface.co") from None
    except (OSError, ValueError, HTTPError) as error:
        page = f" of https://huggingface.co/{repository}" if repository else ""
        raise IngestError(
            f"the model {model!r} is not on this computer (looked in {constants.HF_HUB_CACHE}) "
            f"and could not be downloaded ({_plain(error)}): on a computer with network download the files "
            f"{_listed(REQUIRED_FILES)}{page}, copy them here in one folder, "
            "and run again with --model /path/to/the/folder"
        ) from error


def _repository(model: str) -> str | None:
    """Return the model's id on the Hugging Face hub."""
    from faster_whisper import utils

    known: dict[str, str] = getattr(utils, "_MODELS", {})  # private, so we can do without it
    return model if "/" in model else known.get(model)


def _missing(folder: Path) -> tuple[str, ...]:
    """Return the required files that the folder lacks, or that are empty."""
    return tuple(
        pattern for pattern in REQUIRED_FILES if not any(found.stat().st_size for found in folder.glob(pattern))
    )


def _unknown(model: str, names: Sequence[str]) -> str:
    return f"there is no model {model!r}: give the path of one, or one of {', '.join(names)}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _plain(error: BaseException) -> str:
    """Return the first cause of an error in one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
