"""Transcription with faster-whisper: int8 on a CPU, float16 on a GPU, no torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ingest.audio import RATE
from ingest.engines.protocol import TranscriptionOptions
from ingest.engines.shaping import cut_out, known_language, recorded_name, shaped, threads_for
from ingest.errors import IngestError
from ingest.models import find_folder
from transcripts.model import Segment

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.audio import Samples
    from ingest.speech import Piece

SEED = 20_26  # of the sampling that Whisper falls back to where it is unsure


class FasterWhisper:
    """A faster-whisper model in memory."""

    engine = "faster-whisper"

    def __init__(self, options: TranscriptionOptions) -> None:
        """Find and load the model; raises IngestError when it cannot be had."""
        folder = find_folder(options.model)
        self.options = options
        self.model = recorded_name(options.model)
        self._whisper, self.compute, self.remark = _loaded(folder, options)

    def detect_language(self, samples: Samples) -> str:
        """Return the code of the language spoken in the first 30 s."""
        if len(self._whisper.supported_languages) == 1:
            return str(self._whisper.supported_languages[0])
        language, _, _ = self._whisper.detect_language(audio=samples[: 30 * RATE])
        return str(language)

    def transcribe(self, samples: Samples, pieces: Sequence[Piece], *, language: str) -> Iterator[Segment]:
        """Yield what is said in each piece.

        Exactly the same each time, except where Whisper is so unsure that it falls back to sampling.
        """
        code = known_language(language, self._whisper.supported_languages)
        for piece, spoken in cut_out(samples, pieces):
            for found in self._found(spoken, code):
                words = [(word.start, word.end, word.word, word.probability) for word in found.words or ()]
                segment = shaped(found.text, (found.start, found.end), words, found.avg_logprob, piece)
                if segment:
                    yield segment

    def _found(self, spoken: Samples, language: str) -> Iterator[Any]:
        try:
            found, _ = self._whisper.transcribe(
                spoken,
                language=language,
                beam_size=self.options.beam_size,
                initial_prompt=self.options.prompt,
                word_timestamps=True,
                condition_on_previous_text=False,
                vad_filter=False,
            )
            yield from found
        except RuntimeError as error:  # what CTranslate2 raises, for instance out of memory on a GPU
            raise IngestError(f"the engine faster-whisper gave up ({error}): try a smaller --model") from error


def _loaded(folder: Path, options: TranscriptionOptions) -> tuple[Any, str, str | None]:
    """Load on the GPU if there is one that works, else on the CPU; return the model, how it computes, and a remark."""
    import ctranslate2

    remark = None
    ctranslate2.set_random_seed(SEED)
    if options.device != "cpu":
        try:
            if ctranslate2.get_cuda_device_count():
                return _tried_on_gpu(folder, options)
            remark = "no GPU was found: transcribing on the CPU" if options.device == "cuda" else None
        except (RuntimeError, ValueError) as error:
            remark = f"the GPU cannot be used ({error}): transcribing on the CPU"
    compute = "int8" if "int8" in ctranslate2.get_supported_compute_types("cpu") else "float32"
    return _opened(folder, options, "cpu", compute), f"{compute} on cpu", remark


def _tried_on_gpu(folder: Path, options: TranscriptionOptions) -> tuple[Any, str, str | None]:
    import ctranslate2
    import numpy as np

    compute = "float16" if "float16" in ctranslate2.get_supported_compute_types("cuda") else "float32"
    model = _opened(folder, options, "cuda", compute)
    # missing libraries show only at the first computation
    model.detect_language(audio=np.zeros(RATE, dtype=np.float32))
    return model, f"{compute} on cuda", None


def _opened(folder: Path, options: TranscriptionOptions, device: str, compute: str) -> Any:
    from faster_whisper import WhisperModel

    try:
        return WhisperModel(
            str(folder),
            device=device,
            compute_type=compute,
            cpu_threads=threads_for(options.threads),
            local_files_only=True,
        )
    except (RuntimeError, ValueError, OSError) as error:
        if device == "cuda":
            raise
        raise IngestError(f"the model in {folder} cannot be opened ({error}): bring it here again") from error
    except Exception as error:
        if type(error) is not Exception:  # what tokenizers raises for a broken tokenizer.json
            raise
        raise IngestError(f"the model in {folder} cannot be opened ({error}): bring it here again") from error
