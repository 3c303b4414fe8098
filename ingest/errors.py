"""What can go wrong while material comes in; each message is one sentence that names the remedy."""

from __future__ import annotations

from archive.errors import ArchiveError


class IngestError(ArchiveError):
    """A file or choice that cannot be ingested; the message does not repeat the file's name."""


INSTALL = "the engine faster-whisper is not installed: run pip install '.[ingest]' in the folder of the program"
