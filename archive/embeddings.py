"""The semantic index beside an archive: a vector for the meaning of each passage, and which passages are nearest.

It is derived, optional, and may be behind: a vector counts only while its passage still has the text that it was made
from. SQLite's own module often cannot load extensions, so this file is read with apsw and sqlite-vec, which come with
`conricerca[embeddings]`; nothing else here needs them. `ingest/embedding.py` makes the file.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Any

from archive.errors import ArchiveError
from archive.search import read_passages
from archive.similar import FOUND, PER_TESTIMONY, Similar, find_passage, shared_values

NAME = "embeddings.db"
FORMAT = 1  # of the file; one of another format is made anew
# All passages are compared by the signs of their vectors' numbers, which is quick and nearly right;
# the nearest of those by the numbers themselves.
BY_SIGNS = 1_000
SECONDS = 2.0  # that one question may take
OPCODES = 10_000  # of SQLite's machine between two looks at the clock
NEAREST = 200  # passages that are looked through for those of different testimonies


class NoEmbeddings(ArchiveError):
    """There is no semantic index that could be read here; `packages` where only the packages for it are missing."""

    def __init__(self, *, packages: bool = False) -> None:
        why = "its packages are missing: pip install 'conricerca[embeddings]'" if packages else "there is none"
        super().__init__(f"the semantic index cannot be read ({why})")
        self.packages = packages


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the index says of itself: the model, and how many passages of how many testimonies have a vector."""

    model: str
    passages: int
    testimonies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The passages nearest in meaning, nearest first. `has_vector` is whether the passage itself is in the index."""

    made: Made
    has_vector: bool
    found: tuple[Similar, ...]


def digest(text: str) -> bytes:
    """Return what a text is known by in the index."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def connect(path: Path, *, write: bool = False) -> Any:
    """Open the index with sqlite-vec. Raises NoEmbeddings where there is none, or where its packages are missing."""
    if not write and not path.is_file():
        raise NoEmbeddings
    if not (find_spec("apsw") and find_spec("sqlite_vec")):
        raise NoEmbeddings(packages=True)
    import apsw
    import sqlite_vec

    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE if write else apsw.SQLITE_OPEN_READONLY
    connection = apsw.Connection(str(path), flags=flags)
    connection.set_busy_timeout(30_000 if write else 1_000)
    connection.enable_load_extension(True)
    connection.load_extension(sqlite_vec.loadable_path())
    connection.enable_load_extension(False)
    return connection


def read_made(path: Path) -> Made:
    """Return what the index says of itself. Raises NoEmbeddings."""
    with closing(connect(path)) as index:
        return _made(index)


def find_nearest(
    conn: sqlite3.Connection, path: Path, accession: str, position: int, *, within: bool = False, limit: int = FOUND
) -> Nearest:
    """Return the passages nearest in meaning to this one, in other testimonies; `within`: in its own too.

    What was written anew since the index was made is left out. Raises UnknownPassage, NoEmbeddings, and
    sqlite3.OperationalError ("interrupted") after `SECONDS`, as the archive's own database does.
    """
    number = find_passage(conn, accession, position)
    text, testimony = conn.execute("select text, testimony from passages where id = ?", [number]).fetchone()
    with closing(connect(path)) as index:
        made = _made(index)
        vector = index.execute(_VECTOR, [number, digest(text)]).fetchone()
        if vector is None:
            return Nearest(made=made, has_vector=False, found=())
        asked = {"signs": vector[0], "vector": vector[1], "own": testimony, "within": within}
        near = _limited(index, _NEAREST, asked | {"by_signs": BY_SIGNS, "nearest": NEAREST})
        rows = [(passage, of, sha256) for passage, of, sha256 in near if passage != number]
    best = _spread(conn, rows, limit)
    shared = shared_values(conn, number, best)
    found = tuple(Similar(passage=one, shared=shared.get(one.id, ())) for one in read_passages(conn, best))
    return Nearest(made=made, has_vector=True, found=found)


_VECTOR = (
    "select signs, embedding from embedded join vectors on vectors.passage = embedded.passage "
    "where embedded.passage = ? and sha256 = ?"
)
_NEAREST = (
    "with alike as materialized (select passage, testimony, sha256 from embedded "
    "where signs is not null and (:within or testimony <> :own) "
    "order by vec_distance_hamming(vec_bit(signs), vec_bit(:signs)) limit :by_signs) "
    "select alike.passage, testimony, sha256 from alike join vectors on vectors.passage = alike.passage "
    "order by vec_distance_cosine(vec_int8(embedding), vec_int8(:vector)), alike.passage limit :nearest"
)


def _limited(index: Any, sql: str, values: dict[str, object]) -> list[Any]:
    """Return the rows of a question to the index; it goes through all of it, so it is given up after `SECONDS`."""
    import apsw

    until = monotonic() + SECONDS
    index.set_progress_handler(lambda: monotonic() > until, OPCODES)
    try:
        return list(index.execute(sql, values))
    except apsw.InterruptError as error:
        raise sqlite3.OperationalError("interrupted") from error


def _made(index: Any) -> Made:
    import apsw

    try:
        form, model, *counts = index.execute("select format, model, passages, testimonies from made").fetchone() or (
            None,
            "",
            0,
            0,
        )
        if None in counts:  # it is being made just now, or that was interrupted
            counts = index.execute(_COUNTS).fetchone()
    except apsw.Error as error:  # some other file, or one that was begun by another version
        raise NoEmbeddings from error
    if form != FORMAT or not counts[0]:
        raise NoEmbeddings
    return Made(model=model, passages=counts[0], testimonies=counts[1])


_COUNTS = "select count(*), count(distinct testimony) from embedded where signs is not null"


def _spread(conn: sqlite3.Connection, rows: Sequence[tuple[int, int, bytes]], limit: int) -> list[int]:
    """Return the first passages that still have the text of their vector, not more than a few of one testimony."""
    texts = dict(
        conn.execute(
            "select id, text from passages where id in (select value from json_each(?))",
            [json.dumps([passage for passage, _, _ in rows])],
        ).fetchall()
    )
    kept: list[int] = []
    taken: Counter[int] = Counter()
    for passage, testimony, sha256 in rows:
        if len(kept) < limit and passage in texts and digest(texts[passage]) == sha256:
            taken[testimony] += 1
            if taken[testimony] <= PER_TESTIMONY:
                kept.append(passage)
    return kept
