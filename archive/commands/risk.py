"""`conricerca risk`: who could be recognised, what is published more generally, and what is accepted by name."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from archive.folder import open_archive
from archive.printable import json_line, printable

BY = click.option("--by", metavar="NAME", show_default="who is at this computer", help="Who decided it.")


@click.group()
def risk() -> None:
    """Who could be recognised behind a pseudonym: publish less exactly, or accept it by name.

    'conricerca publish' lists what singles a narrator out, and stops until each is cured or accepted.

    \b
        conricerca risk generalise 2026.014 place:via-roma-12 --to turin
        conricerca risk generalise 2026.014 recorded:1979 --leave-out
        conricerca risk accept Ana place:turin teller:docker --by Maria
        conricerca risk list
    """


@risk.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_decided(folder: Path, as_json: bool) -> None:
    """List what is published more generally or left out, and what was accepted: what, by whom, when."""
    from archive.risk_report import decided_lines, decided_rows

    with closing(open_archive(folder).read()) as db:
        if as_json:
            for row in decided_rows(db.conn):
                click.echo(json_line(row))
            return
        for line in decided_lines(db.conn):
            click.echo(printable(line))


@risk.command()
@click.argument("accessions", nargs=-1, required=True, metavar="ACCESSION...")
@click.argument("what", metavar="FACET:VALUE")
@click.option("--to", "broader", metavar="VALUE", help="What is published instead: a broader term, a decade.")
@click.option("--leave-out", is_flag=True, help="Publish nothing instead.")
@BY
@click.pass_obj
def generalise(
    folder: Path, /, accessions: tuple[str, ...], what: str, broader: str | None, leave_out: bool, by: str | None
) -> None:
    """Publish testimonies with something broader, or without it. The archive itself keeps what was said.

    FACET is place, movement, theme, teller (how they describe themselves), language or recorded (the year). Where the
    text says a place or a movement by its name, a mark is proposed: 'conricerca redact list'.
    """
    from archive.generalising import generalise as decide
    from archive.generalising import value_of
    from archive.store.events import actor

    if leave_out == (broader is not None):
        raise click.UsageError("say what is published instead (--to VALUE), or --leave-out")
    with open_archive(folder).write() as db:
        for accession in accessions:
            change = value_of(db.conn, what, accession)
            instead = value_of(db.conn, f"{change[0]}:{broader}")[1] if broader else None
            done = decide(db, accession, change, instead, by or actor())
            click.echo(printable(f"{accession}: {':'.join(change)}: {f'{instead} instead' if instead else 'left out'}"))
            if done.marks:
                click.echo(f"  {done.marks} marks proposed in the text: conricerca redact list {accession}", err=True)
            if done.still_in:
                click.echo(f"  its {' and its '.join(done.still_in)} still says it: change that", err=True)


@risk.command()
@click.argument("narrator")
@click.argument("combination", nargs=-1, metavar="[FACET:VALUE...]")
@click.option("--all", "everything", is_flag=True, help="Whatever singles them out, until they tell once more.")
@click.option("--by", required=True, metavar="NAME", help="Who accepts it; best the narrator, or who asked them.")
@click.pass_obj
def accept(folder: Path, narrator: str, combination: tuple[str, ...], everything: bool, by: str) -> None:
    """Accept that NARRATOR can be recognised by a combination, and by whatever says more than that."""
    from archive.accepting import accept as decide

    if everything == bool(combination):
        raise click.UsageError("name what is accepted, such as place:turin recorded:1979, or --all")
    with open_archive(folder).write() as db:
        name, accepted = decide(db, narrator, combination, by)
    said = ", ".join(map(":".join, accepted)) or "whatever singles them out"
    click.echo(printable(f"{name}: accepted by {by}: {said}"))


@risk.command()
@click.argument("whose", metavar="ACCESSION|NARRATOR")
@click.argument("what", nargs=-1, metavar="[FACET:VALUE...]")
@click.option("--all", "everything", is_flag=True, help="That everything was accepted.")
@BY
@click.pass_obj
def undo(folder: Path, whose: str, what: tuple[str, ...], everything: bool, by: str | None) -> None:
    """Take back a generalisation of a testimony, or what was accepted of a narrator."""
    from archive.accepting import is_accession, take_back
    from archive.generalising import undo as take_back_generalisation
    from archive.generalising import value_of
    from archive.store.events import actor

    if everything == bool(what):
        raise click.UsageError(
            "name what is taken back, such as place:turin, or --all for what was accepted as a whole"
        )
    with open_archive(folder).write() as db:
        if is_accession(whose):
            for one in what:
                change = value_of(db.conn, one, whose)
                left = take_back_generalisation(db, whose, change, by or actor())
                click.echo(printable(f"{whose}: {':'.join(change)}: published as it was said"))
                if left:
                    click.echo(f"  {left} approved marks stay in the text: conricerca redact list {whose}", err=True)
            if not what:
                raise click.UsageError("--all is for a narrator: name what of the testimony is taken back")
            return
        name = take_back(db, whose, what, by or actor())
    click.echo(printable(f"{name}: no longer accepted"))
