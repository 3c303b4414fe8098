"""What captions have in common."""

from __future__ import annotations

import pytest

from tests.transcripts.samples import a_segment, a_transcript, a_word
from transcripts.captions import Cue, caption_times, is_note, read_times, settle_ends
from transcripts.model import TranscriptError


@pytest.mark.parametrize(
    ("line", "times"),
    [
        ("00:01.000 --> 00:02.500", (1.0, 2.5)),
        ("00:00:01,000 --> 00:00:02,500", (1.0, 2.5)),
        ("00:00:13 --> 00:00:16", (13.0, 16.0)),
        ("\t00:01.000-->00:02.000line:40%", (1.0, 2.0)),
        ("00:07.000 --> 00:1d.890", (7.0, None)),
        ("00:07.000 -->", (7.0, None)),
        ("00:07.000 -> 00:08.000", None),
        ("00.07.000 --> 00:08.000", None),
        ("see --> below", None),
    ],
)
def test_times_are_read_from_a_line(line: str, times: tuple[float, float | None] | None) -> None:
    assert read_times(line) == times


def a_cue(start: float, end: float | None) -> Cue:
    return Cue(start=start, end=end, text="So", line=1)


def test_an_end_before_the_start_is_left_open_with_a_remark() -> None:
    cues, remarks = settle_ends([a_cue(5, 3), a_cue(6, 7)])
    assert [cue.end for cue in cues] == [None, 7]
    assert remarks == ("the cue at 0:05 has no end after its start; its end is left open",)


def test_the_last_cue_may_end_at_nought() -> None:
    cues, remarks = settle_ends([a_cue(29, 29), a_cue(31, 0)])
    assert [cue.end for cue in cues] == [29, None]
    assert len(remarks) == 1


def test_many_open_ends_are_one_remark() -> None:
    _, remarks = settle_ends([a_cue(5, 3), a_cue(6, 3), a_cue(7, 8)])
    assert remarks == ("2 cues have no end after their start, the first at 0:05; their ends are left open",)


def test_a_transcribers_note_is_told_from_a_tag() -> None:
    assert [
        tag
        for tag in ("laughs", "text not clear", "i", "v Mary", "c.yellow", "font color=red", "/laughs")
        if is_note(tag)
    ] == [
        "laughs",
        "text not clear",
    ]


def test_an_unknown_end_becomes_the_next_start() -> None:
    spoken = a_transcript(a_segment(start=1, end=None), a_segment(start=4, end=5), a_segment("x" * 60, 6, None))
    assert caption_times(spoken) == ((1, 4), (4, 5), (6, 10))


def test_a_made_up_end_does_not_cut_off_words() -> None:
    spoken = a_transcript(a_segment("strike", 1, None, words=(a_word(start=1, end=9),)), a_segment(start=2))
    assert caption_times(spoken)[0] == (1, 9)


def test_captions_need_times() -> None:
    with pytest.raises(TranscriptError, match="passage 2 has no time"):
        caption_times(a_transcript(a_segment(), a_segment(start=None, end=None)))
