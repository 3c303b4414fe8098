"""A concordance: every place where the words that were looked for are said, each in its context on a line of its own.

With it stand who says them how often, in which years, and the words that most often stand directly before and after.
All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.folding import fold
from archive.highlights import CLOSE, OPEN, marked_ranges
from archive.matching import find_hits, match
from archive.query import Facet, Query
from archive.spacing import LETTERS, MARKS
from archive.words import NO_WORD, SearchError

READ = 5_000  # passages that are read for one concordance
WIDTH = 60  # characters of context on either side
NEAR = 40  # characters in which one neighbouring word is looked for, twice as many for two
NEIGHBOURS = 12  # words before and words after that are listed
TELLERS = 20  # narrators whose share is counted
MOST_SAID = 20_000  # passages of one narrator whose words are counted for the share

# a word with its vowel signs and apostrophes, or one letter of a script that sets no spaces
_WORD = re.compile(f"[{LETTERS}][{MARKS}]*|(?:(?![{LETTERS}])[\\w’'{MARKS}])+")
_UNSPACED = re.compile(f"[{LETTERS}]")
_BLANKS = re.compile(r"\s+")


class LineOrder(StrEnum):
    """By what the lines are sorted: as they stand in the archive, by a word before or after, by who says it or when."""

    ARCHIVE = "archive"
    LEFT_1 = "1L"
    LEFT_2 = "2L"
    LEFT_3 = "3L"
    RIGHT_1 = "1R"
    RIGHT_2 = "2R"
    RIGHT_3 = "3R"
    NARRATOR = "narrator"
    DATE = "date"

    @property
    def place(self) -> int:
        """Which word before (negative) or after is meant; 0 where none is."""
        return int(self.value[0]) * (-1 if self.value[1] == "L" else 1) if self.value[1] in "LR" else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One place where it is said. `passage` is the passage's number; `start` in seconds, None without sound."""

    passage: int
    accession: str
    title: str
    narrator: str | None
    recorded_on: str | None
    language: str | None
    position: int
    start: float | None
    end: float | None
    before: str
    word: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How often a narrator says it, and how many words the archive has of this narrator; None where not counted."""

    narrator: str
    key: str
    lines: int
    words: int | None

    @property
    def rate(self) -> float | None:
        """How often in 10,000 words."""
        return self.lines * 10_000 / self.words if self.words else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A word that stands directly before or after, how often, and the two as a phrase to search for."""

    word: str
    lines: int
    phrase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Concordance:
    """One page of lines, with what was counted over all of them.

    `capped`: more than READ passages say it, and only so many were read. `years` are those of the recordings, and
    `undated` lines have none; `unnamed` lines have no narrator.
    """

    lines: tuple[Line, ...]
    total: int
    passages: int
    testimonies: int
    capped: bool
    also: tuple[str, ...]
    narrators: tuple[Share, ...]
    unnamed: int
    years: tuple[tuple[int, int], ...]
    undated: int
    left: tuple[Neighbour, ...]
    right: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """A passage that says it, as the lines are cut from it."""

    id: int
    testimony: int
    position: int
    start: float | None
    end: float | None
    narrator: int | None
    who: str | None
    language: str | None
    text: str


@dataclass(frozen=True, slots=True)
class _Hit:
    """One place in a passage, from character to character."""

    said: _Said
    first: int
    last: int


def read_concordance(
    conn: sqlite3.Connection,
    query: Query,
    *,
    order: LineOrder = LineOrder.ARCHIVE,
    limit: int = 100,
    offset: int = 0,
) -> Concordance:
    """Return one page of lines.

    Raises SearchError, also where no words are asked for, UnknownChoice, UnknownTestimony.
    """
    words = match(conn, query).words
    if not words.fts:
        raise SearchError(NO_WORD)
    found = find_hits(conn, query, limit=READ)
    testimonies = _testimonies(conn, found.testimonies)
    hits = _sorted(_hits(conn, words.fts, found.ids), order, testimonies)
    left, right = _neighbours(hits)
    narrators, unnamed = _shares(conn, hits, counting=not found.capped)
    years, undated = _years(hits, testimonies)
    return Concordance(
        lines=tuple(_line(hit, testimonies) for hit in hits[offset : offset + limit]),
        total=len(hits),
        passages=len(found.ids),
        testimonies=len(testimonies),
        capped=found.capped,
        also=words.also,
        narrators=narrators,
        unnamed=unnamed,
        years=years,
        undated=undated,
        left=left,
        right=right,
    )


def _hits(conn: sqlite3.Connection, words: str, numbers: Sequence[int]) -> list[_Hit]:
    """Every place in these passages where it is said, in their order."""
    passages, marked = _read(conn, numbers), _marked(conn, words, numbers)
    return [
        _Hit(passages[number], first, last)
        for number in numbers
        if number in passages
        for first, last in marked_ranges(marked.get(number), passages[number].text)
    ]


def _read(conn: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, _Said]:
    rows = conn.execute(
        'select passages.id, testimony, passages.position, passages.start, passages."end", passages.narrator, name, '
        "passages.language, passages.text from passages left join narrators on narrators.id = passages.narrator "
        "where passages.id in (select value from json_each(?))",
        [json.dumps(numbers)],
    )
    return {row[0]: _Said(*row) for row in rows}


def _marked(conn: sqlite3.Connection, words: str, numbers: Sequence[int]) -> dict[int, str]:
    """Return the text of these passages with private-use characters around each hit."""
    if not numbers:
        return {}
    rows = conn.execute(
        "select rowid, highlight(passages_fts, 0, ?, ?) from passages_fts "
        "where passages_fts match ? and rowid between ? and ? and +rowid in (select value from json_each(?))",
        [OPEN, CLOSE, words, min(numbers), max(numbers), json.dumps(numbers)],
    )
    return dict(rows.fetchall())


def _testimonies(
    conn: sqlite3.Connection, numbers: Iterable[int]
) -> dict[int, tuple[str, str, str | None, str | None]]:
    """Return accession number, title, date and language of these testimonies."""
    rows = conn.execute(
        "select id, accession, title, recorded_on, language from testimonies "
        "where id in (select value from json_each(?))",
        [json.dumps(sorted(set(numbers)))],
    )
    return {row[0]: row[1:] for row in rows}


def _years(
    hits: Sequence[_Hit], testimonies: dict[int, tuple[str, str, str | None, str | None]]
) -> tuple[tuple[tuple[int, int], ...], int]:
    """How often it is said in each year of recording, and how often in no year that is known."""
    years = Counter((testimonies[hit.said.testimony][2] or "")[:4] for hit in hits)
    dated = sorted((int(year), number) for year, number in years.items() if year.isdecimal())
    return tuple(dated), len(hits) - sum(number for _, number in dated)


def _sorted(
    hits: list[_Hit], order: LineOrder, testimonies: dict[int, tuple[str, str, str | None, str | None]]
) -> list[_Hit]:
    def place(hit: _Hit) -> tuple[str, int, int, int]:
        year, _, number = testimonies[hit.said.testimony][0].partition(".")
        return year, int(number) if number.isdecimal() else 0, hit.said.position, hit.first

    hits.sort(key=place)
    if order is LineOrder.NARRATOR:
        hits.sort(key=lambda hit: (hit.said.who is None, fold(hit.said.who or "")))
    elif order is LineOrder.DATE:
        hits.sort(key=lambda hit: testimonies[hit.said.testimony][2] or "9999")
    elif order.place:
        hits.sort(key=lambda hit: _word_beside(hit, order.place) or "\U0010ffff")
    return hits


def _word_beside(hit: _Hit, place: int) -> str:
    """Return the nth word before (negative) or after, folded; empty where the passage begins or ends first."""
    if place < 0:
        words = _WORD.findall(hit.said.text[max(0, hit.first + NEAR * place) : hit.first])
        return fold(words[place]) if len(words) >= -place else ""
    words = _WORD.findall(hit.said.text[hit.last : hit.last + NEAR * place])
    return fold(words[place - 1]) if len(words) >= place else ""


def _neighbours(hits: Sequence[_Hit]) -> tuple[tuple[Neighbour, ...], tuple[Neighbour, ...]]:
    """Return the words that most often stand directly before, and those directly after."""
    left: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for hit in hits:
        word = fold(hit.said.text[hit.first : hit.last])
        left[_word_beside(hit, -1), word] += 1
        right[_word_beside(hit, 1), word] += 1
    return _listed(left, "{0}{2}{1}"), _listed(right, "{1}{2}{0}")


def _listed(counted: Counter[tuple[str, str]], form: str) -> tuple[Neighbour, ...]:
    """Return the most frequent neighbours, each with the form of the word that it most often stands beside."""
    totals: Counter[str] = Counter()
    forms: dict[str, str] = {}
    for (beside, word), number in counted.most_common():
        if beside:
            totals[beside] += number
            forms.setdefault(beside, word)
    found = sorted(totals.items(), key=lambda one: (-one[1], one[0]))[:NEIGHBOURS]
    return tuple(
        Neighbour(
            word=beside,
            lines=number,
            phrase=form.format(beside, forms[beside], "" if _UNSPACED.match(beside) else " ").replace('"', " "),
        )
        for beside, number in found
    )


def _shares(conn: sqlite3.Connection, hits: Sequence[_Hit], *, counting: bool) -> tuple[tuple[Share, ...], int]:
    """Return how often each narrator says it, the most often first, and how many lines have no narrator.

    What share of their words that is says nothing where only a part was read.
    """
    lines = Counter(hit.said.narrator for hit in hits)
    names = {hit.said.narrator: hit.said.who for hit in hits}
    unnamed = lines.pop(None, 0)
    most = lines.most_common(TELLERS)
    words = _words_of(conn, [number for number, _ in most if number is not None]) if counting else {}
    shares = (
        Share(narrator=names[number] or "", key=str(number), lines=said, words=words.get(str(number)))
        for number, said in most
    )
    return tuple(shares), unnamed


def _words_of(conn: sqlite3.Connection, narrators: Sequence[int]) -> dict[str, int]:
    """Return how many words the archive has of each of these narrators; those who say very much are left out."""
    rows = conn.execute(
        "select key, sum(1 + length(text) - length(replace(replace(text, ' ', ''), char(8203), ''))) "
        "from facet_values join facet_passages on value = facet_values.id "
        "join passage_words on passage_words.id = passage "
        "where facet = ? and passages <= ? and key in (select value from json_each(?)) group by key",
        [Facet.NARRATOR.value, MOST_SAID, json.dumps([str(number) for number in narrators])],
    )
    return dict(rows.fetchall())


def _line(hit: _Hit, testimonies: dict[int, tuple[str, str, str | None, str | None]]) -> Line:
    said = hit.said
    accession, title, recorded_on, language = testimonies[said.testimony]
    return Line(
        passage=said.id,
        accession=accession,
        title=title,
        narrator=said.who,
        recorded_on=recorded_on,
        language=said.language or language,
        position=said.position,
        start=said.start,
        end=said.end,
        before=_before(said.text, hit.first),
        word=_BLANKS.sub(" ", said.text[hit.first : hit.last]),
        after=_after(said.text, hit.last),
    )


def _before(text: str, first: int) -> str:
    """Return the context before, cut where a word begins."""
    cut = max(0, first - WIDTH)
    if cut and not text[cut - 1].isspace():
        blank = _BLANKS.search(text, cut, first)
        cut = blank.end() if blank else cut
    return _BLANKS.sub(" ", text[cut:first])


def _after(text: str, last: int) -> str:
    """Return the context after, cut where a word ends."""
    cut = min(len(text), last + WIDTH)
    if cut < len(text) and not text[cut].isspace():
        blanks = [blank.start() for blank in _BLANKS.finditer(text, last, cut)]
        cut = blanks[-1] if blanks and blanks[-1] > last else cut
    return _BLANKS.sub(" ", text[last:cut])
