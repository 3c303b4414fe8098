"""Recordings are examined whole, and what cannot be kept is refused with a reason and a remedy."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from ingest.audio import RATE, decode, examine
from ingest.errors import IngestError
from ingest.suffixes import SUFFIXES
from tests.ingest.sounds import FORMATS, SHARED, a_recording, a_tone, a_wav_header, add_picture, av, np, show


def refusal(path: Path) -> str:
    """Return why the file is refused."""
    with pytest.raises(IngestError) as refused:
        examine(path)
    message = str(refused.value)
    assert path.name not in message
    assert "\n" not in message
    return message


def cut(path: Path, share: float = 0.5) -> Path:
    """Leave only this share of the file."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


def whole(path: Path) -> np.ndarray:
    return np.concatenate(list(decode(path)))


def test_every_accepted_suffix_is_made_in_these_tests() -> None:
    assert set(FORMATS) == SUFFIXES


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_each_kind_of_recording_is_known_for_what_it_is(suffix: str, tmp_path: Path) -> None:
    sound = examine(a_recording(tmp_path / f"interview{suffix}"))
    assert sound.duration == pytest.approx(3.0, abs=0.1)
    assert sound.suffix == suffix
    assert sound.has_video == (FORMATS[suffix].picture is not None)
    assert sound.media_type.startswith("video/" if sound.has_video else "audio/")
    assert (sound.sample_rate, sound.channels) == (FORMATS[suffix].rate, 1)
    assert sound.remark is None


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_each_kind_of_recording_is_heard_as_it_sounded(suffix: str, tmp_path: Path) -> None:
    samples = whole(a_recording(tmp_path / f"interview{suffix}"))
    assert samples.dtype == np.float32
    assert len(samples) / RATE == pytest.approx(3.0, abs=0.1)
    spectrum = np.abs(np.fft.rfft(samples[RATE : 2 * RATE]))
    assert np.argmax(spectrum) == 440
    assert np.abs(samples[RATE : 2 * RATE]).max() == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize(
    "suffix", [".wav", ".flac", ".mp3", ".opus", ".ogg", ".oga", ".webm", ".mka", ".aiff", ".amr", ".aac"]
)
def test_half_a_recording_is_refused_with_the_remedy(suffix: str, tmp_path: Path) -> None:
    path = cut(a_recording(tmp_path / f"interview{suffix}", seconds=10), 0.501)
    message = refusal(path)
    assert message.startswith("is cut short: ")
    assert message.endswith("copy it again from the recorder, or pass --accept-truncated to keep what is there")
    kept = examine(path, accept_truncated=True)
    assert kept.remark is not None
    assert kept.remark.startswith("is cut short")
    assert kept.duration == pytest.approx(5, abs=1)
    assert len(whole(path)) / RATE == pytest.approx(kept.duration, abs=0.01)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.97])
def test_an_m4a_with_its_index_in_front_is_refused_when_its_end_is_missing(share: float, tmp_path: Path) -> None:
    path = a_recording(tmp_path / "interview.m4a", seconds=20, movflags="faststart")
    assert examine(path).remark is None
    assert "is cut short" in refusal(cut(path, share))


@pytest.mark.parametrize("suffix", [".m4a", ".mp4", ".mov", ".3gp"])
def test_an_mp4_without_its_index_is_refused_as_unfinished(suffix: str, tmp_path: Path) -> None:
    message = refusal(cut(a_recording(tmp_path / f"interview{suffix}")))
    assert message == "was never finished, its index (moov) is missing: copy it again from the recorder"


def test_half_an_mp3_that_declares_nothing_is_accepted(tmp_path: Path) -> None:
    path = cut(a_recording(tmp_path / "interview.mp3", write_xing="0"))
    assert examine(path).declared is None


def test_a_recording_made_in_a_browser_declares_nothing_and_is_accepted(tmp_path: Path) -> None:
    sound = examine(a_recording(tmp_path / "interview.webm", live="1"))
    assert (sound.declared, sound.remark) == (None, None)
    assert sound.duration == pytest.approx(3, abs=0.05)


@pytest.mark.parametrize("size", [0xFFFF_FFFF, 0x7FFF_F000])
def test_a_wav_that_was_written_to_a_pipe_is_accepted(size: int, tmp_path: Path) -> None:
    path = tmp_path / "interview.wav"
    path.write_bytes(a_wav_header(size) + bytes(range(256)) * 100)
    assert examine(path).duration == pytest.approx(3.2)


def test_noise_in_the_middle_is_passed_over_with_a_remark(tmp_path: Path) -> None:
    path = a_recording(tmp_path / "interview.mp3", seconds=25)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20_000] = random.Random(1).randbytes(20_000)
    path.write_bytes(content)
    sound = examine(path)
    assert sound.duration > 20
    assert sound.remark is not None
    assert sound.remark.startswith("it is damaged: ")
    assert whole(path)[-2 * RATE : -RATE].max() == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize("suffix", [".webm", ".m4a"])
def test_what_the_timestamps_leave_out_is_silence_so_that_times_stay_true(suffix: str, tmp_path: Path) -> None:
    path = a_recording(tmp_path / f"interview{suffix}", seconds=6, gap=(2, 3))
    assert examine(path).duration == pytest.approx(9, abs=0.05)
    samples = whole(path)
    assert len(samples) / RATE == pytest.approx(9, abs=0.05)
    assert np.abs(samples[round(2.2 * RATE) : round(4.8 * RATE)]).max() == 0
    assert np.abs(samples[round(5.2 * RATE) : round(8.8 * RATE)]).max() > 0.2


def test_a_wav_named_mp3_is_accepted_with_a_remark_and_its_right_suffix(tmp_path: Path) -> None:
    sound = examine(a_recording(tmp_path / "interview.mp3", like=".wav"))
    assert (sound.suffix, sound.media_type) == (".wav", "audio/wav")
    assert sound.remark == "it is named .mp3 but is .wav"


@pytest.mark.parametrize("suffix", [".mp3", ".flac"])
def test_a_cover_is_no_moving_picture(suffix: str, tmp_path: Path) -> None:
    sound = examine(a_recording(tmp_path / f"interview{suffix}", cover=True))
    assert not sound.has_video
    assert sound.media_type.startswith("audio/")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "interview.flac").touch()
    assert refusal(tmp_path / "interview.flac") == "is empty (0 bytes): copy it again from the recorder"


@pytest.mark.parametrize("suffix", [".mp3", ".wav", ".amr", ".aac", ".flac", ".ogg"])
def test_a_text_is_refused_whatever_its_name(suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"notes{suffix}").write_text("Interview with a tenant, Glasgow, 1915. " * 200)
    assert "is not a recording that can be read" in refusal(tmp_path / f"notes{suffix}")


def test_a_film_without_sound_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "silent.mp4"), "w") as container:
        show(container, add_picture(container, "mpeg4"), 5)
    assert refusal(tmp_path / "silent.mp4") == "holds no sound: it has no audio stream"


def test_a_wav_of_no_samples_is_refused(tmp_path: Path) -> None:
    (tmp_path / "interview.wav").write_bytes(a_wav_header(0))
    assert "nothing in it could be decoded" in refusal(tmp_path / "interview.wav")


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    assert refusal(tmp_path / "pipe.wav") == "is not a file"
    assert refusal(tmp_path) == "is not a file"
    assert refusal(tmp_path / "nowhere.wav") == "does not exist"


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = a_recording(tmp_path / "interview.wav")
    monkeypatch.setattr(Path, "open", forbidden)
    assert refusal(path) == "may not be read: give yourself permission to read it"


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nsecret.wav\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile 'secret.wav'\n",
    ],
)
def test_a_playlist_opens_no_other_file_and_no_network(playlist: str, tmp_path: Path) -> None:
    a_recording(tmp_path / "secret.wav")
    (tmp_path / "list.mp3").write_text(playlist)
    assert "is not a recording that can be read" in refusal(tmp_path / "list.mp3")


def test_a_recording_that_still_grows_is_refused(tmp_path: Path) -> None:
    path = a_recording(tmp_path / "interview.flac", seconds=25)

    def grow(_: float) -> None:
        with path.open("ab") as file:
            file.write(b"more")

    with pytest.raises(IngestError, match="still being written"):
        examine(path, on_progress=grow)


def test_progress_is_told_as_a_share_of_the_whole(tmp_path: Path) -> None:
    told: list[float] = []
    examine(a_recording(tmp_path / "interview.wav", seconds=25), on_progress=told.append)
    assert told == [pytest.approx(0.4, abs=0.01), pytest.approx(0.8, abs=0.01)]


def test_a_forged_length_neither_hangs_nor_is_believed(tmp_path: Path) -> None:
    path = a_recording(tmp_path / "interview.flac")
    content = bytearray(path.read_bytes())
    content[21] |= 0x0F  # STREAMINFO: the count of samples has 36 bits
    content[22:26] = b"\xff" * 4
    path.write_bytes(content)
    begun = time.monotonic()
    assert "is cut short: 3.0 of 1558264.8 s are there" in refusal(path)
    assert time.monotonic() - begun < 2


def test_a_forged_sampling_rate_cannot_make_a_small_file_endless(tmp_path: Path) -> None:
    (tmp_path / "interview.wav").write_bytes(a_wav_header(1_000_000, rate=1) + bytes(1_000_000))
    assert "1 samples a second" in refusal(tmp_path / "interview.wav")
    with pytest.raises(IngestError):
        whole(tmp_path / "interview.wav")


def test_hundreds_of_tracks_are_survived(tmp_path: Path) -> None:
    assert examine(a_recording(tmp_path / "interview.mka", seconds=0.5, tracks=100)).duration == pytest.approx(0.5)


def test_a_name_that_is_not_utf8_is_no_hindrance(tmp_path: Path) -> None:
    path = a_recording(tmp_path / "interview.wav").rename(tmp_path / os.fsdecode(b"entrevist\xe9.wav"))
    assert examine(path).duration == pytest.approx(3)


def test_no_sample_is_infinite_or_none_at_all(tmp_path: Path) -> None:
    samples = a_tone(3)
    samples[100:200], samples[300:400], samples[500:600] = np.nan, np.inf, 1e30
    with av.open(str(tmp_path / "interview.wav"), "w") as container:
        stream = container.add_stream("pcm_f32le", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
    heard = whole(tmp_path / "interview.wav")
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 1


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".m4a", ".opus", ".webm"])
def test_decoding_from_any_second_gives_the_very_same_samples(suffix: str, tmp_path: Path) -> None:
    path = a_recording(tmp_path / f"interview{suffix}")
    every = whole(path)
    for start in (0.0, 0.7312, 1.5, 2.999):
        parts = list(decode(path, start=start, window=0.4))
        assert all(len(part) == round(0.4 * RATE) for part in parts[:-1])
        assert np.array_equal(np.concatenate(parts), every[round(start * RATE) :])
    assert not list(decode(path, start=60))


def test_a_recording_that_changes_its_rate_on_the_way_is_heard_to_the_end(tmp_path: Path) -> None:
    first = a_recording(tmp_path / "first.mp3", rate=44_100, write_xing="0")
    second = a_recording(tmp_path / "second.mp3", rate=22_050, write_xing="0")
    (tmp_path / "both.mp3").write_bytes(first.read_bytes() + second.read_bytes())
    assert len(whole(tmp_path / "both.mp3")) / RATE == pytest.approx(6, abs=0.2)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".m4a", ".opus", ".webm", ".amr", ".aiff"])
def test_damaged_bytes_raise_nothing_but_a_refusal(suffix: str, tmp_path: Path) -> None:
    path = a_recording(tmp_path / f"interview{suffix}", seconds=1)
    sane = path.read_bytes()
    chance = random.Random(suffix)
    for _ in range(40):
        content = bytearray(sane)
        reach = chance.choice([64, 512, len(content)])  # headers are the most delicate
        for _ in range(chance.randint(1, 30)):
            content[chance.randrange(min(reach, len(content)))] = chance.randrange(256)
        path.write_bytes(content)
        try:
            examine(path, accept_truncated=True)
            for _ in decode(path):
                pass
        except IngestError:
            pass


@pytest.mark.shared
def test_every_sample_recording_is_accepted_or_refused_with_a_reason() -> None:
    if not SHARED.is_dir():
        pytest.skip("the sample recordings are not beside the checkout")
    for path in sorted(SHARED.rglob("*")):
        if path.suffix in SUFFIXES and path.stat().st_size:
            sound = examine(path)
            assert sound.remark is None, path.name
            assert sound.declared is None or sound.duration == pytest.approx(sound.declared, abs=0.15)
            assert sum(map(len, decode(path))) / RATE == pytest.approx(sound.duration, abs=0.01)
        elif path.is_file():
            assert "is empty" in refusal(path) or "is not a recording that can be read" in refusal(path)
