"""One testimony: its page, and when each word is spoken."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from archive.consent import Use
from archive.content_notes import read_beforehand
from archive.contents import contents
from archive.excerpts import Excerpt, NoExcerpt
from archive.reading import Spoken, Testimony, find_inside, read_word_timings
from archive.web.answers import answer, asked_testimony, page, read, sentence
from archive.web.choices import link
from archive.web.closed_tables import working_archive
from archive.web.languages import direction, language
from archive.web.languages import gettext as _
from archive.web.layout import Site, moment, stretch
from archive.web.linked_data import linked_data
from archive.web.pages.citation import find_excerpt
from archive.web.pages.downloads import downloads
from archive.web.refusals import NOT_PRINTED, refusals, refused_words
from archive.web.transcript import anchor, transcript
from archive.web.waveform import draw, sketch
from archive.words import SearchError

Ranges = tuple[tuple[int, int], ...]


async def testimony(request: Any, datasette: Any) -> Any:
    """One testimony whole, with what is known of it, its recording, and the words that were looked for in it."""
    asked = request.args.get("q", "").strip()
    found = await asked_testimony(datasette, request)
    if not isinstance(found, Testimony):
        return found
    hint, hits = "", {}
    try:
        hits = await _hits(datasette, request, found.entry.accession, asked)
    except SearchError as error:
        hint = sentence(_(error.hint) % error.values)
    accession, spoken = found.entry.accession, language()
    beforehand = await read(datasette, request, lambda conn: read_beforehand(conn, [accession], spoken))
    excerpt, wrong = await _excerpt(datasette, request, found)
    refused = await refusals(datasette, request, found)
    stretches, site = contents(found.lines), Site(datasette)
    context = {
        "testimony": found,
        "beforehand": beforehand.get(accession),
        "link": link,
        "anchor": anchor,
        "side": direction(),
        "passages": transcript(found, hits, site, excerpt, _place(excerpt, request), citable=Use.QUOTE not in refused),
        "refused": refused,
        "not_printed": _(NOT_PRINTED),
        "refused_words": refused_words(refused),
        "contents": stretches,
        "timed": any(line.start is not None for line in found.lines),
        "doubtful": any(line.doubts for line in found.lines),
        "waveform": draw(found, stretches, hits),
        "further": [(one, sketch(peaks)) for one, peaks in zip(found.recordings, found.peaks, strict=True)][1:],
        "asked": asked[:200],
        "hint": hint,
        "excerpt": excerpt,
        "wrong": wrong,
        "hits": hits,
        "hit_lines": [line for line in found.lines if line.position in hits],
        "everywhere": f"/search?{urlencode({'q': asked})}",
        "downloads": downloads(found, site, refused),
        "linked_data": linked_data(found, site, site.root(request)),
        "keeps_consent": working_archive(datasette) is not None,
        "address": site.lasting(request, site.testimony(found.entry.accession)),
    }
    return await page(datasette, request, "testimony", context, status=400 if hint or wrong else 200)


async def words(request: Any, datasette: Any) -> Any:
    """When each word of a testimony is spoken, for the page that follows them; see `pack`."""
    accession = request.url_vars["accession"]
    found = await read(
        datasette, request, lambda conn: {at: list(pack(w)) for at, w in read_word_timings(conn, accession)}
    )
    return answer(request, json.dumps(found, separators=(",", ":")), "application/json")


ROUTES = (
    (r"^/testimonies/(?P<accession>[^/]+)$", testimony),
    (r"^/testimonies/(?P<accession>[^/]+)/words\.json$", words),
)


def pack(words: Sequence[Spoken]) -> Iterator[int]:
    """Yield four whole numbers a word: how long after the last word's end it begins and how long it lasts, in
    milliseconds; how many characters after the last word's it begins and how many it has. The first counts from 0."""
    ended, placed = 0, 0
    for start, end, first, last in words:
        begins, ends = round(start * 1000), round(end * 1000)
        yield from (begins - ended, ends - begins, first - placed, last - first)
        ended, placed = ends, last


async def _excerpt(datasette: Any, request: Any, found: Testimony) -> tuple[Excerpt | None, str]:
    """Return the stretch that `?t=723.4,741` or `?p=12-15` names, if any, and what is wrong with the address."""
    times, passages, exact = (request.args.get(name) or "" for name in ("t", "p", "words"))
    names, said = (("start", "end"), times.split(",")) if times else (("from", "until"), passages.split("-"))
    asked = dict(zip(names, said, strict=False))

    def work(conn: sqlite3.Connection) -> tuple[Excerpt | None, NoExcerpt | None]:
        wrong = None
        for words in dict.fromkeys((exact, "")):  # where the words are no longer so, the times still hold
            try:
                return find_excerpt(conn, found, {**asked, "words": words}), wrong
            except NoExcerpt as error:
                wrong = wrong or error
        return None, wrong

    excerpt, wrong = await read(datasette, request, work) if times or passages else (None, None)
    return excerpt, sentence(_(wrong.hint) % wrong.values) if wrong else ""


def _place(excerpt: Excerpt | None, request: Any) -> str:
    """Return what follows the # in the address of the stretch asked for; one passage has its own anchor."""
    if excerpt is None or (excerpt.first is not None and excerpt.first == excerpt.last):
        return ""
    alone = excerpt.start is not None and not (request.args.get("t") or "").partition(",")[2]
    return moment(excerpt.start or 0.0) if alone else stretch(excerpt)


async def _hits(datasette: Any, request: Any, accession: str, asked: str) -> dict[int, Ranges]:
    def find(conn: sqlite3.Connection) -> dict[int, Ranges]:
        return find_inside(conn, accession, asked)

    return await read(datasette, request, find) if asked else {}
