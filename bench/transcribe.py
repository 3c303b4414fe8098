"""How long transcription takes: ours against bare faster-whisper, and faster-whisper against openai-whisper.

    python -m bench.transcribe            both, with a random model of the dimensions of `small`
    python -m bench.transcribe --quick    both, in about two minutes, with those of `tiny`

Times depend on the machine and on what else it does; the ratios say more. The second comparison needs openai-whisper.
"""

from __future__ import annotations

import argparse
import io
import tarfile
import tempfile
import time
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.audio import decode_audio

from archive.folder import create_archive
from bench.machine import describe_machine
from ingest.accession import Arrival
from ingest.audio import RATE, decode
from ingest.engines import TranscriptionOptions, open_transcriber
from ingest.items import items_of
from ingest.pipeline import ingest
from ingest.reporting import PlainReporter
from ingest.speech import Piece, find_pieces
from ingest.transcription import listen

if TYPE_CHECKING:
    from ingest.audio import Samples

HERE = Path(__file__).resolve().parent
DEMO = HERE.parent / "archive" / "demo"
LONGEST_PIECE = 10.0  # what the demonstration model can follow
TOKENS = 100
VOCABULARY = 51_865
PROMPT = 4  # tokens before the text; CTranslate2 writes at most half of what it may, prompt included
WINDOW = 30
DIMENSIONS = {"tiny": (384, 6, 4), "base": (512, 8, 6), "small": (768, 12, 12)}  # width, heads, layers
SAME: dict[str, Any] = {  # what both engines are told
    "language": "en", "temperature": 0.0, "without_timestamps": True, "condition_on_previous_text": False,
    "no_speech_threshold": None, "compression_ratio_threshold": None,
}  # fmt: skip
VERSIONS = ("faster-whisper", "ctranslate2", "av", "onnxruntime", "numpy", "openai-whisper", "torch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """How long something took at best, in seconds on the clock and of the processor."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: what was done, how long it took, and what that means."""

    what: str
    time: Time
    meaning: str = ""


def best(rounds: int, works: Sequence[Callable[[], object]]) -> list[Time]:
    """Return the shortest times of each work; they take turns, so that a busy moment meets all of them."""
    walls: list[list[float]] = [[] for _ in works]
    cpus: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, wall, cpu in zip(works, walls, cpus, strict=True):
            begun, spent = time.perf_counter(), time.process_time()
            work()
            wall.append(time.perf_counter() - begun)
            cpu.append(time.process_time() - spent)
    return [Time(wall=min(wall), cpu=min(cpu)) for wall, cpu in zip(walls, cpus, strict=True)]


def a_recording(folder: Path, seconds: float) -> Path:
    """Write the demonstration's recording from Glasgow over and over, as a wav of this length."""
    spoken = np.concatenate(list(decode(DEMO / "recordings" / "glasgow-1915.opus")))
    path = folder / "recording.wav"
    with wave.open(str(path), "wb") as wav:
        wav.setparams((1, 2, RATE, 0, "NONE", ""))
        wav.writeframes((np.resize(spoken, round(seconds * RATE)) * 32767).astype("<i2").tobytes())
    return path


def compare_with_bare(folder: Path, seconds: float, threads: int, rounds: int) -> list[Row]:
    """Time our hearing, and our whole ingest, against bare faster-whisper on the same file with the same pieces.

    Bare is what a person would write: load the model, decode_audio, pieces, one call with clip_timestamps. The whole
    ingest also examines and copies the recording, stores every piece safely on the disk, and tags with the starter
    vocabularies. The model is the demonstration's, far quicker than any real one: an overhead weighs most here.
    """
    with tarfile.open(DEMO / "model" / "tiny-whisper-int8.tar.xz") as packed:
        packed.extractall(folder, filter="data")
    path = a_recording(folder, seconds)
    options = TranscriptionOptions(
        model=str(folder / "int8"), language="en", device="cpu", threads=threads, longest_piece=LONGEST_PIECE
    )

    def bare() -> list[Any]:
        model = WhisperModel(options.model, device="cpu", compute_type="int8", cpu_threads=threads)
        audio = decode_audio(str(path))
        return transcribed(model, audio, find_pieces(audio, longest=LONGEST_PIECE))

    def ours() -> list[Any]:
        return [segment for heard in listen(path, open_transcriber(options), options) for segment in heard.segments]

    def whole() -> None:
        ingested(path, options)

    with_ours, with_whole, with_bare = best(rounds, [ours, whole, bare])
    name = f"demonstration model, {seconds:.0f} s of audio"
    return [
        Row(what=f"bare faster-whisper, {name}", time=with_bare),
        Row(what=f"our hearing, {name}", time=with_ours, meaning=overhead(with_ours, with_bare)),
        Row(
            what=f"our whole ingest, {name}",
            time=with_whole,
            meaning=f"{overhead(with_whole, with_bare)} (target: at most 5 %)",
        ),
    ]


def ingested(path: Path, options: TranscriptionOptions) -> None:
    """Bring the recording into a new archive, as `conricerca ingest` does."""
    with tempfile.TemporaryDirectory() as name:
        archive = create_archive(Path(name) / "archive")
        arrival, report = Arrival(on=date(2026, 1, 1)), PlainReporter(io.StringIO())
        summary = ingest(archive, items_of([path]).items, arrival=arrival, options=options, report=report)
    if summary.transcribed != 1 or summary.failures:
        raise SystemExit(f"the recording was not ingested: {summary}")


def overhead(ours: Time, bare: Time) -> str:
    """Say how much longer ours took."""
    wall, cpu = (100 * (more / less - 1) for more, less in _both(ours, bare))
    return f"overhead {wall:+.1f} % on the clock, {cpu:+.1f} % of the processor"


def _both(one: Time, other: Time) -> tuple[tuple[float, float], tuple[float, float]]:
    """Pair the times on the clock, and those of the processor."""
    return (one.wall, other.wall), (one.cpu, other.cpu)


def transcribed(model: WhisperModel, audio: Samples, pieces: Sequence[Piece]) -> list[Any]:
    """Transcribe the pieces with one call of faster-whisper, with the options that our engine has."""
    found, _ = model.transcribe(
        audio,
        language="en",
        beam_size=5,
        word_timestamps=True,
        condition_on_previous_text=False,
        clip_timestamps=[edge for piece in pieces for edge in (piece.start, piece.end)],
    )
    return list(found)


def compare_engines(folder: Path, size: str, windows: int, threads: int, rounds: int) -> list[Row]:
    """Time both engines with the same random weights, greedy, writing exactly 100 tokens for each window of 30 s."""
    from bench.tiny_whisper.convert import convert

    checkpoint = a_random_checkpoint(folder / f"{size}.pt", size)
    convert(checkpoint, folder / size)
    audio = np.random.default_rng(1).standard_normal(windows * WINDOW * RATE).astype(np.float32) * 0.1
    faster, slower = _faster(folder / size, audio, threads), _slower(checkpoint, audio, threads)
    written = {faster(), slower()}  # and both are warm now
    if written != {windows * TOKENS}:
        raise SystemExit(f"the engines wrote {written} tokens instead of {windows * TOKENS}: not comparable")
    with_faster, with_openai = best(rounds, [faster, slower])
    wall, cpu = (more / less for more, less in _both(with_openai, with_faster))
    name = f"random {size}, {windows * WINDOW} s of audio, {TOKENS} tokens each 30 s"
    return [
        Row(what=f"openai-whisper float32, {name}", time=with_openai),
        Row(
            what=f"faster-whisper int8, {name}",
            time=with_faster,
            meaning=f"{wall:.2f} times faster on the clock, {cpu:.2f} of the processor (target: at least 2)",
        ),
    ]


def _faster(model: Path, audio: Samples, threads: int) -> Callable[[], int]:
    """What hears the audio with faster-whisper and says how many tokens it wrote."""
    ours = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=threads)
    unwritten = _unwritten()

    def hear() -> int:
        found, _ = ours.transcribe(
            audio,
            beam_size=1,
            suppress_tokens=unwritten,
            max_new_tokens=2 * TOKENS - PROMPT,
            log_prob_threshold=None,
            **SAME,
        )
        return sum(len(segment.tokens) for segment in found)

    return hear


def _slower(checkpoint: Path, audio: Samples, threads: int) -> Callable[[], int]:
    """What hears the audio with openai-whisper and says how many tokens it wrote."""
    import torch
    import whisper

    torch.set_num_threads(threads)
    theirs = whisper.load_model(str(checkpoint), device="cpu")
    unwritten = _unwritten()

    def hear() -> int:
        found = theirs.transcribe(
            audio, fp16=False, suppress_tokens=unwritten, sample_len=TOKENS, logprob_threshold=None, **SAME
        )
        return sum(len(segment["tokens"]) for segment in found["segments"])

    return hear


def _unwritten() -> list[int]:
    """The tokens that may not be written: neither the end nor any other without text."""
    import whisper

    return [-1, *range(whisper.tokenizer.get_tokenizer(True).eot, VOCABULARY)]


def a_random_checkpoint(path: Path, size: str) -> Path:
    """Write an openai-whisper checkpoint in float16 with random weights."""
    import torch
    from whisper.model import ModelDimensions, Whisper

    width, heads, layers = DIMENSIONS[size]
    torch.manual_seed(1)
    model = Whisper(ModelDimensions(80, 1500, width, heads, layers, VOCABULARY, 448, width, heads, layers))
    torch.nn.init.normal_(model.decoder.positional_embedding, std=0.02)
    state = {name: value.half() for name, value in model.state_dict().items()}
    torch.save({"dims": model.dims.__dict__, "model_state_dict": state}, path)
    return path


def versions() -> str:
    """Return the versions of what was measured, as far as it is installed."""
    found = []
    for name in VERSIONS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="less audio, and the dimensions of tiny")
    parser.add_argument("--threads", type=int, default=1, help="threads x programs must not exceed the cores")
    parser.add_argument("--rounds", type=int, default=None, help="the best of so many is taken")
    return parser.parse_args()


def main() -> None:
    """Measure, and print one table."""
    chosen = arguments()
    rounds = chosen.rounds or (2 if chosen.quick else 3)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = compare_with_bare(folder, 120 if chosen.quick else 1500, chosen.threads, rounds)
        try:
            rows += compare_engines(folder, "tiny" if chosen.quick else "small", 2, chosen.threads, rounds)
        except ImportError:
            print("openai-whisper is not compared: run 'make openai-whisper', then this again")
    print(f"{describe_machine()}, {chosen.threads} threads\n{versions()}\n")
    widest = max(len(row.what) for row in rows)
    print(f"{'':{widest}}  {'clock':>8}  {'CPU':>8}")
    for row in rows:
        print(f"{row.what:{widest}}  {row.time.wall:6.2f} s  {row.time.cpu:6.2f} s  {row.meaning}")


if __name__ == "__main__":
    main()
