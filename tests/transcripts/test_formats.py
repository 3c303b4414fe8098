"""A file is read as what it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.samples import a_docx, shared, texts
from transcripts.formats import READERS, read_transcript
from transcripts.model import TranscriptError

CONTENTS = {
    ".vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\nWe won.\n",
    ".srt": b"1\n00:00:01,000 --> 00:00:02,000\nWe won.\n",
    ".json": json.dumps({"segments": [{"start": 1, "end": 2, "text": "We won."}]}).encode(),
    ".txt": b"We won.\n",
    ".md": b"---\ntitle: So\n---\n**We** won.\n",
    ".markdown": b"_We_ won.\n",
    ".docx": a_docx("We won."),
}


@pytest.mark.parametrize("suffix", READERS)
def test_every_format_is_read_by_its_suffix(suffix: str) -> None:
    written = read_transcript(CONTENTS[suffix], suffix.upper())
    assert texts(written.transcript) == ["We won."]
    assert written.transcript.remarks == ()
    assert dict(written.head) == ({"title": "So"} if suffix == ".md" else {})


@pytest.mark.parametrize(
    ("holds", "named", "remark"),
    [
        (".srt", ".vtt", "the file is named .vtt, but it is SRT and was read as that"),
        (".vtt", ".srt", "the file is named .srt, but it is WebVTT and was read as that"),
        (".vtt", ".txt", "the file is named .txt, but it is WebVTT and was read as that"),
        (".srt", ".md", "the file is named .md, but it is SRT and was read as that"),
        (".json", ".txt", "the file is named .txt, but it is JSON and was read as that"),
        (".docx", ".txt", "the file is named .txt, but it is a Word document and was read as that"),
    ],
)
def test_a_file_with_the_wrong_suffix_is_read_as_what_it_is(holds: str, named: str, remark: str) -> None:
    transcript = read_transcript(CONTENTS[holds], named).transcript
    assert texts(transcript) == ["We won."]
    assert transcript.remarks == (remark,)


def test_the_remark_on_the_encoding_comes_first() -> None:
    transcript = read_transcript(b"1\n00:00:05,000 --> 00:00:02,000\ncaf\xe9\n", ".srt").transcript
    assert transcript.remarks[0] == "not UTF-8; read as Windows-1252"
    assert len(transcript.remarks) == 2


@pytest.mark.parametrize("raw", [b"", b" \r\n\t", b"\xef\xbb\xbf\n"])
@pytest.mark.parametrize("suffix", READERS)
def test_an_empty_file_is_said_to_be_empty(raw: bytes, suffix: str) -> None:
    with pytest.raises(TranscriptError, match=r"^the file is empty$"):
        read_transcript(raw, suffix)


@pytest.mark.parametrize(
    ("raw", "suffix", "message"),
    [
        (b"WEBVTT\n", ".vtt", "there is no text in the file"),
        (b"---\ntitle: So\n---\n", ".md", "there is no text in the file"),
        (b"so", ".mp3", r"files that end in '.mp3' are not read, only .vtt, .srt"),
        (b"{\\rtf1 so}", ".txt", "this is RTF, not a transcript"),
        (b"%PDF-1.7", ".txt", "this is a PDF, not a transcript"),
        (b"\n<!DOCTYPE HTML>", ".vtt", "this is a web page, not a transcript"),
        (b"Not Found", ".vtt", "the first line is not WEBVTT"),
        (b"Not Found", ".srt", "no line has the times"),
        (b"Not Found", ".json", "this is not JSON"),
        (b"Not Found", ".docx", "not a Word document"),
        (b"\x89PNG\r\n\0", ".txt", "NUL bytes"),
        (b'{"error": 404}', ".txt", "this JSON is not a transcript"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(raw: bytes, suffix: str, message: str) -> None:
    with pytest.raises(TranscriptError, match=message) as caught:
        read_transcript(raw, suffix)
    assert "\n" not in str(caught.value)


def test_a_written_file_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        read_transcript(CONTENTS[".md"], ".md").head["title"] = "No"  # type: ignore[index]


@given(st.binary(max_size=200), st.sampled_from(sorted(READERS)), st.sampled_from([*CONTENTS.values(), b""]))
def test_nothing_but_a_transcript_error_is_raised(noise: bytes, suffix: str, content: bytes) -> None:
    for raw in (noise, content + noise, content[: len(noise)] + noise):
        try:
            assert read_transcript(raw, suffix).transcript.segments
        except TranscriptError as error:
            assert str(error)


@pytest.mark.shared
def test_every_caption_of_other_libraries_is_read_or_refused() -> None:
    for path in shared("tricky"):
        for suffix in (".vtt", ".srt", ".txt", ".md", ".json"):
            try:
                assert read_transcript(path.read_bytes(), suffix).transcript.segments
            except TranscriptError as error:
                assert path.name not in str(error)
