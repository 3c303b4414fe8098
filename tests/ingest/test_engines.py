"""Both engines keep the same promises about what they write."""

from __future__ import annotations

import lzma
import math
import sys
from pathlib import Path

import pytest

from ingest.audio import RATE
from ingest.engines import Transcriber, TranscriptionOptions, open_transcriber
from ingest.engines.shaping import known_language, recorded_name, shaped, threads_for
from ingest.errors import IngestError
from ingest.speech import Piece, find_pieces
from tests.ingest.sounds import MODEL, demo_speech, np, unpacked_model

pytest.importorskip("faster_whisper", reason="the extra ingest is not installed")

PIECE = Piece(start=10.0, end=12.0)
LANGUAGES = {"glasgow-1915": "en", "paris-1871": "fr", "torino-1969": "it", "argentina-2001": "es"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(
    scope="module", params=["faster-whisper", pytest.param("openai-whisper", marks=pytest.mark.openai_whisper)]
)
def engine(request: pytest.FixtureRequest, folder: Path) -> Transcriber:
    if request.param == "faster-whisper":
        return open_transcriber(options(folder))
    pytest.importorskip("whisper", reason="the extra openai-whisper is not installed")
    checkpoint = folder.parent / "tiny-whisper.pt"
    checkpoint.write_bytes(lzma.decompress((MODEL.parent / "tiny-whisper.pt.xz").read_bytes()))
    return open_transcriber(options(checkpoint, engine="openai-whisper"))


def options(model: Path, **changes: object) -> TranscriptionOptions:
    chosen = {"model": str(model), "threads": 1, "longest_piece": 10.0, "device": "cpu", **changes}
    return TranscriptionOptions(**chosen)  # type: ignore[arg-type]


def test_what_is_recorded_of_an_engine(engine: Transcriber) -> None:
    assert engine.engine in {"faster-whisper", "openai-whisper"}
    assert engine.model in {"int8", "tiny-whisper.pt"}  # not whose computer it is on
    assert engine.compute in {"int8 on cpu", "float32 on cpu"}
    assert engine.remark is None


@pytest.mark.parametrize("recording", LANGUAGES)
def test_the_language_is_detected(recording: str, engine: Transcriber) -> None:
    assert engine.detect_language(demo_speech(recording)) == LANGUAGES[recording]


def test_every_piece_is_written_with_words_that_lie_within_it(engine: Transcriber) -> None:
    samples = demo_speech()
    pieces = find_pieces(samples, longest=10)[:3]
    assert len(pieces) == 3
    for piece in pieces:
        segments = list(engine.transcribe(samples, [piece], language="en"))
        assert segments
        for segment in segments:
            assert segment.text == segment.text.strip()
            assert segment.start is not None
            assert segment.end is not None
            assert piece.start <= segment.start <= segment.end <= piece.end
            assert " ".join(word.text for word in segment.words) == segment.text
            assert all(segment.start <= word.start <= word.end <= segment.end for word in segment.words)
            assert type(segment.confidence) is float
            assert 0 < segment.confidence <= 1
            numbers = [number for word in segment.words for number in (word.start, word.end, word.probability)]
            assert all(type(number) is float for number in numbers)


def test_a_piece_is_written_the_same_whatever_surrounds_it(engine: Transcriber) -> None:
    samples = demo_speech()
    pieces = find_pieces(samples, longest=10)[:3]
    assert len(pieces) == 3
    together = list(engine.transcribe(samples, pieces, language="en"))
    alone = [segment for piece in pieces for segment in engine.transcribe(samples, [piece], language="en")]
    assert together == alone
    louder = samples.copy()
    louder[: RATE // 4] = 0.99
    assert list(engine.transcribe(louder, pieces[1:], language="en")) == [
        segment for segment in together if segment.start is not None and segment.start >= pieces[1].start
    ]


def test_segments_come_as_a_stream(engine: Transcriber) -> None:
    samples = demo_speech()
    stream = engine.transcribe(samples, find_pieces(samples, longest=10), language="en")
    assert next(stream).start == pytest.approx(0, abs=2)


def test_a_scrap_of_sound_is_no_hindrance(engine: Transcriber) -> None:
    assert not list(engine.transcribe(demo_speech(), [Piece(start=1.0, end=1.001)], language="en"))


def test_a_language_that_the_model_has_not_learnt_is_refused(engine: Transcriber) -> None:
    with pytest.raises(IngestError, match="the model knows no language 'tlh'"):
        list(engine.transcribe(demo_speech(), [Piece(start=0.0, end=5.0)], language="tlh"))


def test_a_language_tag_with_a_region_is_understood() -> None:
    assert known_language("pt-BR", ["pt", "en"]) == "pt"
    assert known_language("EN_gb", ["pt", "en"]) == "en"


def test_a_segment_never_leaves_its_piece() -> None:
    words = [
        (-1.0, 0.5, " We", 0.9),
        (0.5, 0.2, " refused", 1.2),
        (1.5, 9.0, " to pay.", math.nan),
        (2.0, 2.0, " ", 1.0),
    ]
    segment = shaped(" We refused to pay. ", (-0.5, 30.0), words, -0.1, PIECE)
    assert segment is not None
    assert (segment.text, segment.start, segment.end) == ("We refused to pay.", 10.0, 12.0)
    assert [(word.start, word.end, word.text, word.probability) for word in segment.words] == [
        (10.0, 10.5, "We", 0.9),
        (10.5, 10.5, "refused", 1.0),
        (11.5, 12.0, "to pay.", None),
    ]
    assert segment.confidence == pytest.approx(math.exp(-0.1))


@pytest.mark.parametrize("text", ["", "  ", ".", " ... ", "—", "♪♪"])
def test_a_segment_without_a_word_is_dropped(text: str) -> None:
    assert shaped(text, (0.0, 1.0), [], -0.1, PIECE) is None


def test_times_in_numpy_become_plain_numbers() -> None:
    segment = shaped(
        "Yes.",
        (np.float64(0.1), np.float64(0.2)),
        [(np.float64(0.1), np.float64(0.2), "Yes.", np.float32(1))],
        np.float64(0.0),
        PIECE,
    )
    assert segment is not None
    assert type(segment.start) is float
    assert type(segment.words[0].end) is float
    assert type(segment.words[0].probability) is float


def test_threads_never_exceed_the_cores_unless_asked() -> None:
    assert 1 <= threads_for(0) <= 8
    assert threads_for(3) == 3


def test_a_path_is_recorded_without_whose_it_is(tmp_path: Path) -> None:
    assert recorded_name(str(tmp_path)) == tmp_path.name
    assert recorded_name("large-v3") == "large-v3"


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(IngestError, match="choose faster-whisper or openai-whisper"):
        open_transcriber(TranscriptionOptions(engine="parrot"))


@pytest.mark.parametrize("engine", ["faster-whisper", "openai-whisper"])
def test_an_engine_that_is_not_installed_says_how_to_install_it(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    monkeypatch.setitem(sys.modules, "whisper", None)
    with pytest.raises(IngestError, match="is not installed: run pip install"):
        open_transcriber(TranscriptionOptions(engine=engine))


@pytest.mark.parametrize("broken", ["model.bin", "tokenizer.json"])
def test_a_broken_model_is_refused(broken: str, tmp_path: Path) -> None:
    folder = unpacked_model(tmp_path)
    (folder / broken).write_bytes(b"not what it was")
    with pytest.raises(IngestError, match=r"cannot be opened .*: bring it here again"):
        open_transcriber(options(folder))


@pytest.mark.openai_whisper
def test_a_broken_checkpoint_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("whisper", reason="the extra openai-whisper is not installed")
    (tmp_path / "ours.pt").write_bytes(b"not what it was")
    with pytest.raises(IngestError, match="cannot be opened"):
        open_transcriber(options(tmp_path / "ours.pt", engine="openai-whisper"))


def test_a_gpu_that_does_not_work_leaves_the_cpu_with_a_remark(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ctranslate2

    if ctranslate2.get_cuda_device_count():
        pytest.skip("this computer has a GPU that works")
    asked_for = open_transcriber(options(folder, device="cuda"))
    assert asked_for.remark == "no GPU was found: transcribing on the CPU"
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)
    unusable = open_transcriber(options(folder, device="auto"))
    assert unusable.compute == "int8 on cpu"
    assert unusable.remark is not None
    assert unusable.remark.startswith("the GPU cannot be used (")


@pytest.mark.parametrize("wrong", [{"device": "tpu"}, {"threads": -1}, {"beam_size": 0}, {"longest_piece": 31.0}])
def test_options_that_can_never_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"not|cannot"):
        TranscriptionOptions(**wrong)  # type: ignore[arg-type]
