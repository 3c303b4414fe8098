"""A text as full text is searched: Arabic letters as any reader may type them, and scripts without spaces set apart.

Arabic is written with or without its vowel signs, إ and أ also as ا, ة as ه, ى as ي; whoever types one way finds all.
"""

from __future__ import annotations

import re

from archive.spacing import space

_SAME = {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ئ": "ي", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه"}
_LETTERS = str.maketrans(_SAME)
_SIGNS = re.compile(
    "[\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]"
)  # vowel signs, and the stretch
_ARABIC = re.compile("[\u0600-\u06ff]")


def searchable(text: str) -> str | None:
    """Return the text as it is indexed and asked for, None where that is the text itself.

    >>> searchable("الإِضراب")
    'الاضراب'
    """
    plain = plain_arabic(text)
    spaced = space(plain)
    return spaced if spaced is not None else plain if plain != text else None


def plain_arabic(text: str) -> str:
    """Return the text without vowel signs and with one letter for those that are typed for each other."""
    if text.isascii() or not _ARABIC.search(text):
        return text
    return _SIGNS.sub("", text).translate(_LETTERS)


def is_left_out(sign: str) -> bool:
    """Whether the index has nothing for this sign of a text."""
    return _SIGNS.match(sign) is not None


def letter_of(sign: str) -> str:
    """Return the letter that the index has for a letter of a text."""
    return _SAME.get(sign, sign)
