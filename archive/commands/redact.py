"""`conricerca redact`: what must not be published, marked once for text and sound, and decided by people."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import click

from archive.folder import open_archive
from archive.printable import json_line, printable

STATES = ("proposed", "approved", "rejected")
ONLY_PROPOSED = click.option("--propose", "only_proposed", is_flag=True, help="Let somebody else approve it.")
PSEUDONYM = "What is said instead; else a sign that something was left out."


class Moment(click.ParamType[float]):
    """A time in a recording: 12:03, 1:02:03.5 or seconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the time."""
        from transcripts.timecode import parse_timecode

        try:
            return float(value) if ":" not in str(value) else parse_timecode(str(value))
        except ValueError:
            self.fail(f"{value!r} is no time: write it as 12:03 or 1:02:03", param, ctx)


@click.group()
def redact() -> None:
    """What must not be published: marked once, gone from text and sound. The original stays as it is.

    \b
        conricerca redact propose 2026.014
        conricerca redact list 2026.014 --state proposed
        conricerca redact approve 12 13
        conricerca redact everywhere "Anna Rossi" --as "Luz"
        conricerca redact preview 2026.014 listen.m4a
    """


@redact.command("list")
@click.argument("accession", required=False)
@click.option("--state", type=click.Choice(STATES), help="Only these.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_redactions(folder: Path, accession: str | None, state: str | None, as_json: bool) -> None:
    """List the marks of a testimony, or of all: number, state, time, words, why, and what is said instead."""
    from archive.redaction_report import mark_line, mark_row, readable_redactions
    from archive.redactions import State

    with closing(open_archive(folder).read()) as db:
        for seen in readable_redactions(db.conn, accession, State(state) if state else None):
            click.echo(json_line(mark_row(seen)) if as_json else printable(mark_line(seen)))


@redact.command()
@click.argument("accession")
@click.option("--words", help="The words to leave out, wherever the testimony says them.")
@click.option("--as", "pseudonym", help=PSEUDONYM)
@click.option("--from", "start", type=Moment(), help="Cut the sound from this time on …")
@click.option("--to", "end", type=Moment(), help="… until this one. With --words: when they are said.")
@click.option("--reason", required=True, help="Why; without the words themselves.")
@ONLY_PROPOSED
@click.pass_obj
def mark(
    folder: Path, /, accession: str, words: str | None, start: float | None, end: float | None, **said: Any
) -> None:
    """Mark words of a testimony, or a stretch of its sound.

    \b
        conricerca redact mark 2026.014 --words "Anna Rossi" --as "Luz" --reason "was never known"
        conricerca redact mark 2026.014 --from 12:03 --to 12:41 --reason "a child is heard"
    """
    from archive.store.redactions import mark as mark_words
    from archive.store.redactions import mark_sound

    if (start is None) != (end is None) or (words is None and start is None):
        raise click.UsageError("name --words, or --from and --to")
    if words is None and said["pseudonym"]:
        raise click.UsageError("--as stands for words: name them with --words")
    stretch = None if start is None or end is None else (start, end)
    with open_archive(folder).write() as db:
        if words is not None:
            numbers = mark_words(db, accession, words, _wish(said, stretch))
        elif stretch is not None:
            numbers = (mark_sound(db, accession, *stretch, _wish(said)),)
    _say_marked(numbers, said)


@redact.command()
@click.argument("name")
@click.argument("accessions", nargs=-1, metavar="[ACCESSION]...")
@click.option("--as", "pseudonym", help=PSEUDONYM)
@click.option("--reason", default="a pseudonym", show_default=True, help="Why; without the name itself.")
@ONLY_PROPOSED
@click.pass_obj
def everywhere(folder: Path, /, name: str, accessions: tuple[str, ...], **said: Any) -> None:
    """Mark NAME wherever it is said, in these testimonies or in all; capitals and accents do not count.

    What comes in later is not marked: run it again, or 'conricerca redact propose'.
    """
    from archive.store.redactions import mark_everywhere

    with open_archive(folder).write() as db:
        numbers = mark_everywhere(db, name, _wish(said), accessions)
    _say_marked(numbers, said)


@redact.command()
@click.argument("numbers", nargs=-1, type=int, metavar="[NUMBER]...")
@click.option("--all", "all_of", metavar="ACCESSION", help="All that is proposed for this testimony.")
@click.pass_obj
def approve(folder: Path, numbers: tuple[int, ...], all_of: str | None) -> None:
    """Approve marks: what they mark is not published."""
    from archive.redactions import undecided
    from archive.store.redactions import approve as run
    from archive.store.redactions import number_of

    if not numbers and all_of is None:
        raise click.UsageError("name the numbers of marks, or --all ACCESSION")
    with open_archive(folder).write() as db:
        if all_of is not None:
            numbers += tuple(one.number for one in undecided(db.conn, number_of(db, all_of)))
        decided = run(db, numbers)
    click.echo(f"{len(decided)} approved")


@redact.command()
@click.argument("numbers", nargs=-1, type=int, required=True, metavar="NUMBER...")
@click.pass_obj
def reject(folder: Path, numbers: tuple[int, ...]) -> None:
    """Reject marks, proposed or approved: what they mark may be published, and is not proposed again."""
    from archive.store.redactions import reject as run

    with open_archive(folder).write() as db:
        decided = run(db, numbers)
    click.echo(f"{len(decided)} rejected")


def _wish(said: dict[str, Any], stretch: tuple[float, float] | None = None) -> Any:
    from archive.store.redactions import Wish

    return Wish(reason=said["reason"], replacement=said["pseudonym"], only_proposed=said["only_proposed"], said=stretch)


def _say_marked(numbers: tuple[int, ...], said: dict[str, Any]) -> None:
    state = "proposed" if said["only_proposed"] else "approved"
    named = ", ".join(map(str, numbers[:20])) + (", …" if len(numbers) > 20 else "")
    click.echo(f"{len(numbers)} {'mark' if len(numbers) == 1 else 'marks'} {state}: {named}")
