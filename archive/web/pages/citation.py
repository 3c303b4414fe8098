"""A testimony, or a stretch of it, ready to be cited: its words, its lasting address, and the usual forms."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from archive import bibliographies, citations
from archive.citations import Cited, Medium
from archive.consent import Use
from archive.content_notes import read_beforehand
from archive.excerpts import Excerpt, NoExcerpt, between, exactly, from_passages, read_moment, read_position
from archive.reading import Testimony, read_testimony, read_word_timings
from archive.records import Kind
from archive.web.answers import answer, missing, page, read, sentence
from archive.web.languages import direction, language
from archive.web.languages import gettext as _
from archive.web.layout import Site
from archive.web.media import disposition
from archive.web.refusals import NOT_QUOTED, refusals

FILES: dict[str, tuple[str, Callable[[Cited], str]]] = {  # suffix → media type and writer
    "bib": ("application/x-bibtex", bibliographies.bibtex),
    "json": ("application/vnd.citationstyles.csl+json", bibliographies.csl_json),
    "ris": ("application/x-research-info-systems", bibliographies.ris),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A testimony and the stretch of it that is to be cited; `hint` where the address names none that there is."""

    testimony: Testimony
    excerpt: Excerpt | None
    hint: str = ""


async def cite(request: Any, datasette: Any) -> Any:
    """The page that a reader copies a citation from."""
    asked = await _asked(request, datasette)
    if Use.QUOTE in await refusals(datasette, request, asked.testimony):
        return await missing(datasette, request, _(NOT_QUOTED), status=403)
    cited, accession, spoken = _cited(asked, request, datasette), asked.testimony.entry.accession, language()
    beforehand = await read(datasette, request, lambda conn: read_beforehand(conn, [accession], spoken))
    context = {
        "beforehand": beforehand.get(accession),
        "testimony": asked.testimony,
        "excerpt": asked.excerpt,
        "hint": asked.hint,
        "cited": cited,
        "setting": Markup("<code dir='ltr'>plugins: {conricerca: {address: https://…}}</code>"),
        "said": _said(asked.excerpt, request.args),
        "timed": any(line.start is not None for line in asked.testimony.lines),
        "forms": _forms(cited),
        "query": request.query_string,
        "files": [("bib", "BibTeX"), ("json", "CSL-JSON"), ("ris", "RIS")],
        "side": direction(),
    }
    return await page(datasette, request, "cite", context, status=400 if asked.hint else 200)


async def cite_file(request: Any, datasette: Any) -> Any:
    """The citation as a file that a reference manager reads."""
    asked = await _asked(request, datasette)
    if Use.QUOTE in await refusals(datasette, request, asked.testimony):
        return answer(request, _(NOT_QUOTED), "text/plain", status=403)
    if asked.hint:
        return answer(request, asked.hint, "text/plain", status=400)
    suffix = request.url_vars["suffix"]
    media_type, write = FILES[suffix]
    named = {"content-disposition": disposition("attachment", f"{asked.testimony.entry.accession}.{suffix}")}
    return answer(request, write(_cited(asked, request, datasette)), media_type, headers=named)


ROUTES = (
    (r"^/testimonies/(?P<accession>[^/]+)/cite$", cite),
    (r"^/testimonies/(?P<accession>[^/]+)/cite\.(?P<suffix>bib|json|ris)$", cite_file),
)


def cite_all(testimony: Testimony, request: Any, datasette: Any) -> Cited:
    """Return a testimony as a whole, to be cited in a file that is kept."""
    return replace(_cited(Asked(testimony=testimony, excerpt=None), request, datasette), accessed=None)


async def _asked(request: Any, datasette: Any) -> Asked:
    """Return what the address names. Raises UnknownTestimony."""
    accession = request.url_vars["accession"]

    def work(conn: sqlite3.Connection) -> tuple[Testimony, Excerpt | NoExcerpt | None]:
        testimony = read_testimony(conn, accession)
        try:
            return testimony, find_excerpt(conn, testimony, request.args)
        except NoExcerpt as error:
            return testimony, error

    testimony, found = await read(datasette, request, work)
    if isinstance(found, NoExcerpt):
        return Asked(testimony=testimony, excerpt=None, hint=sentence((_(found.hint) % found.values).rstrip(".")))
    return Asked(testimony=testimony, excerpt=found)


def find_excerpt(conn: sqlite3.Connection, testimony: Testimony, args: Any) -> Excerpt | None:
    """Return the stretch that `start` and `end` name, or the passages `first` and `last`, if any. Raises NoExcerpt.

    `words` says which words it is, where times do not tell them apart.
    People count passages from 1; addresses have `from` and `until` instead, which count from 0, as anchors do.
    """
    if args.get("start") or args.get("end") or args.get("words"):
        start = read_moment(args.get("start") or "0")
        whole = testimony.recordings[0].duration if testimony.recordings else _last_second(testimony)
        end = read_moment(args.get("end")) if args.get("end") else None
        timings = dict(read_word_timings(conn, testimony.entry.accession))
        excerpt = between(testimony.lines, timings, start, end, whole=whole)
        words = args.get("words") or ""
        return exactly(excerpt, words, testimony.lines, timings) if words else excerpt
    for names, counted_from in ((("first", "last"), 1), (("from", "until"), 0)):
        one, other = (args.get(name) for name in names)
        if one or other:
            first = read_position(one or str(counted_from))
            last = read_position(other or str(first))
            return from_passages(testimony.lines, first - counted_from, last - counted_from)
    return None


def _last_second(testimony: Testimony) -> float:
    return max((line.end or line.start or 0.0 for line in testimony.lines), default=0.0)


def _said(excerpt: Excerpt | None, args: Any) -> dict[str, str]:
    """Return what the form for another stretch begins with."""
    said = {name: args.get(name) or "" for name in ("start", "end", "first", "last")}
    if excerpt and excerpt.first is not None and excerpt.last is not None:
        said |= {"first": str(excerpt.first + 1), "last": str(excerpt.last + 1)}
    return said


def _cited(asked: Asked, request: Any, datasette: Any) -> Cited:
    testimony, excerpt, site = asked.testimony, asked.excerpt, Site(datasette)
    entry = testimony.entry
    path = site.excerpt(entry.accession, excerpt) if excerpt else site.testimony(entry.accession)
    address = site.lasting(request, path)
    recording = testimony.recordings[0] if testimony.recordings else None
    making = testimony.making
    machine = making is not None and making.kind == "machine" and making.reviewed < len(testimony.lines)
    return Cited(
        archive=site.title,
        accession=entry.accession,
        title=entry.title,
        address=address,
        kind=Kind(entry.kind),
        medium=Medium.WRITTEN if recording is None else Medium.VIDEO if recording.is_video else Medium.SOUND,
        narrators=entry.narrators,
        interviewers=testimony.interviewers,
        recorded_on=entry.recorded_on,
        place=entry.place,
        collection=entry.collection,
        label=entry.label,
        language=entry.language,
        start=excerpt.start if excerpt else None,
        end=excerpt.end if excerpt else None,
        first=excerpt.first if excerpt else None,
        last=excerpt.last if excerpt else None,
        places=excerpt.places if excerpt else "",
        words=excerpt.words if excerpt else "",
        unreviewed=machine and not (excerpt is not None and excerpt.reviewed),
        accessed=datetime.now(UTC).date() if address else None,
    )


def _forms(cited: Cited) -> list[tuple[str, str]]:
    """Return the name of each form and the citation in it."""
    remark = _("machine transcript, not reviewed")
    return [
        (_("With its words"), citations.quotation(cited, remark)),
        ("Chicago", citations.chicago(cited)),
        ("MLA", citations.mla(cited)),
        (_("Plain"), citations.plain(cited, remark)),
        (_("For a counter-history"), citations.reference(cited)),
        ("BibTeX", bibliographies.bibtex(cited)),
        ("CSL-JSON", bibliographies.csl_json(cited)),
    ]
