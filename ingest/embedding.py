"""Making the semantic index: a vector for each passage, by a model2vec model, kept in step with the text.

Only new and changed passages are read; what is gone is taken out. Each batch is one transaction, so that a run may be
killed at any time and the next one goes on. The vectors are whole numbers from −127 to 127 with the length taken out,
which says the same as the model's own for the angle between two of them, in a quarter of the room.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from archive.embeddings import FORMAT, NAME, NoEmbeddings, connect, digest, read_made
from archive.errors import ArchiveBusy
from archive.folder import Archive
from ingest.errors import IngestError
from ingest.reporting import Reporter

BATCH = 1_000  # passages of one transaction
MODEL_FILES = ("model.safetensors", "tokenizer.json", "config.json")
INSTALL = "the semantic index needs more packages: pip install '.[embeddings]' in the folder of the program"


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """How many passages got a vector, had one already, and are gone."""

    new: int
    kept: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedder:
    """A loaded model, what readers see it called, how it was given, and a number that is another for another model."""

    model: Any
    name: str
    given: str
    fingerprint: str

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return int(self.model.dim)

    def vectors(self, texts: Sequence[str]) -> list[tuple[bytes, bytes]]:
        """Return each text's vector, as signed bytes with 127 for the largest (or all 0), and its signs as bits."""
        import numpy

        found = self.model.encode(list(texts), use_multiprocessing=False)
        largest = numpy.abs(found).max(axis=1, keepdims=True)
        scaled = numpy.rint(found / numpy.where(largest > 0, largest, 1) * 127).astype(numpy.int8)
        signs = numpy.packbits(scaled > 0, axis=1)  # filled up with zeros to whole bytes
        return [(row.tobytes(), bits.tobytes()) for row, bits in zip(scaled, signs, strict=True)]


def load_embedder(model: str) -> Embedder:
    """Load a model2vec model, given as a folder or as a name on huggingface.co, from where it is fetched once.

    Raises IngestError when there is no such model, files are missing, or it cannot be fetched.
    """
    try:
        from model2vec import StaticModel
    except ImportError:
        raise IngestError(INSTALL) from None
    path, name, given = Path(model).expanduser(), model, model
    if path.exists():
        _check_folder(path)
        try:
            loaded = StaticModel.from_pretrained(path)
        except (OSError, ValueError, KeyError) as error:
            raise IngestError(f"the model in {path} cannot be read ({error}): save it again with model2vec") from error
        name, given = path.resolve().name, str(path.resolve())
    else:
        loaded = _fetched(model)
    fingerprint = hashlib.sha256(loaded.embedding.tobytes()).hexdigest()[:16]
    return Embedder(model=loaded, name=name, given=given, fingerprint=fingerprint)


def embed(archive: Archive, embedder: Embedder, report: Reporter) -> Embedded:
    """Bring the archive's semantic index up to date with this model; another model's index is made anew.

    Raises ArchiveBusy where another process is at it.
    """
    archive.derived.mkdir(exist_ok=True)
    path = archive.derived / NAME
    lock = FileLock(archive.derived / f".{NAME}.lock")
    try:
        lock.acquire(timeout=0.2)
    except Timeout as error:
        raise ArchiveBusy(archive.path) from error
    try:
        _prepare(path, embedder)
        with closing(connect(path, write=True)) as index, closing(archive.read()) as db:
            return _bring_up_to_date(index, db.conn, embedder, report)
    finally:
        report.end()
        lock.release()


def model_of(archive: Archive) -> str:
    """Return the model of the archive's semantic index, as it was given. Raises IngestError where there is none."""
    try:
        read_made(archive.derived / NAME)
    except NoEmbeddings as error:
        if error.packages:
            raise IngestError(INSTALL) from None
        raise IngestError("there is no semantic index yet: name a model, --embeddings MODEL_OR_PATH") from None
    with closing(connect(archive.derived / NAME)) as index:
        return str(index.execute("select given from made").fetchone()[0])


def _check_folder(path: Path) -> None:
    if not path.is_dir():
        raise IngestError(f"{path} is a file: model2vec wants the folder that holds {', '.join(MODEL_FILES)}")
    missing = [name for name in MODEL_FILES if not (path / name).is_file()]
    if missing:
        raise IngestError(f"the model folder {path} is incomplete: it lacks {', '.join(missing)}")


def _fetched(model: str) -> Any:
    """Return the model of this name: from what was fetched before, else over the network."""
    from httpx import HTTPError
    from huggingface_hub import errors
    from model2vec import StaticModel

    if model.count("/") != 1 or model.startswith(("/", ".", "~")):
        raise IngestError(
            f"there is no folder {model!r}: give the path of a model2vec model, or a name such as "
            "minishlab/potion-multilingual-128M"
        )
    try:
        return StaticModel.from_pretrained(model, force_download=False)
    except errors.RepositoryNotFoundError:
        raise IngestError(f"there is no model {model!r} on huggingface.co") from None
    except (OSError, ValueError, HTTPError) as error:
        raise IngestError(
            f"the model {model!r} is not on this computer and could not be downloaded ({_plain(error)}): "
            f"on a computer with network download {', '.join(MODEL_FILES)} of https://huggingface.co/{model}, "
            "copy them here in one folder, and run again with --embeddings /path/to/the/folder"
        ) from error


def _prepare(path: Path, embedder: Embedder) -> None:
    """Make the file where there is none; one of another model, format or make is made anew."""
    with closing(connect(path, write=True)) as index:
        if _is_ours(index, embedder):
            return
    for part in (path, path.with_name(f"{path.name}-journal")):
        part.unlink(missing_ok=True)
    with closing(connect(path, write=True)) as index, index:
        index.execute(
            "create table made (format integer, model text, given text, fingerprint text, dimensions integer, "
            "passages integer, testimonies integer)"
        )
        index.execute("create table embedded (passage integer primary key, testimony integer, sha256 blob, signs blob)")
        index.execute("create table vectors (passage integer primary key, embedding blob)")
        index.execute(
            "insert into made (format, model, given, fingerprint, dimensions) values (?, ?, ?, ?, ?)",
            [FORMAT, embedder.name, embedder.given, embedder.fingerprint, embedder.dimensions],
        )


_COUNT = (
    "update made set (passages, testimonies) = "
    "(select count(*), count(distinct testimony) from embedded where signs is not null)"
)


def _is_ours(index: Any, embedder: Embedder) -> bool:
    import apsw

    try:
        made = index.execute("select format, fingerprint, dimensions from made").fetchone()
        index.execute("select embedded.signs, vectors.embedding from embedded, vectors limit 0").fetchall()
    except apsw.Error:  # empty, some other file, or made by another version
        return False
    return bool(made == (FORMAT, embedder.fingerprint, embedder.dimensions))


def _bring_up_to_date(index: Any, conn: sqlite3.Connection, embedder: Embedder, report: Reporter) -> Embedded:
    total = conn.execute("select count(*) from passages").fetchone()[0]
    report.begin("Reading for meaning", total=total, unit="passages")
    new = done = removed = 0
    last = 0
    for batch in _batches(conn):
        known = dict(
            index.execute(
                "select passage, sha256 from embedded where passage between ? and ?", [last + 1, batch[-1][0]]
            )
        )
        last = batch[-1][0]
        there = {passage for passage, _, _ in batch}
        changed = [(passage, of, text) for passage, of, text in batch if known.get(passage) != digest(text)]
        gone = [passage for passage in known if passage not in there]
        _store(index, embedder, changed, gone)
        new, done, removed = new + len(changed), done + len(batch), removed + len(gone)
        report.advance(done)
    gone = [passage for (passage,) in index.execute("select passage from embedded where passage > ?", [last])]
    _store(index, embedder, [], gone)
    index.execute(_COUNT)  # for readers, who would count a million rows on each page
    return Embedded(new=new, kept=done - new, removed=removed + len(gone))


def _batches(conn: sqlite3.Connection) -> Iterator[list[tuple[int, int, str]]]:
    """Yield number, testimony and text of all passages; each batch is a read of its own, so that others may write."""
    last = 0
    while batch := conn.execute(
        "select id, testimony, text from passages where id > ? order by id limit ?", [last, BATCH]
    ).fetchall():
        yield batch
        last = batch[-1][0]


def _store(index: Any, embedder: Embedder, changed: Sequence[tuple[int, int, str]], gone: Sequence[int]) -> None:
    """Store the vectors of these passages and take out those of the others, in one transaction.

    A passage of which the model knows no word has no direction, so it is noted without a vector.
    """
    if not changed and not gone:
        return
    vectors = embedder.vectors([text for _, _, text in changed]) if changed else []
    with index:
        index.execute("update made set passages = null, testimonies = null")  # until they are counted again
        old = [(passage,) for passage in (*gone, *(passage for passage, _, _ in changed))]
        index.executemany("delete from vectors where passage = ?", old)
        index.executemany("delete from embedded where passage = ?", old)
        index.executemany(
            "insert into embedded (passage, testimony, sha256, signs) values (?, ?, ?, ?)",
            [
                (passage, of, digest(text), signs if any(vector) else None)
                for (passage, of, text), (vector, signs) in zip(changed, vectors, strict=True)
            ],
        )
        index.executemany(
            "insert into vectors (passage, embedding) values (?, ?)",
            [(passage, vector) for (passage, _, _), (vector, _) in zip(changed, vectors, strict=True) if any(vector)],
        )


def _plain(error: BaseException) -> str:
    """Return the first cause of an error in one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
