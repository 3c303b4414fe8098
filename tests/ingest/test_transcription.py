"""A recording is heard piece by piece, wholly, once, and from wherever the last hearing stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest import transcription
from ingest.audio import RATE
from ingest.engines import Transcriber, TranscriptionOptions, open_transcriber
from ingest.speech import Piece
from ingest.transcription import Heard, listen
from tests.ingest.sounds import RECORDINGS, ROOT, a_recording, demo_speech, np, unpacked_model
from transcripts.model import Segment, Word

if TYPE_CHECKING:
    from ingest.audio import Samples

pytest.importorskip("faster_whisper", reason="the extra ingest is not installed")

GLASGOW = RECORDINGS / "glasgow-1915.opus"
OPTIONS = TranscriptionOptions(threads=1, longest_piece=10.0)
LANGUAGES = {"glasgow-1915": "en", "paris-1871": "fr", "torino-1969": "it", "argentina-2001": "es"}


@pytest.fixture(scope="module")
def transcriber(tmp_path_factory: pytest.TempPathFactory) -> Transcriber:
    return open_transcriber(replace(OPTIONS, model=str(unpacked_model(tmp_path_factory.mktemp("model")))))


@pytest.fixture
def short_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of 12 s instead of 10 minutes, so that a short recording has several."""
    monkeypatch.setattr(transcription, "WINDOW", 12.0)
    monkeypatch.setattr(transcription, "SEARCH", 6.0)


class Listener:
    """A transcriber that writes down how each piece sounded, and how often it was asked."""

    engine, model, compute, remark = "none", "none", "none", None

    def __init__(self) -> None:
        self.asked = 0

    def detect_language(self, samples: Samples) -> str:
        assert len(samples) <= 30 * RATE
        return "en"

    def transcribe(self, samples: Samples, pieces: Sequence[Piece], *, language: str) -> Iterator[Segment]:
        for piece in pieces:
            self.asked += 1
            spoken = samples[round(piece.start * RATE) : round(piece.end * RATE)]
            word = Word(start=piece.start, end=piece.end, text=f"{len(spoken)} {float(np.abs(spoken).sum()):.6f}")
            yield Segment(text=word.text, start=piece.start, end=piece.end, words=(word,))


def sentences(language: str) -> str:
    lines = (ROOT / "bench" / "tiny_whisper" / "sentences" / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    return " ".join(line for line in lines if line and not line.startswith("#"))


def text(heard: Sequence[Heard]) -> str:
    return " ".join(segment.text for piece in heard for segment in piece.segments)


def silence(seconds: float) -> Samples:
    quiet: Samples = np.zeros(round(seconds * RATE), dtype=np.float32)
    return quiet


@pytest.mark.parametrize("recording", LANGUAGES)
def test_the_demonstration_is_written_word_for_word(recording: str, transcriber: Transcriber) -> None:
    heard = list(listen(RECORDINGS / f"{recording}.opus", transcriber, OPTIONS))
    assert {piece.language for piece in heard} == {LANGUAGES[recording]}
    assert text(heard) == sentences(LANGUAGES[recording])


@pytest.mark.usefixtures("short_windows")
def test_no_window_splits_or_loses_a_sentence(transcriber: Transcriber) -> None:
    assert text(list(listen(GLASGOW, transcriber, OPTIONS))) == sentences("en")


@pytest.mark.usefixtures("short_windows")
def test_resumed_at_any_piece_the_rest_is_exactly_the_same(transcriber: Transcriber) -> None:
    heard = list(listen(GLASGOW, transcriber, OPTIONS))
    assert len(heard) > 4
    for place, piece in enumerate(heard):
        rest = list(listen(GLASGOW, transcriber, OPTIONS, start_at=piece.until, language=piece.language))
        assert rest == heard[place + 1 :]


@pytest.mark.usefixtures("short_windows")
@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".wav"])
def test_resumed_at_any_piece_the_very_same_samples_are_heard(suffix: str, tmp_path: Path) -> None:
    path = a_recording(tmp_path / f"interview{suffix}", samples=demo_speech(), rate=RATE)
    heard = list(listen(path, Listener(), OPTIONS))
    for place, piece in enumerate(heard):
        resumed = Listener()
        assert list(listen(path, resumed, OPTIONS, start_at=piece.until, language="en")) == heard[place + 1 :]
        assert resumed.asked == sum(len(later.segments) for later in heard[place + 1 :])


@pytest.mark.usefixtures("short_windows")
def test_the_recording_is_heard_to_its_end_and_nothing_lies_outside(transcriber: Transcriber) -> None:
    heard = list(listen(GLASGOW, transcriber, OPTIONS))
    duration = len(demo_speech()) / RATE
    assert heard[-1].until == pytest.approx(duration, abs=0.001)
    untils = [piece.until for piece in heard]
    assert untils == sorted(set(untils))
    begins = 0.0
    for piece in heard:
        for segment in piece.segments:
            assert segment.start is not None
            assert segment.end is not None
            assert begins <= segment.start <= segment.end <= piece.until
            assert all(segment.start <= word.start <= word.end <= segment.end for word in segment.words)
        begins = piece.until


@pytest.mark.usefixtures("short_windows")
def test_times_are_counted_from_the_beginning_of_the_recording(transcriber: Transcriber, tmp_path: Path) -> None:
    later = a_recording(tmp_path / "later.wav", samples=np.concatenate([silence(20), demo_speech()]), rate=RATE)
    soon = a_recording(tmp_path / "soon.wav", samples=demo_speech(), rate=RATE)
    first = next(segment for piece in listen(soon, transcriber, OPTIONS) for segment in piece.segments)
    shifted = next(segment for piece in listen(later, transcriber, OPTIONS) for segment in piece.segments)
    assert shifted.text == first.text
    assert first.start is not None
    assert shifted.start == pytest.approx(first.start + 20, abs=0.5)


def test_silence_is_heard_through_without_asking_the_engine(tmp_path: Path) -> None:
    path = a_recording(tmp_path / "silence.wav", samples=silence(8), rate=RATE)
    nobody = Listener()
    assert list(listen(path, nobody, OPTIONS)) == [Heard(segments=(), until=8.0, language=None)]
    assert nobody.asked == 0


def test_each_piece_arrives_before_the_next_is_begun() -> None:
    listener = Listener()
    for count, piece in enumerate(listen(GLASGOW, listener, OPTIONS), 1):
        if piece.segments:
            assert listener.asked == count
    assert listener.asked > 2


@pytest.mark.parametrize("chosen", ["option", "argument"])
def test_a_language_that_is_given_is_not_detected(chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> str:
        raise AssertionError("the language was detected")

    monkeypatch.setattr(Listener, "detect_language", never)
    options = replace(OPTIONS, language="it") if chosen == "option" else OPTIONS
    heard = listen(GLASGOW, Listener(), options, language=None if chosen == "option" else "it")
    assert {piece.language for piece in heard} == {"it"}


def test_the_language_is_that_of_the_first_speech_not_of_the_silence_before(
    transcriber: Transcriber, tmp_path: Path
) -> None:
    samples = np.concatenate([silence(40), demo_speech("torino-1969")])
    path = a_recording(tmp_path / "late.wav", samples=samples, rate=RATE)
    assert text(list(listen(path, transcriber, OPTIONS))) == sentences("it")
