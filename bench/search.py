"""How long searching takes in a large archive, beside the bare SQL and stock Datasette on the same rows in one run.

    python -m bench.search                                   5,000 testimonies, 1,000,000 passages
    python -m bench.search --keep /tmp/archive               make the archive here, or use the one here

Words are chosen by how many passages say them (rare 80, medium 1,440, common 34,500, very common 300,000), eight of
each, so that no page is asked for twice in a row. Every page is asked for over HTTP from `conricerca serve`, with ten
facets; the bare SQL is the same questions (number, the best twenty, ten counts) on a connection of its own; stock
Datasette counts three array facets. Then eight readers ask at once, with two workers. Exits 1 if a figure is missed.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median, quantiles

from archive.folder import Archive
from archive.matching import COUNTED, RANKED
from archive.web.settings import datasette_for
from bench.archives import an_archive_to_measure
from bench.browse import build

CLASSES = {"rare": (80, 60.0), "medium": (1_440, 60.0), "common": (34_500, 150.0), "very common": (300_000, 200.0)}
WORDS = 8  # of each class
ROUNDS = 3  # in which each word is asked for
OTHERS = {  # pages that may take 50 ms
    "home": "/",
    "map": "/map",
    "time line": "/timeline",
    "network": "/network",
    "two facets together": "/together?rows=place&columns=theme",
    "a place": "/places/place-100",
    "a broad place": "/places/place-3",
    "a movement": "/movements/movement-2",
    "a theme": "/themes/theme-30",
}
MAY_TAKE = 50.0
READERS, ASKED, AT_LEAST = 8, 400, 40.0  # at once, pages in all, pages a second


def main() -> int:
    """Build or reuse the archive, measure, and print the tables."""
    with an_archive_to_measure(__doc__, build, testimonies=5000, passages=1_000_000) as archive:
        with closing(archive.read().conn) as conn:
            words = {name: _words(conn, number) for name, (number, _) in CLASSES.items()}
            missed = searches(archive, conn, words)
        missed += pages(archive)
        missed += at_once(archive, words)
    return int(missed > 0)


def searches(archive: Archive, conn: sqlite3.Connection, words: dict[str, list[str]]) -> int:
    """Print how long a search page takes by the number of hits; return how many figures are missed."""
    print(f"\n{'search page, ms':<28}{'p50':>8}{'p95':>8}{'SQL':>8}{'ratio':>8}{'stock':>9}{'may take':>10}")
    missed = 0
    with serving(archive) as address:
        stock = datasette_for(archive)
        asyncio.run(stock.invoke_startup())
        for name, (_, most) in CLASSES.items():
            _asked(address, f"/search?q={words[name][0]}")
            times = [_asked(address, f"/search?q={word}") for _ in range(ROUNDS) for word in words[name]]
            bare = [_timed(lambda word=word: _bare_sql(conn, word)) for word in words[name]]  # type: ignore[misc]
            arrays = [asyncio.run(_stock(stock, word)) for word in words[name][:3]]
            p50, p95 = median(times), quantiles(times, n=20)[-1]
            late = p50 > most or p95 > 2 * most
            missed += late
            note = "  (facets timed out)" if any(timed_out for _, timed_out in arrays) else ""
            print(
                f"{name + f' ({_hits(conn, words[name][0]):,} hits)':<28}{p50:8.1f}{p95:8.1f}{median(bare):8.1f}"
                f"{p50 / median(bare):7.1f}x{median(taken for taken, _ in arrays):9.1f}{most:10.0f}"
                f"{'  missed' if late else ''}{note}"
            )
        choices = [f"/search?q={word}&place=place-3&theme=theme-2" for word in words["very common"]]
        times = [_asked(address, path) for _ in range(ROUNDS) for path in choices]
        print(f"{'very common, two choices':<28}{median(times):8.1f}{quantiles(times, n=20)[-1]:8.1f}")
    return missed


def pages(archive: Archive) -> int:
    """Print how long the other pages take; return how many figures are missed."""
    print(f"\n{'other pages, ms':<28}{'p50':>8}{'p95':>8}{'may take':>10}")
    missed = 0
    with serving(archive) as address:
        for name, path in OTHERS.items():
            _asked(address, path)
            times = [_asked(address, path) for _ in range(20)]
            late = median(times) > MAY_TAKE
            missed += late
            p95 = quantiles(times, n=20)[-1]
            print(f"{name:<28}{median(times):8.1f}{p95:8.1f}{MAY_TAKE:10.0f}{'  missed' if late else ''}")
    return missed


def at_once(archive: Archive, words: dict[str, list[str]]) -> int:
    """Print how many pages a second eight readers get; return 1 if that or any request failed."""
    chance = random.Random(1915)
    mixed = [f"/search?q={chance.choice(words[chance.choice(list(words))])}" for _ in range(ASKED)]
    with serving(archive, workers=2) as address, ThreadPoolExecutor(READERS) as readers:
        list(readers.map(lambda path: _asked(address, path), mixed[: 2 * READERS]))
        began = time.perf_counter()
        times = list(readers.map(lambda path: _asked(address, path), mixed))
        seconds = time.perf_counter() - began
    failed = sum(taken < 0 for taken in times)
    rate = ASKED / seconds
    late = failed > 0 or rate < AT_LEAST
    print(
        f"\n{READERS} at once, 2 workers: {rate:.1f} pages a second (at least {AT_LEAST:.0f}), {failed} failed, "
        f"p50 {median(times):.0f} ms, p95 {quantiles(times, n=20)[-1]:.0f} ms{'  missed' if late else ''}"
    )
    return int(late)


def _words(conn: sqlite3.Connection, number: int) -> list[str]:
    """Return the words whose number of passages is nearest to this."""
    rows = conn.execute("select term from passages_vocabulary order by abs(doc - ?) limit ?", [number, WORDS])
    return [word for (word,) in rows]


def _hits(conn: sqlite3.Connection, word: str) -> int:
    return int(conn.execute("select doc from passages_vocabulary where term = ?", [word]).fetchone()[0])


def _bare_sql(conn: sqlite3.Connection, word: str) -> None:
    """Ask for what the page shows: the number of hits, the best twenty, and the counts of ten facets."""
    conn.execute(
        "select count(*) from (select 1 from passages_fts where passages_fts match ? limit ?)", [word, COUNTED + 1]
    ).fetchall()
    conn.execute(
        "select passages.* from (select rowid, rank from passages_fts where passages_fts match ? limit ?) "
        "join passages on id = rowid order by rank limit 20",
        [word, RANKED],
    ).fetchall()
    hits = f"select rowid from passages_fts where passages_fts match ? limit {COUNTED}"
    for table in ("passage_places", "passage_movements", "passage_themes"):
        conn.execute(
            f"select term, count(*) from {table} where passage in ({hits}) group by term order by 2 desc limit 40",
            [word],
        ).fetchall()
    for column in ("narrator", "passages.language", "recorded_on", "collection", "kind"):
        conn.execute(
            f"select {column}, count(*) from passages join testimonies on testimonies.id = testimony "
            f"where passages.id in ({hits}) group by 1 order by 2 desc limit 40",
            [word],
        ).fetchall()
    conn.execute(
        f"select described, count(*) from passages join tellers using (narrator) where id in ({hits}) group by 1",
        [word],
    ).fetchall()


async def _stock(datasette: object, word: str) -> tuple[float, bool]:
    """Return how long stock Datasette takes with three array facets, and whether it gave any up."""
    path = f"/archive/passages?_search={word}&_facet_array=places&_facet_array=movements&_facet_array=themes"
    began = time.perf_counter()
    answer = await datasette.client.get(path)  # type: ignore[attr-defined]
    return (time.perf_counter() - began) * 1000, "timed out" in answer.text


def _asked(address: str, path: str) -> float:
    """Return the milliseconds until the whole page was there; -1 where the request failed."""
    began = time.perf_counter()
    try:
        with urllib.request.urlopen(address + path, timeout=30) as answer:
            answer.read()
    except (urllib.error.URLError, TimeoutError) as error:
        print(f"failed: {path}: {error}", file=sys.stderr)
        return -1.0
    return (time.perf_counter() - began) * 1000


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


@contextmanager
def serving(archive: Archive, *, workers: int = 1) -> Iterator[str]:
    """Run `conricerca serve`; yield its address."""
    command: Sequence[str] = (
        *(str(Path(sys.executable).parent / "conricerca"), "-C", str(archive.path), "serve"),
        *("--port", str(_free_port()), "--workers", str(workers)),
    )
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().split()[0] if process.stdout else ""
            time.sleep(2.0 if workers > 1 else 0.0)  # the others are a moment behind
            yield address
        finally:
            process.terminate()


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
