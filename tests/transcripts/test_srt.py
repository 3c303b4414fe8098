"""SRT is forgiven much, but nothing is lost without a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.samples import a_segment, a_transcript, shared, starts, texts, turns
from tests.transcripts.strategies import timed_segments
from transcripts.encoding import decode
from transcripts.model import Segment, Transcript, TranscriptError
from transcripts.srt import read_srt, write_srt

FILM = """\
1
00:00:01,000 --> 00:00:02,500
MARY: We went <i>out</i>
{\\an8}on strike.

2
00:00:03 --> 00:00:04

It was 1984,

and cold. <laughs>
3
00:00:05.250 --> 00:00:06.000 X1:0
1984
"""


def test_captions_are_read() -> None:
    assert read_srt(FILM) == a_transcript(
        a_segment("We went out on strike.", 1.0, 2.5, "MARY"),
        a_segment("It was 1984, and cold. <laughs>", 3.0, 4.0),
        a_segment("1984", 5.25, 6.0),
    )


def test_indices_may_be_missing_and_a_number_is_then_text() -> None:
    for gap in ("\n", "\n\n"):
        assert texts(read_srt(f"00:01,0 --> 00:02,0\n1984{gap}00:03,0 --> 00:04,0\nWe won\n")) == ["1984", "We won"]


def test_two_speakers_in_a_caption_are_two_segments() -> None:
    read = read_srt("1\n00:00:01,000 --> 00:00:02,000\n- ANA: When?\n>> MARY JONES: In 1984.\n")
    assert turns(read) == [("ANA", "When?"), ("MARY JONES", "In 1984.")]
    assert starts(read) == [1.0, 1.0]


def test_a_name_counts_as_a_speaker_when_it_comes_back() -> None:
    lines = ["Ana: When?", "Mary Jones: In 1984.", "Ana: And then?", "Remember: no scabs.", "- Yes."]
    written = "\n\n".join(f"{at}\n00:00:0{at},000 --> 00:00:0{at},900\n{line}" for at, line in enumerate(lines))
    assert turns(read_srt(written)) == [
        ("Ana", "When?"),
        (None, "Mary Jones: In 1984."),
        ("Ana", "And then?"),
        (None, "Remember: no scabs."),
        (None, "- Yes."),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("123.123\nalpha: bravo\n", "no line has the times of a caption, and line 1 is '123.123'"),
        ("", "no line has the times"),
        ("some text\n00:00:00,500 --> 00:00:07,000\n", "line 1 is not part of a caption: 'some text'"),
        ("1\n00:00:01,000 --> 00:00:02,000\nA\n\n2\n00:00:03,000 --> 00:00:xx\nB\n", "line 6 does not hold two times"),
    ],
)
def test_junk_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(TranscriptError, match=message):
        read_srt(text)


def test_an_impossible_end_is_left_open() -> None:
    read = read_srt("1\n00:00:05,000 --> 00:00:03,000\nSo.\n")
    assert read.segments == (a_segment("So.", 5.0, None),)
    assert "left open" in read.remarks[0]


def test_what_is_written_is_srt() -> None:
    assert write_srt(a_transcript(a_segment("So.", 1.0, 2.5, "MARY"), a_segment("Yes.", 3, None))) == (
        "1\n00:00:01,000 --> 00:00:02,500\nMARY: So.\n\n2\n00:00:03,000 --> 00:00:05,000\nYes.\n"
    )


@given(st.lists(timed_segments(with_words=False), min_size=1, max_size=4))
def test_what_is_written_is_read_back(segments: list[Segment]) -> None:
    """As far as SRT goes: a text that looks like a tag, a label or a number cannot be told from one."""
    plain = tuple(
        a_segment(
            " ".join("".join(filter(str.isalpha, word)) or "so" for word in segment.text.split()),
            segment.start,
            segment.end,
            speaker,
        )
        for segment, speaker in zip(segments, ["MARY", None, "ANA B", None], strict=False)
    )
    assert read_srt(write_srt(Transcript(segments=plain))) == Transcript(segments=plain)


@given(st.text(st.sampled_from("0123:,.-> \nAb:<i>"), max_size=80))
def test_nothing_but_a_transcript_error_is_raised(text: str) -> None:
    try:
        read_srt(f"1\n00:00:01,000 --> 00:00:02,000\n{text}")
    except TranscriptError as error:
        assert "line " in str(error)


@pytest.mark.shared
def test_the_samples_of_other_libraries_are_read_or_refused() -> None:
    read, refused = {}, set()
    for path in [*shared("tricky", "*.srt"), *shared("transcripts", "*.srt")]:
        try:
            read[path.name] = len(read_srt(decode(path.read_bytes())[0]).segments)
        except TranscriptError:
            refused.add(path.name)
    assert refused == {"invalid_1.srt", "invalid_format3.srt", "invalid_format4.srt"}
    assert read["sample_srt_timestamps_without_microseconds.srt"] == 2
    assert read["samples_srt_same_time.srt"] == 5
    assert read["gb2312.srt"] == 3
