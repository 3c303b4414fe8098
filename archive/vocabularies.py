"""The vocabulary files of an archive, places.yml, movements.yml and themes.yml, which people write by hand.

The loader is strict: what it does not understand it refuses, with the line and the key, so that no term gets lost.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import defaultdict
from itertools import combinations
from pathlib import Path

from archive.records import ANY_LANGUAGE, Term, Variant, Vocabulary, VocabularyName
from archive.vocabulary_reader import VocabularyReader, text_of


def read_vocabularies(folder: Path) -> tuple[Vocabulary, ...]:
    """The vocabularies of a folder: places, movements, themes. Raises InvalidFile."""
    return tuple(read_vocabulary(folder / f"{name.plural}.yml") for name in VocabularyName)


def read_vocabulary(path: Path) -> Vocabulary:
    """The vocabulary that a file holds. Raises InvalidFile with the line and the key of the first fault."""
    return VocabularyReader(path).vocabulary(text_of(path))


def warnings(vocabulary: Vocabulary) -> tuple[str, ...]:
    """What is allowed but will leave tags for people to review: the same words for two terms in one language."""
    claims: defaultdict[str, list[tuple[Term, Variant]]] = defaultdict(list)
    for term in vocabulary:
        for variant in term.variants:
            claims[variant.text.lower()].append((term, variant))
    found: dict[str, None] = {}
    for rivals in claims.values():
        for (one, ones), (other, others) in combinations(rivals, 2):
            if one.slug == other.slug or not _same_language(ones.language, others.language):
                continue
            if one.match_case and other.match_case and ones.text != others.text:
                continue
            language = others.language if ones.language == ANY_LANGUAGE else ones.language
            found[f"{ones.text!r} ({language}) is a variant of both {one.slug!r} and {other.slug!r}"] = None
    return tuple(found)


def content_hash(vocabulary: Vocabulary) -> str:
    """SHA-256 (hexadecimal) of what the vocabulary says, whatever the order, layout and comments of its file."""

    def term(term: Term) -> list[object]:
        return [
            term.slug, term.preferred, sorted((v.language, v.text, v.label) for v in term.variants), term.scope_note,
            sorted(term.parents), term.match_case, term.kind,
            [None if each is None else float(each) for each in (term.latitude, term.longitude, term.precision_km)],
            term.from_year, term.until_year, sorted(term.exact_match),
        ]  # fmt: skip

    meaning = [
        vocabulary.name.value,
        [term(each) for each in sorted(vocabulary.terms, key=lambda term: term.slug)],
        sorted((phrase.language, phrase.text) for phrase in vocabulary.stop_phrases),
    ]
    return hashlib.sha256(json.dumps(meaning, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def fold(name: str) -> str:
    """The form in which two names are compared: case, accents, hyphens, apostrophes and spacing do not count."""
    if name.isascii():
        plain = name.lower().replace("'", "").replace("`", "")
    else:
        decomposed = unicodedata.normalize("NFKD", name.casefold()).translate(_FOLDED)
        plain = unicodedata.normalize("NFC", _ACCENT.sub("", decomposed))
    return " ".join(_BETWEEN_WORDS.sub(" ", plain).split())


# marks of Latin, Greek, Cyrillic, Hebrew and Arabic only: in other scripts the marks are vowels and make the word
_ACCENT = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670'’ʼ‘`´ʻʿʾ]")
_FOLDED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_BETWEEN_WORDS = re.compile(r"[-‐‑‒–—./,()\s]+")


def _same_language(one: str, other: str) -> bool:
    return one == other or ANY_LANGUAGE in (one, other)
