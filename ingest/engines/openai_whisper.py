"""Transcription with openai-whisper: the reference to compare with; slower, and it needs torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.audio import RATE
from ingest.engines.protocol import TranscriptionOptions
from ingest.engines.shaping import cut_out, known_language, recorded_name, shaped, threads_for
from ingest.errors import IngestError
from ingest.models import checkpoint_missing, find_checkpoint
from transcripts.model import Segment

if TYPE_CHECKING:
    from ingest.audio import Samples
    from ingest.speech import Piece

SEED = 20_26  # of the sampling that Whisper falls back to where it is unsure
BEST_OF = 5  # candidates when sampling, as faster-whisper does


class OpenAIWhisper:
    """An openai-whisper model in memory."""

    engine = "openai-whisper"

    def __init__(self, options: TranscriptionOptions) -> None:
        """Find and load the model; raises IngestError when it cannot be had."""
        checkpoint = find_checkpoint(options.model)
        import torch

        gpu = options.device != "cpu" and torch.cuda.is_available()
        self.remark = "no GPU was found: transcribing on the CPU" if options.device == "cuda" and not gpu else None
        self.options = options
        self.model = recorded_name(options.model)
        self.compute = "float16 on cuda" if gpu else "float32 on cpu"
        self._gpu = gpu
        torch.set_num_threads(threads_for(options.threads))
        self._whisper = _loaded(checkpoint, "cuda" if gpu else "cpu")

    def detect_language(self, samples: Samples) -> str:
        """Return the code of the language spoken in the first 30 s."""
        import whisper

        if not self._whisper.is_multilingual:
            return "en"
        features = whisper.log_mel_spectrogram(samples[: 30 * RATE], self._whisper.dims.n_mels)
        features = whisper.pad_or_trim(features, whisper.audio.N_FRAMES).to(self._whisper.device)
        _, shares = self._whisper.detect_language(features.half() if self._gpu else features)
        return str(max(shares, key=shares.__getitem__))

    def transcribe(self, samples: Samples, pieces: Sequence[Piece], *, language: str) -> Iterator[Segment]:
        """Yield what is said in each piece; exactly the same each time."""
        import torch
        from whisper.tokenizer import LANGUAGES

        code = known_language(language, LANGUAGES if self._whisper.is_multilingual else ("en",))
        for piece, spoken in cut_out(samples, pieces):
            torch.manual_seed(SEED)
            for found in self._found(spoken, code):
                words = [(word["start"], word["end"], word["word"], word["probability"]) for word in found["words"]]
                segment = shaped(found["text"], (found["start"], found["end"]), words, found["avg_logprob"], piece)
                if segment:
                    yield segment

    def _found(self, spoken: Samples, language: str) -> list[dict[str, Any]]:
        try:
            found: dict[str, Any] = self._whisper.transcribe(
                spoken,
                language=language,
                beam_size=self.options.beam_size,
                best_of=BEST_OF,
                initial_prompt=self.options.prompt,
                word_timestamps=True,
                condition_on_previous_text=False,
                fp16=self._gpu,
            )
        except RuntimeError as error:  # what torch raises, for instance out of memory on a GPU
            raise IngestError(f"the engine openai-whisper gave up ({error}): try a smaller --model") from error
        return list(found["segments"])


def _loaded(checkpoint: str, device: str) -> Any:
    import pickle

    import whisper

    try:
        return whisper.load_model(checkpoint, device=device)
    except (RuntimeError, KeyError, TypeError, EOFError, pickle.UnpicklingError, OSError) as error:
        if checkpoint in whisper.available_models():
            raise checkpoint_missing(checkpoint, error) from error
        name = Path(checkpoint).name
        raise IngestError(f"the model {name} cannot be opened, it is no openai-whisper checkpoint: {error}") from error
