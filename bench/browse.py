"""How long the pages of a large archive take, beside what they would take without our facets and without Datasette.

    python bench/browse.py                                   5,000 testimonies, 1,000,000 passages
    python bench/browse.py --testimonies 200 --passages 40000 --keep /tmp/archive

The archive is made by the functions that `conricerca add` and `conricerca tag` use. The text is synthetic: 50,000
words by Zipf's law, about ten terms to a testimony of which each passage names one, and a word with 1,400 hits.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from machine import describe_machine

from archive.folder import Archive, create_archive, open_archive
from archive.records import Accession, Description, Kind, Original, Tag, Term, Variant, Vocabulary, VocabularyName
from archive.store.browsing import refresh_counts
from archive.store.tags import Untagged, segment_texts, store_tags, untagged
from archive.store.testimonies import store_accession
from archive.store.vocabularies import load_terms, sync_vocabulary
from archive.web.settings import datasette_for, settings
from transcripts.model import Segment, Transcript

WORD, HITS = "picchetto", 1400  # the word searched for, and how many passages say it where there are enough
VOCABULARY, WORDS = 50_000, 25  # words in use, and words in a passage
TERMS = {VocabularyName.PLACE: 800, VocabularyName.MOVEMENT: 120, VocabularyName.THEME: 200}
EACH = {VocabularyName.PLACE: 4, VocabularyName.MOVEMENT: 2, VocabularyName.THEME: 4}  # of a testimony
REPEATS = 15
TARGETS = {"catalogue, three facets": 80.0, f"passages, {HITS:,} hits, three facets": 130.0}  # ms


def main() -> None:
    """Build or reuse the archive, measure, and print the tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--testimonies", type=int, default=5000)
    options.add_argument("--passages", type=int, default=1_000_000)
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the archive here, or use the one that is here")
    said = options.parse_args()
    print(describe_machine())
    with tempfile.TemporaryDirectory() as folder:
        archive = _archive(said.keep or Path(folder) / "archive", said.testimonies, said.passages)
        asyncio.run(_measure(archive))


def _archive(folder: Path, testimonies: int, passages: int) -> Archive:
    if (folder / "archive.db").exists():
        return open_archive(folder)
    return build(folder, testimonies, passages)


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
    return Term(vocabulary=name, slug=f"{name.value}-{number}", preferred=preferred, variants=(label,))


def _numbers(terms: Iterable[tuple[int, Term]]) -> dict[VocabularyName, list[int]]:
    """Return the terms' numbers in the database, by vocabulary."""
    numbers: dict[VocabularyName, list[int]] = {name: [] for name in VocabularyName}
    for number, term in terms:
        numbers[term.vocabulary].append(number)
    return numbers


def _accession(number: int, chance: random.Random, texts: list[str]) -> Accession:
    segments = tuple(
        Segment(text=text, start=8.0 * place, end=8.0 * place + 7.5) for place, text in enumerate(texts)
    )
    sha256 = f"{number:064x}"
    account = Original(path=Path(sha256), sha256=sha256, bytes=1, media_type="text/vtt", suffix=".vtt", filename=sha256)
    description = Description(
        title=" ".join(texts[0].split()[:6]) if texts else f"Testimony {number}",
        kind=chance.choice(tuple(Kind)),
        narrators=(f"{_word(chance.randrange(4000)).title()} {_word(chance.randrange(40)).title()}",),
        recorded_on=f"{chance.randrange(1968, 2026)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
        language=chance.choices(("it", "en", "es", "fr"), (6, 3, 2, 1))[0],
        collection=f"Collection {chance.randrange(12)}",
        summary=" ".join(texts[1].split()) if len(texts) > 1 else None,
    )
    return Accession(description=description, document=account, transcript=Transcript(segments=segments))


def _tags(
    texts: Iterable[tuple[int, str]], terms: dict[VocabularyName, list[int]], chance: random.Random
) -> dict[int, list[Tag]]:
    """Let each passage of a testimony name one of its terms, often one that many testimonies name."""
    own = [
        numbers[int(len(numbers) * chance.random() ** 3)] for name, numbers in terms.items() for _ in range(EACH[name])
    ]
    return {
        segment: [Tag(term=chance.choice(own), start=0, end=text.index(" "))]
        for segment, text in texts
    }


async def _measure(archive: Archive) -> None:
    pass


if __name__ == "__main__":
    main()
