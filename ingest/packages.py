"""The packages that bringing material in needs, and a published archive does not."""

from __future__ import annotations

from importlib.util import find_spec

from ingest.errors import IngestError

INGEST_PACKAGES = ("av", "ctranslate2", "faster_whisper", "numpy", "py3langid", "spacy")
HOW_TO_ADD_PACKAGES = (
    "transcribing and tagging need more packages: pip install '.[ingest]' in the folder of the program"
)


def check_packages() -> None:
    """Refuse with IngestError, before anything is taken in, where only what reading an archive needs is installed."""
    if not all(map(find_spec, INGEST_PACKAGES)):
        raise IngestError(HOW_TO_ADD_PACKAGES)


def is_missing_package(error: ModuleNotFoundError) -> bool:
    """Whether what is missing is one of these packages, or a part of one."""
    return (error.name or "").partition(".")[0] in INGEST_PACKAGES
