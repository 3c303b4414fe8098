"""How long the pages of a large archive take, beside stock Datasette's array facets and the bare SQL on the same rows.

    python -m bench.browse                                   5,000 testimonies, 1,000,000 passages
    python -m bench.browse --testimonies 200 --passages 40000 --keep /tmp/archive

The archive is made by the functions that `conricerca ingest` and `conricerca tag` use. The text is synthetic: 50,000
words by Zipf's law, ten terms to a testimony of which each passage names one, and a word with 1,400 hits. Every round
asks for each page once in each way, by turns, and the medians count, because machines are noisy. Exits 1 if a page
takes longer than it may.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, pairwise
from pathlib import Path
from statistics import median
from typing import Any

from archive.folder import Archive, create_archive
from archive.records import Accession, Description, Kind, Original, Tag, Term, Variant, Vocabulary, VocabularyName
from archive.store.browsing import refresh_counts
from archive.store.tags import segment_texts, store_tags, untagged
from archive.store.testimonies import store_accession
from archive.store.vocabularies import load_terms, sync_vocabulary
from archive.web.settings import datasette_for
from bench.archives import an_archive_to_measure
from transcripts.model import Segment, Transcript

WORD, HITS = "picchetto", 1400  # the word searched for, and how many passages say it where there are enough
VOCABULARY, WORDS = 50_000, 25  # words in use, and words in a passage
TERMS = {VocabularyName.PLACE: 800, VocabularyName.MOVEMENT: 120, VocabularyName.THEME: 200}
BROAD = {VocabularyName.PLACE: 20, VocabularyName.MOVEMENT: 6, VocabularyName.THEME: 10}  # stand above the others
EACH = {VocabularyName.PLACE: 4, VocabularyName.MOVEMENT: 2, VocabularyName.THEME: 4}  # of a testimony
ROUNDS = 15
COMMON = "meba"  # the 80th word by Zipf's law, which about one passage in thirty says
SEARCHED = f"/archive/passages?_search={WORD}"
FACETED = {  # pages with three facets: the address, and how many milliseconds it may take
    "catalogue": ("/archive/catalogue", 80.0),
    f"passages, {HITS:,} hits": (SEARCHED, 130.0),
    "passages, a common word": (f"/archive/passages?_search={COMMON}", None),
    "passages, all of them": ("/archive/passages", None),
}
SHIPPED = {  # pages as readers get them
    "home": "/",
    "search": "/search",
    f"search, {HITS:,} hits": f"/search?q={WORD}",
    "catalogue, six facets": "/archive/catalogue",
    f"passages, {HITS:,} hits, four facets": SEARCHED,
    "passages of one place": "/archive/passages?_place=place-100",
}


def main() -> int:
    """Build or reuse the archive, measure, and print the tables."""
    with an_archive_to_measure(__doc__, build, testimonies=5000, passages=1_000_000) as archive:
        faceted, shipped = asyncio.run(measure(archive))
    return report(faceted, shipped)


class Clock:
    """How long each stage took, in seconds."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time that passes here to the stage."""
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


def build(folder: Path, testimonies: int, passages: int) -> Archive:
    """Make an archive of this size, and print what each stage took."""
    clock, chance = Clock(), random.Random(1871)
    archive = create_archive(folder)
    speak = _speaker(chance, passages)
    with archive.write() as db:
        with clock.stage("vocabularies"):
            for vocabulary in _vocabularies():
                sync_vocabulary(db, vocabulary)
        for number, (first, last) in enumerate(pairwise(_shares(testimonies, passages))):
            with clock.stage("text (not the archive's work)"):
                accession = _accession(number, chance, [speak(place) for place in range(first, last)])
            with clock.stage("store_accession"):
                store_accession(db, accession, on=date(2026, 1, 1))
        terms = _numbers(load_terms(db))
        for item in untagged(db):
            with clock.stage("tags (not the archive's work)"):
                found = _tags(segment_texts(db, item.transcript), terms, chance)
            with clock.stage("store_tags"):
                store_tags(db, item, found, tagger="bench")
        with clock.stage("refresh_counts"):
            refresh_counts(db)
    size = archive.database.stat().st_size / 2**20
    print(f"\n{testimonies:,} testimonies, {passages:,} passages, {size:,.0f} MB")
    for name, seconds in clock.seconds.items():
        print(f"  {name:<32}{seconds:8.1f} s")
    print(f"  {'together':<32}{sum(clock.seconds.values()):8.1f} s")
    return archive


def _shares(testimonies: int, passages: int) -> list[int]:
    """Return the first passage of each testimony, and the end."""
    return [passages * number // testimonies for number in range(testimonies + 1)]


def _speaker(chance: random.Random, passages: int) -> Callable[[int], str]:
    """Return what says the words of any passage."""
    words = [_word(number) for number in range(VOCABULARY)]
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))
    marked = set(chance.sample(range(passages), min(HITS, passages)))

    def speak(place: int) -> str:
        said = chance.choices(words, cum_weights=weights, k=WORDS)
        if place in marked:
            said[WORDS // 2] = WORD
        return " ".join(said)

    return speak


def _word(number: int) -> str:
    """Return a word of two to four syllables, another for each number."""
    syllables = ["ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo", "qua", "stre"]
    word = ""
    number += 16
    while number:
        number, syllable = divmod(number, 16)
        word = syllables[syllable] + word
    return word


def _vocabularies() -> Iterator[Vocabulary]:
    for name, size in TERMS.items():
        yield Vocabulary(name=name, terms=tuple(_term(name, number) for number in range(size)))


def _term(name: VocabularyName, number: int) -> Term:
    preferred = f"{_word(number * 7 + 3).title()} ({name.value} {number})"
    label = Variant(language="it", text=preferred, label=True)
    above = (f"{name.value}-{number % BROAD[name]}",) if number >= BROAD[name] else ()
    return Term(vocabulary=name, slug=f"{name.value}-{number}", preferred=preferred, variants=(label,), parents=above)


def _numbers(terms: Iterable[tuple[int, Term]]) -> dict[VocabularyName, list[int]]:
    """Return the terms' numbers in the database, by vocabulary."""
    numbers: dict[VocabularyName, list[int]] = {name: [] for name in VocabularyName}
    for number, term in terms:
        numbers[term.vocabulary].append(number)
    return numbers


def _accession(number: int, chance: random.Random, texts: list[str]) -> Accession:
    segments = tuple(Segment(text=text, start=8.0 * place, end=8.0 * place + 7.5) for place, text in enumerate(texts))
    sha256 = f"{number:064x}"
    account = Original(path=Path(sha256), sha256=sha256, bytes=1, media_type="text/vtt", suffix=".vtt", filename=sha256)
    description = Description(
        title=" ".join(texts[0].split()[:6]) if texts else f"Testimony {number}",
        kind=chance.choice(tuple(Kind)),
        narrators=(f"{_word(chance.randrange(4000)).title()} {_word(chance.randrange(40)).title()}",),
        described_as=chance.choice((("woman",), ("man",), ("woman, docker",), ("tenant",))),
        recorded_on=f"{chance.randrange(1968, 2026)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
        language=chance.choices(("it", "en", "es", "fr"), (6, 3, 2, 1))[0],
        collection=f"Collection {chance.randrange(12)}",
        summary=" ".join(texts[1].split()) if len(texts) > 1 else None,
    )
    transcript = Transcript(segments=segments, language=description.language)
    return Accession(description=description, document=account, transcript=transcript)


def _tags(
    texts: Iterable[tuple[int, str]], terms: dict[VocabularyName, list[int]], chance: random.Random
) -> dict[int, list[Tag]]:
    """Let each passage of a testimony name one of its terms, often one that many testimonies name."""
    own = [
        numbers[int(len(numbers) * chance.random() ** 3)] for name, numbers in terms.items() for _ in range(EACH[name])
    ]
    return {segment: [Tag(term=chance.choice(own), start=0, end=text.index(" "))] for segment, text in texts}


@dataclass(slots=True)
class Times:
    """How long one page took, in milliseconds, in each way."""

    pages: dict[str, list[float]] = field(default_factory=dict)
    timed_out: int = 0  # facets that stock Datasette gave up

    def add(self, way: str, milliseconds: float) -> None:
        """Keep one more time."""
        self.pages.setdefault(way, []).append(milliseconds)

    def middle(self, way: str) -> float:
        """Return the median."""
        return median(self.pages[way])


async def measure(archive: Archive) -> tuple[dict[str, Times], dict[str, Times]]:
    """Return the times of the pages with three facets, and of the pages as they are."""
    faceted = {name: Times() for name in FACETED}
    shipped = {name: Times() for name in SHIPPED}
    ours, stock, as_is = datasette_for(archive), datasette_for(archive), datasette_for(archive)
    for datasette, kind in ((ours, "m2m"), (stock, "array"), (as_is, None)):
        await datasette.invoke_startup()
        if kind:
            _three_facets(datasette, kind)
    with archive.read().conn as conn, _serving(archive) as address:
        for number in range(-2, ROUNDS):  # the first two warm up
            for name, (path, _) in FACETED.items():
                times = faceted[name] if number >= 0 else Times()
                await _ask(ours, path, times, "ours")
                times.timed_out = (await _ask(stock, path, times, "stock")).count("facets timed out: ")
                times.add("sql", _timed(lambda path=path: _bare_sql(conn, path)))  # type: ignore[misc]
            for name, path in SHIPPED.items():
                times = shipped[name] if number >= 0 else Times()
                await _ask(as_is, path, times, "in process")
                times.add("http", _timed(lambda path=path: urllib.request.urlopen(address + path).read()))  # type: ignore[misc]
    return faceted, shipped


def report(faceted: dict[str, Times], shipped: dict[str, Times]) -> int:
    """Print the medians; return 1 if a page takes longer than it may."""
    missed = 0
    print(f"\n{'median of ' + str(ROUNDS) + ', ms':<40}{'ours':>8}{'stock':>8}{'ratio':>8}{'SQL':>8}{'may take':>10}")
    for name, (_, most) in FACETED.items():
        times = faceted[name]
        ours, stock, sql = (times.middle(way) for way in ("ours", "stock", "sql"))
        late = most is not None and ours > most
        missed += late
        note = "  missed" if late else ""
        note += "  (stock: facets timed out)" if times.timed_out else ""
        allowed = f"{most:.0f}" if most else ""
        print(f"{name + ', three facets':<40}{ours:8.1f}{stock:8.1f}{stock / ours:7.1f}x{sql:8.1f}{allowed:>10}{note}")
    print(f"\n{'as readers get them, ms':<40}{'in process':>12}{'over HTTP':>12}{'quickest':>12}")
    for name, times in shipped.items():
        quickest = min(times.pages["http"])
        print(f"{name:<40}{times.middle('in process'):12.1f}{times.middle('http'):12.1f}{quickest:12.1f}")
    return int(missed > 0)


def _three_facets(datasette: Any, kind: str) -> None:
    for table in ("catalogue", "passages"):
        described = datasette._metadata_local["databases"]["archive"]["tables"][table]
        described["facets"] = [{kind: name.plural} for name in VocabularyName]


async def _ask(datasette: Any, path: str, times: Times, way: str) -> str:
    start = time.perf_counter()
    answer = await datasette.client.get(path)
    times.add(way, (time.perf_counter() - start) * 1000)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answers {answer.status_code}")
    return str(answer.text)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _bare_sql(conn: sqlite3.Connection, path: str) -> None:
    """Ask for what the page shows: its rows, their number, and the three counts."""
    table = path.split("/")[2].partition("?")[0]
    row = {"catalogue": "testimony", "passages": "passage"}[table]
    where, words = "", []
    if "_search" in path:
        where = " where id in (select rowid from passages_fts where passages_fts match ?)"
        words = [path.rpartition("=")[2]]
    conn.execute(f"select * from {table}{where} order by id limit 26", words).fetchall()
    conn.execute(f"select count(*) from {table}{where}", words).fetchall()
    for vocabulary in VocabularyName:
        among = f" where {row} in (select id from {table}{where})" if where else ""
        conn.execute(
            f"select preferred, number from (select term, count(*) as number from {row}_{vocabulary.plural}{among} "
            "group by term order by number desc limit 16) join terms on id = term",
            words,
        ).fetchall()


@contextmanager
def _serving(archive: Archive) -> Iterator[str]:
    """Run `conricerca serve`'s own function in a process of its own; yield its address."""
    program = (
        "import sys, pathlib; from archive.folder import open_archive; from archive.web.serving import serve_private; "
    )
    program += (
        "serve_private(open_archive(pathlib.Path(sys.argv[1])), port=0, on_ready=lambda at: print(at, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", program, archive.path], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(main())
