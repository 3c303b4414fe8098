"""Progress in words, as a bar and as JSON: nothing that others wrote reaches the terminal raw."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.printable import json_line, printable
from ingest.reporting import BarReporter, JsonReporter, PlainReporter, Reporter, closing_line

HOSTILE = "a\x1b[2Jb\x9bc\u202ed\ne\u2028f\udcff[bold]"
SHOWN = "a\\x1b[2Jb\\x9bc\\u202ed\\ne\\u2028f\\udcff[bold]"
RAW = set("\x1b\x9b\u202e\u2028\udcff")


@pytest.mark.parametrize("make", [PlainReporter, BarReporter])
def test_unsafe_characters_are_shown_as_escapes(make: type[PlainReporter | BarReporter]) -> None:
    stream = io.StringIO()
    report: Reporter = make(stream)
    report.say(HOSTILE)
    assert stream.getvalue() == f"{SHOWN}\n"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("make", [PlainReporter, BarReporter])
def test_the_name_of_the_work_is_shown_as_it_is_but_safe(
    make: type[PlainReporter | BarReporter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    stream = Terminal()
    report: Reporter = make(stream)
    report.begin(HOSTILE, total=1, unit="testimonies")
    report.advance(1)
    report.end()
    assert SHOWN in stream.getvalue()
    assert "\x1b[2J" not in stream.getvalue()  # the bar's own escapes are others


def test_a_script_reads_what_was_said_from_lines_without_unsafe_characters() -> None:
    stream = io.StringIO()
    JsonReporter(stream).say(HOSTILE, path=HOSTILE)
    [line] = stream.getvalue().splitlines()
    assert not RAW & set(line)
    assert json.loads(line) == {"event": "message", "message": HOSTILE, "path": HOSTILE}


def test_the_end_of_nothing_is_no_event() -> None:
    stream = io.StringIO()
    report = JsonReporter(stream)
    report.end()
    assert stream.getvalue() == ""


@pytest.mark.parametrize("text", ["huelga, Zürich", "罢工", "إضراب", "מרד\u200f!", "👩\u200d🏭", ""])
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@given(st.text(st.characters() | st.characters(categories=["Cc", "Cs"])))
def test_every_text_is_one_line_and_the_same_from_json(text: str) -> None:
    assert len(printable(text).splitlines()) <= 1
    assert json.loads(json_line(text)) == text


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ({"added": 2, "already_there": 1, "tagged": 0, "problems": 1}, "2 added, 1 already there, 1 problem"),
        ({"added": 0, "problems": 2}, "2 problems"),
        ({"added": 0, "problems": 0}, "nothing to do"),
    ],
)
def test_the_closing_line_counts_what_happened(counts: dict[str, int], line: str) -> None:
    assert closing_line(counts) == line
