"""Finds the terms of the archive's own vocabularies in what was said, with spaCy's PhraseMatcher and no trained model.

One tokenizer reads every language. spaCy's own tokenizers differ in what they keep together ("Paris-Nanterre" is one
token in French), several need packages of their own (Japanese, Korean, Thai, Vietnamese), many languages have none
(Kurdish, Quechua, Swiss German), and a phrase is found only if the text around it leaves its tokens alone. Here a token
is a run of letters, digits and marks, or any other single character, so that a term is found exactly where it stands
between word boundaries. This reads faster, too: see bench/tag.py.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, Protocol

from archive.records import ANY_LANGUAGE, StopPhrase, Tag, Term, VocabularyName
from archive.spacing import LETTERS, MARKS, space

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.matcher import PhraseMatcher
    from spacy.tokenizer import Tokenizer

_BATCH = 64  # texts read as one document: spaCy's cost for each document is then shared
_NEW_WORDS = 100_000  # spaCy never forgets a word: after so many new ones the matcher is built anew
_CACHE = 100_000  # tokens remembered for what stood between two spaces; with spaCy's 10,000 it reads half as fast


class Tagger(Protocol):
    """Finds terms in a text."""

    def tag(self, text: str) -> tuple[Tag, ...]:
        """The tags of one text, with offsets in characters of it; `Tag.term` is the term's number in the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A term, or with no number a stop phrase, as the matcher's key stands for it."""

    vocabulary: VocabularyName
    number: int | None
    spellings: frozenset[str]
    exact: frozenset[str]  # the spellings without spaces, where capitals count


class _Hit(NamedTuple):
    start: int
    end: int
    entry: _Entry


class VocabularyTagger:
    """Finds the terms of the vocabularies in texts of one language; None where the language is unknown.

    Places are looked for in all their languages, movements and themes in the text's language and 'mul', unless no term
    of that vocabulary has a variant in this language: then in all languages. Within one vocabulary the longest match
    wins ("New York", not "York"); terms of another vocabulary inside it are kept; terms of one vocabulary with the same
    words are all kept, to be reviewed. Matches of a vocabulary inside one of its stop phrases are dropped.

    Capitals do not count unless the term says so. Hyphens count as spaces, all apostrophes are one, the dot of "St."
    may be missing, white space and line ends are one space. In scripts that do not separate words a term is found
    wherever its characters stand. A Hangul term is found at the start of a word that goes on with nothing but particles
    or the verb 하다 (광주에서, 파업했다). The prefixes that Arabic and Hebrew write together with a word (al-, wa-,
    ha-, be-) are not taken off: such forms have to be variants of the term.
    """

    def __init__(
        self,
        terms: Sequence[tuple[int, Term]],
        stop_phrases: Mapping[VocabularyName, Sequence[StopPhrase]],
        language: str | None,
    ) -> None:
        self._phrases = tuple(_phrases(terms, stop_phrases, language))
        self._build()

    def tag(self, text: str) -> tuple[Tag, ...]:
        """The tags of one text, in the order in which they stand."""
        return self._tag_batch([text])[0]

    def tag_all(self, texts: Iterable[str]) -> Iterator[tuple[Tag, ...]]:
        """The tags of each text, in order; reads up to 64 texts ahead, which is faster than one by one."""
        rest = iter(texts)
        while batch := list(islice(rest, _BATCH)):
            yield from self._tag_batch(batch)

    def _build(self) -> None:
        from spacy.matcher import PhraseMatcher

        self._nlp = _blank_pipeline()
        self._matcher: PhraseMatcher = PhraseMatcher(self._nlp.vocab, attr="LOWER")
        self._entries: dict[int, _Entry] = {}
        read = _word_reader(self._nlp)  # not the pipeline's own, whose memory the 10,000 terms would fill
        for key, (entry, spellings) in enumerate(self._phrases):
            self._matcher.add(str(key), [read(spelling) for spelling in spellings])
            self._entries[self._nlp.vocab.strings[str(key)]] = entry
        self._full = len(self._nlp.vocab.strings) + _NEW_WORDS

    def _tag_batch(self, texts: Sequence[str]) -> list[tuple[Tag, ...]]:
        readings = [_Reading.of(text) for text in texts]
        hits = self._hits([reading.text for reading in readings])
        if len(self._nlp.vocab.strings) > self._full:
            self._build()
        return [_tags(found, reading) if (found := hits.get(index)) else () for index, reading in enumerate(readings)]

    def _hits(self, texts: Sequence[str]) -> dict[int, list[_Hit]]:
        """What the matcher finds in each text, by the text's place; a line end between texts keeps phrases apart."""
        doc = self._nlp.tokenizer("\n".join(texts))
        matches = self._matcher(doc)
        hits: defaultdict[int, list[_Hit]] = defaultdict(list)
        if not matches:
            return hits
        starts = [0]
        for text in texts:
            starts.append(starts[-1] + len(text) + 1)
        for key, first, last in matches:
            start, final = doc[first].idx, doc[last - 1]
            place = bisect_right(starts, start) - 1
            offset = starts[place]
            hits[place].append(_Hit(start - offset, final.idx + len(final) - offset, self._entries[key]))
        return hits


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text as the matcher reads it; `starts` and `ends` say where each of its characters stands in the original.

    They are None where it stands in the same place.
    """

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    @classmethod
    def of(cls, text: str) -> _Reading:
        if text.isascii() and text.isprintable() and "  " not in text:
            return cls(text)
        # most texts have few characters beyond ASCII: what has to be done is seen from these, in a fifth of the time
        beyond = "".join(set(_BEYOND_ASCII.findall(text)))
        plain = _REPLACED.sub(lambda found: _PLAIN[found[0]], text)
        if "  " in plain or _UNEVEN.search(beyond) or not _composed(plain, beyond):
            return cls(*_evened(plain))
        return cls(plain)

    def original(self, start: int, end: int) -> tuple[int, int]:
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


# replaced one for one, so that offsets stay: apostrophes, hyphens, and white space of all kinds
_PLAIN = (
    dict.fromkeys("’‘ʼ´′＇", "'")
    | dict.fromkeys("‐‑‒–−", "-")
    | {chr(c): " " for c in (*range(9, 14), *range(0x1C, 0x20), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B))}
    | {chr(c): " " for c in (0x2028, 0x2029, 0x202F, 0x205F, 0x3000)}
)
_REPLACED = re.compile(f"[{''.join(_PLAIN)}]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"  # soft hyphens, marks of direction
_UNEVEN = re.compile(f"[{_INVISIBLE}{LETTERS}]")
_MARK = re.compile(f"[{MARKS}]")
_CLUSTER = re.compile(f"(?P<gap>[{_INVISIBLE}]+)|(?P<space> +)|(?:[\u1100-\u11ff]+|.)[{MARKS}]*", re.DOTALL)


def _composed(text: str, beyond: str) -> bool:
    """Whether the text is in NFC; `beyond` are its runs of characters beyond ASCII."""
    return unicodedata.is_normalized("NFC", text if _MARK.search(beyond) else beyond)


def _evened(text: str) -> tuple[str, list[int], list[int]]:
    """The text composed, without invisible characters, with single spaces and characters set apart.

    And for each character of it the start and the end of what stands there in the original.
    """
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for cluster in _CLUSTER.finditer(text):
        if cluster["gap"]:
            continue
        piece = " " if cluster["space"] else unicodedata.normalize("NFC", cluster[0])
        if piece == " " and pieces and pieces[-1] == " ":
            continue
        pieces.append(piece)
        for first, last in [(0, len(cluster[0]))] if len(piece) == 1 else _places(piece, cluster[0]):
            starts.append(cluster.start() + first)
            ends.append(cluster.start() + last)
    plain = "".join(pieces)
    apart = space(plain, " ")
    if apart is None:
        return plain, starts, ends
    return apart, _with_inserted(plain, apart, starts), _with_inserted(plain, apart, ends)


def _places(composed: str, original: str) -> Iterator[tuple[int, int]]:
    """Where in the original each character of its composed form stands, as start and end.

    Both decompose to the same number of characters, and by these they are laid beside each other.
    """
    parts = [place for place, character in enumerate(original) for _ in unicodedata.normalize("NFD", character)]
    at = 0
    for character in composed:
        before, at = at, at + len(unicodedata.normalize("NFD", character))
        yield parts[before], parts[at - 1] + 1


def _with_inserted(plain: str, apart: str, offsets: list[int]) -> list[int]:
    """The offsets (starts, or ends) for `apart`, which is `plain` with spaces inserted."""
    shifted: list[int] = []
    at = 0
    for character in apart:
        shifted.append(offsets[at])
        if at < len(plain) and character == plain[at]:
            at += 1
    return shifted


_HANGUL = "가-힣"


def _blank_pipeline() -> Language:
    import spacy

    nlp = spacy.blank("xx")
    nlp.tokenizer = _word_reader(nlp)
    return nlp


def _word_reader(nlp: Language) -> Tokenizer:
    """A tokenizer whose tokens are runs of letters, digits and marks, or else single characters or syllables."""
    from spacy.tokenizer import Tokenizer

    other = f"[^\\w\\s{MARKS}]|_|[{_HANGUL}]"
    return Tokenizer(
        nlp.vocab,
        prefix_search=re.compile(f"^(?:{other})").search,
        suffix_search=re.compile(f"(?:{other})$").search,
        infix_finditer=re.compile(other).finditer,
        max_cache_size=_CACHE,
    )


def _phrases(
    terms: Sequence[tuple[int, Term]],
    stop_phrases: Mapping[VocabularyName, Sequence[StopPhrase]],
    language: str | None,
) -> Iterator[tuple[_Entry, tuple[str, ...]]]:
    for vocabulary in VocabularyName:
        members = [(number, term) for number, term in terms if term.vocabulary is vocabulary]
        languages = {_primary(variant.language) for _, term in members for variant in term.variants}
        spoken = None if vocabulary is VocabularyName.PLACE or language is None else _primary(language)
        wanted = {spoken, ANY_LANGUAGE} if spoken in languages else None
        for number, term in members:
            words = [v.text for v in term.variants if wanted is None or _primary(v.language) in wanted]
            yield from _entries(vocabulary, number, words, match_case=term.match_case)
        stops = [s.text for s in stop_phrases.get(vocabulary, ()) if wanted is None or _primary(s.language) in wanted]
        yield from _entries(vocabulary, None, stops)


def _entries(
    vocabulary: VocabularyName, number: int | None, words: Iterable[str], *, match_case: bool = False
) -> Iterator[tuple[_Entry, tuple[str, ...]]]:
    """The entry for these words, unless there are none."""
    if spellings := _spellings(words):
        exact = frozenset(spelling.replace(" ", "") for spelling in spellings if match_case)
        yield _Entry(vocabulary=vocabulary, number=number, spellings=frozenset(spellings), exact=exact), spellings


def _primary(language: str) -> str:
    """The language without region or script: 'pt' of 'pt-BR'."""
    return language.replace("_", "-").split("-")[0].lower()


def _spellings(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts and the other ways to write them, as the matcher reads a text."""
    found: dict[str, None] = {}
    for text in texts:
        for spelling in _aliases(_Reading.of(text).text.strip()):
            if any(character.isalnum() for character in spelling):
                found[spelling] = None
    return tuple(found)


_SAINT = re.compile(r"\bSaint(e?)(?=[ -])")
_SHORT = re.compile(r"\b(Ste?|St[ao]|Mt|Ft)\b\.?(?=[ -])")
_ACRONYM = re.compile(r"[^\W\d_]{3,6}")
_DOTTED = re.compile(r"(?:[^\W\d_]\.){3,6}")


def _aliases(text: str) -> Iterator[str]:
    """'St. Louis' also without its dot, 'rent-strike' also with a space and the reverse, 'CGT' also as 'C.G.T.'."""
    for saint in {text, _SAINT.sub(r"St\1", text)}:
        for short in {saint, _SHORT.sub(r"\1", saint), _SHORT.sub(r"\1.", saint)}:
            yield from (short, short.replace("-", " "), short.replace(" ", "-"))
    if _ACRONYM.fullmatch(text) and text.isupper():
        yield "".join(f"{letter}." for letter in text)
    elif _DOTTED.fullmatch(text):
        yield text.replace(".", "")


def _tags(hits: Sequence[_Hit], reading: _Reading) -> tuple[Tag, ...]:
    """The hits that stand, with their offsets in the original text."""
    tags: list[Tag] = []
    for touching in _touching([hit for hit in hits if _stands(hit, reading.text)]):
        for start, end, numbers in _longest(touching):
            first, last = reading.original(start, end)
            tags += [Tag(term=number, start=first, end=last, needs_review=len(numbers) > 1) for number in numbers]
    return tuple(sorted(tags, key=lambda tag: (tag.start, -tag.end, tag.term)))


def _touching(hits: Sequence[_Hit]) -> Iterator[list[_Hit]]:
    """The hits in groups that overlap, in order: mostly one hit each."""
    group: list[_Hit] = []
    reach = 0
    for hit in sorted(hits, key=itemgetter(0)):
        if group and hit.start >= reach:
            yield group
            group = []
        group.append(hit)
        reach = max(reach, hit.end)
    if group:
        yield group


def _longest(hits: Sequence[_Hit]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """The spans that no stop phrase holds and no longer span of their vocabulary overlaps, and the terms of each."""
    if len(hits) == 1:
        start, end, entry = hits[0]
        if entry.number is not None:
            yield start, end, (entry.number,)
        return
    for vocabulary in VocabularyName:
        rivals = [hit for hit in hits if hit.entry.vocabulary is vocabulary]
        stops = [hit for hit in rivals if hit.entry.number is None]
        claims: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        for start, end, entry in rivals:
            if entry.number is not None and not any(stop.start <= start and end <= stop.end for stop in stops):
                claims[start, end].add(entry.number)
        taken: set[int] = set()  # characters; a span that overlaps a longer one starts or ends inside it
        for start, end in sorted(claims, key=lambda span: (span[0] - span[1], span[0])):
            if start not in taken and end - 1 not in taken:
                taken.update(range(start, end))
                yield start, end, tuple(sorted(claims[start, end]))


# one or two particles after an optional plural, or the verb 하다 / 되다 in any form
_PARTICLES = (
    "은|는|이|가|을|를|의|에|에서|에게|에게서|한테|께|께서|와|과|랑|이랑|하고|로|으로|로서|으로서|로써|으로써|로부터|으로부터"
    "|부터|까지|도|만|뿐|밖에|조차|마저|마다|나|이나|든지|라도|이라도|처럼|같이|보다|대로|만큼|라고|이라고|라는|이라는|란|이란"
    "|야|아|여|이여|요|이다|다|였다|이었다|입니다|이에요|예요|이지만|이며|이고|인"
)
_ENDING = re.compile(f"들?(?:{_PARTICLES}){{0,2}}|(?:하|했|한|할|합|해|되|됐|된|될|됩|돼)[{_HANGUL}]*")
_SYLLABLE = re.compile(f"[{_HANGUL}]")
_SYLLABLES = re.compile(f"[{_HANGUL}]*")


def _stands(hit: _Hit, text: str) -> bool:
    """Whether a hit keeps to the capitals of its term and, in Hangul, to the words of the text."""
    words = text[hit.start : hit.end]
    if hit.entry.exact and words.replace(" ", "") not in hit.entry.exact:
        return False
    if words.isascii() or not _SYLLABLE.search(words):
        return True
    if " " in words and words not in hit.entry.spellings:
        return False
    return _starts_a_word(words, text[: hit.start]) and _ends_a_word(words, text[hit.end :])


def _starts_a_word(words: str, before: str) -> bool:
    return not (_SYLLABLE.match(words) and before and _SYLLABLE.match(before[-1]))


def _ends_a_word(words: str, after: str) -> bool:
    rest = _SYLLABLES.match(after)
    return not _SYLLABLE.match(words[-1]) or rest is None or _ENDING.fullmatch(rest[0]) is not None
