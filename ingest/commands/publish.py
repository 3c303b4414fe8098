"""`conricerca publish`, `withdraw`, `unpublish`: what everybody may see, and what nobody may see any more."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from archive.errors import ArchiveError, UnknownTestimony, mendable
from archive.folder import Archive, open_archive
from archive.printable import json_line, printable
from archive.vault import VaultError

DRY = "nothing was published: this was a dry run"
LANGUAGES = ("en", "es", "fr", "it", "ar")
_OPTIONS = (
    click.option(
        "-i",
        "--identity",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        envvar="CONRICERCA_IDENTITY",
        help="The secret key to the vault, whose names must stand nowhere. Also from CONRICERCA_IDENTITY.",
    ),
    click.option(
        "--denied",
        "denied_file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="A file with more words that must stand nowhere, one a line; with it no key is needed.",
    ),
)


def with_denied(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what must stand nowhere."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@click.option("--dry-run", is_flag=True, help="Build and prove an edition and say what it holds, but publish nothing.")
@with_denied
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
@click.pass_obj
def publish(folder: Path, dry_run: bool, identity: Path | None, denied_file: Path | None, as_json: bool) -> None:
    """Publish what narrators agreed to show to everybody, and nothing else.

    An edition is built anew, proved, and put in the place of the one before; whatever is wrong, the site stays as it
    was. Serve it with 'conricerca serve --public', or copy the folder public/current to where you serve it.
    """
    from archive.publish.publishing import publish as run
    from archive.publish.report import report_lines, report_row

    archive = open_archive(folder)
    wishes = _wishes(archive, identity, denied_file, dry_run=dry_run)
    try:
        report = run(archive, wishes, say)
    except (ArchiveError, OSError, sqlite3.DatabaseError):
        _say_overdue(archive, wishes.on)
        raise
    if report.faults or dry_run:
        _say_overdue(archive, wishes.on)
    if as_json:
        click.echo(json_line(report_row(report)))
    else:
        for line in report_lines(report):
            click.echo(printable(line))
        click.echo(DRY if dry_run else f"published in {archive.path / 'public'}")
    if report.faults:
        click.get_current_context().exit(1)


@click.command()
@click.argument("accession")
@click.option("--narrator", help="Who withdraws; left out where the whole testimony is withdrawn.")
@click.option("--note", help="What was said, in words; no names.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of the receipt."
)
@click.option(
    "--receipt",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Where to write the receipt; a file that is there is never written over.",
    show_default="withdrawal-ACCESSION.txt",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_denied
@click.pass_obj
def withdraw(folder: Path, /, accession: str, yes: bool, **said: Any) -> None:
    """Withdraw a testimony from everywhere: say where it has been, record it, publish without it, write a receipt."""
    from archive.publish.receipt import reach_lines, receipt, receipt_path
    from archive.publish.site import is_up
    from archive.publish.withdrawal import reach_of
    from archive.publish.withdrawal import withdraw as run

    try:
        archive = open_archive(folder)
        reach = reach_of(archive, accession)
    except (ArchiveError, sqlite3.DatabaseError) as error:
        if isinstance(error, UnknownTestimony) or not is_up(Archive(folder)):
            raise
        why = mendable(error) if isinstance(error, sqlite3.DatabaseError) else error
        raise ArchiveError(f"nothing can be recorded, and the site is up: run 'conricerca unpublish'; {why}") from error
    target = receipt_path(said["receipt"], accession, said["narrator"])
    if not os.access(target.absolute().parent, os.W_OK):
        raise click.UsageError(f"the receipt cannot be written to {target}: say where with --receipt")
    wishes, why = _wishes_without_key(archive, said["identity"], said["denied_file"])
    for line in reach_lines(reach, said["narrator"], why):
        click.echo(printable(line))
    if not yes:
        click.confirm("Withdraw it?", abort=True)
    done = run(archive, accession, wishes, narrator=said["narrator"], note=said["note"], say=say)
    _hand_over(target, receipt(done, said["language"]), accession)
    if done.faults:
        say("the whole site was taken down, because no edition could be built:")
        for fault in done.faults:
            say(f"  - {fault}")
        click.get_current_context().exit(1)


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def unpublish(folder: Path, yes: bool) -> None:
    """Take the whole public site down at once; 'conricerca publish' puts it up again."""
    from archive.publish.site import is_up
    from archive.publish.withdrawal import unpublish as run

    archive = Archive(folder)
    if not is_up(archive):  # a site is taken down also where the archive is damaged
        archive = open_archive(folder)
    if not yes:
        click.confirm("Take the whole site down?", abort=True)
    click.echo("the site is down" if run(archive, _today(), say) else "there was no site")


def say(line: object) -> None:
    """Print one line beside what the command answers, whatever others wrote in it."""
    click.echo(printable(line), err=True)


def _hand_over(target: Path, text: str, accession: str) -> None:
    """Write the receipt; where that cannot be, print it: the narrator is to have it."""
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        say(f"the receipt could not be written to {target} ({error.strerror}): copy it from here")
        click.echo("\n".join(printable(line) for line in text.splitlines()))
        return
    click.echo(printable(f"{accession} is withdrawn; the receipt for the narrator is {target}"))


def _say_overdue(archive: Archive, on: date) -> None:
    """Say what is public and should not be, before anything else that went wrong."""
    from archive.publish.overdue import overdue_lines

    with suppress(ArchiveError, OSError, sqlite3.DatabaseError):  # what went wrong is said anyway
        for line in overdue_lines(archive, on):
            say(line)


def _wishes_without_key(archive: Archive, identity: Path | None, denied_file: Path | None) -> tuple[Any, str | None]:
    """Return how to publish after a withdrawal, and why that will not be possible: then the site is taken down."""
    from archive.publish.denied import NamesUnknown
    from archive.publish.publishing import check_names_known

    try:
        wishes = _wishes(archive, identity, denied_file, dry_run=False)
        check_names_known(archive, wishes)
    except NamesUnknown as error:
        return wishes, str(error)
    except VaultError as error:
        return _wishes(archive, None, None, dry_run=False), str(error)
    return wishes, None


def _wishes(archive: Archive, identity: Path | None, denied_file: Path | None, *, dry_run: bool) -> Any:
    from archive.publish.denied import of_file, of_people
    from archive.publish.publishing import Wishes
    from archive.vault import NAME, open_vault

    denied: list[str] | None = None
    if identity is not None:
        if (archive.path / NAME).exists():
            denied = [*of_people(open_vault(archive.path, identity).people)]
        else:
            say(f"there is no {NAME} in this archive, so that the key opens nothing and no real names are looked for")
    if denied_file is not None:
        denied = [*(denied or ()), *of_file(denied_file)]
    return Wishes(on=_today(), denied=denied, encode=_encoder(), dry_run=dry_run)


def _encoder() -> Any:
    """Return what encodes recordings, None where its packages are not installed."""
    try:
        from ingest.listening_copies import encode
    except ModuleNotFoundError:
        return None
    return encode


def _today() -> date:
    return datetime.now(UTC).date()
