"""The demonstration's four recordings: sentences read by espeak-ng, joined by pauses and kept as Ogg Opus.

    python -m bench.tiny_whisper.record archive/demo/recordings

The manifest of the recordings says which files there are, their languages and their titles.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from bench.tiny_whisper.speech import SAMPLE_RATE, Voice, read_sentences, read_voices, silence, speak

SENTENCES = Path(__file__).resolve().parent / "sentences"
MANIFEST = Path(__file__).resolve().parents[2] / "archive" / "demo" / "recordings" / "manifest.csv"
PAUSE = 0.9
MARGIN = 0.5
PEAK = 0.65
BIT_RATE = 24_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recording to make: its file name, its title, and the language of its sentences."""

    file: str
    title: str
    language: str


def read_recordings(manifest: Path) -> list[Recording]:
    """Return one recording for each row of the manifest."""
    with manifest.open(encoding="utf-8", newline="") as rows:
        return [
            Recording(file=row["file"], title=row["title"], language=row["language"]) for row in csv.DictReader(rows)
        ]


def first_voice(voices: list[Voice], language: str) -> Voice:
    """Return the voice that reads a language's recording: the first one listed for it."""
    for voice in voices:
        if voice.language == language:
            return voice
    raise SystemExit(f"voices.txt has no voice for the language {language!r}")


def read_aloud(language: str, voice: Voice) -> np.ndarray:
    """Return all sentences of a language in order, equally loud, as float32 samples at 16 kHz.

    0.9 s of digital silence lies between two sentences, 0.5 s before the first and after the last.
    """
    spoken = [at_peak(speak(s, voice)) for s in read_sentences(f"{language}={SENTENCES / f'{language}.txt'}")]
    parts = [silence(MARGIN)]
    for samples in spoken:
        parts += [samples, silence(PAUSE)]
    parts[-1] = silence(MARGIN)
    return np.concatenate(parts)


def at_peak(samples: np.ndarray) -> np.ndarray:
    """Return the samples scaled so that the loudest is at PEAK of full scale."""
    return samples * np.float32(PEAK / np.abs(samples).max())


def write_opus(samples: np.ndarray, path: Path, title: str) -> None:
    """Write 16 kHz samples as mono Opus in Ogg, tagged only with the title; same samples, same bytes."""
    with av.open(str(path), "w", format="ogg", options={"fflags": "+bitexact"}) as ogg:
        ogg.metadata["title"] = title
        opus = ogg.add_stream("libopus", rate=SAMPLE_RATE, layout="mono")
        opus.bit_rate = BIT_RATE
        opus.codec_context.flags |= av.codec.context.Flags.bitexact
        sound = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="flt", layout="mono")
        sound.sample_rate = SAMPLE_RATE
        ogg.mux(opus.encode(sound))
        ogg.mux(opus.encode(None))


def main(folder: Path) -> None:
    """Make every recording of the manifest in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    voices = read_voices(str(SENTENCES / "voices.txt"))
    for recording in read_recordings(MANIFEST):
        samples = read_aloud(recording.language, first_voice(voices, recording.language))
        path = folder / recording.file
        write_opus(samples, path, recording.title)
        print(f"{path}  {len(samples) / SAMPLE_RATE:.1f} s  {path.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m bench.tiny_whisper.record OUTPUT_FOLDER")
    main(Path(sys.argv[1]))
