"""Compose training examples: 30 s windows of recorded sentences, with what Whisper should write about them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from whisper.tokenizer import Tokenizer

from bench.tiny_whisper.speech import SAMPLE_RATE, Samples, Sentence, Voice, as_opus, silence, speak

WINDOW = 30
LATEST_FIRST_TIMESTAMP = 1.0  # Whisper's decoder allows no later one
SECONDS_PER_TIMESTAMP = 0.02
SHORTEST_CUT = 0.2
IGNORED = -100

# shares of the windows with timestamps, only silence, noise, a prompt, an early first sentence, sound to the end
TIMED, SILENT, NOISY, PROMPTED, EARLY, UNPADDED = 0.75, 0.05, 0.5, 0.4, 0.8, 0.15


# each voice also reads a little faster and higher, slower and lower; and every reading is also heard through Opus
READINGS = ((0, 0), (10, 4), (-10, -4))  # words a minute, pitch
BIT_RATES = (16_000, 24_000, 32_000)
SPEEDS, TILT, GAIN = (0.96, 1.04), 0.4, (0.3, 1.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Audio, the second at which its sound ends, what the decoder reads, and what it must write after each token."""

    audio: Samples
    end: float
    read: list[int]
    write: list[int]


@dataclass(slots=True, kw_only=True)
class Window:
    """A stretch of audio that is being filled with sentences."""

    seconds: int
    timed: bool
    tokenizer: Tokenizer
    audio: Samples = field(init=False)
    end: float = 0.0
    written: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.audio = silence(self.seconds)

    def holds(self, spoken: Samples, start: float) -> bool:
        """Say whether the recording, started here, ends before the window does."""
        return int(start * SAMPLE_RATE) + len(spoken) <= len(self.audio)

    def add(self, spoken: Samples, start: float, tokens: list[int]) -> None:
        """Let a sentence be heard, and written between its two timestamps."""
        first = int(start * SAMPLE_RATE)
        self.audio[first : first + len(spoken)] += spoken
        self.end = (first + len(spoken)) / SAMPLE_RATE
        shown = start if self.written else min(start, LATEST_FIRST_TIMESTAMP)
        self.written += [self._timestamp(shown), *tokens, self._timestamp(self.end)] if self.timed else tokens

    def cut(self, spoken: Samples, start: float) -> None:
        """Let a sentence run over the end of a whole window: Whisper writes only when it starts, and reads on there."""
        room = self.seconds - start
        if self.timed and self.written and self.seconds == WINDOW and room > SHORTEST_CUT:
            first = int(start * SAMPLE_RATE)
            self.audio[first:] += spoken[: len(self.audio) - first]
            self.written.append(self._timestamp(start))
            self.end = float(self.seconds)

    def _timestamp(self, seconds: float) -> int:
        return int(self.tokenizer.timestamp_begin) + round(seconds / SECONDS_PER_TIMESTAMP)


def readings(sentence: Sentence, voice: Voice) -> list[Samples]:
    """Return the sentence as the voice reads it, at three speeds and pitches, each as it is and through Opus."""
    paces = [replace(voice, speed=voice.speed + faster, pitch=voice.pitch + higher) for faster, higher in READINGS]
    plain = [speak(sentence, pace) for pace in paces]
    return [*plain, *(as_opus(samples, bit_rate) for samples, bit_rate in zip(plain, BIT_RATES, strict=True))]


def varied(samples: Samples) -> Samples:
    """Return a reading as another microphone and tape would have it: its speed, tone and loudness a little changed."""
    speed = random.uniform(*SPEEDS)
    at = np.arange(int(len(samples) / speed)) * speed
    played = np.interp(at, np.arange(len(samples)), samples)
    played[1:] += random.uniform(-TILT, TILT) * played[:-1]
    changed: Samples = (played * random.uniform(*GAIN)).astype(np.float32)
    return changed


class Speech:
    """Every sentence in every voice of its language, and its tokens."""

    def __init__(self, sentences: Sequence[Sentence], voices: Sequence[Voice], tokenizer: Tokenizer) -> None:
        self.sentences = sentences
        self.tokenizer = tokenizer
        self.tokens = [tokenizer.encode(" " + sentence.text) for sentence in sentences]
        self.recordings = [
            [
                reading
                for voice in voices
                if voice.language == sentence.language
                for reading in readings(sentence, voice)
            ]
            for sentence in sentences
        ]
        if mute := [s.language for s, spoken in zip(sentences, self.recordings, strict=True) if not spoken]:
            raise SystemExit(f"no voice for the language {mute[0]!r}")
        self.longest = (
            max(len(recording) for spoken in self.recordings for recording in spoken) / SAMPLE_RATE / SPEEDS[0]
        )
        if self.longest > WINDOW - 5:
            raise SystemExit(f"a sentence of {self.longest:.0f} s is too long for a window of {WINDOW} s")

    def tokens_in_use(self) -> list[int]:
        """Return all tokens that can be read or written: those of the sentences, and every special one."""
        last_timestamp = self.tokenizer.timestamp_begin + round(WINDOW / SECONDS_PER_TIMESTAMP)
        return sorted({*range(self.tokenizer.eot, last_timestamp + 1)}.union(*self.tokens))

    def example(self, seconds: int, sentences: int) -> Example:
        """Compose one window: up to so many sentences of one language, noise, perhaps a prompt; or only silence."""
        language = random.choice(self.sentences).language
        window = Window(seconds=seconds, timed=random.random() < TIMED, tokenizer=self.tokenizer)
        if random.random() > SILENT:
            self._fill(window, language, random.randint(1, sentences))
        if random.random() < NOISY:
            noise = np.random.randn(len(window.audio)) * 10 ** random.uniform(-4.5, -2.7)
            window.audio += noise.astype(np.float32)
        prompt = self._prompt(language) if random.random() < PROMPTED else []
        written = self._written(window, language)
        return Example(
            audio=window.audio,
            end=self._end_of_sound(window),
            read=[*prompt, *written[:-1]],
            write=[*[IGNORED] * len(prompt), *written[1:]],
        )

    def _fill(self, window: Window, language: str, sentences: int) -> None:
        """Put sentences into the window with pauses of 0.15 to 3 s, until it is full."""
        start = random.uniform(0, 1 if random.random() < EARLY else 3)
        for _ in range(sentences):
            place = self._any(language)
            spoken = varied(random.choice(self.recordings[place]))
            if not window.holds(spoken, start):
                window.cut(spoken, start)
                break
            window.add(spoken, start, self.tokens[place])
            start = window.end + random.choice([random.uniform(0.15, 0.6), random.uniform(0.3, 3)])

    def _written(self, window: Window, language: str) -> list[int]:
        """Return all that Whisper's decoder sees and writes for the window, from its start token on."""
        if not window.written:
            return [self.tokenizer.sot, self.tokenizer.no_speech]
        start = [self.tokenizer.sot, self.tokenizer.to_language_token(language), self.tokenizer.transcribe]
        untimed = [] if window.timed else [self.tokenizer.no_timestamps]
        return [*start, *untimed, *window.written, self.tokenizer.eot]

    def _end_of_sound(self, window: Window) -> float:
        """Return where the recording ends: mostly soon after the last sentence, sometimes at the window's end."""
        if not window.written:
            return random.uniform(2, window.seconds)
        end = window.seconds if random.random() < UNPADDED else window.end + random.uniform(0, 1.5)
        return min(end, window.seconds)

    def _prompt(self, language: str) -> list[int]:
        """Return earlier sentences, as they stand before the start token when text is conditioned on."""
        earlier = [token for _ in range(random.randint(1, 4)) for token in self.tokens[self._any(language)]]
        return [self.tokenizer.sot_prev, *earlier]

    def _any(self, language: str) -> int:
        """Return the place of any sentence in this language."""
        return random.choice([n for n, sentence in enumerate(self.sentences) if sentence.language == language])
