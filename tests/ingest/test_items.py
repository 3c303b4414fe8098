"""Bringing together: what the manifest says of a file reaches it, and nothing is lost without a word."""

from __future__ import annotations

from pathlib import Path

from archive.records import Description
from ingest.items import Collected, items_of
from ingest.sources import Source


def a_folder(folder: Path, *names: str, manifest: str = "") -> Path:
    """Write small files, and the manifest if there is one; return where the manifest is."""
    for name in names:
        (folder / name).write_bytes(b"x")
    path = folder / "m.csv"
    if manifest:
        path.write_text(manifest, encoding="utf-8")
    return path


def sources(collected: Collected) -> list[Source]:
    return [item.source for item in collected.items]


def test_a_line_says_more_than_the_options(tmp_path: Path) -> None:
    manifest = a_folder(tmp_path, "talk.wav", manifest="file,title\ntalk.wav,Ours\n")
    general = Description(title="Theirs", place="Turin")
    [item] = items_of([], manifest=manifest, description=general).items
    assert item.description == Description(title="Ours", place="Turin")


def test_a_manifest_alone_finds_the_captions_beside_its_recordings(tmp_path: Path) -> None:
    manifest = a_folder(tmp_path, "talk.wav", "talk.vtt", manifest="file\ntalk.wav\n")
    assert sources(items_of([], manifest=manifest)) == [
        Source(recording=tmp_path / "talk.wav", text=tmp_path / "talk.vtt")
    ]


def test_the_transcript_in_the_manifest_wins_and_the_one_beside_is_left_alone(tmp_path: Path) -> None:
    manifest = a_folder(tmp_path, "talk.wav", "talk.vtt", "words.txt", manifest="file,transcript\ntalk.wav,words.txt\n")
    for paths in ([], [tmp_path]):
        collected = items_of(paths, manifest=manifest)
        assert sources(collected) == [Source(recording=tmp_path / "talk.wav", text=tmp_path / "words.txt")]
        [remark] = collected.remarks
        named = "the manifest names words.txt as the transcript of talk.wav"
        assert remark == f"left alone, {named}: {tmp_path / 'talk.vtt'}"


def test_a_transcript_that_is_named_for_one_recording_does_not_go_to_another(tmp_path: Path) -> None:
    manifest = a_folder(
        tmp_path, "other.wav", "talk.wav", "talk.vtt", manifest="file,transcript\nother.wav,talk.vtt\ntalk.wav,\n"
    )
    for paths in ([], [tmp_path]):
        assert sources(items_of(paths, manifest=manifest)) == [
            Source(recording=tmp_path / "other.wav", text=tmp_path / "talk.vtt"),
            Source(recording=tmp_path / "talk.wav"),
        ]


def test_what_a_line_says_of_captions_is_said_of_the_recording_beside(tmp_path: Path) -> None:
    manifest = a_folder(
        tmp_path, "talk.wav", "talk.vtt", manifest="file,title,place\ntalk.vtt,Words,Turin\ntalk.wav,Ours,\n"
    )
    [item] = items_of([], manifest=manifest).items
    assert (item.description.title, item.description.place) == ("Ours", "Turin")


def test_everything_that_went_wrong_is_a_failure(tmp_path: Path) -> None:
    manifest = a_folder(tmp_path, "talk.wav", manifest="file\ntalk.wav\ngone.wav\ntalk.wav\n")
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    collected = items_of([tmp_path, tmp_path / "no.wav"], manifest=manifest)
    assert len(collected.items) == 1
    assert collected.failures == (
        f"{tmp_path / 'loop.wav'}: cannot be read: Too many levels of symbolic links",
        f"{tmp_path / 'no.wav'}: there is no such file or folder",
        f"{manifest}, line 3: the file {tmp_path / 'gone.wav'} is not there",
        f"{manifest}, line 4: names {tmp_path / 'talk.wav'} again (first in line 2)",
    )


def test_what_was_left_alone_is_a_remark(tmp_path: Path) -> None:
    a_folder(tmp_path, "talk.wav", "photo.jpg")
    line = f"left alone, not a recording, account or transcript: {tmp_path / 'photo.jpg'}"
    assert items_of([tmp_path]).remarks == (line,)
