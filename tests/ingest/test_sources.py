"""Finding sources: what is told apart, paired and left alone."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.sources import Gathered, Source, gather


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


def test_of_several_texts_beside_a_recording_the_best_is_its_transcript_and_the_others_are_named(
    tmp_path: Path,
) -> None:
    talk, captions, *others = files(tmp_path, "talk.mp3", "talk.vtt", "talk.srt", "talk.txt", "talk.json")
    found = gather([tmp_path])
    assert found.sources == (Source(recording=talk, text=captions),)
    assert {line.rsplit(": ", 1)[1] for line in found.left_alone} == {str(path) for path in others}


def test_a_text_that_is_named_comes_in_even_beside_a_recording_that_has_another(tmp_path: Path) -> None:
    talk, captions, typed = files(tmp_path, "talk.mp3", "talk.srt", "talk.txt")
    found = gather([talk, captions, typed])
    assert set(found.sources) == {Source(recording=talk, text=captions), Source(text=typed)}


def test_other_and_hidden_files_are_left_alone(tmp_path: Path) -> None:
    files(tmp_path, "photo.jpg", ".DS_Store", ".git/config", "talk.wav")
    found = gather([tmp_path])
    assert found.left_alone == (f"left alone, not a recording, account or transcript: {tmp_path / 'photo.jpg'}",)
    assert [source.path.name for source in found.sources] == ["talk.wav"]


def test_a_file_that_is_named_is_tried_whatever_its_suffix(tmp_path: Path) -> None:
    [path] = files(tmp_path, "recorder.dat")
    assert gather([path]).sources == (Source(recording=path),)


def test_the_same_file_named_twice_is_one_source(tmp_path: Path) -> None:
    [path] = files(tmp_path, "talk.wav")
    assert len(gather([path, tmp_path, tmp_path / "." / "talk.wav"]).sources) == 1


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone.wav"
    assert gather([path]) == Gathered(sources=(), failures=(f"{path}: there is no such file or folder",))


def test_the_archive_itself_is_not_brought_in(tmp_path: Path) -> None:
    files(tmp_path, "talk.wav", "archive/media/ab/abcd.wav")
    assert len(gather([tmp_path], besides=[tmp_path / "archive"]).sources) == 1


def test_a_named_file_that_is_not_looked_at_is_no_source(tmp_path: Path) -> None:
    talk, words = files(tmp_path, "talk.wav", "talk.vtt")
    assert gather([talk, words], besides=[words]).sources == (Source(recording=talk),)


# What is no file, or cannot be read


@pytest.fixture(params=["pipe", "socket", "device", "link to a device"])
def no_file(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Something named a.wav that would never end, or block, if it were opened; alone in its folder."""
    path = tmp_path / "a.wav"
    if request.param == "pipe":
        os.mkfifo(path)
        yield path
    elif request.param == "socket":
        monkeypatch.chdir(tmp_path)  # a socket's name is short
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind("a.wav")
            yield path
    elif request.param == "device" and os.geteuid() != 0:
        yield Path("/dev/zero")
    elif request.param == "device":
        try:
            os.mknod(path, 0o600 | 0o020000, os.makedev(1, 5))
        except PermissionError:
            path = Path("/dev/zero")
        yield path
    else:
        path.symlink_to("/dev/zero")
        yield path


def test_what_is_no_regular_file_is_refused_where_it_is_named(no_file: Path) -> None:
    assert gather([no_file]) == Gathered(sources=(), failures=(f"{no_file}: is not a regular file",))


def test_what_is_no_regular_file_is_left_alone_in_a_folder(no_file: Path) -> None:
    if no_file.parent == Path("/dev"):
        pytest.skip("devices can only be made by root")
    line = f"left alone, not a regular file: {no_file}"
    assert gather([no_file.parent]) == Gathered(sources=(), left_alone=(line,))


@pytest.mark.parametrize("kind", ["named", "walked"])
def test_a_link_to_itself_is_a_failure(tmp_path: Path, kind: str) -> None:
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    found = gather([tmp_path / "loop.wav"] if kind == "named" else [tmp_path])
    assert found.sources == ()
    assert found.failures == (f"{tmp_path / 'loop.wav'}: cannot be read: Too many levels of symbolic links",)


def test_a_link_that_leads_nowhere_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "talk.wav").symlink_to("gone.wav")
    assert gather([tmp_path]).failures == (f"{tmp_path / 'talk.wav'}: there is no such file or folder",)


def test_links_to_folders_are_not_followed_and_said(tmp_path: Path) -> None:
    files(tmp_path, "sub/talk.wav")
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    found = gather([tmp_path])
    assert [source.path for source in found.sources] == [tmp_path / "sub" / "talk.wav"]
    assert found.left_alone == (f"left alone, a link to a folder: {tmp_path / 'sub' / 'up'}",)


def test_a_link_to_a_folder_that_is_named_is_walked(tmp_path: Path) -> None:
    files(tmp_path, "sub/talk.wav")
    (tmp_path / "link").symlink_to("sub")
    assert [source.path for source in gather([tmp_path / "link"]).sources] == [tmp_path / "link" / "talk.wav"]


@pytest.mark.parametrize("locked", ["", "locked"])
def test_a_folder_that_cannot_be_read_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locked: str
) -> None:
    """Named itself or found; root reads everything, so the refusal is planted."""
    files(tmp_path, "locked/talk.wav", "open/talk.wav")
    scandir = os.scandir

    def refuse(path: Any) -> Any:
        if Path(path) == tmp_path / locked:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = gather([tmp_path])
    assert found.failures == (f"{tmp_path / locked}: cannot be read: Permission denied",)
    assert len(found.sources) == (1 if locked else 0)


# What lies beside a recording that is named


@pytest.mark.parametrize("beside", ["talk.vtt", "TALK.srt", "talk.wav.json", "talk.wav.words.json"])
def test_captions_beside_a_recording_that_is_named_belong_to_it(tmp_path: Path, beside: str) -> None:
    talk, captions, _ = files(tmp_path, "talk.wav", beside, "talks.vtt")
    assert gather([talk]) == Gathered(sources=(Source(recording=talk, text=captions),))


def test_of_several_captions_the_best_is_taken_and_no_other_comes_in(tmp_path: Path) -> None:
    talk, _, captions = files(tmp_path, "talk.wav", "talk.srt", "talk.vtt")
    assert gather([talk]).sources == (Source(recording=talk, text=captions),)


def test_a_typed_text_is_not_looked_for(tmp_path: Path) -> None:
    talk, *_ = files(tmp_path, "talk.wav", "talk.txt", "talk.md", "talk.docx")
    assert gather([talk]).sources == (Source(recording=talk),)


def test_a_text_that_is_named_too_is_preferred_to_captions_that_are_not(tmp_path: Path) -> None:
    talk, typed, _ = files(tmp_path, "talk.wav", "talk.txt", "talk.vtt")
    assert gather([talk, typed]).sources == (Source(recording=talk, text=typed),)


def test_captions_belong_to_one_recording_only(tmp_path: Path) -> None:
    mp3, wav, captions = files(tmp_path, "talk.mp3", "talk.wav", "talk.vtt")
    assert gather([mp3, wav, captions]).sources == (Source(recording=mp3, text=captions), Source(recording=wav))
    assert gather([mp3, wav]).sources == (Source(recording=mp3, text=captions), Source(recording=wav))


def test_captions_that_are_no_file_or_not_looked_at_are_left_out(tmp_path: Path) -> None:
    talk, captions = files(tmp_path, "talk.wav", "talk.srt")
    os.mkfifo(tmp_path / "talk.vtt")
    assert gather([talk], besides=[captions]).sources == (Source(recording=talk),)


def test_thousands_of_recordings_are_paired_at_once(tmp_path: Path) -> None:
    talks = files(tmp_path, *(f"{number}.wav" for number in range(3000)))
    files(tmp_path, *(f"{number}.vtt" for number in range(3000)))
    began = time.perf_counter()
    assert all(source.text for source in gather(talks).sources)
    assert all(source.text for source in gather([tmp_path]).sources)
    assert time.perf_counter() - began < 5


def test_captions_go_to_the_recording_that_has_no_text_yet(tmp_path: Path) -> None:
    mp3, wav, typed, captions = files(tmp_path, "talk.mp3", "talk.wav", "talk.txt", "talk.vtt")
    assert gather([mp3, wav, typed]).sources == (
        Source(recording=mp3, text=typed),
        Source(recording=wav, text=captions),
    )
