"""Searching passages: words, places, movements and themes, with counts for each further choice.

All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.errors import ArchiveError
from archive.records import VocabularyName
from archive.spacing import space

COUNTED = 10_000  # hits counted exactly; beyond that counts say "over 10,000"
RANKED = 5_000  # hits ranked by relevance when there are more than COUNTED
MOST_PARTS = 200  # words, phrases, operators and brackets of one search
DEEPEST = 20  # brackets inside each other; SQLite's own parser gives up at about 100
OPEN, CLOSE = "\ue000", "\ue001"  # private-use characters that mark a hit inside SQLite


class SearchError(ArchiveError):
    """A search that cannot be understood, with a hint in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a reader asks for: words, and terms by slug; every one of them must hold."""

    words: str = ""
    places: tuple[str, ...] = ()
    movements: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    accession: str | None = None

    def slugs(self, vocabulary: VocabularyName) -> tuple[str, ...]:
        """The chosen terms of one vocabulary."""
        return {"place": self.places, "movement": self.movements, "theme": self.themes}[vocabulary.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage found. `marks` are the character ranges of `text` that the words hit; times in seconds."""

    id: int
    accession: str
    title: str
    label: str | None
    narrator: str | None
    recorded_on: str | None
    language: str | None
    has_recording: bool
    position: int
    start: float | None
    end: float | None
    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of passages, and how many there are; `capped` where there are more than were counted."""

    passages: tuple[Passage, ...]
    total: int
    capped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCount:
    """A term and the number of passages (within the present search) that speak of it."""

    slug: str
    preferred: str
    count: int


def find_passages(conn: sqlite3.Connection, query: Query, *, limit: int = 20, offset: int = 0) -> Found:
    """Return passages, the most relevant first where words were asked for, else in the archive's order.

    Raises SearchError for words that are no query.
    """
    matching, parameters = _matching(query)
    total = conn.execute(
        f"select count(*) from (select 1 from {matching} limit {COUNTED + 1})",  # noqa: S608 - built of our own parts
        parameters,
    ).fetchone()[0]
    ordered = _ordered(query, matching, capped=total > COUNTED)
    rows = conn.execute(
        f"{_PASSAGE_COLUMNS} from ({ordered} limit :limit offset :offset) hit {_PASSAGE_JOINS} order by hit.place",
        {**parameters, "limit": limit, "offset": offset},
    ).fetchall()
    marked = _marked(conn, parameters.get("words"), [row[0] for row in rows])
    return Found(
        passages=tuple(_passage(row, marked.get(row[0])) for row in rows),
        total=min(total, COUNTED),
        capped=total > COUNTED,
    )


def count_terms(
    conn: sqlite3.Connection, query: Query, vocabulary: VocabularyName, *, limit: int = 12
) -> tuple[TermCount, ...]:
    """Return the terms of a vocabulary by how many passages of this search speak of them, most first.

    Without any words or terms these are the counts kept for the front page; in a search at most the first 10,000
    passages are counted.
    """
    if query == Query():
        rows = conn.execute(
            "select slug, preferred, passages from term_counts join terms on id = term "
            "where vocabulary = ? and passages > 0 order by passages desc, preferred limit ?",
            [vocabulary.value, limit],
        ).fetchall()
    else:
        matching, parameters = _matching(query)
        link = f"passage_{vocabulary.plural}"
        rows = conn.execute(
            f"select slug, preferred, number from (select term, count(*) as number from {link} "  # noqa: S608
            f"where passage in (select id from {matching} limit {COUNTED}) group by term) "
            "join terms on terms.id = term order by number desc, preferred limit :limit",
            {**parameters, "limit": limit},
        ).fetchall()
    return tuple(TermCount(slug=slug, preferred=preferred, count=count) for slug, preferred, count in rows)


def fts_query(words: str) -> str:
    """Turn what a reader typed into an FTS5 query: words, "phrases", prefix*, AND, OR, NOT, brackets.

    Scripts that do not separate words are searched as phrases of their characters. Raises SearchError.
    """
    tokens = [_fts_token(found) for found in _TOKENS.finditer(words.translate(_TYPED))]
    parts = [token for token in tokens if token]
    if not parts:
        return ""
    if len(parts) > MOST_PARTS:
        raise SearchError(f"these are more than {MOST_PARTS} words: search for fewer at once")
    _check(parts)
    return " ".join(_joined(parts))


_TOKENS = re.compile(r'"(?P<phrase>[^"]*)"?(?P<star>\*)?|(?P<bracket>[()])|(?P<word>[^\s"()]+)')
_OPERATORS = ("AND", "OR", "NOT")
# quotation marks as phones and word processors type them; and what no text holds, but a hostile request may
_TYPED = dict.fromkeys(map(ord, "“”„‟«»"), '"') | dict.fromkeys([*range(32), 127, *range(0xD800, 0xE000)], " ")


def _fts_token(found: re.Match[str]) -> str:
    if found["bracket"]:
        return found["bracket"]
    if found["word"] in _OPERATORS:
        return found["word"]
    words = found["phrase"] if found["phrase"] is not None else found["word"]
    star = "*" if found["star"] or (found["word"] or "").endswith("*") else ""
    words = words.rstrip("*").replace('"', " ")
    if not any(letter.isalnum() for letter in words):
        return ""
    return f'"{space(words) or words}"{star}'


def _joined(parts: Sequence[str]) -> Iterator[str]:
    """Write the AND that is meant between two words: FTS5 does not understand its absence beside a bracket."""
    before = "("
    for part in parts:
        if before not in (*_OPERATORS, "(") and part not in (*_OPERATORS, ")"):
            yield "AND"
        yield part
        before = part


def _check(parts: Sequence[str]) -> None:
    """Raise SearchError, in plain words, for what FTS5 would answer with a syntax error."""
    depth = 0
    for before, part in zip(["(", *parts], [*parts, ")"], strict=True):
        depth += {"(": 1, ")": -1}.get(before, 0)
        if depth < 1:
            raise SearchError("there is a closing bracket without an opening one: leave it out, or put ( before it")
        if depth > DEEPEST + 1:
            raise SearchError(f"more than {DEEPEST} brackets are inside each other: leave some out")
        if part in (*_OPERATORS, ")") and before in (*_OPERATORS, "("):
            at = before if before in _OPERATORS else part
            raise SearchError(
                f"words are missing beside {at}: write for instance  strike {at if at in _OPERATORS else 'AND'} rent"
            )
    if depth > 1:
        raise SearchError("a bracket is not closed: put ) after the last of its words")


def _matching(query: Query) -> tuple[str, dict[str, object]]:
    """Return a subquery of matching passage numbers (column id) and its parameters."""
    words = fts_query(query.words)
    parameters: dict[str, object] = {}
    conditions = []
    for vocabulary in VocabularyName:
        for number, slug in enumerate(query.slugs(vocabulary)):
            key = f"{vocabulary.value}{number}"
            parameters |= {key: slug}
            conditions.append(
                f"id in (select passage from passage_{vocabulary.plural} where term = "  # noqa: S608
                f"(select id from terms where vocabulary = '{vocabulary.value}' and slug = :{key}))"
            )
    if query.accession:
        parameters["accession"] = query.accession
        conditions.append(
            "id in (select id from passages where testimony = "
            "(select id from testimonies where accession = :accession))"
        )
    where = f" where {' and '.join(conditions)}" if conditions else ""
    if words:
        parameters["words"] = words
        source = "(select rowid as id, rank from passages_fts where passages_fts match :words)"
    else:
        source = "(select id, 0 as rank from passages)"
    return f"(select id, rank from {source}{where})", parameters  # noqa: S608


def _ordered(query: Query, matching: str, *, capped: bool) -> str:
    if not fts_query(query.words):
        return f"select id, id as place from {matching} order by id"  # noqa: S608
    source = f"(select * from {matching} limit {RANKED})" if capped else matching  # noqa: S608
    return f"select id, row_number() over (order by rank, id) as place from {source} order by rank, id"  # noqa: S608


_PASSAGE_COLUMNS = (
    "select passages.id, accession, title, label, narrators.name, recorded_on, "
    "coalesce(passages.language, testimonies.language), "
    "exists (select 1 from recordings where recordings.testimony = testimonies.id), "
    'position, passages.start, passages."end", passages.text'
)
_PASSAGE_JOINS = (
    "join passages on passages.id = hit.id join testimonies on testimonies.id = passages.testimony "
    "left join narrators on narrators.id = passages.narrator"
)


def _marked(conn: sqlite3.Connection, words: object, ids: Sequence[int]) -> dict[int, str]:
    """Return the text of these passages with private-use characters around each hit."""
    if not words or not ids:
        return {}
    places = ", ".join("?" for _ in ids)
    rows = conn.execute(
        f"select rowid, highlight(passages_fts, 0, ?, ?) from passages_fts "  # noqa: S608
        f"where passages_fts match ? and rowid in ({places})",
        [OPEN, CLOSE, words, *ids],
    )
    return dict(rows.fetchall())


def _passage(row: Sequence[object], marked: str | None) -> Passage:
    names = (
        *("id", "accession", "title", "label", "narrator", "recorded_on", "language", "has_recording"),
        *("position", "start", "end", "text"),
    )
    values = dict(zip(names, row, strict=True))
    values["has_recording"] = bool(values["has_recording"])
    return Passage(**values, marks=_marks(marked, str(values["text"])))  # type: ignore[arg-type]


def _marks(marked: str | None, text: str) -> tuple[tuple[int, int], ...]:
    """Read the private-use marks back into character ranges of the text, which has no spaces set between characters."""
    ranges: list[tuple[int, int]] = []
    place = start = 0
    for letter in marked or "":
        if letter == OPEN:
            start = place
        elif letter == CLOSE:
            ranges.append((start, place))
        elif place < len(text) and letter == text[place]:
            place += 1
    return tuple(ranges)
