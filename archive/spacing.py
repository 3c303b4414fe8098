"""Zero width spaces between the characters of scripts that do not separate words, so that full text can be found.

SQLite's `unicode61` takes an unbroken run of letters for one word, and so finds nothing inside 罢工工人. With every
letter of such a script set apart, a phrase query of the same letters finds each place where they stand.
Hangul is written with spaces between words and is left alone.
"""

from __future__ import annotations

import re
import unicodedata

SEPARATOR = "\u200b"  # ZERO WIDTH SPACE: invisible, kept when copied, and a separator for unicode61

_BLOCKS = (
    (0x0E00, 0x0E7F),  # Thai
    (0x0E80, 0x0EFF),  # Lao
    (0x0F00, 0x0FFF),  # Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # 々〆〇
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),  # Katakana for Ainu
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF),  # Myanmar
    (0xAA60, 0xAA7F),
    (0xF900, 0xFAFF),  # Han
    (0xFF66, 0xFF9F),  # Katakana of half width
    (0x1B000, 0x1B16F),  # Kana
    (0x20000, 0x323AF),  # Han
)


def _ranges(characters: list[int]) -> str:
    """The inside of a regular expression's [...] for these code points, which ascend."""
    pieces: list[str] = []
    first = last = characters[0]
    for character in [*characters[1:], 0x110001]:
        if character == last + 1:
            last = character
            continue
        pieces.append(f"\\U{first:08x}-\\U{last:08x}")
        first = last = character
    return "".join(pieces)


def _in_blocks(*categories: str) -> str:
    return _ranges(
        [
            character
            for first, last in _BLOCKS
            for character in range(first, last + 1)
            if unicodedata.category(chr(character)).startswith(categories)
        ]
    )


LETTERS = _in_blocks("L", "Nl")  # the letters that stand for themselves, for use inside [...]
MARKS = _ranges([c for c in range(0x20000) if unicodedata.category(chr(c)).startswith("M")])  # stay with their letter

_LETTER = f"[{LETTERS}]"
_WORD = r"[^\W_]"
_ANY_LETTER = re.compile(_LETTER)
_SIDES = (
    (_WORD, _LETTER),
    (f"[{MARKS}]", _LETTER),
    (f"[{LETTERS}{_in_blocks('M')}]", _WORD),
)
_SEAM = re.compile("|".join(f"(?<={left})(?={right})" for left, right in _SIDES))


def space(text: str, separator: str = SEPARATOR) -> str | None:
    """The text with a separator between neighbouring letters of which one belongs to such a script.

    Combining marks stay with their letter. None where nothing changes, as in all text in Latin letters.
    """
    if text.isascii() or not _ANY_LETTER.search(text):
        return None
    spaced = _SEAM.sub(separator, text)
    return spaced if len(spaced) != len(text) else None
