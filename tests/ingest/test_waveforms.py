"""Waveforms: taken while a recording is decoded, as loud where it is loud, and never of more than a slider's width."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from ingest.accession import Arrival
from ingest.audio import examine
from ingest.pipeline import ingest
from ingest.reporting import PlainReporter
from ingest.waveforms import STRETCHES, Waveform
from tests.builders import TODAY, a_wav, an_archive, rows
from tests.ingest.sounds import FORMATS, a_recording, av, np
from tests.ingest.test_pipeline import run


def frames(sound: np.ndarray, *, rate: int = 8000, size: int = 400, kind: str = "s16") -> list[object]:
    """The sound as a decoder gives it: `size` samples at a time, one row a channel."""
    made = []
    for first in range(0, sound.shape[1], size):
        part = np.ascontiguousarray(sound[:, first : first + size])
        frame = av.AudioFrame.from_ndarray(part, format=kind, layout="mono" if len(sound) == 1 else "stereo")
        frame.sample_rate = rate
        made.append(frame)
    return made


def drawn(sound: np.ndarray, **shape: object) -> bytes:
    """The waveform of a sound."""
    waveform = Waveform()
    for frame in frames(sound, **shape):  # type: ignore[arg-type]
        waveform.hear(frame, 0.0)
    return waveform.peaks


def a_sound(*loudness: float, rate: int = 8000, seconds: float = 1.0) -> np.ndarray:
    """A tone that changes its loudness every second."""
    tone = np.sin(np.arange(int(rate * seconds)) * 2 * np.pi * 440 / rate)
    return (np.concatenate([tone * share for share in loudness]) * 32767).astype(np.int16)[None]


def test_a_waveform_is_high_where_the_recording_is_loud() -> None:
    peaks = drawn(a_sound(0.0, 0.5, 0.1, 0.5))
    assert len(peaks) == 80
    assert max(peaks[:20]) == 0
    assert min(peaks[21:39]) > 250
    assert 60 < min(peaks[41:59]) <= max(peaks[41:59]) < 120


def test_a_quiet_recording_is_drawn_as_high_as_a_loud_one() -> None:
    assert list(drawn(a_sound(0.02, 0.04))) == pytest.approx(list(drawn(a_sound(0.4, 0.8))), abs=3)


def test_eight_bits_are_counted_from_their_own_silence() -> None:
    sound = a_sound(0.0, 0.5, 0.1, 0.5)
    eight = drawn((sound // 256 + 128).astype(np.uint8), kind="u8")
    assert list(eight) == pytest.approx(list(drawn(sound)), abs=12)


def test_silence_stays_flat() -> None:
    assert set(drawn(a_sound(0.0))) == {0}


def test_either_side_of_a_stereo_recording_is_seen() -> None:
    left, silent = a_sound(0.5, 0.0, rate=8000), a_sound(0.0, 0.0)
    for both in (np.concatenate([left, silent]), np.concatenate([silent, left])):
        assert min(drawn(both, kind="s16p")[1:18]) > 250


def test_a_large_frame_is_cut_where_the_stretches_are() -> None:
    sound = a_sound(0.0, 0.5, 0.1, 0.5)
    assert drawn(sound, size=32_000) == drawn(sound, size=400)


def test_a_long_recording_has_no_more_stretches_and_takes_no_more_memory() -> None:
    waveform = Waveform()
    one_second = frames(a_sound(0.5), size=8000)[0]
    silence = frames(a_sound(0.0), size=8000)[0]
    for second in range(5 * 3600):
        waveform.hear(one_second if second >= 9000 else silence, 0.0)
        assert len(waveform._loudest) <= 2 * STRETCHES + 1
    assert len(waveform.peaks) == STRETCHES
    assert set(waveform.peaks[:895]) == {0}
    assert set(waveform.peaks[905:]) == {255}


def test_what_the_timestamps_leave_out_is_drawn_as_silence() -> None:
    waveform = Waveform()
    for number, frame in enumerate(frames(a_sound(0.5, 0.5))):
        waveform.hear(frame, 4.0 if number == 20 else 0.0)
    assert len(waveform.peaks) == 120
    assert set(waveform.peaks[22:98]) == {0}
    assert min(waveform.peaks[101:118]) > 250


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_each_kind_of_recording_has_its_waveform(suffix: str, tmp_path: Path) -> None:
    peaks = examine(a_recording(tmp_path / f"talk{suffix}")).peaks
    assert 55 <= len(peaks) <= 66
    assert min(peaks[5:50]) > 150


def test_recordings_that_came_before_get_theirs_with_the_next_run(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    run(archive, [a_wav(tmp_path / "talk.wav", seconds=2)], None)
    stored = rows(archive, "select recording, peaks from waveforms")
    assert len(stored) == 1
    with archive.write() as db:
        db.execute("delete from waveforms")
    run(archive, [], None)
    assert rows(archive, "select recording, peaks from waveforms") == stored


def test_a_recording_that_is_gone_does_not_stop_the_others(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    run(archive, [a_wav(tmp_path / "talk.wav", seconds=2), a_wav(tmp_path / "walk.wav", seconds=3)], None)
    with archive.write() as db:
        db.execute("delete from waveforms")
        sha256, suffix = db.execute("select sha256, suffix from recordings where id = 1").fetchone()
    archive.original(sha256, suffix).unlink()
    said = io.StringIO()
    ingest(archive, (), arrival=Arrival(on=TODAY), options=None, report=PlainReporter(said))
    assert "2026.001: no waveform of talk.wav: it does not exist" in said.getvalue()
    assert rows(archive, "select recording from waveforms") == [(2,)]
