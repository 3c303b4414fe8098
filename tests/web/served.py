"""An archive with tags in it, served by a real Datasette in this process."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlite_utils import Database

from archive.folder import Archive
from archive.records import Description, Tag
from archive.store.browsing import refresh_counts
from archive.store.tags import segment_texts, store_tags, untagged
from archive.store.vocabularies import load_terms
from archive.web.settings import datasette_for
from tests.builders import a_testimony, an_archive

T = TypeVar("T")


def a_tagged_archive(folder: Path) -> Archive:
    """Three testimonies: 2026.001 of Glasgow, 2026.002 of Glasgow and Turin, 2026.003 of Turin, partly in Chinese."""
    archive = an_archive(folder)
    said = [
        ("Glasgow and the Rent.", "The Strike in Glasgow.", "Glasgow again."),
        ("A Strike in Turin.", "From Turin to Glasgow."),
        ("Turin.", "工人罢工了。"),
    ]
    for number, texts in enumerate(said, 1):
        tell(archive, Description(title=f"Talk {number}", language="en", collection="Talks"), *texts)
    return archive


def tell(archive: Archive, description: Description, *texts: str) -> None:
    """Take in one more account with these passages, tag it and count again."""
    with archive.write() as db:
        digest = f"d{db.table('testimonies').count}"
        a_testimony(db, *texts, digest=digest, description=description)
        tag(db)
        refresh_counts(db)


def tag(db: Database) -> None:
    """Tag each passage with the terms whose preferred name it says."""
    terms = load_terms(db)
    for item in untagged(db):
        found = {
            segment: [
                Tag(term=number, start=text.index(term.preferred), end=text.index(term.preferred) + len(term.preferred))
                for number, term in terms
                if term.preferred in text
            ]
            for segment, text in segment_texts(db, item.transcript)
        }
        store_tags(db, item, found, tagger="test")


@contextmanager
def served(archive: Archive) -> Iterator[Any]:
    """The Datasette that `conricerca serve` runs."""
    datasette = datasette_for(archive)
    try:
        yield datasette
    finally:
        close(datasette)


def close(datasette: Any) -> None:
    """Let go of its threads and files."""
    datasette.executor.shutdown()
    for database in datasette.databases.values():
        database.close()


def awaited(answer: Coroutine[Any, Any, T]) -> T:
    """What it comes to; in a thread of its own, since the browser's loop is running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, answer).result()


def ask(datasette: Any, path: str, method: str = "GET", **request: Any) -> httpx.Response:
    """Send one request and return the answer."""
    answer: httpx.Response = awaited(datasette.client.request(method, path, **request))
    return answer


_opened: dict[Path, Any] = {}  # archives that are asked several times, and what serves them until `close_opened`


def got(archive: Archive, path: str, status: int = 200, **request: Any) -> httpx.Response:
    """The archive's answer, which must have this status."""
    if archive.path not in _opened:
        _opened[archive.path] = datasette_for(archive)
    answer = ask(_opened[archive.path], path, **request)
    assert answer.status_code == status, answer.text
    return answer


def page(archive: Archive, path: str, status: int = 200) -> str:
    """The text of one of the archive's pages."""
    return got(archive, path, status).text


def close_opened() -> None:
    """Close what `got` and `page` have opened."""
    while _opened:
        close(_opened.popitem()[1])


def counts(answer: httpx.Response, facet: str) -> dict[str, int]:
    """What a table's JSON says of one facet."""
    return {value["label"]: value["count"] for value in answer.json()["facet_results"][facet]["results"]}


@contextmanager
def listening(archive: Archive, *, public: bool = False, workers: int = 1) -> Iterator[str]:
    """`conricerca serve` in a process of its own, or `serve --public`; yields its address."""
    serve = "serve_edition" if public else "serve_private"
    program = f"import sys, pathlib; from archive.folder import open_archive; from archive.web.serving import {serve}; "
    program += (
        f"{serve}(open_archive(pathlib.Path(sys.argv[1])), port=0, workers=int(sys.argv[2]), "
        "on_ready=lambda at: print(at, flush=True))"
    )
    command = [sys.executable, "-c", program, str(archive.path), str(workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            address = process.stdout.readline().strip()
            assert address, process.stderr.read()
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            try:
                assert process.wait(timeout=20) == 0, process.stderr.read()
            finally:
                process.kill()
