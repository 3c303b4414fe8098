"""An archive with tags in it, served by a real Datasette in this process."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlite_utils import Database

from archive.folder import Archive
from archive.records import Description, Tag
from archive.store.browsing import refresh_counts
from archive.store.tags import segment_texts, store_tags, untagged
from archive.store.vocabularies import load_terms
from archive.web.settings import datasette_for
from tests.builders import a_testimony, an_archive


def a_tagged_archive(folder: Path) -> Archive:
    """Three testimonies: 2026.001 of Glasgow, 2026.002 of Glasgow and Turin, 2026.003 of Turin, partly in Chinese."""
    archive = an_archive(folder)
    with archive.write() as db:
        said = [
            ("Glasgow and the Rent.", "The Strike in Glasgow.", "Glasgow again."),
            ("A Strike in Turin.", "From Turin to Glasgow."),
            ("Turin.", "工人罢工了。"),
        ]
        for number, texts in enumerate(said):
            description = Description(title=f"Talk {number + 1}", language="en", collection="Talks")
            a_testimony(db, *texts, digest=str(number + 1), description=description)
        tag(db)
        refresh_counts(db)
    return archive


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


def ask(datasette: Any, path: str, method: str = "GET", **request: Any) -> httpx.Response:
    """Send one request and return the answer."""
    answer: httpx.Response = asyncio.run(datasette.client.request(method, path, **request))
    return answer


def counts(answer: httpx.Response, facet: str) -> dict[str, int]:
    """What a table's JSON says of one facet."""
    return {value["label"]: value["count"] for value in answer.json()["facet_results"][facet]["results"]}


@contextmanager
def listening(archive: Archive) -> Iterator[str]:
    """`conricerca serve` in a process of its own; yields its address."""
    program = "import sys, pathlib; from archive.folder import open_archive; from archive.web.settings import serve; "
    program += "serve(open_archive(pathlib.Path(sys.argv[1])), port=0, on_ready=lambda at: print(at, flush=True))"
    command = [sys.executable, "-c", program, str(archive.path)]
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
