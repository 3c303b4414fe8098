"""Guessing the language of a text, and admitting where a guess is worth nothing."""

from __future__ import annotations

import pytest

from archive.demo import ACCOUNTS
from ingest.language import detect_language
from transcripts.markdown import split_head


@pytest.mark.parametrize("path", sorted(ACCOUNTS.glob("*.md")), ids=lambda path: path.stem)
def test_the_language_of_each_account_is_recognised(path) -> None:  # type: ignore[no-untyped-def]
    head, text = split_head(path.read_text(encoding="utf-8"))
    assert detect_language(text) == head["language"]


@pytest.mark.parametrize("text", ["", "Glasgow.", "ok ok ok", "12 34 " * 100])
def test_what_is_too_short_or_no_language_is_not_guessed(text: str) -> None:
    assert detect_language(text) is None
