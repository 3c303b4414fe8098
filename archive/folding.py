"""Words as a reader may type them: without capitals, accents and doubled spaces, so that `greve` finds *Grève*."""

from __future__ import annotations

import unicodedata

from archive.searchable import plain_arabic


def fold(text: str) -> str:
    """Return the text in small letters, without accents, apostrophes straight and one space between words.

    >>> fold("  L’Été   à Turin ")
    "l'ete a turin"
    """
    parts = unicodedata.normalize("NFKD", plain_arabic(text).replace("’", "'").replace("ʼ", "'")).casefold()
    plain = "".join(sign for sign in parts if not "\u0300" <= sign <= "\u036f")
    return " ".join(unicodedata.normalize("NFC", plain).split())
