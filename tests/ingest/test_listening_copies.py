"""Copies for publication: nothing of what is cut can be heard, and nothing but sound and picture comes over."""

from __future__ import annotations

import io
import shutil
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from archive.folder import Archive
from archive.redaction import Timed, cuts, spoken_at
from archive.redactions import cut_spans, segment_edges
from archive.store.redactions import Wish, mark
from ingest.accession import Arrival
from ingest.engines.protocol import TranscriptionOptions
from ingest.errors import IngestError
from ingest.items import items_of
from ingest.listening_copies import encode
from ingest.pipeline import ingest
from ingest.reporting import PlainReporter
from tests.builders import RECORDINGS, TODAY, an_archive, rows
from tests.ingest.sounds import FORMATS, a_recording, a_tone, av, np

SECRET = (8.0, 8.6)  # seconds in which somebody says a name
CANARY = "Anna-Rossi-Via-Roma-12"


def a_secret(seconds: float = 14.0, rate: int = 44_100) -> Any:
    """A room's hiss, and a loud tone where the name is said."""
    sound = np.random.default_rng(1).normal(0, 1e-4, round(seconds * rate)).astype(np.float32)
    first, last = (round(moment * rate) for moment in SECRET)
    sound[first:last] += a_tone(SECRET[1] - SECRET[0], rate, 880.0)[: last - first]
    return sound


def heard(path: Path) -> tuple[Any, int]:
    """The sound of a file, one row a channel, and its samples a second."""
    with av.open(str(path)) as container:
        rate = container.streams.audio[0].rate
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1), rate


def level(path: Path, start: float, end: float) -> float:
    """How loud it is between two seconds, in decibels below full scale."""
    sound, rate = heard(path)
    return float(20 * np.log10(np.abs(sound[:, round(start * rate) : round(end * rate)]).max() + 1e-9))


@pytest.mark.parametrize("off", [-0.3, -0.12, 0.0, 0.12, 0.3])
@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".m4a", ".opus"])
def test_what_is_cut_is_at_the_floor_also_where_words_are_misplaced(tmp_path: Path, suffix: str, off: float) -> None:
    source = a_recording(tmp_path / f"talk{suffix}", samples=a_secret(rate=FORMATS[suffix].rate))
    assert level(source, *SECRET) > -12
    words: list[Timed] = [(6.0, 6.5, "This", None), (SECRET[0] + off, SECRET[1] + off, "Anna", None)]
    said = spoken_at("This Anna", words, 5, 9)
    assert said is not None
    copy = tmp_path / "copy.m4a"
    encode(source, copy, cuts=cuts([said], duration=14.0), video=False)
    assert level(copy, *SECRET) < -100
    assert level(copy, 0, 14) < -60  # nor does it ring before or after
    assert level(copy, 12, 13) > -85  # but the room is heard elsewhere


def test_a_tone_stands_there_if_asked_and_says_nothing_of_what_was(tmp_path: Path) -> None:
    for name, pitch in (("a", 880.0), ("b", 1760.0)):
        a_recording(tmp_path / f"{name}.wav", samples=a_tone(3.0, 44_100, pitch))
        encode(tmp_path / f"{name}.wav", tmp_path / f"{name}.m4a", cuts=[(0.0, 3.0)], video=False, tone=True)
    assert (tmp_path / "a.m4a").read_bytes() == (tmp_path / "b.m4a").read_bytes()
    assert -30 < level(tmp_path / "a.m4a", 1, 2) < -20


def test_two_copies_are_the_same_bytes_whatever_was_said_in_the_cut(tmp_path: Path) -> None:
    loud, quiet = tmp_path / "loud.wav", tmp_path / "quiet.wav"
    sound = a_secret()
    a_recording(loud, samples=sound)
    first, last = (round(moment * 44_100) for moment in SECRET)
    sound[first:last] = 0
    a_recording(quiet, samples=sound)
    made = [
        encode(source, tmp_path / f"{number}.m4a", cuts=[(7.5, 9.1)], video=False)
        for number, source in enumerate([loud, loud, quiet])
    ]
    assert made[0] == made[1] == made[2]
    assert len({(tmp_path / f"{number}.m4a").read_bytes() for number in range(3)}) == 1


def test_the_waveform_is_that_of_what_is_heard(tmp_path: Path) -> None:
    source = a_recording(tmp_path / "tone.wav", seconds=10.0)
    peaks = encode(source, tmp_path / "copy.m4a", cuts=[(2.0, 4.0)], video=False).peaks
    assert len(peaks) == 200
    assert set(peaks[40:80]) == {0}
    assert min(peaks[:39]) > 200


@pytest.mark.parametrize(("layout", "channels"), [("mono", 1), ("stereo", 2)])
def test_a_copy_is_the_recording_as_it_was_heard(tmp_path: Path, layout: str, channels: int) -> None:
    source = tmp_path / "click.wav"
    with av.open(str(source), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=44_100, layout=layout)
        samples = np.zeros((1, 44_100 * 6 * channels), np.int16)
        samples[:, 44_100 * 5 * channels :][:, : 400 * channels] = 20_000
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
        frame.sample_rate = 44_100
        container.mux([*stream.encode(frame), *stream.encode(None)])
    made = encode(source, tmp_path / "copy.m4a", video=False)
    sound, rate = heard(tmp_path / "copy.m4a")
    assert (len(sound), rate, made.duration) == (channels, 44_100, 6.0)
    assert abs(np.abs(sound[0]).argmax() / rate - 5.0) < 0.02
    assert (made.suffix, made.media_type, made.bytes) == (".m4a", "audio/mp4", (tmp_path / "copy.m4a").stat().st_size)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".m4a", ".opus", ".aiff", ".amr", ".mka"])
def test_nothing_that_was_noted_in_the_original_comes_over(tmp_path: Path, suffix: str) -> None:
    source = tagged(tmp_path / f"talk{suffix}")
    assert CANARY.encode() in source.read_bytes()
    copy = tmp_path / "copy.m4a"
    encode(source, copy, video=False)
    check_bare(copy, streams=["audio"])


def tagged(path: Path) -> Path:
    """A recording with a name in every place in which its kind of file can note one."""
    kind = FORMATS[path.suffix]
    noted = ["title", "artist", "comment", "location", "make", "album", "lyrics", "copyright", "encoder", "TXXX"]
    with av.open(
        str(path), "w", format=kind.container, options={"write_bext": "1"} if path.suffix == ".wav" else {}
    ) as to:
        to.metadata.update({name: f"{CANARY} {name}" for name in noted})
        to.metadata.update({"creation_time": "2020-01-02T03:04:05Z", "description": CANARY, "originator": CANARY})
        stream = to.add_stream(kind.codec, rate=kind.rate, layout="mono")
        stream.metadata.update({"handler_name": CANARY, "title": CANARY})
        if path.suffix not in {".amr", ".aiff", ".flac"}:
            to.set_chapters(
                [{"id": 1, "start": 0, "end": 500, "time_base": Fraction(1, 1000), "metadata": {"title": CANARY}}]
            )
        frame = av.AudioFrame.from_ndarray(a_tone(1.0, kind.rate)[None, :], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = kind.rate, 0, Fraction(1, kind.rate)
        to.mux([*stream.encode(frame), *stream.encode(None)])
    with path.open("ab") as file:
        file.write(b"TAG" + CANARY.encode().ljust(125))  # ID3v1 in an MP3, and what is hung on behind elsewhere
    return path


def check_bare(copy: Path, *, streams: list[str]) -> None:
    """That a copy has only these streams, nobody's words, and no moment."""
    found = copy.read_bytes()
    assert not [part for part in (CANARY, "Anna", "Rossi", "Lavf", "Lavc", "2020") if part.encode() in found]
    with av.open(str(copy)) as container:
        assert set(container.metadata) <= {"major_brand", "minor_version", "compatible_brands"}
        assert [stream.type for stream in container.streams] == streams
        assert {name for stream in container.streams for name in stream.metadata} <= {
            "language", "handler_name", "vendor_id",
        }  # fmt: skip
        assert not container.chapters()


def test_a_film_keeps_its_picture_and_loses_what_is_cut_of_its_sound(tmp_path: Path) -> None:
    source = a_recording(tmp_path / "film.mov", seconds=8.0)
    made = encode(source, tmp_path / "copy.mp4", cuts=[(2.0, 4.0)], video=True)
    again = encode(source, tmp_path / "again.mp4", cuts=[(2.0, 4.0)], video=True)
    assert (made.media_type, made.suffix, made) == ("video/mp4", ".mp4", again)
    assert level(tmp_path / "copy.mp4", 2.05, 3.95) < -100
    assert level(tmp_path / "copy.mp4", 4.1, 5.0) > -20
    check_bare(tmp_path / "copy.mp4", streams=["audio", "video"])
    with av.open(str(tmp_path / "copy.mp4")) as container:
        seen = [frame.time for frame in container.decode(video=0)]
    assert len(seen) == 40
    assert seen == pytest.approx([number / 5 for number in range(40)], abs=0.01)


def test_a_film_that_is_published_as_sound_has_no_picture(tmp_path: Path) -> None:
    source = a_recording(tmp_path / "film.mp4")
    assert encode(source, tmp_path / "copy.m4a", video=False).media_type == "audio/mp4"
    check_bare(tmp_path / "copy.m4a", streams=["audio"])


def test_a_film_stands_upright_as_it_was_held(tmp_path: Path) -> None:
    source = tmp_path / "phone.mp4"
    with av.open(str(source), "w") as container:
        film, sound = container.add_stream("mpeg4", rate=5), container.add_stream("aac", rate=44_100, layout="mono")
        film.width, film.height, film.pix_fmt = 64, 32, "yuv420p"
        seen = np.zeros((32, 64, 3), np.uint8)
        seen[:, :32] = 255  # white on the left
        for _ in range(5):
            container.mux(film.encode(av.VideoFrame.from_ndarray(seen, format="rgb24")))
        frame = av.AudioFrame.from_ndarray(a_tone(1.0, 44_100)[None, :], format="flt", layout="mono")
        frame.sample_rate = 44_100
        container.mux([*film.encode(None), *sound.encode(frame), *sound.encode(None)])
    data = bytearray(source.read_bytes())
    matrix = data.index(b"tkhd") + 44  # of the first track, the film's: turn it clockwise
    data[matrix : matrix + 20] = b"".join(n.to_bytes(4, "big", signed=True) for n in (0, 1 << 16, 0, -1 << 16, 0))
    source.write_bytes(data)
    encode(source, tmp_path / "copy.mp4", video=True)
    with av.open(str(tmp_path / "copy.mp4")) as container:
        shown = next(container.decode(video=0)).to_ndarray(format="gray")
    assert shown.shape == (64, 32)
    assert (shown[:28].min() > 200, shown[36:].max() < 50) == (True, True)


def test_without_h264_a_film_is_webm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av, "codecs_available", set())
    source = a_recording(tmp_path / "film.mov", seconds=4.0)
    made = encode(source, tmp_path / "copy.webm", cuts=[(1.0, 2.0)], video=True)
    again = encode(source, tmp_path / "again.webm", cuts=[(1.0, 2.0)], video=True)
    assert (made.media_type, made.suffix, made) == ("video/webm", ".webm", again)
    assert level(tmp_path / "copy.webm", 1.2, 1.9) < -80  # Opus lets what came before die away
    assert level(tmp_path / "copy.webm", 2.2, 3.0) > -20
    with av.open(str(tmp_path / "copy.webm")) as container:
        assert [stream.type for stream in container.streams] == ["audio", "video"]


@pytest.mark.parametrize("suffix", [".mp3", ".flac"])
def test_a_cover_is_no_picture(tmp_path: Path, suffix: str) -> None:
    source = a_recording(tmp_path / f"talk{suffix}", cover=True)
    assert encode(source, tmp_path / "copy.m4a", video=True).media_type == "audio/mp4"
    check_bare(tmp_path / "copy.m4a", streams=["audio"])


def test_the_original_stays_and_the_copy_says_no_day(tmp_path: Path) -> None:
    source = a_recording(tmp_path / "talk.wav")
    before, state = source.read_bytes(), source.stat()
    encode(source, tmp_path / "copy.m4a", cuts=[(0.0, 1.0)], video=False)
    assert (source.read_bytes(), source.stat().st_mtime_ns) == (before, state.st_mtime_ns)
    assert (tmp_path / "copy.m4a").stat().st_mtime == 315_532_800
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.m4a", "talk.wav"]


def test_a_copy_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "copy.m4a").write_text("an earlier one")
    (tmp_path / "words.wav").write_text("no sound at all")
    with pytest.raises(IngestError, match="not a recording"):
        encode(tmp_path / "words.wav", tmp_path / "copy.m4a", video=False)
    source = a_recording(tmp_path / "talk.wav")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        encode(source, tmp_path / "copy.m4a", video=False)
    assert (tmp_path / "copy.m4a").read_text() == "an earlier one"
    assert not list(tmp_path.glob(".*"))


def test_what_the_timestamps_leave_out_is_silence_and_cuts_stay_in_place(tmp_path: Path) -> None:
    source = a_recording(tmp_path / "gap.mka", seconds=6.0, gap=(2.0, 3.0))
    made = encode(source, tmp_path / "copy.m4a", cuts=[(7.0, 8.0)], video=False)
    assert made.duration == pytest.approx(9.0, abs=0.1)
    assert level(tmp_path / "copy.m4a", 2.2, 4.8) < -100
    assert level(tmp_path / "copy.m4a", 5.5, 6.9) > -20
    assert level(tmp_path / "copy.m4a", 7.05, 7.95) < -100


def transcribed(folder: Path, source: Path, options: TranscriptionOptions) -> Archive:
    archive = an_archive(folder)
    report = PlainReporter(io.StringIO())
    ingest(archive, items_of([source]).items, arrival=Arrival(on=TODAY), options=options, report=report)
    return archive


def test_the_words_are_gone_from_a_new_transcription(tmp_path: Path, tiny: TranscriptionOptions) -> None:
    source = tmp_path / "talk.opus"
    shutil.copy(RECORDINGS / "glasgow-1915.opus", source)
    archive = transcribed(tmp_path / "archive", source, tiny)
    with archive.write() as db:
        mark(db, "2026.001", "Mary Barbour", Wish(reason="a neighbour"))
        mark(db, "2026.001", "flour", Wish(reason="a neighbour"))
    with closing(archive.read()) as db:
        [(recording, duration)] = db.execute("select id, duration from recordings").fetchall()
        silent = cuts(cut_spans(db.conn, recording), duration=duration, edges=segment_edges(db.conn, recording))
    encode(source, tmp_path / "copy.m4a", cuts=silent, video=False)
    again = transcribed(tmp_path / "again", tmp_path / "copy.m4a", tiny)
    said = " ".join(str(text) for (text,) in rows(again, "select text from passages order by position"))
    assert not [word for word in ("Mary", "Barbour", "flour") if word.casefold() in said.casefold()]
    assert "By November some twenty thousand households were on rent strike." in said
