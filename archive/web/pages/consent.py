"""Consent on the private archive's pages: where a testimony stands, and forms to print or to sign on the screen.

A public edition has none of these pages.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any

from archive.consent import Audience, Use
from archive.consent_form import FaultyForm, Form, check_form, decisions, read_form
from archive.consent_report import answers
from archive.consents import Recorded, read_history, read_standing
from archive.errors import ArchiveBusy, ArchiveError
from archive.marks import N_
from archive.reading import Testimony
from archive.records import Kind
from archive.signing import sign, signed_paper
from archive.standing import Standing
from archive.web import consent_words as words
from archive.web import languages
from archive.web.answers import answer, asked_testimony, missing, page, read
from archive.web.closed_tables import working_archive
from archive.web.consent_paper import Signed, has_pictures, paper_of
from archive.web.datasette_versions import csrf_token, sent_form
from archive.web.languages import gettext as _
from archive.web.layout import Site
from archive.web.media import disposition
from archive.web.wording import listed

LONGEST_FORM = 200_000  # bytes
WIDEST_FIRST = (Audience.PUBLIC, Audience.MEMBERS, Audience.TEAM)  # what everybody may matters most
SAME_ORIGIN = {"referrer-policy": "same-origin"}  # without it the browser would send the form from nowhere
PAPER_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Somebody who can sign for a testimony: a narrator, or all of an assembly together (no number)."""

    number: int | None
    name: str


def only_here(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a page be there in a working archive only, on the computer of those who keep it."""

    @wraps(view)
    async def answered(request: Any, datasette: Any) -> Any:
        if working_archive(datasette) is None:
            return await missing(datasette, request, _("There is no such page here."))
        return await view(request, datasette)

    return answered


@only_here
async def standing(request: Any, datasette: Any) -> Any:
    """Where a testimony stands: what may be done with it today, for whom, why not more, and what happened."""
    found = await asked_testimony(datasette, request)
    if not isinstance(found, Testimony):
        return found
    testimony, history = await read(datasette, request, lambda conn: _told(conn, found.entry.accession))
    today = _today()
    context = {
        "entry": found.entry,
        "today": today.isoformat(),
        "voices": _voices(testimony, found),
        "table": _table(testimony, today),
        "audiences": [_(words.AUDIENCES[one]) for one in WIDEST_FIRST],
        "reasons": _reasons(testimony, found, today),
        "history": [
            (one, _who(one, found), words.event_words(one.event, named=_is_named(one, testimony, found)))
            for one in history
        ],
    }
    return await page(datasette, request, "consent", context)


@only_here
async def blank(request: Any, datasette: Any) -> Any:
    """A form for any testimony, to be printed."""
    return await _show_form(datasette, request, None, {}, status=200)


@only_here
async def spoken(request: Any, datasette: Any) -> Any:
    """What is read aloud at the beginning of a recording, in place of a form."""
    return await page(datasette, request, "spoken_consent", {"contact": Site(datasette).contact})


@only_here
async def form(request: Any, datasette: Any) -> Any:
    """A form for one testimony: to be printed, or filled in, signed and sent here."""
    found = await asked_testimony(datasette, request)
    if not isinstance(found, Testimony):
        return found
    if request.method == "POST":
        return await _receive(request, datasette, found)
    return await _show_form(datasette, request, found, {}, status=200)


@only_here
async def thanks(request: Any, datasette: Any) -> Any:
    """What was recorded with a form that was signed here, and a copy of it."""
    found = await asked_testimony(datasette, request)
    if not isinstance(found, Testimony):
        return found
    digest = request.url_vars["sha256"]
    paper = await _paper(request, datasette, found)
    if paper is None:
        return await missing(datasette, request, _("There is no such form here."))
    if request.url_vars["suffix"]:
        named = f"{found.entry.accession}-{digest[:8]}.html"
        headers = {"content-security-policy": PAPER_POLICY, "content-disposition": disposition("inline", named)}
        return answer(request, paper.decode(), "text/html", headers=headers)
    history = await read(datasette, request, lambda conn: list(read_history(conn, found.entry.accession)))
    recorded = [words.event_words(one.event) for one in history if one.event.evidence == digest]
    return await page(
        datasette, request, "consent_thanks", {"entry": found.entry, "recorded": recorded, "form": digest}
    )


ROUTES = (
    (r"^/consent-form$", blank),
    (r"^/spoken-consent$", spoken),
    (r"^/testimonies/(?P<accession>[^/]+)/consent$", standing),
    (r"^/testimonies/(?P<accession>[^/]+)/consent-form$", form),
    (r"^/testimonies/(?P<accession>[^/]+)/consent-form/(?P<sha256>[0-9a-f]{64})(?P<suffix>|\.html)\Z", thanks),
)


async def _receive(request: Any, datasette: Any, found: Testimony) -> Any:
    """Record a form that was sent, or show it again with what is wrong; nothing that was filled in is lost."""
    sent = await sent_form(request, LONGEST_FORM)
    with languages.speaking(sent.get("language") or languages.language()):
        try:
            filled = read_form(sent)
            check_form(filled, _today())
            digest = await _sign(datasette, request, found, filled, sent)
        except FaultyForm as error:
            return await _show_form(datasette, request, found, sent, status=400, hint=_(error.hint))
        except ArchiveBusy:
            hint = _("Something else is being written to the archive. Wait a little, then send the form again.")
            return await _show_form(datasette, request, found, sent, status=503, hint=hint)
        except ArchiveError as error:  # the record is damaged, or the clock is wrong
            return await _show_form(datasette, request, found, sent, status=409, hint=str(error))
    return _led_to(Site(datasette).path(f"/testimonies/{found.entry.accession}/consent-form/{digest}"))


async def _sign(datasette: Any, request: Any, found: Testimony, filled: Form, sent: dict[str, str]) -> str:
    """Make the paper and record it. Raises FaultyForm, ArchiveBusy, and ArchiveError for whatever else forbids it."""
    archive = working_archive(datasette)
    number = sent.get("form") or ""
    signers = await _signers(datasette, request, found)
    if len(signers) > 1 and "narrator" not in sent:
        raise FaultyForm(N_("Choose who signs."))
    chosen = [one for one in signers if one.number == filled.narrator]
    if not chosen or not re.fullmatch(r"[0-9a-f]{16}", number) or archive is None:
        raise FaultyForm(N_("The form came here damaged: open it again."))
    at = datetime.now(UTC).astimezone()
    paper = paper_of(datasette, found, Signed(said=sent, form=filled, signer=chosen[0].name, at=at, number=number))
    decided = decisions(filled, at.date(), "")
    name = chosen[0].name if chosen[0].number is not None else None
    return await asyncio.to_thread(
        sign, archive, found.entry.accession, decided, paper.encode(), narrator=name, form=number
    )


async def _paper(request: Any, datasette: Any, found: Testimony) -> bytes | None:
    archive = working_archive(datasette)
    digest = request.url_vars["sha256"]

    def work(conn: sqlite3.Connection) -> bytes | None:
        return signed_paper(archive, conn, found.entry.accession, digest) if archive else None

    return await read(datasette, request, work)


async def _show_form(
    datasette: Any, request: Any, found: Testimony | None, sent: dict[str, str], *, status: int, hint: str = ""
) -> Any:
    signers = await _signers(datasette, request, found) if found else []
    context = {
        "testimony": found,
        "entry": found.entry if found else None,
        "said": sent,
        "signers": signers,
        "parts": list(words.asked_by_part(pictures=has_pictures(found))),
        "hint": hint,
        "number": secrets.token_hex(8),
        "csrf": csrf_token(request),
        "contact": Site(datasette).contact,
        "spoken": languages.language(),
    }
    shown = await page(datasette, request, "consent_form", context, status=status)
    shown.headers.update(SAME_ORIGIN)
    return shown


async def _signers(datasette: Any, request: Any, found: Testimony) -> list[Signer]:
    """Return who can sign here: whoever is named in the catalogue, and an assembly as such."""
    testimony = await read(datasette, request, lambda conn: read_standing(conn, found.entry.accession))
    signers = [
        Signer(number=voice.narrator, name=voice.name if voice.narrator is not None else _("Whoever told it"))
        for voice in testimony.voices
        if voice.narrator is None or voice.name in found.entry.narrators
    ]
    jointly = found.entry.kind == Kind.ASSEMBLY and len(signers) > 1
    return [*([Signer(number=None, name=_("The assembly, together"))] if jointly else []), *signers]


def _told(conn: sqlite3.Connection, accession: str) -> tuple[Standing, list[Recorded]]:
    return read_standing(conn, accession), list(read_history(conn, accession))


def _voices(testimony: Standing, found: Testimony) -> list[tuple[str, str]]:
    """Return name and standing of each voice; whoever does not agree to be named is not."""
    return [
        (voice.name if voice.name in found.entry.narrators else "", words.voice_words(voice, testimony))
        for voice in testimony.voices
    ]


def _who(one: Recorded, found: Testimony) -> str:
    return one.narrator if one.narrator in found.entry.narrators else ""


def _is_named(one: Recorded, testimony: Standing, found: Testimony) -> bool:
    """Whether everybody may be named of whom an event may speak."""
    speaks_of = [one.narrator] if one.narrator else [voice.name for voice in testimony.voices if voice.narrator]
    return all(name in found.entry.narrators for name in speaks_of)


def _table(testimony: Standing, today: date) -> list[tuple[str, list[str]]]:
    """Return the parts of a testimony, each with what may be done with it today, by audience."""
    cells: dict[str, dict[Audience, list[Use]]] = {}
    for artefact, use, decided in answers(testimony, today):
        row = cells.setdefault(_(words.ARTEFACTS[artefact]), {one: [] for one in WIDEST_FIRST})
        for audience in row:
            if decided[audience]:
                row[audience].append(use)
    return [
        (name, [listed([_(words.USES[use]) for use in uses]) for uses in row.values()]) for name, row in cells.items()
    ]


def _reasons(testimony: Standing, found: Testimony, today: date) -> list[str]:
    """Return why not everybody may have more, each reason once; whoever does not agree to be named is not."""
    refusals = [decided[Audience.PUBLIC] for _artefact, _use, decided in answers(testimony, today)]
    named = (*found.entry.narrators, *(voice.name for voice in testimony.voices if voice.narrator is None))
    return list(dict.fromkeys(words.reason(one, named) for one in refusals if not one))


def _led_to(address: str) -> Any:
    from datasette import Response

    return Response.redirect(address, status=303)


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the day where the archive is
