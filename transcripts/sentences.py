"""Where sentences end, and how a long paragraph becomes passages that a reader can quote."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

LONGEST = 100
"""About how many words a passage has at most."""

_CLOSING = "[\"'”’»)\\]」』）]*"
_ENDS = ".!?…؟۔।॥։።"
_SENTENCE_END = re.compile(rf"(?<![{_ENDS}])[{_ENDS}]+{_CLOSING}(?=\s)|[。！？｡]+{_CLOSING}")
_CLAUSE_END = re.compile(rf"[,;:،؛—–-]{_CLOSING}(?=\s)|[、，；]")
_WORD_END = re.compile(r"(?=\s)")
# Scripts that do not put spaces between words: Thai to Burmese, Khmer, Japanese, Chinese.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_LETTERS_A_WORD = 3
_ABBREVIATED = """
    mr mrs ms messrs mx dr st ste mt ft prof rev fr sr jr hon gov sen rep pres supt gen col maj capt cpt lt sgt cpl
    pvt co corp inc ltd bros dept univ assn ave blvd rd vs etc approx apt vol ca cf al ed eds
    jan feb mar apr jun jul aug sept sep oct nov dec sra srta dott sig avv ing dra bzw usw
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_BEFORE_NUMBERS = frozenset(("no", "nos", "nr", "p", "pp", "ch", "art", "fig"))


def passages(text: str, *, longest: int = LONGEST) -> tuple[str, ...]:
    """Return the text in passages of about equal length and at most about `longest` words, cut at sentence ends.

    A longer sentence is cut after a comma or the like, or else between words. No word is lost.
    """
    text = " ".join(text.split())
    size = _size(text)
    if size <= longest:
        return (text,) if text else ()
    even = size / math.ceil(size / longest)
    packed: list[str] = []
    filled = done = 0
    for piece in _pieces(text, longest):
        more = _size(piece)
        if packed and filled + more <= longest and done + more / 2 <= even * len(packed):
            packed[-1] += piece
            filled += more
        else:
            packed.append(piece)
            filled = more
        done += more
    return tuple(passage for piece in packed if (passage := piece.strip()))


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text; `Mr.`, initials and `N.C.` end none, nor does `?` before a small letter."""
    text = " ".join(text.split())
    return tuple(sentence.strip() for sentence in _cut(text, _SENTENCE_END) if sentence.strip())


def _pieces(text: str, longest: int) -> Iterator[str]:
    """Yield the text in stretches no longer than `longest` where it can be cut at all; joined, they are the text."""
    for sentence in _cut(text, _SENTENCE_END):
        if _size(sentence) <= longest:
            yield sentence
            continue
        for clause in _cut(sentence, _CLAUSE_END):
            if _size(clause) <= longest:
                yield clause
            else:
                yield from _cut(clause, _WORD_END)


def _cut(text: str, end: re.Pattern[str]) -> Iterator[str]:
    begin = 0
    for found in end.finditer(text):
        if end is _SENTENCE_END and not _ends_sentence(text, found):
            continue
        yield text[begin : found.end()]
        begin = found.end()
    if begin < len(text):
        yield text[begin:]


def _ends_sentence(text: str, mark: re.Match[str]) -> bool:
    following = text[mark.end() : mark.end() + 2].lstrip()[:1]
    if following.islower():
        return False
    if mark[0][0] != "." or mark[0].startswith(".."):
        return True
    word = text[text.rfind(" ", 0, mark.start()) + 1 : mark.start()].lstrip("\"'“‘«([").lower()
    if word in _BEFORE_NUMBERS:
        return not following.isdigit()
    initial = len(word) == 1 and word.isalpha() and word != "i"
    return bool(word) and not initial and "." not in word and word not in _ABBREVIATIONS


def _size(text: str) -> int:
    return len(text.split()) + len(_UNSPACED.findall(text)) // _LETTERS_A_WORD
