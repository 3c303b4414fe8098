"""Finding sources: what is told apart, paired and left alone."""

from __future__ import annotations

from pathlib import Path

from ingest.sources import Source, gather


def files(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return paths


def test_a_folder_gives_its_recordings_and_texts_in_order(tmp_path: Path) -> None:
    files(tmp_path, "b.mp3", "a.txt", "sub/c.MP4")
    found = gather([tmp_path])
    assert [source.path.name for source in found.sources] == ["a.txt", "b.mp3", "c.MP4"]


def test_a_text_beside_a_recording_of_the_same_name_is_its_transcript(tmp_path: Path) -> None:
    talk, captions, _ = files(tmp_path, "talk.mp3", "talk.vtt", "other.txt")
    found = gather([tmp_path])
    assert Source(recording=talk, text=captions) in found.sources
    assert len(found.sources) == 2


def test_names_that_keep_the_recordings_suffix_are_paired_too(tmp_path: Path) -> None:
    talk, words = files(tmp_path, "talk.mp3", "talk.mp3.words.json")
    assert gather([tmp_path]).sources == (Source(recording=talk, text=words),)


def test_captions_are_preferred_to_a_typed_text_which_stays_an_account(tmp_path: Path) -> None:
    talk, captions, typed = files(tmp_path, "talk.mp3", "talk.srt", "talk.txt")
    assert set(gather([tmp_path]).sources) == {Source(recording=talk, text=captions), Source(text=typed)}


def test_other_and_hidden_files_are_left_alone(tmp_path: Path) -> None:
    files(tmp_path, "photo.jpg", ".DS_Store", ".git/config", "talk.wav")
    found = gather([tmp_path])
    assert [path.name for path in found.left_alone] == ["photo.jpg"]
    assert [source.path.name for source in found.sources] == ["talk.wav"]


def test_a_file_that_is_named_is_tried_whatever_its_suffix(tmp_path: Path) -> None:
    [path] = files(tmp_path, "recorder.dat")
    assert gather([path]).sources == (Source(recording=path),)


def test_the_same_file_named_twice_is_one_source(tmp_path: Path) -> None:
    [path] = files(tmp_path, "talk.wav")
    assert len(gather([path, tmp_path, tmp_path / "." / "talk.wav"]).sources) == 1


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert gather([tmp_path / "gone.wav"]).missing == (tmp_path / "gone.wav",)


def test_the_archive_itself_is_not_brought_in(tmp_path: Path) -> None:
    files(tmp_path, "talk.wav", "archive/media/ab/abcd.wav")
    assert len(gather([tmp_path], besides=[tmp_path / "archive"]).sources) == 1
