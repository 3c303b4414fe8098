"""What should perhaps not be published: numbers, addresses and handles by rules, names and contacts from a list.

These only propose; a person decides. No rule finds everything, so a person also reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from archive.folding import fold, occurrences
from archive.redactions import Passage, Suggestion

SHORTEST_NAME = 3  # letters of a part of a name that is looked for: shorter ones are in every text
_SAME_NUMBER = 7  # last digits that two ways to write a telephone number share
_FEWEST_DIGITS, _MOST_DIGITS = 6, 17
_YEAR = r"(?:1[0-9]|20)\d\d"

_BEFORE = (  # what an address begins with, in languages that put it there
    "via|viale|vicolo|piazza|piazzale|corso|largo|strada|contrada|calle|c/|avenida|avda\\.?|plaza|paseo|ronda|carrer|"
    "camino|barrio|rue|avenue|av\\.|boulevard|bd\\.?|place|impasse|chemin|all[ée]e|quai|rua|travessa|praça|estrada|"
    "ulica|ul\\.|улица|ул\\.|проспект|пр\\.|площадь|шоссе|οδός|شارع"
)
_AFTER = (  # and what it ends with where that comes last
    "street|st\\.?|road|rd\\.?|avenue|ave\\.?|lane|drive|square|terrace|place|court|close|crescent|gardens|way|row|"
    "boulevard|blvd\\.?|highway|alley|walk|hill|green|park|quay|wynd"
)
_GROWN = "straße|strasse|str\\.|weg|gasse|platz|allee|ufer|damm|straat|laan|plein|gracht|kade|gatan|vägen|gade|vej|katu"
_NUMBER = r"(?:n[°º.]\s*|no\.?:?\s*|numero\s+|número\s+|numéro\s+|number\s+)?\d{1,4}(?:\s?[a-z]|\s?bis|\s?ter)?\b"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind of thing looks like in a text, and what else must hold of what looks like it."""

    reason: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = lambda _: True


def suggest_by_rules(passages: Iterable[Passage]) -> Iterator[Suggestion]:
    """Yield what looks like a number, an address or a handle by which somebody can be reached or identified."""
    for passage in passages:
        for rule in RULES:
            for found in rule.pattern.finditer(passage.text):
                said = found[0].rstrip(" .,;:!?…)»”\"'")
                if said and rule.holds(said):
                    yield _suggestion(passage, (found.start(), found.start() + len(said)), rule.reason, "rule")


def suggest_people(passages: Iterable[Passage], people: Iterable[tuple[str, str | None]]) -> Iterator[Suggestion]:
    """Yield where the names and contacts of these people are said: each name, each part of it, each way of contact."""
    names: dict[str, str] = {}
    numbers: set[str] = set()
    for name, contact in people:
        names |= dict.fromkeys(_parts(name), "a name in the vault")
        names |= dict.fromkeys(_contacts(contact or ""), "a contact in the vault")
        numbers |= {_digits(found[0])[-_SAME_NUMBER:] for found in _NUMBERS.finditer(contact or "")}
    for passage in passages:
        for words, reason in names.items():
            for span in occurrences(passage.text, words):
                yield _suggestion(passage, span, reason, "vault")
        for found in _NUMBERS.finditer(passage.text):
            if len(_digits(found[0])) >= _SAME_NUMBER and _digits(found[0])[-_SAME_NUMBER:] in numbers:
                yield _suggestion(passage, found.span(), "a contact in the vault", "vault")


def suggest_again(passages: Iterable[Passage], words: Iterable[str]) -> Iterator[Suggestion]:
    """Yield where words are said that a person has replaced elsewhere, as in a revision that came later."""
    wanted = {fold(one): one for one in words}
    for passage in passages:
        for one in wanted.values():
            for span in occurrences(passage.text, one):
                yield _suggestion(passage, span, "the same words are replaced elsewhere", "rule")


def _suggestion(passage: Passage, span: tuple[int, int], reason: str, source: str) -> Suggestion:
    return Suggestion(segment=passage.number, start_char=span[0], end_char=span[1], reason=reason, source=source)


def _parts(name: str) -> Iterator[str]:
    yield name
    for part in re.split(r"[\s\-–'’.,]+", name):
        if sum(map(str.isalpha, part)) >= SHORTEST_NAME or (len(part) > 1 and not part.isascii()):
            yield part


def _contacts(contact: str) -> Iterator[str]:
    for part in re.split(r"[,;\n]", contact):
        if len(part.strip()) > SHORTEST_NAME:
            yield part.strip()


def _digits(text: str) -> str:
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


def _is_number_of_somebody(text: str) -> bool:
    """Whether a number may be a telephone's: not a date, not years, not a round quantity."""
    if not _FEWEST_DIGITS <= len(_digits(text)) <= _MOST_DIGITS:
        return False
    dates = (
        rf"{_YEAR}(?:[\s–/,.-]+{_YEAR})*|\d{{1,2}}[./\-\s]\d{{1,2}}[./\-\s]{_YEAR}|{_YEAR}[./-]\d{{1,2}}[./-]\d{{1,2}}"
    )
    quantity = r"\d{1,3}(?:[ ,.]\d{3})*[ ,.]000"
    return not re.fullmatch(rf"{dates}|(?:{_YEAR}\s+)?{quantity}", text)


def _names_a_street(text: str) -> bool:
    """Whether a name stands in it, and no year: 'took place in 1968' is no address."""
    words = re.findall(r"[^\W\d_]+", text)
    cased = any(word[0].isupper() for word in words[1:]) or not any(
        word[0].lower() != word[0].upper() for word in words
    )
    return cased and not re.search(rf"\b{_YEAR}$", text)


_NUMBERS = re.compile(r"(?<![\w.,])(?:\+\s?|00)?\(?\d(?:[\s().\-/–]{0,3}\d){5,}(?!\w)")
_ANY = re.IGNORECASE

RULES = (
    Rule("an e-mail address", re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")),
    Rule("a web address", re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}/\S+", _ANY)),
    Rule("a handle", re.compile(r"(?<![\w@.])@\w[\w.]+")),
    Rule("a telephone number", _NUMBERS, _is_number_of_somebody),
    Rule("a bank account", re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?\b")),
    Rule("a number of a document", re.compile(r"\b(?=(?:[^\W_]*\d){5})(?=[^\W_]*[^\W\d_])[^\W_]{7,}\b")),
    Rule("a number plate", re.compile(r"\b[A-Z]{1,3}[ -]?\d{3,4}[ -]?[A-Z]{2,3}\b")),
    Rule(
        "an address",
        re.compile(rf"(?<!\w)(?:{_BEFORE})\s+(?:[^\W\d][\w'’.-]*,?\s+){{1,5}}?{_NUMBER}", _ANY),
        _names_a_street,
    ),
    Rule(
        "an address",
        re.compile(
            rf"\b\d{{1,4}}(?:\s?bis|\s?ter)?,?\s+(?i:{_BEFORE})\s+(?:[^\W\dA-Z_]{{1,4}}\s+|[dl]['’])*[^\W\d_]\w+"
        ),
        _names_a_street,
    ),
    Rule(
        "an address",
        re.compile(rf"\b\d{{1,5}}[a-z]?,?\s+(?:[A-Z][\w'’.-]*\s+){{1,4}}(?i:{_AFTER})(?!\w)"),
    ),
    Rule("an address", re.compile(rf"\b[^\W\d_][\w-]*(?:{_GROWN})\s+{_NUMBER}", _ANY)),
    Rule(
        "an address",
        re.compile(rf"\b(?:[^\W\d_]+\s+){{1,2}}(?:caddesi|cad\.|sokak|sokağı|sok\.)(?:,?\s+{_NUMBER})?", _ANY),
        _names_a_street,
    ),
)
