"""How fast the page of a very long testimony opens, and whether it scrolls smoothly, in a real Chromium.

    python -m bench.reading                          5 hours, 45,000 words, each with its time
    python -m bench.reading --words 9000 --keep /tmp/archive

The testimony is synthetic: passages of ten words, a third with terms, some words of which the machine was unsure, two
voices by turns, a waveform. Each round opens it in a window that has nothing in store, and scrolls through it with the
wheel. Medians count. Exits 1 if the page takes longer than a second to open.
"""

from __future__ import annotations

import random
import sys
import time
import wave
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from sqlite_utils import Database

from archive.contents import contents
from archive.folder import Archive, create_archive
from archive.media import keep_original
from archive.reading import find_inside, read_testimony
from archive.records import Accession, Description, Kind, Original, Tag, Term, Variant, Vocabulary, VocabularyName
from archive.store.browsing import refresh_counts
from archive.store.tags import segment_texts, store_tags, untagged
from archive.store.testimonies import store_accession
from archive.store.transcripts import begin_listening, complete_listening, store_heard
from archive.store.vocabularies import load_terms, sync_vocabulary
from bench.archives import an_archive_to_measure
from tests.web.builders import a_browser, reading
from tests.web.served import listening
from transcripts.model import Segment, Word

NUMBER = "2026.001"
WORDS = 10  # of a passage
PACE = 0.4  # seconds of a word
RATE = 4000  # samples a second of the recording, the fewest that browsers play
TERMS = 14  # of each vocabulary
ROUNDS = 7
MOST = 1000.0  # milliseconds that the page may take to open
WHEEL = """async () => { const gaps = []; let last = performance.now(); let on = true;
    const frame = (now) => { gaps.push(now - last); last = now; if (on) requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
    for (let step = 0; step < 120; step += 1) {
        scrollBy(0, 400);
        await new Promise((done) => setTimeout(done, 16));
    }
    on = false; return gaps.slice(2); }"""
TIMES = """() => { const page = performance.getEntriesByType('navigation')[0];
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    return [page.responseStart - page.requestStart, page.responseEnd - page.requestStart, paint?.startTime ?? NaN,
        page.domContentLoadedEventEnd, page.loadEventEnd, page.encodedBodySize, page.decodedBodySize]; }"""


def main() -> int:
    """Make or reuse the testimony, measure, and print the table."""
    with an_archive_to_measure(__doc__, make, words=45_000) as archive:
        report_server(archive)
        return report_browser(archive)


def make(folder: Path, words: int) -> Archive:
    """An archive with one very long testimony."""
    archive = create_archive(folder)
    with archive.write() as db:
        for name in VocabularyName:
            sync_vocabulary(db, Vocabulary(name=name, terms=tuple(_terms(name))))
        original = _recording(archive, words * PACE)
        description = Description(title="Five hours", kind=Kind.INTERVIEW, narrators=("Ana",), language="en")
        store_accession(db, Accession(description=description, recording=original), on=date(2026, 1, 1))
        listening_to = begin_listening(db, 1, engine="bench", model="bench", options={})
        store_heard(db, listening_to.transcript, tuple(_segments(words)), until=words * PACE, language="en")
        complete_listening(db, listening_to.transcript)
        _tag(db)
        refresh_counts(db)
    return archive


def report_server(archive: Archive) -> None:
    """Print what the server does for the page, in milliseconds."""
    db = archive.read()
    conn = db.conn
    testimony = read_testimony(conn, NUMBER)
    steps: dict[str, Callable[[], object]] = {
        "read the testimony": lambda: read_testimony(conn, NUMBER),
        "make its contents": lambda: contents(testimony.lines),
        "find a word inside": lambda: find_inside(conn, NUMBER, "bele"),
    }
    print(f"\n{len(testimony.lines):,} passages, {sum(len(line.tags) for line in testimony.lines):,} terms")
    for name, step in steps.items():
        print(f"  {name:<32}{median(_milliseconds(step) for _ in range(ROUNDS)):8.0f} ms")
    db.close()


def report_browser(archive: Archive) -> int:
    """Open the page again and again, print the medians, and say whether it opens in time."""
    names = ("first byte", "last byte", "first paint", "DOM ready", "loaded", "kB sent", "kB of HTML")
    with listening(archive) as address, a_browser() as browser:
        rounds = [_open(browser, address) for _ in range(ROUNDS)]
    opened = [median(one[0][number] for one in rounds) for number in range(len(names))]
    for name, figure in zip(names, opened, strict=True):
        print(f"  {name:<32}{figure / 1000 if name.startswith('kB') else figure:8.0f}{'' if 'kB' in name else ' ms'}")
    gaps = sorted(gap for one in rounds for gap in one[1])
    late = sum(gap > 50 for gap in gaps)
    print(f"  {'frame while scrolling, median':<32}{median(gaps):8.1f} ms")
    print(f"  {'frame while scrolling, p99':<32}{gaps[int(len(gaps) * 0.99)]:8.1f} ms")
    print(f"  {'frames over 50 ms':<32}{late:8} of {len(gaps):,}")
    return int(max(opened[2], opened[3]) > MOST)


def _open(browser: Any, address: str) -> tuple[list[float], list[float]]:
    with reading(browser, address) as reader:
        reader.goto(f"/testimonies/{NUMBER}")
        reader.page.wait_for_load_state("load")
        reader.page.wait_for_timeout(500)
        times = reader.page.evaluate(TIMES)
        return times, reader.page.evaluate(WHEEL)


def _segments(words: int) -> Iterator[Segment]:
    chance = random.Random(1)
    lexicon = [f"{a}{b}{c}" for a in "bdgklmnprst" for b in ("a", "e", "i", "o", "u") for c in ("le", "na", "ro", "")]
    for number in range(words // WORDS):
        start = number * WORDS * PACE
        said = tuple(
            Word(
                start=round(start + place * PACE, 3),
                end=round(start + (place + 0.9) * PACE, 3),
                text=f" {chance.choice(lexicon)}",
                probability=0.3 if chance.random() < 0.03 else 0.9,
            )
            for place in range(WORDS)
        )
        text = "".join(word.text for word in said).strip().capitalize()
        voice = "Ana" if number // 6 % 2 else "Luz"
        yield Segment(text=f"{text}.", start=start, end=said[-1].end, words=said, speaker=voice, confidence=0.8)


def _terms(vocabulary: VocabularyName) -> Iterator[Term]:
    for number in range(TERMS):
        name = f"{vocabulary.value.capitalize()} {number}"
        variants = (Variant(language="en", text=name, label=True),)
        yield Term(vocabulary=vocabulary, slug=f"{vocabulary.value}-{number}", preferred=name, variants=variants)


def _tag(db: Database) -> None:
    """A third of the passages speak of one to three terms, which change every quarter of an hour."""
    chance = random.Random(2)
    terms = [number for number, _ in load_terms(db)]
    for item in untagged(db):
        texts = segment_texts(db, item.transcript)
        found = {}
        for place, (segment, _) in enumerate(texts):
            near = [terms[(place // 225 * 2 + offset * TERMS) % len(terms)] for offset in range(3)]
            some = chance.sample(near, chance.randint(1, 3)) if chance.random() < 1 / 3 else []
            found[segment] = [Tag(term=term, start=0, end=3) for term in some]
        store_tags(db, item, found, tagger="bench")


def _recording(archive: Archive, seconds: float) -> Original:
    path = archive.path / "long.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(bytes([128]) * int(seconds * RATE))
    peaks = bytes(random.Random(3).randint(20, 255) for _ in range(1800))
    digest = keep_original(archive, path, ".wav")
    original = Original(
        path=path,
        sha256=digest,
        bytes=path.stat().st_size,
        media_type="audio/wav",
        suffix=".wav",
        filename=path.name,
        duration=seconds,
        peaks=peaks,
    )
    path.unlink()
    return original


def _milliseconds(step: Callable[[], object]) -> float:
    begun = time.perf_counter()
    step()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    sys.exit(main())
