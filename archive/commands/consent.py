"""`conricerca consent`: what narrators and collectives decided, recorded and read."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from archive.consent import Artefact, Attribution, Audience, Event, Happening, Use
from archive.folder import open_archive
from archive.printable import json_line, printable

ALL = "all"
DECIDED = [one.value for one in Happening if one is not Happening.STATED]
ARTEFACTS, USES = [*map(str, Artefact), ALL], [*map(str, Use), ALL]


_UNSAID = {Happening.REVOKED: "members"}  # whoever takes back without saying from whom means everybody else


class Day(click.ParamType[date]):
    """A day as 2026-11-22."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day."""
        try:
            return value if isinstance(value, date) else datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007
        except ValueError:
            self.fail(f"{value!r} is no day: write it as 2026-11-22", param, ctx)


@click.group()
def consent() -> None:
    """What narrators agreed to: record it, read it, prove that nothing was changed."""


@consent.command()
@click.argument("accessions", nargs=-1, required=True, metavar="ACCESSION...")
@click.argument("happening", type=click.Choice(DECIDED), metavar="WHAT")
@click.option("--narrator", help="Who decided; left out where it is decided for the testimony as a whole.")
@click.option("--artefact", "artefacts", multiple=True, type=click.Choice(ARTEFACTS), help="Which parts.")
@click.option("--use", "uses", multiple=True, type=click.Choice(USES), help="What may be done with them.")
@click.option(
    "--audience",
    type=click.Choice([one.name.lower() for one in Audience]),
    help="Granted: for whom, and all nearer ones. Revoked: for whom, and all others; left out, members and public.",
)
@click.option("--until", type=Day(), help="The last day of a grant, or the day on which an embargo ends.")
@click.option("--attribution", type=click.Choice([*map(str, Attribution)]), help="How the narrator wants to be called.")
@click.option("--called", metavar="NAME", help="The name that the narrator chose to be called by.")
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The signed form, or the recording of what was said; it is kept by its hash.",
)
@click.option("--on", type=Day(), show_default="today", help="The day on which it was decided.")
@click.option("--note", help="What was said, in words; no names.")
@click.pass_obj
def record(folder: Path, /, accessions: tuple[str, ...], happening: str, **said: Any) -> None:
    """Record WHAT happened to the consent for testimonies.

    \b
    WHAT: participation-agreed, granted, revoked, embargo-set, embargo-ended, review-sent, review-approved,
    changes-asked, attribution-changed, withdrawn, takedown-asked, takedown-refused, takedown-done

    \b
        conricerca consent record 2026.014 granted --narrator Ana --artefact transcript --use read --use quote \\
            --audience public --attribution pseudonym --evidence form.pdf
        conricerca consent record 2026.014 review-approved --narrator Ana
        conricerca consent record 2026.014 embargo-set --until 2030-01-01
        conricerca consent record 2026.014 attribution-changed --narrator Ana --attribution role
    """
    _record(folder, accessions, _event(Happening(happening), folder, said), said)


@consent.command()
@click.argument("accessions", nargs=-1, required=True, metavar="ACCESSION...")
@click.option("--narrator", help="Who withdraws; left out where the whole testimony is withdrawn.")
@click.option("--on", type=Day(), show_default="today", help="The day on which it was decided.")
@click.option("--note", help="What was said, in words; no names.")
@click.pass_obj
def withdraw(folder: Path, /, accessions: tuple[str, ...], **said: Any) -> None:
    """Only record that consent is withdrawn: these pages forget it at once, the public site does not.

    The whole way, with the public site and a receipt for the narrator, is 'conricerca withdraw'.
    """
    _record(folder, accessions, _event(Happening.WITHDRAWN, folder, said), said)


@consent.command()
@click.argument("accession")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.pass_obj
def show(folder: Path, accession: str, as_json: bool) -> None:
    """Say where a testimony stands: what may be done with it today, for whom, and why not more."""
    from archive.consent_report import report_lines, report_of
    from archive.consents import read_standing

    with closing(open_archive(folder).read()) as db:
        standing = read_standing(db.conn, accession)
    if as_json:
        click.echo(json_line(report_of(standing, _today())))
        return
    for line in report_lines(standing, _today()):
        click.echo(printable(line))


@consent.command()
@click.argument("accession", required=False)
@click.option("--verify", is_flag=True, help="Also prove that no event was changed or taken out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def log(folder: Path, accession: str | None, verify: bool, as_json: bool) -> None:
    """List what happened to the consent for one testimony, or for all."""
    from archive.consent_report import event_line, event_row
    from archive.consents import check_chain, check_evidence, read_history

    archive = open_archive(folder)
    with closing(archive.read()) as db:
        for recorded in read_history(db.conn, accession):
            click.echo(json_line(event_row(recorded)) if as_json else printable(event_line(recorded)))
        if verify:
            last = check_chain(db.conn)
            number = check_evidence(db.conn, archive)
            click.echo(
                f"the record is whole: last event {last[:12]}, {number} pieces of evidence as they were", err=True
            )


def _record(folder: Path, accessions: tuple[str, ...], event: Event, said: dict[str, Any]) -> None:
    from archive.consent_report import event_words
    from archive.declaring import declare
    from archive.publish.overdue import overdue_lines
    from archive.publish.sounds import clear_unheard
    from archive.store.browsing import refresh_counts

    archive = open_archive(folder)
    with archive.write() as db:
        for accession in accessions:
            declare(db, accession, event, narrator=said["narrator"], note=said["note"], today=_today())
            click.echo(printable(f"{accession}: {event_words(event)}"))
        refresh_counts(db)
        if event.happening is Happening.WITHDRAWN:
            clear_unheard(archive, db.conn, _today())
    for line in overdue_lines(archive, _today(), accessions):  # nobody is to believe that it is gone from there too
        click.echo(printable(line), err=True)


def _event(happening: Happening, folder: Path, said: dict[str, Any]) -> Event:
    from archive.media import keep_evidence

    if happening is Happening.GRANTED and not said["audience"]:
        raise click.UsageError("say for whom (--audience): silence is not consent")
    evidence = keep_evidence(open_archive(folder), said["evidence"]) if said.get("evidence") else None
    return Event(
        happening=happening,
        on=said["on"] or _today(),
        artefacts=_chosen(Artefact, said.get("artefacts", ())),
        uses=_chosen(Use, said.get("uses", ())),
        audience=Audience[(said.get("audience") or _UNSAID.get(happening, "narrator")).upper()],
        until=said.get("until"),
        attribution=Attribution(said["attribution"]) if said.get("attribution") else None,
        called=(said.get("called") or "").strip() or None,
        evidence=evidence,
    )


def _chosen(kind: Any, names: tuple[str, ...]) -> frozenset[Any]:
    return frozenset(kind) if ALL in names else frozenset(kind(name) for name in names)


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the day where the archive is
