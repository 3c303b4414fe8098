"""Manifests as people keep them in a spreadsheet, and what is wrong with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.errors import InvalidFile
from archive.records import Kind
from ingest.manifest import read_manifest


def a_manifest(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    (folder / "talk.wav").touch()
    path = folder / "interviews.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_line_describes_its_file(tmp_path: Path) -> None:
    path = a_manifest(
        tmp_path,
        "file,title,narrator,recorded_on,language,kind,themes\n"
        'talk.wav,"On strike, 1915",Rosa; Ida,1915-11,English,interview,rent; strike\n',
    )
    [entry] = read_manifest(path).entries
    said = entry.description
    assert (entry.file, entry.line, entry.error) == (tmp_path / "talk.wav", 2, None)
    assert (said.title, said.narrators, said.recorded_on) == ("On strike, 1915", ("Rosa", "Ida"), "1915-11")
    assert (said.language, said.kind, said.themes) == ("en", Kind.INTERVIEW, ("rent", "strike"))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_spreadsheets_separators_are_understood(tmp_path: Path, separator: str) -> None:
    text = "file,title\ntalk.wav,Ours\n".replace(",", separator)
    assert read_manifest(a_manifest(tmp_path, text)).entries[0].description.title == "Ours"


def test_a_manifest_from_windows_is_read_and_says_so(tmp_path: Path) -> None:
    manifest = read_manifest(a_manifest(tmp_path, "file,title\ntalk.wav,Écosse\n", encoding="cp1252"))
    assert manifest.entries[0].description.title == "Écosse"
    assert "Windows-1252" in manifest.remarks[0]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("file,titel\ntalk.wav,Ours\n", r"line 1: unknown column 'titel': did you mean 'title'\?"),
        ("file,zzz\n", "line 1: unknown column 'zzz': the columns are file, transcript, title"),
        ("title\nOurs\n", "has no column 'file'"),
        ("file,file\n", "twice"),
        ("", "is empty"),
        ('file,title\ntalk.wav,"open\n', "is no CSV"),
    ],
)
def test_a_manifest_that_means_something_else_is_refused_as_a_whole(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(InvalidFile, match=complaint):
        read_manifest(a_manifest(tmp_path, text))


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("gone.wav,,,", "gone.wav is not there"),
        (",Ours,,", "names no file"),
        ("talk.wav,,05/01/2019,", "is no date: write 2026-11-22"),
        ("talk.wav,,2019-02-30,", "is no date"),
        ("talk.wav,,,Klingonese", "language 'Klingonese' is not known"),
        ("talk.wav,One, two,2019,en", "cells for 4 columns"),
        ("folder,,,", "folder is not a regular file"),
        ("loop.wav,,,", "loop.wav cannot be read: "),
        ("talk.wav/x.wav,,,", "x.wav is not there"),
        (f"{'x' * 300}.wav,,,", "cannot be read: File name too long"),
    ],
)
def test_a_wrong_line_is_named_and_the_others_stand(tmp_path: Path, line: str, complaint: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    path = a_manifest(tmp_path, f"file,title,recorded_on,language\n{line}\ntalk.wav,Good,,\n")
    wrong, good = read_manifest(path).entries
    assert wrong.line == 2
    assert complaint in str(wrong.error)
    assert good.error is None


@pytest.mark.parametrize(
    "again", ["talk.wav,", "./talk.wav,", "link.wav,", "other.wav,talk.wav", "other.wav,words.vtt"]
)
def test_a_file_that_an_earlier_line_names_is_refused(tmp_path: Path, again: str) -> None:
    for name in ("other.wav", "words.vtt"):
        (tmp_path / name).touch()
    (tmp_path / "link.wav").symlink_to("talk.wav")
    path = a_manifest(tmp_path, f"file,transcript\ntalk.wav,words.vtt\n{again}\n")
    first, second = read_manifest(path).entries
    assert first.error is None
    assert str(second.error).startswith("names ")
    assert str(second.error).endswith(" again (first in line 2)")


def test_a_recording_cannot_be_its_own_transcript(tmp_path: Path) -> None:
    [entry] = read_manifest(a_manifest(tmp_path, "file,transcript\ntalk.wav,talk.wav\n")).entries
    assert entry.error == f"names {tmp_path / 'talk.wav'} again (first in line 2)"


def test_only_a_recording_has_a_transcript(tmp_path: Path) -> None:
    (tmp_path / "account.txt").touch()
    [entry] = read_manifest(a_manifest(tmp_path, "file,transcript\naccount.txt,talk.wav\n")).entries
    assert "which is a text itself" in str(entry.error)


def test_a_pipe_in_a_manifest_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    [entry] = read_manifest(a_manifest(tmp_path, "file\npipe.wav\n")).entries
    assert entry.error == f"the file {tmp_path / 'pipe.wav'} is not a regular file"


def test_names_in_both_columns_are_joined(tmp_path: Path) -> None:
    [entry] = read_manifest(a_manifest(tmp_path, "file,narrator,narrators\ntalk.wav,Rosa,Ida; Rosa\n")).entries
    assert entry.description.narrators == ("Rosa", "Ida")
