"""`conricerca describe` and `conricerca narrator`: saying something else of a testimony, or of who tells."""

from __future__ import annotations

from pathlib import Path

import click

from archive.folder import open_archive
from archive.printable import printable

NOTHING = "nothing"


@click.command()
@click.argument("accession")
@click.option("--title", help="The title.")
@click.option("--summary", help="A summary.")
@click.option("--collection", help="The collection that it belongs to.")
@click.option("--label", help="A notice that is shown with the title everywhere.")
@click.option("--place", help="Where it was recorded.")
@click.option("--recorded-on", help="2026-11-22, 2026-11 or 2026.")
@click.option("--language", help="The language spoken: en, es, fr, … or its English name.")
@click.option("--source", "sources", multiple=True, help="Where it comes from; again for each further one.")
@click.pass_obj
def describe(folder: Path, /, accession: str, sources: tuple[str, ...], **said: str | None) -> None:
    """Say of a testimony something else than the archive says; '' clears what it says.

    \b
        conricerca describe 2026.014 --title "The docks in winter" --summary ""
        conricerca describe 2026.014 --recorded-on 1979 --place Turin
    """
    from archive.store.amending import amend_description

    wanted = {name: _checked(name, value) for name, value in said.items() if value is not None}
    if sources:
        wanted["sources"] = "\n".join(filter(None, (_checked("source", one) for one in sources)))
    if not wanted:
        raise click.UsageError("say what is to be said instead, such as --title")
    with open_archive(folder).write() as db:
        changes = amend_description(db, accession, wanted)
    for change in changes:
        name = change.field.replace("_", " ")
        click.echo(printable(f"{accession}: {name}: was {_shown(change.before)}, is {_shown(change.after)}"))
    if not changes:
        click.echo(printable(f"{accession}: it says so already"))
    if any(change.field == "language" for change in changes):
        click.echo("'conricerca tag --again' looks for terms in the language that it has now", err=True)


@click.group()
def narrator() -> None:
    """Who tells, under the name by which they want to be known."""


@narrator.command()
@click.argument("old")
@click.argument("new")
@click.pass_obj
def rename(folder: Path, old: str, new: str) -> None:
    """Call the narrator OLD by the name NEW, in all that they told. The log does not keep the old name.

    \b
        conricerca narrator rename "Ana R." "Rosa"
    """
    from archive.descriptive import storable
    from archive.store.amending import rename_narrator
    from archive.vault import NAME

    archive = open_archive(folder)
    with archive.write() as db:
        told = rename_narrator(db, old, storable(new))
    where = ", ".join(told) if told else "no testimony"
    click.echo(printable(f"{storable(new)}: so called from now on, in {where}"))
    hint = f"look for the old name in what is said, too: conricerca redact everywhere {old!r} --as {storable(new)!r}"
    click.echo(printable(hint), err=True)
    if (archive.path / NAME).exists():
        click.echo("the vault still has them under the old name: 'conricerca vault add' with the new one", err=True)


def _checked(name: str, value: str) -> str:
    """Return what is said of a field as it can be kept. Raises CannotBeAmended."""
    from archive.descriptive import is_day, storable
    from archive.store.amending import CannotBeAmended
    from transcripts.languages import language_code

    text = storable(value)
    if name == "recorded_on" and text and not is_day(text):
        raise CannotBeAmended(f"{text!r} is no day: write 2026-11-22, 2026-11 or 2026")
    if name == "language" and text:
        code = language_code(text)
        if code is None:
            raise CannotBeAmended(
                f"language {text!r} is not known: write a code such as en, es, fr or its English name"
            )
        return code
    return text


def _shown(value: str | None) -> str:
    return f"“{value}”" if value else NOTHING
