"""Languages go by Whisper's codes."""

from __future__ import annotations

import pytest

from transcripts.languages import LANGUAGES, known_language, language_code


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("English", "en"),
        ("english", "en"),
        ("EN", "en"),
        ("en-US", "en"),
        ("pt_BR", "pt"),
        ("Haitian Creole", "ht"),
        ("Castilian", "es"),
        ("jv", "jw"),
        ("yue", "yue"),
        ("Klingon", None),
        ("", None),
    ],
)
def test_a_language_is_known_by_code_and_by_name(named: str, code: str | None) -> None:
    assert language_code(named) == code


def test_only_codes_are_known_languages() -> None:
    assert known_language("sw")
    assert not known_language("Swahili")
    assert not known_language("xx")


def test_the_codes_are_those_of_faster_whisper() -> None:
    tokenizer = pytest.importorskip("faster_whisper.tokenizer")
    assert set(LANGUAGES) == set(tokenizer._LANGUAGE_CODES)
