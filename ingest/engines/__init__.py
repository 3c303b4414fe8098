"""The transcription engines: opened by name, all with the same face."""

from __future__ import annotations

from ingest.engines.protocol import DEVICES, Transcriber, TranscriptionOptions
from ingest.errors import IngestError

__all__ = ["DEVICES", "ENGINES", "Transcriber", "TranscriptionOptions", "open_transcriber"]

ENGINES = ("faster-whisper", "openai-whisper")


def open_transcriber(options: TranscriptionOptions) -> Transcriber:
    """Load the model with the engine asked for; raises IngestError when either cannot be had."""
    if options.engine == "faster-whisper":
        from ingest.engines.faster_whisper import FasterWhisper

        return FasterWhisper(options)
    if options.engine == "openai-whisper":
        from ingest.engines.openai_whisper import OpenAIWhisper

        return OpenAIWhisper(options)
    raise IngestError(f"there is no engine {options.engine!r}: choose {' or '.join(ENGINES)}")
