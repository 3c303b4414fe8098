"""Plain text: paragraphs become passages, and no word is lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.samples import shared, starts, texts, turns
from transcripts.encoding import decode
from transcripts.model import Transcript
from transcripts.plain_text import read_plain_text

WRAPPED = """\
Orange County
Chapel Hill, N.C.

Four miles south and east of Chapel Hill, N.C. is the farm home of
Ed Jackson and his wife, Mary Jackson. They cultivate a small farm.
"Come in."
     He came in.

They had no money.
"""


def test_wrapped_lines_are_joined_and_empty_lines_separate() -> None:
    assert texts(read_plain_text(WRAPPED)) == [
        "Orange County Chapel Hill, N.C.",
        "Four miles south and east of Chapel Hill, N.C. is the farm home of Ed Jackson and his wife, Mary Jackson."
        ' They cultivate a small farm. "Come in."',
        "He came in.",
        "They had no money.",
    ]


def test_lines_that_were_broken_at_a_margin_are_joined_without_empty_lines_too() -> None:
    lines = ["we walked to the mill and stood before the gate until the"] * 9 + ["night."]
    assert len(texts(read_plain_text("\n".join(lines)))) == 2  # 109 words: one paragraph in two passages


def test_a_short_line_that_ends_a_sentence_ends_a_wrapped_paragraph() -> None:
    line = "we walked to the mill and stood before the gate until the\n"
    assert texts(read_plain_text(line * 4 + "night came.\n" + line * 4))[0].endswith("night came.")


def test_an_indented_line_begins_a_paragraph() -> None:
    line = "We walked to the mill and stood before the gate until it was night\n"
    assert len(texts(read_plain_text(f"{line}\n{line}   {line}{line}"))) == 3


def test_long_lines_are_paragraphs_of_their_own() -> None:
    long = "We stood before the gate of the mill and sang until the police came for us. " * 2 + "So."
    assert texts(read_plain_text(f"A title\n{long}\n{long}\n\n{long}")) == ["A title", long, long, long]


def test_short_lines_without_empty_lines_are_paragraphs() -> None:
    assert texts(read_plain_text("Gone are the days\nwhen my heart\nwas young\r\nand gay")) == [
        "Gone are the days",
        "when my heart",
        "was young",
        "and gay",
    ]


def test_an_interview_has_turns_and_times() -> None:
    transcript = read_plain_text("[0:00] ANA: When was\nthat?\n\n[1:10] MARY: In 1984.\n\nI was young.\n")
    assert turns(transcript) == [("ANA", "When was that?"), ("MARY", "In 1984."), ("MARY", "I was young.")]
    assert starts(transcript) == [0, 70, None]


def test_markdown_is_read_without_its_marks_only_if_asked() -> None:
    text = "# The *strike*\n\nWe **won**.\n"
    assert texts(read_plain_text(text, markdown=True)) == ["The strike", "We won."]
    assert texts(read_plain_text(text)) == ["# The *strike*", "We **won**."]


def test_an_empty_text_has_no_segments() -> None:
    assert read_plain_text(" \n\n") == Transcript(segments=())


@given(st.text(st.sampled_from("aB.:\n 1[]-()0\t"), max_size=300))
def test_any_text_is_read(text: str) -> None:
    read_plain_text(text)
    read_plain_text(text, markdown=True)


def words_of(transcript: Transcript, words: list[str]) -> list[str]:
    """Return the transcript's words, with the labels that were taken off before a turn put back where they were."""
    said: list[str] = []
    for segment in transcript.segments:
        label = f"{segment.speaker}:".split()
        if segment.speaker and words[len(said) : len(said) + len(label)] == label:
            said += label
        said += segment.text.split()
    return said


@pytest.mark.shared
def test_no_word_of_the_499_life_histories_is_lost() -> None:
    files = shared("transcripts/plain_text/fwp_life_histories", "*.txt")
    assert len(files) == 499
    words = 0
    for path in files:
        text, remarks = decode(path.read_bytes())
        transcript = read_plain_text(text)
        assert words_of(transcript, text.split()) == text.split(), path.name
        assert not transcript.remarks
        assert not remarks
        assert max(len(segment.text.split()) for segment in transcript.segments) <= 100
        words += len(text.split())
    assert words == 1_661_052


@pytest.mark.shared
def test_the_life_histories_are_read_in_seconds() -> None:
    raw = [path.read_bytes() for path in shared("transcripts/plain_text/fwp_life_histories", "*.txt")]
    began = time.perf_counter()
    for content in raw:
        read_plain_text(decode(content)[0])
    assert time.perf_counter() - began < 15  # about 1.5 s on two cores; this catches only what is badly wrong


@pytest.mark.shared
def test_the_six_wrapped_life_histories_become_paragraphs() -> None:
    """All others have one paragraph a line."""
    for number in ("0413_001", "0441_001", "0734_001", "1045_009", "1045_016", "1045_026"):
        (path,) = shared("transcripts/plain_text/fwp_life_histories", f"interview_{number}.txt")
        text = path.read_text("utf-8")
        lines = sum(1 for line in text.split("\n") if line.strip())
        assert len(read_plain_text(text).segments) < lines / 2


@pytest.mark.shared
def test_a_label_in_small_letters_that_stands_once_is_text() -> None:
    (path,) = shared("transcripts/vtt_srt", "text_example.txt")
    (segment,) = read_plain_text(path.read_text("utf-8")).segments
    assert segment.text.startswith("male narrator: IN THE SUMMER OF 1957")
