"""Train a Whisper-architecture model of a few hundred thousand weights on sentences spoken by espeak-ng.

The result is a test fixture, not a recogniser: it writes the sentences that it was trained on, through the real
code of faster-whisper and openai-whisper, from a few megabytes and without any download.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from whisper.audio import log_mel_spectrogram
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import get_tokenizer

from bench.tiny_whisper.convert import LANGUAGES, TOKENS, convert
from bench.tiny_whisper.speech import read_sentences, read_voices
from bench.tiny_whisper.windows import IGNORED, WINDOW, Speech

HEAD_WIDTH = 32
ENCODER_LAYERS, DECODER_LAYERS = 1, 2
LEARNING_RATE = 3e-3
WARM_UP = 50
FRAMES_PER_SECOND = 100
REPORT_EVERY = 50
RECORDED_VERSIONS = ("openai-whisper", "torch", "ctranslate2", "tokenizers", "numpy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of the training, until this share of the steps: how long its windows are, how full, how many a step."""

    until: float
    seconds: int
    sentences: int
    batch: int


class TinyWhisper(torch.nn.Module):  # type: ignore[misc]  # torch is not typed here
    """A Whisper that learns vectors only for the tokens in use; all other tokens share one background vector."""

    def __init__(self, width: int, in_use: list[int], first_timestamp: int) -> None:
        super().__init__()
        heads = width // HEAD_WIDTH
        self.dims = ModelDimensions(
            n_mels=80,
            n_audio_ctx=1500,
            n_audio_state=width,
            n_audio_head=heads,
            n_audio_layer=ENCODER_LAYERS,
            n_vocab=TOKENS,
            n_text_ctx=448,
            n_text_state=width,
            n_text_head=heads,
            n_text_layer=DECODER_LAYERS,
        )
        self.whisper = Whisper(self.dims)
        self.whisper.decoder.token_embedding.requires_grad_(False)
        torch.nn.init.normal_(self.whisper.decoder.positional_embedding, std=0.02)
        self.in_use = torch.tensor(in_use)
        self.row = torch.zeros(TOKENS, dtype=torch.long)
        self.row[self.in_use] = torch.arange(len(in_use))
        self.vectors = torch.nn.Parameter(torch.randn(len(in_use), width) * 0.05)
        self.background = torch.nn.Parameter(torch.zeros(width))
        # a timestamp starts as the encoder's own code for that position: both count in steps of 20 ms
        first = int(self.row[first_timestamp])
        self.vectors.data[first : first + 1500] = self.whisper.encoder.positional_embedding * 0.15

    def forward(self, features: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """Return scores for each token in use, and in the last column for all the others together."""
        decoder, encoded = self.whisper.decoder, self._encode(features)
        state = functional.embedding(self.row[tokens], self.vectors) + decoder.positional_embedding[: tokens.shape[1]]
        for block in decoder.blocks:
            state = block(state, encoded, mask=decoder.mask)
        scores = decoder.ln(state) @ torch.cat([self.vectors, self.background[None]]).T
        others = scores[..., -1:] + math.log(TOKENS - len(self.in_use))
        return torch.cat([scores[..., :-1], others], dim=-1)

    def _encode(self, features: torch.Tensor) -> torch.Tensor:
        """Encode as Whisper does, but also windows shorter than 30 s, which Whisper's own code refuses."""
        encoder = self.whisper.encoder
        state = functional.gelu(encoder.conv2(functional.gelu(encoder.conv1(features)))).permute(0, 2, 1)
        state = state + encoder.positional_embedding[: state.shape[1]]
        for block in encoder.blocks:
            state = block(state)
        return encoder.ln_post(state)

    def learned(self) -> list[torch.nn.Parameter]:
        """Return the weights that training changes."""
        return [value for value in self.parameters() if value.requires_grad]

    def save(self, path: Path) -> None:
        """Write an openai-whisper checkpoint in float16."""
        rows = self.background.detach().repeat(TOKENS, 1)
        rows[self.in_use] = self.vectors.detach()
        self.whisper.decoder.token_embedding.weight.data.copy_(rows)
        state = {name: value.half() for name, value in self.whisper.state_dict().items()}
        torch.save({"dims": asdict(self.dims), "model_state_dict": state}, path)


def stages(longest: float) -> tuple[Stage, ...]:
    """Return short windows with one sentence first, whole 30 s windows last, for sentences of this many seconds."""
    short = min(max(5, math.ceil(longest) + 3), WINDOW)
    return (
        Stage(until=0.30, seconds=short, sentences=1, batch=16),
        Stage(until=0.65, seconds=min(2 * short, WINDOW), sentences=3, batch=10),
        Stage(until=0.90, seconds=WINDOW, sentences=3, batch=6),  # as pieces of a recording are, and much padding
        Stage(until=1.00, seconds=WINDOW, sentences=5, batch=6),
    )


def compose(speech: Speech, model: TinyWhisper, stage: Stage) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return features, tokens to read, and the rows of the tokens to write, for one step."""
    examples = [speech.example(stage.seconds, stage.sentences) for _ in range(stage.batch)]
    features = torch.stack([log_mel_spectrogram(torch.from_numpy(example.audio)) for example in examples])
    length = max(len(example.read) for example in examples)
    read = torch.full((stage.batch, length), speech.tokenizer.eot)
    write = torch.full((stage.batch, length), IGNORED)
    for place, example in enumerate(examples):
        # Whisper pads features, not audio: after the end of the sound stand zeros, not the features of silence
        features[place, :, int(example.end * FRAMES_PER_SECOND) :] = 0
        read[place, : len(example.read)] = torch.tensor(example.read)
        target = torch.tensor(example.write)
        write[place, : len(target)] = torch.where(target == IGNORED, IGNORED, model.row[target.clamp(min=0)])
    return features, read, write


def learning_rate(step: int, steps: int) -> float:
    """Rise over the first steps, then fall along a cosine."""
    return LEARNING_RATE * min(1, (step + 1) / WARM_UP) * (0.51 + 0.5 * math.cos(math.pi * step / steps))


def train(speech: Speech, model: TinyWhisper, steps: int) -> list[dict[str, float]]:
    """Train in place; print and return the mean loss and the share of right text tokens, every 50 steps."""
    optimizer = torch.optim.AdamW(model.learned(), weight_decay=0.01, betas=(0.9, 0.98))
    curriculum = stages(speech.longest)
    started, losses, history = time.monotonic(), [], []
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = learning_rate(step, steps)
        stage = next(stage for stage in curriculum if step / steps < stage.until)
        features, read, write = compose(speech, model, stage)
        scores = model(features, read)
        loss = functional.cross_entropy(scores.flatten(0, 1), write.flatten(), ignore_index=IGNORED)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.learned(), 1.0)
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % REPORT_EVERY == 0:
            text = (write >= 0) & (model.in_use[write.clamp(min=0)] < speech.tokenizer.eot)
            right = (scores.argmax(-1) == write)[text].float().mean().item()
            loss_now, seconds = float(np.mean(losses[-REPORT_EVERY:])), time.monotonic() - started
            print(f"step {step + 1:5d} {seconds:5.0f} s   loss {loss_now:.3f}   text right {right:.3f}", flush=True)
            history.append({"step": step + 1, "seconds": round(seconds), "loss": loss_now, "text_right": right})
    return history


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path, help="folder to write tiny-whisper.pt, int8/ and training.json to")
    parser.add_argument("--sentences", nargs="+", required=True, metavar="LANGUAGE=FILE", help="one sentence a line")
    parser.add_argument("--voices", required=True, metavar="FILE", help="one 'language voice speed pitch' a line")
    parser.add_argument("--steps", type=int, default=1700)
    parser.add_argument("--width", type=int, default=64, help=f"of the model, a multiple of {HEAD_WIDTH}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    if chosen.width < 1 or chosen.width % HEAD_WIDTH:
        parser.error(f"the width must be a multiple of {HEAD_WIDTH}, not {chosen.width}")
    return chosen


def main() -> None:
    """Speak, train, save and convert."""
    chosen = arguments()
    torch.set_num_threads(chosen.threads)
    random.seed(chosen.seed)
    np.random.seed(chosen.seed)
    torch.manual_seed(chosen.seed)
    sentences = [sentence for argument in chosen.sentences for sentence in read_sentences(argument)]
    voices = read_voices(chosen.voices)
    tokenizer = get_tokenizer(True, num_languages=LANGUAGES, language="en", task="transcribe")
    speech = Speech(sentences, voices, tokenizer)
    in_use = speech.tokens_in_use()
    model = TinyWhisper(chosen.width, in_use, tokenizer.timestamp_begin)
    weights = sum(value.numel() for value in model.learned())
    print(f"{len(sentences)} sentences, {len(voices)} voices, {len(in_use)} tokens in use, {weights} weights to learn")
    history = train(speech, model, chosen.steps)
    chosen.output.mkdir(parents=True, exist_ok=True)
    model.save(chosen.output / "tiny-whisper.pt")
    convert(chosen.output / "tiny-whisper.pt", chosen.output / "int8")
    record = {
        "sentences": [asdict(sentence) for sentence in sentences],
        "voices": [asdict(voice) for voice in voices],
        "options": {name: getattr(chosen, name) for name in ("steps", "width", "seed", "threads")},
        "versions": {name: version(name) for name in RECORDED_VERSIONS},
        "history": history,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    (chosen.output / "training.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
