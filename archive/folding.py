"""Words as a reader may type them: without capitals, accents and doubled spaces, so that `greve` finds *Grève*."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from archive.searchable import plain_arabic
from archive.spacing import LETTERS, MARKS

# space, a Korean syllable in its parts, or a letter with its signs
_CLUSTER = re.compile(rf"\s+|[\u1100-\u115f][\u1160-\u11a7]+[\u11a8-\u11ff]*|[^\s{MARKS}]?[{MARKS}]+|[^\s{MARKS}]")
_UNSEPARATED = re.compile(f"[{LETTERS}]")


def fold(text: str) -> str:
    """Return the text in small letters, without accents, apostrophes straight and one space between words.

    >>> fold("  L’Été   à Turin ")
    "l'ete a turin"
    """
    parts = unicodedata.normalize("NFKD", plain_arabic(text).replace("’", "'").replace("ʼ", "'")).casefold()
    plain = "".join(sign for sign in parts if not "\u0300" <= sign <= "\u036f")
    return " ".join(unicodedata.normalize("NFC", plain).split())


def occurrences(text: str, words: str) -> Iterator[tuple[int, int]]:
    """Yield where a text says these words, whole and however they are written: characters from and to.

    >>> list(occurrences("Élodie’s friend, not Elodies", "elodie"))
    [(0, 6)]
    """
    wanted = fold(words)
    if not wanted or wanted not in fold(text):
        return
    folded, places = _mapped(text)
    at = folded.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if _is_bound(folded, places, at) and _is_bound(folded, places, end):
            yield places[at][0], places[end - 1][1]
            at = folded.find(wanted, end)
        else:
            at = folded.find(wanted, at + 1)


def _mapped(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the folded text, and for each of its signs the characters of the text that it stands for."""
    folded: list[str] = []
    places: list[tuple[int, int]] = []
    for found in _CLUSTER.finditer(text):
        signs = " " if found[0].isspace() else fold(found[0])
        if not signs and places:
            places[-1] = places[-1][0], found.end()
        folded.append(signs)
        places += [found.span()] * len(signs)
    return "".join(folded), places


def _is_bound(folded: str, places: list[tuple[int, int]], place: int) -> bool:
    """Whether a word may begin or end here: not between letters of one word, nor within one that folds to two, as ß."""
    if not 0 < place < len(folded):
        return True
    before, after = folded[place - 1], folded[place]
    if places[place - 1] == places[place]:
        return False
    return not (before.isalnum() and after.isalnum()) or bool(_UNSEPARATED.match(before) or _UNSEPARATED.match(after))
