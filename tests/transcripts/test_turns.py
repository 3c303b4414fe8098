"""Turns and time codes as people type them."""

from __future__ import annotations

import pytest

from tests.transcripts.samples import starts, texts, turns
from transcripts.model import Transcript
from transcripts.turns import Paragraph, join_lines, read_turns


def read(*paragraphs: str) -> Transcript:
    return read_turns(Paragraph(lines=tuple(paragraph.split("\n"))) for paragraph in paragraphs)


def test_a_paragraph_without_a_label_goes_on_with_the_same_speaker() -> None:
    transcript = read("Preface.", "ANA: When?", "MARY: In 1984.", "It was cold.", "[laughter]", "And dark.")
    assert turns(transcript) == [
        (None, "Preface."),
        ("ANA", "When?"),
        ("MARY", "In 1984."),
        ("MARY", "It was cold."),
        (None, "[laughter]"),
        ("MARY", "And dark."),
    ]


def test_a_label_that_stands_once_in_an_account_does_not_claim_the_rest() -> None:
    transcript = read("We stood there.", "JOHN FLEMING: Go home!", *["So we went home."] * 20)
    assert [speaker for speaker, _ in turns(transcript)] == [None, "JOHN FLEMING", *[None] * 20]


def test_a_heading_is_nobodys_speech() -> None:
    transcript = read_turns(
        [
            Paragraph(lines=("ANA: When?",)),
            Paragraph(lines=("BEN: Then.",)),
            Paragraph(lines=("PART: TWO",), heading=True),
            Paragraph(lines=("More.",)),
        ]
    )
    assert turns(transcript)[2:] == [(None, "PART: TWO"), (None, "More.")]


@pytest.mark.parametrize(
    "opening",
    ["[00:15:31] ANA: So.", "[00:15:31]\nANA: So.", "ANA: [00:15:31] So.", "ANA:\n(15:31) So.", "#15:31# ANA: So."],
)
def test_a_time_code_before_or_after_the_label_is_the_start(opening: str) -> None:
    segment = read(opening).segments[0]
    assert (segment.start, segment.end, segment.speaker, segment.text) == (931, None, "ANA", "So.")


def test_a_time_code_alone_belongs_to_what_follows() -> None:
    transcript = read("[0:05]", "ANA:", "So.", "[0:30]", "GLÜCK AND HER IPAD")
    assert turns(transcript) == [("ANA", "So."), (None, "GLÜCK AND HER IPAD")]
    assert starts(transcript) == [5, 30]


def test_times_without_brackets_count_if_there_are_two() -> None:
    assert starts(read("0:00", "So we went.", "0:15 And then?")) == [0, 15]
    assert texts(read("10:30 was the hour of the strike.", "So we went.")) == [
        "10:30 was the hour of the strike.",
        "So we went.",
    ]
    assert starts(read("7:00 a.m. we met.", "8:00 pm we left.")) == [None, None]


def test_a_name_with_a_time_on_its_own_line_opens_a_turn() -> None:
    transcript = read("Speaker 1  0:03\nSo we went.", "Mary Jones [0:09]\nYes.", "Unknown (so)\nNo.")
    assert turns(transcript) == [
        ("Speaker 1", "So we went."),
        ("Mary Jones", "Yes."),
        ("Mary Jones", "Unknown (so) No."),
    ]
    assert starts(transcript) == [3, 9, None]


def test_one_time_code_that_is_too_high_or_too_low_stays_in_the_text() -> None:
    transcript = read("[0:11] a", "[24:20:00] b", "[0:25] c", "[0:12] d", "[0:30] e")
    assert starts(transcript) == [11, None, 25, None, 30]
    assert texts(transcript) == ["a", "[24:20:00] b", "c", "[0:12] d", "e"]
    assert transcript.remarks == (
        "2 time code(s) do not run forwards and are left in the text, the first of them 24:20:00:"
        " a slip, or another recording",
    )


def test_the_times_of_a_second_recording_do_not_count() -> None:
    transcript = read("[0:01] a", "[0:29]", "ANA: b", "[0:38] c", "[0:01]", "BEN: d", "[0:23] e", "[14:34] f")
    assert starts(transcript) == [1, 29, 38, None, None, None]
    assert texts(transcript)[3:] == ["[0:01] d", "[0:23] e", "[14:34] f"]
    assert turns(transcript)[3][0] == "BEN"


def test_a_code_at_nought_begins_another_recording() -> None:
    assert starts(read("[0:10] a", "[0:29] b", "[0:00] c", "[0:40] d")) == [10, 29, None, None]


def test_a_label_with_nothing_after_it_stays_as_text() -> None:
    assert turns(read("ANA:", "BEN: So.", "MARY:")) == [(None, "ANA:"), ("BEN", "So."), (None, "MARY:")]


def test_only_the_first_passage_of_a_turn_has_the_start() -> None:
    transcript = read("[0:10] ANA: " + "We stood before the gate. " * 40)
    assert starts(transcript) == [10, None]
    assert {segment.speaker for segment in transcript.segments} == {"ANA"}


def test_lines_are_joined_with_a_space_but_not_between_chinese_signs() -> None:
    assert join_lines(["We  went", "", " home "]) == "We went home"
    assert join_lines(["我们", "罢工"]) == "我们罢工"
