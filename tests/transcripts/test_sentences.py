"""Long paragraphs are cut where a reader would stop."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.sentences import LONGEST, passages, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We won. They lost! Why? Because…", ["We won.", "They lost!", "Why?", "Because…"]),
        ("Mr. Blakely met Dr. Hill on St. John St. near N. C. Mills.", None),
        ("At 5 a.m. we walked to Raleigh, N.C. We sang.", None),
        ('"Really?" she said. "Yes."', ['"Really?" she said.', '"Yes."']),
        ("He said “Come in.” Then he sat.", ["He said “Come in.”", "Then he sat."]),
        ("It was No. 5 mill. No. It was not.", ["It was No. 5 mill.", "No.", "It was not."]),
        ("Well . . . so did I. Then we went.", ["Well . . . so did I.", "Then we went."]),
        ("我们罢工了。他们说：“回去！”为什么？", ["我们罢工了。", "他们说：“回去！”", "为什么？"]),
        ("لماذا؟ لأننا. نعم", ["لماذا؟", "لأننا.", "نعم"]),
        ("v2.0 costs 3.50 today", None),
    ],
)
def test_sentences_end_where_they_end(text: str, expected: list[str] | None) -> None:
    assert list(sentences(text)) == (expected or [text])


def test_a_short_text_is_one_passage() -> None:
    assert passages("  We\nwon. They lost. ") == ("We won. They lost.",)
    assert passages(" \n ") == ()


def test_a_long_paragraph_is_cut_evenly_at_sentence_ends() -> None:
    sentence = "We walked to the mill and stood before the gate. "
    cut = passages(sentence * 13)
    assert [len(passage.split()) for passage in cut] == [70, 60]
    assert all(passage.endswith("gate.") for passage in cut)


def test_a_sentence_without_an_end_is_cut_after_a_comma_or_else_between_words() -> None:
    cut = passages("we stood, " * 60)
    assert all(passage.endswith(",") for passage in cut)
    assert [len(passage.split()) for passage in passages("strike " * 250)] == [83, 84, 83]


def test_chinese_is_cut_though_it_has_no_spaces() -> None:
    cut = passages("我们在工厂门口站了三天三夜。" * 60)
    assert len(cut) > 1
    assert "".join(cut) == "我们在工厂门口站了三天三夜。" * 60


@given(st.text(st.sampled_from("ab .,!?。'\"”\nA"), max_size=2000))
def test_no_word_is_lost_and_no_passage_is_long(text: str) -> None:
    cut = passages(text, longest=10)
    assert "".join(cut).replace(" ", "") == "".join(text.split())
    if "。" not in text:
        assert " ".join(cut).split() == text.split()
    assert all(len(passage.split()) <= 10 for passage in cut)


@pytest.mark.parametrize("text", ["." * 200_000 + "x", ",'" * 100_000, "a.b" * 100_000, '."' * 100_000])
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    began = time.perf_counter()
    assert "".join(passages(text + " and so on" * LONGEST)).startswith(text)
    assert time.perf_counter() - began < 2
