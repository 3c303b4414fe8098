"""Markdown: the head is YAML, and the words keep their order without their marks."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transcripts.markdown import read_blocks, split_head, strip_marks
from transcripts.model import TranscriptError


def blocks(text: str) -> list[str]:
    return [" / ".join(block.lines) for block in read_blocks(text)]


def test_the_head_is_read_and_taken_off() -> None:
    head, text = split_head(
        "\ufeff---\r\ntitle: Ain't Got No Screens\nwritten_on: 1939-06-01\n5: x\n---\r\n\nThey sat.\n"
    )
    assert head == {"title": "Ain't Got No Screens", "written_on": "1939-06-01", "5": "x"}
    assert text == "\nThey sat.\n"


@pytest.mark.parametrize("text", ["They sat.\n---\nSo.", "---\nThey sat without an end", "", "----\na: b\n---\n"])
def test_a_text_without_a_head_stays_whole(text: str) -> None:
    assert split_head(text) == ({}, text)


def test_an_empty_head_is_none() -> None:
    assert split_head("---\n---\nSo.") == ({}, "So.")


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("title: a\nby: [b\n", "the head is not YAML: line 4: "),
        ("title: a: b\n", "the head is not YAML: line 2: mapping values are not allowed here"),
        ("just words\n", "no 'name: value' lines"),
        ("- a\n- b\n", "no 'name: value' lines"),
        ('a: "\\UFFFFFFFF"\n', "cannot be read"),
        ("a: !!bool perhaps\n", "line 2: could not determine a constructor"),
        ("a: !!timestamp soon\n", "line 2: could not determine a constructor"),
        ("a: &x [1]\nb: *x\n", "aliases"),
        ("a: !!python/object:os.system x\n", "line 2: could not determine a constructor"),
        ("a: " + "[" * 5000 + "\n", "is nested too deeply"),
        ("a: \x01\n", "cannot be read"),
    ],
)
def test_a_broken_head_is_refused(head: str, message: str) -> None:
    with pytest.raises(TranscriptError, match=message) as caught:
        split_head(f"---\n{head}---\nSo.")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("typed", ["no", "yes", "on", "off", "true", "False", "007", "12:30", "1_000", "1.10"])
def test_values_in_the_head_stay_as_they_were_typed(typed: str) -> None:
    """Norwegian is `no`, and a title that looks like a number is a title."""
    assert split_head(f"---\nvalue: {typed}\nseveral: [{typed}]\n---\n")[0] == {"value": typed, "several": [typed]}


def test_a_day_that_never_was_does_not_make_the_head_unreadable() -> None:
    assert split_head("---\non: 2026-02-30\n---\nSo.") == ({"on": "2026-02-30"}, "So.")


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_an_empty_value_in_the_head_is_none(nothing: str) -> None:
    assert split_head(f"---\ntitle: {nothing}\n---\n")[0] == {"title": None}


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("*one* **two** ***three*** _four_ __five__", "one two three four five"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("[the mill](https://example.org/a_(b) 'title') and ![a gate](gate.jpg)", "the mill and a gate"),
        ("[the mill][1] said[^2] [sic] [laughs]", "the mill said[^2] [sic] [laughs]"),
        (
            "<https://example.org> line<br>break <em>so</em> <text not clear>",
            "https://example.org line break so <text not clear>",
        ),
        (r"\*not\* `code` ~~gone~~", "*not* code gone"),
        ("**over\ntwo lines**", "over\ntwo lines"),
        ("**ANA:** so", "ANA: so"),
    ],
)
def test_marks_go_and_words_stay(marked: str, plain: str) -> None:
    assert strip_marks(marked) == plain


def test_blocks_are_paragraphs() -> None:
    text = """\
# A title #
Setext
======
First line
of two.
> A quoted
> account.
- bread
- roses
   still roses
1. first
1914. The war began.
***
<!-- a note
to self -->
```
- not a list
```
[1]: https://example.org
[^1]: A footnote.
"""
    assert blocks(text) == [
        "A title",
        "Setext",
        "First line / of two. / A quoted / account.",
        "bread",
        "roses / still roses",
        "1. first / 1914. The war began.",
        "not a list",
        "[^1]: A footnote.",
    ]
    assert [block.heading for block in read_blocks(text)] == [True, True, *[False] * 6]


@given(st.text(st.sampled_from("ab*_`~[]()<>!#-\\ \n"), max_size=120))
@example("~~~a")
@example("```\na\n```b\n```")
def test_letters_are_never_lost(text: str) -> None:
    """Where no link, reference or HTML tag can be meant."""
    plain = text.replace("(", "").replace("]:", "").replace("<", "").replace("][", "")
    read = "".join("".join(block.lines) for block in read_blocks(plain))
    assert [sign for sign in read if sign.isalpha()] == [sign for sign in plain if sign.isalpha()]


@pytest.mark.parametrize(
    "text",
    [
        "`" * 20_000,
        "*a" * 20_000,
        "[" * 20_000,
        "# a" + " " * 20_000 + "b",
        "~~a" * 20_000,
        "<!--" * 50_000,
        "_a " * 20_000,
    ],
)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    began = time.perf_counter()
    list(read_blocks(text))
    assert time.perf_counter() - began < 2
