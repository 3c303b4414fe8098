"""Transcribe espeak-ng speech with faster-whisper and openai-whisper, and count the words that are wrong."""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import whisper
from faster_whisper import BatchedInferencePipeline, WhisperModel

from bench.tiny_whisper.speech import SAMPLE_RATE, Samples, Sentence, Voice, read_sentences, read_voices, silence, speak
from ingest.speech import find_pieces

LEAD, PAUSE = 0.5, 0.8
PIECE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What an engine wrote: text, language, times of each word, and for each segment how likely it is no speech."""

    text: str
    language: str
    words: list[tuple[float, float]]
    no_speech: list[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Sentences in one recording, with the start and end of each."""

    group: str
    audio: Samples
    language: str
    texts: list[str]
    edges: list[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one engine did on one recording."""

    engine: str
    group: str
    reference: str
    hypothesis: str
    wrong: int
    words: int
    language_right: bool
    edge_errors: list[float]
    seconds: float


Engine = Callable[[Samples], Heard]


def faster_whisper_engine(folder: Path, threads: int, *, batched: bool = False) -> Engine:
    """Open the CTranslate2 folder; greedy, language detected, words timed."""
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True)

    def transcribe(audio: Samples) -> Heard:
        options = {"beam_size": 1, "temperature": 0, "word_timestamps": True}
        if batched:
            found, info = BatchedInferencePipeline(model).transcribe(audio, batch_size=4, vad_filter=True, **options)
        else:
            found, info = model.transcribe(audio, condition_on_previous_text=False, **options)
        segments = list(found)
        return Heard(
            text=" ".join(segment.text.strip() for segment in segments),
            language=info.language,
            words=[(word.start, word.end) for segment in segments for word in segment.words],
            no_speech=[round(float(segment.no_speech_prob), 3) for segment in segments],
        )

    return transcribe


def openai_whisper_engine(checkpoint: Path, threads: int) -> Engine:
    """Open the openai-whisper checkpoint; greedy, language detected, words timed."""
    torch.set_num_threads(threads)
    model = whisper.load_model(str(checkpoint), device="cpu")
    options = {"temperature": 0, "fp16": False, "word_timestamps": True, "condition_on_previous_text": False}

    def transcribe(audio: Samples) -> Heard:
        found = model.transcribe(audio, **options)
        return Heard(
            text=" ".join(segment["text"].strip() for segment in found["segments"]),
            language=found["language"],
            words=[(word["start"], word["end"]) for segment in found["segments"] for word in segment["words"]],
            no_speech=[round(float(segment["no_speech_prob"]), 3) for segment in found["segments"]],
        )

    return transcribe


def in_pieces(engine: Engine) -> Engine:
    """Cut at pauses into pieces of at most 10 s and transcribe each: what this model needs for long recordings."""

    def transcribe(audio: Samples) -> Heard:
        cuts = pieces(audio)
        heard = [engine(audio[first:last]) for first, last in cuts]
        return Heard(
            text=" ".join(one.text for one in heard),
            language=heard[0].language if heard else "",
            words=[
                (start + first / SAMPLE_RATE, end + first / SAMPLE_RATE)
                for (first, _), one in zip(cuts, heard, strict=True)
                for start, end in one.words
            ],
            no_speech=[sure for one in heard for sure in one.no_speech],
        )

    return transcribe


def pieces(audio: Samples) -> list[tuple[int, int]]:
    """Return first and last sample of each piece, cut as the archive cuts recordings."""
    found = find_pieces(audio, longest=PIECE)
    return [(round(piece.start * SAMPLE_RATE), round(piece.end * SAMPLE_RATE)) for piece in found]


def wrong_words(hypothesis: str, reference: str) -> int:
    """Return the fewest insertions, deletions and substitutions of words between the two, ignoring case and marks."""
    heard, said = _plain(hypothesis), _plain(reference)
    costs = list(range(len(heard) + 1))
    for row, word in enumerate(said, 1):
        diagonal, costs[0] = costs[0], row
        for column, other in enumerate(heard, 1):
            cost = min(costs[column] + 1, costs[column - 1] + 1, diagonal + (word != other))
            diagonal, costs[column] = costs[column], cost
    return costs[-1]


def _plain(text: str) -> list[str]:
    return "".join(letter for letter in text.lower() if letter.isalnum() or letter == " ").split()


def recording(group: str, sentences: Sequence[Sentence], voice: Voice) -> Case:
    """Join sentences with pauses into one recording."""
    parts, edges, at = [silence(LEAD)], [], LEAD
    for sentence in sentences:
        spoken = speak(sentence, voice)
        edges.append((at, at + len(spoken) / SAMPLE_RATE))
        parts += [spoken, silence(PAUSE)]
        at = edges[-1][1] + PAUSE
    texts = [sentence.text for sentence in sentences]
    return Case(group=group, audio=np.concatenate(parts), language=voice.language, texts=texts, edges=edges)


def cases(sentences: Sequence[Sentence], voices: Sequence[Voice], joined: Sequence[int]) -> list[Case]:
    """Return every sentence alone in its language's first voice, then drawn sentences joined, six of each length."""
    found = []
    for language in dict.fromkeys(sentence.language for sentence in sentences):
        own = [sentence for sentence in sentences if sentence.language == language]
        voice = next((voice for voice in voices if voice.language == language), None)
        if voice is None:
            raise SystemExit(f"no voice for the language {language!r}")
        found += [recording(f"{language}, one sentence", [sentence], voice) for sentence in own]
        for count in joined:
            chosen = [shuffled(own, count) for _ in range(6)]
            found += [recording(f"{language}, {count} sentences", order, voice) for order in chosen]
    return found


def shuffled(sentences: Sequence[Sentence], count: int) -> list[Sentence]:
    """Return so many sentences in random order, none of them again before all have been said."""
    rounds = -(-count // len(sentences))
    return [sentence for _ in range(rounds) for sentence in random.sample(sentences, len(sentences))][:count]


def score(name: str, transcribe: Engine, case: Case) -> Score:
    """Transcribe one recording and compare; times are compared only where every word is right."""
    started = time.monotonic()
    heard = transcribe(case.audio)
    reference = " ".join(case.texts)
    wrong = wrong_words(heard.text, reference)
    return Score(
        engine=name,
        group=case.group,
        reference=reference,
        hypothesis=heard.text,
        wrong=wrong,
        words=len(_plain(reference)),
        language_right=heard.language == case.language,
        edge_errors=edge_errors(case, heard) if wrong == 0 else [],
        seconds=round(time.monotonic() - started, 2),
    )


def edge_errors(case: Case, heard: Heard) -> list[float]:
    """Return how far, in seconds, the first and last word of each sentence are from its true start and end."""
    errors, place = [], 0
    for text, (start, end) in zip(case.texts, case.edges, strict=True):
        last = place + len(text.split()) - 1
        if last >= len(heard.words):
            return []
        errors += [abs(heard.words[place][0] - start), abs(heard.words[last][1] - end)]
        place = last + 1
    return errors


def summary(scores: Sequence[Score]) -> list[str]:
    """Return one line for each engine and group."""
    lines = [
        f"{'engine':16} {'recordings':22} {'exact':>7} {'WER':>6} {'language':>9} {'edges off':>10} {'seconds':>8}"
    ]
    for engine, group in dict.fromkeys((score.engine, score.group) for score in scores):
        own = [score for score in scores if (score.engine, score.group) == (engine, group)]
        exact = f"{sum(score.wrong == 0 for score in own)}/{len(own)}"
        language = f"{sum(score.language_right for score in own)}/{len(own)}"
        rate = sum(score.wrong for score in own) / sum(score.words for score in own)
        errors = [error for score in own for error in score.edge_errors]
        off = f"{np.mean(errors):.2f} s" if errors else "-"
        seconds = sum(score.seconds for score in own)
        lines.append(f"{engine:16} {group:22} {exact:>7} {rate:6.3f} {language:>9} {off:>10} {seconds:8.1f}")
    return lines


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="folder that train.py wrote: tiny-whisper.pt, int8/, training.json")
    parser.add_argument("--sentences", nargs="+", metavar="LANGUAGE=FILE", help="instead of those it was trained on")
    parser.add_argument("--voices", metavar="FILE", help="instead of those it was trained on")
    parser.add_argument("--joined", nargs="*", type=int, default=[3, 14], help="also so many sentences a recording")
    parser.add_argument(
        "--fail-above", type=float, default=math.inf, metavar="WER", help="for one sentence: exit with 1"
    )
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def spoken(chosen: argparse.Namespace) -> tuple[list[Sentence], list[Voice]]:
    """Return the sentences and voices asked for, or else those of the training."""
    record: dict[str, list[dict[str, Any]]] = {"sentences": [], "voices": []}
    if not (chosen.sentences and chosen.voices):
        record = json.loads((chosen.model / "training.json").read_text(encoding="utf-8"))
    sentences = [sentence for argument in chosen.sentences or [] for sentence in read_sentences(argument)]
    voices = read_voices(chosen.voices) if chosen.voices else []
    return (
        sentences or [Sentence(**row) for row in record["sentences"]],
        voices or [Voice(**row) for row in record["voices"]],
    )


def main() -> None:
    """Evaluate the engines that the folder holds a model for; print, and write evaluation.json beside the model."""
    chosen = arguments()
    random.seed(5)
    checkpoint, folder = chosen.model / "tiny-whisper.pt", chosen.model / "int8"
    engines: dict[str, Engine] = {}
    if folder.exists():
        engines["faster-whisper"] = faster_whisper_engine(folder, chosen.threads)
        engines["fw batched"] = faster_whisper_engine(folder, chosen.threads, batched=True)
        engines["fw in pieces"] = in_pieces(engines["faster-whisper"])
    if checkpoint.exists():
        engines["openai-whisper"] = openai_whisper_engine(checkpoint, chosen.threads)
        engines["openai in pieces"] = in_pieces(engines["openai-whisper"])
    if not engines:
        raise SystemExit(f"{chosen.model} holds neither int8/ nor tiny-whisper.pt")
    recordings = cases(*spoken(chosen), chosen.joined)
    scores = [score(name, engine, case) for name, engine in engines.items() for case in recordings]
    alone = [found for found in scores if found.group.endswith("one sentence")]
    for found in alone:
        print(f"{found.engine:16} WER {found.wrong / found.words:.3f}   {found.hypothesis}")
    print(*summary(scores), sep="\n")
    for name, engine in engines.items():
        quiet = engine(silence(8))
        print(f"{name:16} 8 s of digital silence: wrote {quiet.text!r}, no_speech_prob {quiet.no_speech}")
    rows = json.dumps([asdict(found) for found in scores], indent=1, ensure_ascii=False)
    (chosen.model / "evaluation.json").write_text(rows + "\n", encoding="utf-8")
    worst = max(found.wrong / found.words for found in alone)
    if worst > chosen.fail_above:
        raise SystemExit(f"a sentence has a word error rate of {worst:.3f}, more than {chosen.fail_above}")


if __name__ == "__main__":
    main()
