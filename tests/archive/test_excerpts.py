"""Excerpts hold just what was said between two moments, or the passages from one to another."""

from __future__ import annotations

import pytest

from archive.excerpts import Excerpt, NoExcerpt, between, from_passages, read_moment, read_position
from archive.reading import Line, Spoken

WHOLE = 12.0
TOLD = "We held the stairs."
TIMINGS: dict[int, tuple[Spoken, ...]] = {
    0: ((1.0, 1.2, 0, 2), (1.2, 1.6, 3, 7), (1.6, 1.8, 8, 11), (1.8, 2.4, 12, 18))
}


def a_line(position: int, start: float | None, end: float | None, text: str = TOLD, who: str | None = "Mary") -> Line:
    return Line(
        position=position,
        start=start,
        end=end,
        who=who,
        text=text,
        confidence=None,
        reviewed=position == 0,
        tags=(),
        doubts=(),
    )


LINES = (a_line(0, 1.0, 2.4), a_line(1, 3.0, 5.0, "Two.", "Jean"), a_line(2, 6.0, 9.0, "Three."))
OPEN = (a_line(0, 0.0, None, "One."), a_line(1, 4.0, None, "Two."), a_line(2, 8.0, None, "Three."))


def said(start: float, end: float | None, lines: tuple[Line, ...] = LINES) -> Excerpt:
    timings = TIMINGS if lines is LINES else {}
    return between(lines, timings, start, end, whole=WHOLE)


def test_words_with_times_are_quoted_to_the_word() -> None:
    assert said(1.15, 1.75).words == "held the"
    assert said(1.75, 4.0).words == "stairs. Two."
    assert said(1.75, 4.0).spans == ((0, 12, 19), (1, 0, 4))


def test_a_stretch_names_those_who_speak_in_it() -> None:
    assert (said(1.0, 4.0).who, said(1.0, 2.0).reviewed, said(1.0, 4.0).reviewed) == (("Mary", "Jean"), True, False)


def test_passages_whose_end_nobody_noted_last_until_the_next() -> None:
    assert said(5.0, 6.0, OPEN).words == "Two."
    assert said(8.5, 9.0, OPEN).words == "Three."


def test_a_start_alone_asks_for_the_passage_that_is_spoken_then() -> None:
    found = said(3.5, None)
    assert (found.words, found.start, found.end) == ("Two.", 3.5, 5.0)
    assert said(10.0, None).end == WHOLE


def test_a_moment_as_addresses_round_it_asks_for_the_passage_that_begins_there() -> None:
    lines = (a_line(0, 1.0, 3.004, "One."), a_line(1, 3.004, 5.0, "Two."), a_line(2, 14.0, None, "Three."))
    timings: dict[int, tuple[Spoken, ...]] = {1: ((3.004, 3.004, 0, 3),)}
    assert [between(lines, timings, start, None, whole=WHOLE).words for start in (3.0, 3.01)] == ["Two.", "Two."]
    beyond = between(lines, {}, 14.0, None, whole=WHOLE)  # a text that is longer than its recording
    assert (beyond.words, beyond.start, beyond.end) == ("Three.", 14.0, 14.0)


def test_an_excerpt_ends_with_the_recording() -> None:
    assert said(6.0, 12.8).end == WHOLE


def test_silence_has_no_words() -> None:
    assert (said(2.5, 2.9).words, said(2.5, 2.9).who) == ("", ())


@pytest.mark.parametrize(("start", "end"), [(4.0, 3.0), (4.0, 4.0), (12.0, None), (1.0, 13.5)])
def test_times_that_are_none_are_refused(start: float, end: float | None) -> None:
    with pytest.raises(NoExcerpt):
        said(start, end)


def test_a_text_without_times_says_so() -> None:
    with pytest.raises(NoExcerpt, match="no text with times"):
        between((a_line(0, None, None),), {}, 1.0, 2.0, whole=0.0)


def test_passages_are_quoted_whole() -> None:
    found = from_passages(LINES, 1, 2)
    assert (found.words, found.first, found.last) == ("Two. Three.", 1, 2)


@pytest.mark.parametrize(("first", "last"), [(2, 1), (0, 3), (7, 9)])
def test_passages_that_are_none_are_refused(first: int, last: int) -> None:
    with pytest.raises(NoExcerpt):
        from_passages(LINES, first, last)


@pytest.mark.parametrize(("text", "seconds"), [("723.4", 723.4), ("12:03", 723), ("1:02:03", 3723), (" 0:06,5 ", 6.5)])
def test_moments_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert read_moment(text) == seconds


@pytest.mark.parametrize("text", ["", "-1", "nan", "inf", "1e3", "1:2:3:4", "12:", ":", "٣", "1" * 40, "\x00", "0x10"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(NoExcerpt, match="is no time"):
        read_moment(text)
    with pytest.raises(NoExcerpt, match="is no passage"):
        read_position(text)
