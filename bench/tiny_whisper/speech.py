"""Sentences, voices, and their espeak-ng recordings: the only speech that the model ever hears."""

from __future__ import annotations

import io
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from whisper.tokenizer import LANGUAGES

Samples = NDArray[np.float32]

SAMPLE_RATE = 16_000
AUDIBLE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One line that the model learns to write, and the language it is spoken in."""

    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One espeak-ng voice with its speed (words a minute) and pitch (0 to 99)."""

    language: str
    name: str
    speed: int
    pitch: int


def read_sentences(argument: str) -> list[Sentence]:
    """Read `en=sentences/en.txt`: one sentence a line, written exactly as the model shall write it."""
    language, _, path = argument.partition("=")
    if language not in LANGUAGES or not path:
        raise SystemExit(f"expected LANGUAGE=FILE with a language code that Whisper knows, not {argument!r}")
    return [Sentence(language=language, text=line) for line in _lines(path)]


def read_voices(path: str) -> list[Voice]:
    """Read one voice a line: `language voice speed pitch`, for instance `en en-us+f3 160 55`."""
    rows = [line.split() for line in _lines(path)]
    if wrong := [row for row in rows if len(row) != 4]:
        raise SystemExit(f"{path}: expected 'language voice speed pitch', not {' '.join(wrong[0])!r}")
    return [
        Voice(language=language, name=name, speed=int(speed), pitch=int(pitch)) for language, name, speed, pitch in rows
    ]


def speak(sentence: Sentence, voice: Voice) -> Samples:
    """Return the sentence as float32 samples at 16 kHz, without the silence before and after it."""
    command = ["espeak-ng", "-v", voice.name, "-s", str(voice.speed), "-p", str(voice.pitch), "--stdout", sentence.text]
    spoken = subprocess.run(command, capture_output=True, check=False)
    if spoken.returncode:
        raise SystemExit(f"espeak-ng, voice {voice.name}: {spoken.stderr.decode().strip()}")
    with wave.open(io.BytesIO(spoken.stdout)) as wav:
        rate = wav.getframerate()
        # espeak-ng writes to a pipe before it knows the length, so the header's frame count is not to be believed
        pcm = np.frombuffer(wav.readframes(len(spoken.stdout)), dtype=np.int16)
    at = np.arange(len(pcm) * SAMPLE_RATE // rate) * rate / SAMPLE_RATE
    samples = np.interp(at, np.arange(len(pcm)), pcm / 32768).astype(np.float32)
    audible = np.flatnonzero(np.abs(samples) > AUDIBLE)
    kept: Samples = samples[audible[0] : audible[-1] + 1]
    return kept


def as_opus(samples: Samples, bit_rate: int) -> Samples:
    """Return what is left of the samples when they have been encoded as Opus and decoded again."""
    kept = io.BytesIO()
    with av.open(kept, "w", format="ogg") as ogg:
        stream = ogg.add_stream("libopus", rate=SAMPLE_RATE, layout="mono")
        stream.bit_rate = bit_rate
        sound = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="flt", layout="mono")
        sound.sample_rate = SAMPLE_RATE
        ogg.mux(stream.encode(sound))
        ogg.mux(stream.encode(None))
    kept.seek(0)
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    with av.open(kept) as ogg:
        frames = [part for frame in ogg.decode(audio=0) for part in resampler.resample(frame)]
    decoded = np.concatenate([frame.to_ndarray().reshape(-1) for frame in [*frames, *resampler.resample(None)]])
    heard: Samples = np.resize(decoded, len(samples)).astype(np.float32)
    return heard


def silence(seconds: float) -> Samples:
    """Return digital silence."""
    return np.zeros(int(seconds * SAMPLE_RATE), dtype=np.float32)


def _lines(path: str) -> list[str]:
    """Return the lines that are neither empty nor comments."""
    lines = [line.strip() for line in Path(path).read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]
