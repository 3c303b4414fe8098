"""`conricerca note`: what a community wants said before a testimony is read or played."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from archive.folder import open_archive
from archive.printable import json_line, printable

_CODE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")  # also of languages that nobody can transcribe yet


class Language(click.ParamType[str]):
    """A language by code or English name."""

    name = "language"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the code."""
        from transcripts.languages import language_code

        said = str(value).strip()
        code = language_code(said) or (said.lower() if _CODE.fullmatch(said) else None)
        return code or self.fail(f"{value!r} is no language: write its code, such as it or nah", param, ctx)


@click.group()
def note() -> None:
    """Notes and labels in the community's own words, shown before a testimony is read or played."""


@note.command()
@click.argument("accession")
@click.argument("text")
@click.option("--label", is_flag=True, help="A label that stands with the title, in place of a note beforehand.")
@click.option("--language", type=Language(), help="The language of TEXT; write one note for each that readers speak.")
@click.pass_obj
def add(folder: Path, accession: str, text: str, label: bool, language: str | None) -> None:
    """Add TEXT to a testimony.

    \b
        conricerca note add 2026.014 "She tells of a death in custody." --language en
        conricerca note add 2026.014 "Told for the women of the valley" --label
    """
    from archive.content_notes import NoteKind
    from archive.store.content_notes import add_note

    kind = NoteKind.LABEL if label else NoteKind.NOTE
    with open_archive(folder).write() as db:
        number = add_note(db, accession, kind, text, language=language)
    click.echo(printable(f"{accession}: {kind} {number} added"))


@note.command("list")
@click.argument("accession", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for scripts.")
@click.pass_obj
def list_(folder: Path, accession: str | None, as_json: bool) -> None:
    """List the notes and labels of one testimony, or of all."""
    from archive.content_notes import read_notes

    with closing(open_archive(folder).read()) as db:
        for one in read_notes(db.conn, [accession] if accession else None):
            if as_json:
                click.echo(json_line(asdict(one)))
            else:
                said = f"{one.accession}  {one.number}  {one.kind}  {one.language or '-'}  {one.text}"
                click.echo(printable(said))


@note.command()
@click.argument("accession")
@click.argument("number", type=int)
@click.pass_obj
def remove(folder: Path, accession: str, number: int) -> None:
    """Take away note or label NUMBER, as 'note list' shows it."""
    from archive.store.content_notes import remove_note

    with open_archive(folder).write() as db:
        remove_note(db, accession, number)
    click.echo(printable(f"{accession}: {number} removed"))
