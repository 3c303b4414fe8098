"""The whole way of real recordings and texts into an archive, and what an interruption or a bad file does to it."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.folder import Archive
from archive.records import Description
from archive.store.transcripts import begin_listening
from cli import main
from ingest.accession import Arrival, take_in
from ingest.engines.protocol import TranscriptionOptions
from ingest.errors import IngestError
from ingest.items import items_of
from ingest.pipeline import Summary, ingest, tag, transcribe
from ingest.reporting import JsonReporter, PlainReporter
from ingest.sources import Source
from tests.builders import RECORDINGS, TODAY, a_wav, an_archive, everything_in, rows

SENTENCES = Path(__file__).resolve().parents[2] / "bench" / "tiny_whisper" / "sentences"


def run(archive: Archive, paths: list[Path], options: TranscriptionOptions | None, **choices: object) -> Summary:
    collected = items_of(paths, besides=[archive.path])
    report = PlainReporter(io.StringIO())
    return ingest(archive, collected.items, arrival=Arrival(on=TODAY), options=options, report=report)


def said(name: str) -> str:
    lines = (SENTENCES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return " ".join(line for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize(
    ("recording", "language"),
    [("glasgow-1915", "en"), ("paris-1871", "fr"), ("torino-1969", "it"), ("argentina-2001", "es")],
)
def test_a_recording_becomes_the_words_that_were_spoken(
    tmp_path: Path, tiny: TranscriptionOptions, recording: str, language: str
) -> None:
    archive = an_archive(tmp_path)
    run(archive, [RECORDINGS / f"{recording}.opus"], tiny)
    assert " ".join(str(text) for (text,) in rows(archive, "select text from passages order by position")) == said(
        language
    )
    assert rows(archive, "select language from testimonies") == [(language,)]
    duration = float(str(rows(archive, "select duration from recordings")[0][0]))
    times = rows(archive, 'select start, "end" from passages order by position')
    assert all(0 <= float(str(start)) <= float(str(end)) <= duration + 0.01 for start, end in times)


def test_what_was_heard_is_tagged_and_searchable(tmp_path: Path, tiny: TranscriptionOptions) -> None:
    archive = an_archive(tmp_path)
    run(archive, [RECORDINGS / "glasgow-1915.opus"], tiny)
    assert rows(archive, "select places, movements, themes from catalogue") == [
        ('["Glasgow"]', '["Tenants\' movement"]', '["Rent","Strike"]')
    ]
    found = rows(
        archive, "select text from passages where id in (select rowid from passages_fts where text match 'flour')"
    )
    assert found == [("The women ran down the stairs and threw flour at him.",)]


def test_every_word_has_its_time_and_probability(tmp_path: Path, tiny: TranscriptionOptions) -> None:
    archive = an_archive(tmp_path)
    run(archive, [RECORDINGS / "glasgow-1915.opus"], tiny)
    for text, words in rows(archive, "select text, words from segments join word_timings on segment = id"):
        timed = json.loads(str(words))
        assert len(timed) == len(str(text).split())
        assert all(0 <= start <= end and 0 <= probability <= 1 for start, end, _, probability in timed)


def test_a_second_run_changes_nothing(tmp_path: Path, tiny: TranscriptionOptions) -> None:
    archive = an_archive(tmp_path / "archive")
    (tmp_path / "account.txt").write_text("The tenants of Glasgow went on strike.")
    paths = [RECORDINGS / "glasgow-1915.opus", tmp_path / "account.txt"]
    run(archive, paths, tiny)
    before = everything_in(archive)
    summary = run(archive, paths, replace(tiny, model="/nowhere"))
    assert (summary.added, summary.already, summary.failures) == (0, 2, [])
    assert everything_in(archive) == before


def test_the_same_recording_under_two_names_is_one(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    a_wav(tmp_path / "a.wav")
    shutil.copy(tmp_path / "a.wav", tmp_path / "b.wav")
    summary = run(archive, [tmp_path / "a.wav", tmp_path / "b.wav"], None)
    assert (summary.added, summary.already) == (1, 1)


def test_a_bad_file_is_named_and_the_rest_is_done(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    (tmp_path / "empty.wav").touch()
    (tmp_path / "holiday.mp3").write_text("no sound at all, only words " * 100)
    (tmp_path / "blank.txt").touch()
    (tmp_path / "good.txt").write_text("Glasgow.")
    summary = run(archive, [tmp_path], None)
    assert summary.added == 1
    assert sorted(line.split(":")[0].rsplit("/", 1)[1] for line in summary.failures) == [
        "blank.txt",
        "empty.wav",
        "holiday.mp3",
    ]
    assert rows(archive, "select places from catalogue") == [('["Glasgow"]',)]
    assert len([path for path in archive.media.rglob("*") if path.is_file()]) == 1


def test_without_a_model_recordings_wait_and_everything_else_is_done(
    tmp_path: Path, tiny: TranscriptionOptions
) -> None:
    archive = an_archive(tmp_path / "archive")
    (tmp_path / "account.txt").write_text("Glasgow.")
    paths = [a_wav(tmp_path / "a.wav"), tmp_path / "account.txt"]
    summary = run(archive, paths, replace(tiny, model=str(tmp_path / "no-model")))
    assert "1 recording waits for transcription" in summary.failures[0]
    assert rows(archive, "select state from recordings") == [("waiting",)]
    assert rows(archive, "select places from catalogue where kind = 'account'") == [('["Glasgow"]',)]
    again = transcribe(archive, options=tiny, report=PlainReporter(io.StringIO()))
    assert (again.transcribed, again.failures) == (1, [])


def test_silence_gives_an_empty_transcript_and_no_invented_words(tmp_path: Path, tiny: TranscriptionOptions) -> None:
    import wave

    archive = an_archive(tmp_path / "archive")
    with wave.open(str(tmp_path / "silence.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", "not compressed"))
        file.writeframes(bytes(2 * 16_000 * 8))
    summary = run(archive, [tmp_path / "silence.wav"], tiny)
    assert summary.failures == []
    assert rows(archive, "select count(*) from passages") == [(0,)]
    assert rows(archive, "select state from recordings") == [("transcribed",)]


def test_a_transcript_beside_a_recording_is_used_instead_of_the_machine(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    a_wav(tmp_path / "talk.wav", seconds=3)
    (tmp_path / "talk.vtt").write_text("WEBVTT\n\n00:00.500 --> 00:02.000\n<v Rosa>Glasgow on strike.\n")
    run(archive, [tmp_path / "talk.wav", tmp_path / "talk.vtt"], None)
    assert rows(archive, 'select start, "end", text, places, themes from passages') == [
        (0.5, 2.0, "Glasgow on strike.", '["Glasgow"]', '["Strike"]')
    ]
    assert rows(archive, "select kind from transcripts") == [("imported",)]
    assert rows(archive, "select kind from testimonies") == [("interview",)]


def test_a_transcript_brought_later_joins_its_recording(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    talk = a_wav(tmp_path / "talk.wav", seconds=3)
    run(archive, [talk], None)
    captions = tmp_path / "talk.srt"
    captions.write_text("1\n00:00:00,500 --> 00:00:02,000\nGlasgow.\n")
    run(archive, [talk, captions], None)
    assert rows(archive, "select accession from testimonies") == [("2026.001",)]
    assert rows(archive, "select text, places from passages") == [("Glasgow.", '["Glasgow"]')]


def test_a_recording_brought_later_joins_its_transcript(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    captions = tmp_path / "talk.srt"
    captions.write_text("1\n00:00:00,500 --> 00:00:02,000\nGlasgow.\n")
    run(archive, [captions], None)
    run(archive, [a_wav(tmp_path / "talk.wav", seconds=3), captions], None)
    assert rows(archive, "select accession from testimonies") == [("2026.001",)]
    assert rows(archive, "select duration, state from recordings") == [(3.0, "transcribed")]
    assert rows(archive, "select duration from catalogue") == [(3.0,)]


def test_two_recordings_may_share_one_transcript(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    for name, seconds in (("a", 3), ("b", 4)):
        a_wav(tmp_path / f"{name}.wav", seconds=seconds)
        (tmp_path / f"{name}.srt").write_text("1\n00:00:00,500 --> 00:00:02,000\nGlasgow.\n")
    summary = run(archive, [tmp_path / name for name in ("a.wav", "a.srt", "b.wav", "b.srt")], None)
    assert (summary.added, summary.failures) == (2, [])
    assert rows(archive, "select text from passages") == [("Glasgow.",)] * 2


def test_a_recording_comes_in_even_if_the_transcript_beside_it_is_broken(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    talk = a_wav(tmp_path / "talk.wav")
    (tmp_path / "talk.vtt").touch()
    summary = run(archive, [talk, tmp_path / "talk.vtt"], None)
    assert summary.added == 1
    assert "talk.vtt: the transcript beside talk.wav: the file is empty" in summary.failures[0]
    assert rows(archive, "select state from recordings") == [("waiting",)]


def test_a_persons_transcript_is_never_overwritten_by_an_interrupted_machine(
    tmp_path: Path, tiny: TranscriptionOptions
) -> None:
    archive = an_archive(tmp_path / "archive")
    talk = Path(shutil.copy(RECORDINGS / "glasgow-1915.opus", tmp_path / "talk.opus"))
    run(archive, [talk], None)
    with archive.write() as db:
        begin_listening(db, 1, engine="e", model="m", options={})
    captions = tmp_path / "talk.srt"
    captions.write_text("1\n00:00:00,500 --> 00:00:02,000\nAs a person heard it.\n")
    run(archive, [talk, captions], tiny)
    assert rows(archive, "select text from passages") == [("As a person heard it.",)]
    assert rows(archive, "select kind, state from transcripts") == [("imported", "complete")]


def test_what_is_said_later_is_noted_consent_above_all(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    talk = a_wav(tmp_path / "talk.wav")
    run(archive, [talk], None)
    said = Description(title="A talk", narrators=("Rosa",), place="Glasgow", consent="may be read", themes=("rent",))
    for _ in range(2):
        items = items_of([talk], description=said).items
        report = PlainReporter(io.StringIO())
        summary = ingest(archive, items, arrival=Arrival(on=TODAY), options=None, report=report)
        assert summary.failures == []
    assert rows(archive, "select title, narrators, places, themes from catalogue") == [
        ("A talk", '["Rosa"]', '["Glasgow"]', '["Rent"]')
    ]
    assert rows(archive, "select event, detail from consents") == [("stated", '{"statement": "may be read"}')]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes in folders")
@pytest.mark.parametrize("name", ["talk.wav", "talk.vtt"])
def test_a_pipe_is_never_waited_for(tmp_path: Path, name: str) -> None:
    archive = an_archive(tmp_path / "archive")
    a_wav(tmp_path / "other.wav")
    os.mkfifo(tmp_path / name)
    source = Source(recording=tmp_path / "other.wav", text=tmp_path / name)
    if name == "talk.wav":
        source = Source(recording=tmp_path / name)
    with archive.write() as db:
        outcome = take_in(archive, db, source, Description(), Arrival(on=TODAY))
    assert "not a regular file" in str(outcome.failure or outcome.remarks)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_text_does_not_stop_the_batch(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    (tmp_path / os.fsdecode(b"sur\xff.txt")).write_text("Glasgow.")
    (tmp_path / "good.txt").write_text("On strike in Torino.")
    items = items_of([tmp_path], besides=[archive.path]).items
    summary = ingest(archive, items, arrival=Arrival(on=TODAY), options=None, report=JsonReporter(io.StringIO()))
    assert summary.added == 2
    assert rows(archive, "select filename from documents order by filename") == [("good.txt",), ("sur?.txt",)]


def test_a_trained_pipeline_that_is_not_there_is_named_before_anything_is_done(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    (tmp_path / "account.txt").write_text("Glasgow.")
    items = items_of([tmp_path / "account.txt"]).items
    report = PlainReporter(io.StringIO())
    with pytest.raises(IngestError, match="nothing-like-this"):
        ingest(archive, items, arrival=Arrival(on=TODAY), options=None, report=report, ner="nothing-like-this")
    assert rows(archive, "select count(*) from testimonies") == [(0,)]


def test_a_new_variant_is_found_by_tagging_again(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    (tmp_path / "account.txt").write_text("They marched to Embo.")
    run(archive, [tmp_path / "account.txt"], None)
    places = archive.vocabularies / "places.yml"
    places.write_text(places.read_text() + "  - id: embo\n    labels: {en: Embo}\n")
    assert tag(archive, report=PlainReporter(io.StringIO())).tagged == 1
    assert rows(archive, "select places from passages") == [('["Embo"]',)]
    assert tag(archive, report=PlainReporter(io.StringIO())).tagged == 0


def test_a_script_can_follow_every_step(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    (tmp_path / "account.txt").write_text("Glasgow.")
    stream = io.StringIO()
    items = items_of([tmp_path / "account.txt"]).items
    ingest(archive, items, arrival=Arrival(on=TODAY), options=None, report=JsonReporter(stream))
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {"event": "begin", "work": "Taking in 1 file", "total": 8, "unit": "bytes"} in events
    assert any(event.get("accession") == "2026.001" and event.get("state") == "added" for event in events)


def _ingest_all(archive: Archive, tiny: TranscriptionOptions) -> list[str]:
    """What a person types to bring in two recordings and five accounts."""
    texts = archive.path.parent / "texts"
    texts.mkdir(exist_ok=True)
    for number in range(5):
        (texts / f"{number}.txt").write_text(f"Number {number}: the tenants of Glasgow went on strike.\n\n" * 50)
    sources = [str(RECORDINGS / "glasgow-1915.opus"), str(RECORDINGS / "paris-1871.opus"), str(texts)]
    options = ["--model", tiny.model, "--longest-piece", "10", "--threads", "1", "--device", "cpu", "--json"]
    return ["-C", str(archive.path), "ingest", *sources, *options]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory, tiny: TranscriptionOptions) -> list[object]:
    """What the archive holds after a run that nobody stopped."""
    archive = an_archive(tmp_path_factory.mktemp("uninterrupted") / "archive")
    assert CliRunner().invoke(main, _ingest_all(archive, tiny)).exit_code == 0
    return [*everything_in(archive)]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("moment", ['"state": "added"', '"progress", "work": "Transcribing', '"state": "transcribed"'])
def test_a_killed_run_ends_as_an_uninterrupted_one(
    tmp_path: Path, tiny: TranscriptionOptions, uninterrupted: list[object], moment: str
) -> None:
    archive = an_archive(tmp_path / "archive")
    command = _ingest_all(archive, tiny)
    with subprocess.Popen([sys.executable, "-m", "cli", *command], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(moment in line for line in process.stdout)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert everything_in(archive) != uninterrupted
    assert CliRunner().invoke(main, command).exit_code == 0
    assert everything_in(archive) == uninterrupted
