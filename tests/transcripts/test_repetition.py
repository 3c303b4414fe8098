"""Loops of a recogniser are named with their time."""

from __future__ import annotations

import pytest

from tests.transcripts.samples import a_segment
from transcripts.repetition import remark_on_loops


def test_five_equal_segments_in_a_row_are_a_loop() -> None:
    said = [a_segment("So.", 0, 1), *(a_segment("I got them in there!", 60 + at, 61 + at) for at in range(5))]
    assert remark_on_loops(said) == (
        "the same words, 'I got them in there!', come 5 times in a row at 1:00: perhaps a loop",
    )
    assert remark_on_loops(said[:-1]) == ()


@pytest.mark.parametrize(
    "text", ["Thank you. " * 5, "1" * 30, "字幕组字幕组字幕组字幕组字幕组", "3 2 3 2 3 2 3 2 3 2 3"]
)
def test_one_piece_over_and_over_is_a_loop(text: str) -> None:
    (remark,) = remark_on_loops([a_segment(text, 65, 66)])
    assert "at 1:05" in remark


@pytest.mark.parametrize(
    "text",
    ["Ha ha ha!", "O o o o o!", "No, no, no, no.", "Thank you. " * 4, "We shall not, we shall not be moved.", "…"],
)
def test_what_people_say_is_no_loop(text: str) -> None:
    assert remark_on_loops([a_segment(text)]) == ()


def test_without_times_the_passage_is_counted() -> None:
    (remark,) = remark_on_loops([a_segment("So.", None, None), a_segment("Thank you. " * 9, None, None)])
    assert "in passage 2" in remark
