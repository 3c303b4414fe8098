"""Who else tells of this: passages that share rare words and terms with one passage. No model is needed.

The measure is TF-IDF as search engines have it: a shared word or term counts the more, the fewer passages have it
(log of all passages by those that have it, as in BM25), and words count less in a long passage. Shared places,
movements, themes and years lead from one language into another.
All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import heapq
import json
import math
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from archive.broader import broader
from archive.errors import ArchiveError
from archive.query import Facet
from archive.search import Passage, read_passages
from archive.spacing import LETTERS
from archive.store.facets import unpack
from archive.words import Wanted

TOKENIZER = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"  # that of passages_fts
SHARED = (Facet.PLACE, Facet.MOVEMENT, Facet.THEME, Facet.YEAR)  # what two passages may both speak of
MOST_WORDS = 12  # rare words of a passage that others are looked for by
MOST_CHARACTERS = 6_000  # of a passage that are looked at: some accounts are one long passage
RARE = 0.02  # of all passages may say a word that counts as rare,
AT_LEAST, AT_MOST = 12, 2_000  # but so many always, and never more
BUDGET = 4_000  # passages that are looked at for one page: what is rarest is looked for first
WEIGHED = 250  # of these are compared in full
WEAK = 0.15  # of the likeness of the first: what is less alike than that is left out
PER_TESTIMONY = 2  # passages of one testimony on a page
FOUND = 20  # passages on a page
LONG, HALF = 40.0, 0.75  # words of a passage of usual length, and how much the length counts: b of BM25
_SINGLE = re.compile(f"[{LETTERS}]")


class UnknownPassage(ArchiveError):
    """The testimony has no passage at this position, or there is no such testimony."""

    def __init__(self, accession: str, position: int) -> None:
        super().__init__(f"there is no passage {position} in a testimony {accession!r}")
        self.accession, self.position = accession, position


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A place, movement, theme or year that two passages speak of."""

    facet: Facet
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """A passage that is like another; the marks in its text are the words that both say."""

    passage: Passage
    shared: tuple[Shared, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What was found for a passage, the most alike first, and how many passages of how many testimonies were looked at.

    `words` is whether the passage has words rare enough to look for.
    """

    origin: Passage
    found: tuple[Similar, ...]
    passages: int
    testimonies: int
    words: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trait:
    """A rare word (as a full-text phrase) or a value of a facet, and the passages that have it."""

    name: str | int
    passages: tuple[int, ...]
    weight: float


def find_passage(conn: sqlite3.Connection, accession: str, position: int) -> int:
    """Return the number of the passage at this position of a testimony. Raises UnknownPassage."""
    row = conn.execute(
        "select passages.id from passages join testimonies on testimonies.id = testimony "
        "where accession = ? and passages.position = ?",
        [accession, position],
    ).fetchone()
    if row is None:
        raise UnknownPassage(accession, position)
    return int(row[0])


def find_similar(
    conn: sqlite3.Connection, accession: str, position: int, *, within: bool = False, limit: int = FOUND
) -> Likeness:
    """Return the passages that are most like this one, in other testimonies; `within`: in its own too.

    Raises UnknownPassage.
    """
    number = find_passage(conn, accession, position)
    traits = _traits(conn, number)
    testimonies = _testimonies(conn, {passage for trait in traits for passage in trait.passages} - {number})
    own = _own(conn, number)
    looked_at = {passage: of for passage, of in testimonies.items() if within or of != own}
    best = _spread(_weighed(conn, traits, looked_at), looked_at, limit)
    words = Wanted(fts=" OR ".join(str(trait.name) for trait in traits if isinstance(trait.name, str)))
    origin, *found = read_passages(conn, [number, *best], words)
    shared = shared_values(conn, number, best)
    return Likeness(
        origin=origin,
        found=tuple(Similar(passage=passage, shared=shared.get(passage.id, ())) for passage in found),
        passages=len(looked_at),
        testimonies=len(set(looked_at.values())),
        words=bool(words.fts),
    )


def shared_values(conn: sqlite3.Connection, origin: int, others: Sequence[int]) -> dict[int, tuple[Shared, ...]]:
    """Return what each of these passages speaks of together with the first one, without the broader of two terms."""
    values = _values(conn, [origin, *others])
    named = _named(conn, values.get(origin, ()))
    above = _above(conn, named.values())
    found: dict[int, tuple[Shared, ...]] = {}
    for passage in others:
        both = [one for number, one in named.items() if number in values.get(passage, ())]
        hidden = frozenset[Shared]().union(*(above.get(one, frozenset()) for one in both))
        found[passage] = tuple(
            sorted((one for one in both if one not in hidden), key=lambda one: SHARED.index(one.facet))
        )
    return found


def tokens(text: str) -> list[str]:
    """Return the words of a text as the full-text index knows them: SQLite's own tokenizer takes them apart."""
    memory = sqlite3.connect(":memory:")
    try:
        memory.execute(f'create virtual table said using fts5(text, tokenize = "{TOKENIZER}")')
        memory.execute("create virtual table words using fts5vocab(said, 'instance')")
        memory.execute("insert into said values (?)", [text])
        return [term for (term,) in memory.execute("select term from words order by offset")]
    finally:
        memory.close()


def phrases(text: str) -> list[str]:
    """Return what to look for in a text, each once: its words, and pairs of letters where a script sets no spaces."""
    said = tokens(text)
    found: dict[str, None] = {}
    for place, word in enumerate(said):
        if not _SINGLE.fullmatch(word):
            found[f'"{word}"'] = None
        elif place + 1 < len(said) and _SINGLE.fullmatch(said[place + 1]):
            found[f'"{word} {said[place + 1]}"'] = None
    return list(found)


def _traits(conn: sqlite3.Connection, number: int) -> list[_Trait]:
    """Return the rare words and values of a passage with the passages that have them, within the budget."""
    total = conn.execute("select coalesce(sum(passages), 0) from catalogue").fetchone()[0]
    rare = max(AT_LEAST, min(AT_MOST, int(total * RARE)))
    (text,) = conn.execute("select text from passage_words where id = ?", [number]).fetchone()
    words = sorted(_rare_words(conn, text[:MOST_CHARACTERS], rare))[:MOST_WORDS]
    traits, left = [], BUDGET
    values: list[tuple[int, str | int]] = [*words, *_rare_values(conn, number)]
    for number_of, name in sorted(values, key=lambda found: found[0]):
        left -= number_of
        if left < 0:
            break
        weight = _weight(total, number_of)
        traits.append(_Trait(name=name, passages=_having(conn, name), weight=weight))
    return traits


def _rare_words(conn: sqlite3.Connection, text: str, rare: int) -> Iterator[tuple[int, str]]:
    """Yield the rare words of a text, each with how many passages say it; those that nobody else says are left out."""
    counting = "select count(*) from (select 1 from passages_fts where passages_fts match ? limit ?)"
    for phrase in phrases(text):
        (number,) = conn.execute(counting, [phrase, rare + 1]).fetchone()
        if 2 <= number <= rare:
            yield number, phrase


def _rare_values(conn: sqlite3.Connection, number: int) -> Iterator[tuple[int, int]]:
    """Yield the terms and years of a passage that few enough passages have, each with how many do."""
    rows = conn.execute(
        "select passages, id from facet_values where passages between 2 and ? "
        "and id in (select value from json_each(?))",
        [AT_MOST, json.dumps(list(_named(conn, _values(conn, [number]).get(number, ()))))],
    )
    yield from rows.fetchall()


def _having(conn: sqlite3.Connection, name: str | int) -> tuple[int, ...]:
    """Return the passages that say a word, or that have a value."""
    word = "select rowid from passages_fts where passages_fts match ?"
    value = "select passage from facet_passages where value = ?"
    return tuple(chain.from_iterable(conn.execute(word if isinstance(name, str) else value, [name])))


def _weight(total: int, passages: int) -> float:
    """Return the inverse document frequency, as BM25 has it; never below nothing."""
    return math.log(1 + (total - passages + 0.5) / (passages + 0.5))


def _testimonies(conn: sqlite3.Connection, passages: Iterable[int]) -> dict[int, int]:
    rows = conn.execute(
        "select passage, testimony from passage_facets where passage in (select value from json_each(?))",
        [json.dumps(list(passages))],
    )
    return dict(rows.fetchall())


def _own(conn: sqlite3.Connection, number: int) -> int:
    return int(conn.execute("select testimony from passages where id = ?", [number]).fetchone()[0])


def _weighed(conn: sqlite3.Connection, traits: Sequence[_Trait], among: Mapping[int, int]) -> list[int]:
    """Return passages by what they share, the most alike first."""
    words: dict[int, float] = defaultdict(float)
    values: dict[int, float] = defaultdict(float)
    for trait in traits:
        weights = words if isinstance(trait.name, str) else values
        for passage in trait.passages:
            if passage in among:
                weights[passage] += trait.weight
    best = heapq.nlargest(WEIGHED, words.keys() | values.keys(), key=lambda one: (words[one] + values[one], -one))
    rows = conn.execute(
        "select id, length(text) - length(replace(text, ' ', '')) from passage_words "
        "where id in (select value from json_each(?))",
        [json.dumps(best)],
    )
    lengths: dict[int, int] = dict(rows.fetchall())

    def likeness(passage: int) -> float:
        length = min(4.0, lengths[passage] / LONG)
        return words[passage] * 2.2 / (1 + 1.2 * (1 - HALF + HALF * length)) + values[passage]

    alike = sorted(((likeness(passage), -passage) for passage in best), reverse=True)
    return [-passage for score, passage in alike if score >= alike[0][0] * WEAK]


def _spread(ordered: Iterable[int], testimonies: Mapping[int, int], limit: int) -> list[int]:
    """Return the first passages, not more than a few of one testimony."""
    kept: list[int] = []
    taken: Counter[int] = Counter()
    for passage in ordered:
        taken[testimonies[passage]] += 1
        if taken[testimonies[passage]] <= PER_TESTIMONY:
            kept.append(passage)
        if len(kept) == limit:
            break
    return kept


def _values(conn: sqlite3.Connection, passages: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return the numbers of the values of these passages."""
    rows = conn.execute(
        "select passage, chosen from passage_facets where passage in (select value from json_each(?))",
        [json.dumps(list(passages))],
    )
    return {passage: frozenset(unpack(chosen)) for passage, chosen in rows}


def _named(conn: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Shared]:
    """Return the terms and years among these values, the rarest first; no decades, which say little."""
    rows = conn.execute(
        "select id, facet, key from facet_values where id in (select value from json_each(?)) "
        "and facet in (select value from json_each(?)) and key not glob '[0-9][0-9][0-9]0s' order by passages, key",
        [json.dumps(sorted(numbers)), json.dumps(SHARED)],
    )
    return {number: Shared(facet=Facet(facet), key=key) for number, facet, key in rows}


def _above(conn: sqlite3.Connection, values: Iterable[Shared]) -> dict[Shared, frozenset[Shared]]:
    """Return all that stand above each of these terms."""
    known = list(values)
    return {
        Shared(facet=facet, key=key): frozenset(Shared(facet=facet, key=above) for above in keys)
        for facet in Facet
        if facet.vocabulary
        for key, keys in broader(conn, facet, [one.key for one in known if one.facet is facet]).items()
    }
