"""A label says who speaks; other words before a colon do not."""

from __future__ import annotations

import pytest

from transcripts.labels import find_labels, take_label


def test_capitals_are_a_label_at_once_and_names_when_they_come_back() -> None:
    lines = [
        "CARUSO: So.",
        "Mary Jones: Yes.",
        "MAN 2: No.",
        "Mary Jones: Yes.",
        "Ludwig van B.: Ja.",
        "Ludwig van B.: Ja.",
    ]
    assert find_labels(lines) == {"CARUSO", "Mary Jones", "MAN 2", "Ludwig van B."}


@pytest.mark.parametrize(
    "line",
    [
        "TITLE: MISS SALLIE'S COOK",
        "Date of first writing: 1939",
        "Then she said: come in",
        "https://example.org",
        "ALL THAT WE HAVE EVER WANTED: bread",
        "10:30 we met",
        "Ratio 1:2",
    ],
)
def test_other_words_before_a_colon_are_no_label(line: str) -> None:
    assert find_labels([line, line]) == frozenset()


def test_a_label_is_taken_off_its_line() -> None:
    labels = frozenset({"ANA", "张三"})
    assert take_label("ANA: come: in", labels) == ("ANA", "come: in")
    assert take_label("ANA :", labels) == ("ANA", "")
    assert take_label("张三：你好", labels) == ("张三", "你好")
    assert take_label("BEN: come in", labels) == (None, "BEN: come in")


def test_a_full_width_colon_makes_a_label() -> None:
    assert find_labels(["张三：你好", "李四：好", "张三：再见"]) == {"张三"}
