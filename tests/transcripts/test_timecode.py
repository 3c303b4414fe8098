"""Times are read as people write them, and written so that they can be read back."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.transcripts.strategies import MILLISECONDS
from transcripts.timecode import format_caption_time, format_timecode, parse_timecode


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0:00", 0),
        ("74:11", 4451),
        ("00:15:31", 931),
        ("1:02:03.5", 3723.5),
        (" 0:01,250 ", 1.25),
        ("120:00:00", 432000),
    ],
)
def test_a_time_code_is_read(text: str, seconds: float) -> None:
    assert parse_timecode(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "5", "1.09", "0:60", "1:60:00", "00:000.000", "9" * 5000 + ":00:00", "1:2", "x1:00"]
)
def test_what_is_no_time_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a time code"):
        parse_timecode(text)


@given(MILLISECONDS)
def test_a_caption_time_is_read_back_as_the_same_float(milliseconds: int) -> None:
    assert parse_timecode(format_caption_time(milliseconds / 1000)) == milliseconds / 1000


def test_a_reader_meets_whole_seconds() -> None:
    assert [format_timecode(seconds) for seconds in (0.9, 65, 3600)] == ["0:00", "1:05", "1:00:00"]
    assert format_timecode(65, hours=True) == "0:01:05"
