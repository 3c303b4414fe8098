"""The language of a text whose language nobody said."""

from __future__ import annotations

from functools import cache
from typing import Any

from transcripts.languages import known_language

ENOUGH = 200  # characters below which a guess is not to be trusted
READ = 20_000  # characters that are looked at
SURE = 0.9  # probability


def detect_language(text: str) -> str | None:
    """Return the code of a text's language, or None where it is too short or the guess too unsure to rely on."""
    if len(text) < ENOUGH:
        return None
    code, probability = _identifier().classify(text[:READ])
    return str(code) if probability >= SURE and known_language(str(code)) else None


@cache
def _identifier() -> Any:
    """Load the model that py3langid carries."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
