"""`conricerca vault`: who stands behind a narrator's name, opened by an explicit command only."""

from __future__ import annotations

from pathlib import Path

import click

from archive.folder import open_archive
from archive.printable import json_line, printable

IDENTITY = click.option(
    "-i",
    "--identity",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    envvar="CONRICERCA_IDENTITY",
    required=True,
    help="The file with the secret key. Also from the environment variable CONRICERCA_IDENTITY.",
)


@click.group()
def vault() -> None:
    """Real names and contacts, encrypted and apart: the archive itself holds pseudonyms."""


@vault.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def key(target: Path) -> None:
    """Make a secret key in FILE, and print its public key. Keep FILE outside the archive, and a copy elsewhere."""
    from archive.vault import make_identity

    click.echo(make_identity(target))


@vault.command()
@click.option("--recipient", "recipients", multiple=True, metavar="age1…", help="A public key that opens it.")
@click.pass_obj
def create(folder: Path, recipients: tuple[str, ...]) -> None:
    """Make an empty vault. Name two public keys, of two people: a lost key is a lost vault."""
    from archive.vault import create_vault

    made = create_vault(open_archive(folder).path, recipients)
    click.echo(f"vault.age: {len(made.recipients)} can open it")


@vault.command()
@click.argument("narrator")
@click.option("--real-name", prompt=True, help="Asked for where it is left out, so that no shell remembers it.")
@click.option("--contact", help="Telephone or address.")
@click.option("--notes", help="What else must be remembered.")
@IDENTITY
@click.pass_obj
def add(folder: Path, narrator: str, real_name: str, contact: str | None, notes: str | None, identity: Path) -> None:
    """Say who stands behind NARRATOR, in place of what was said before."""
    from archive.vault import Person, change_vault

    person = Person(narrator=narrator, real_name=real_name, contact=contact, notes=notes)
    changed = change_vault(open_archive(folder).path, identity, lambda opened: opened.with_person(person))
    click.echo(f"vault.age: {len(changed.people)} people")


@vault.command()
@click.argument("narrator")
@IDENTITY
@click.pass_obj
def forget(folder: Path, narrator: str, identity: Path) -> None:
    """Take out who stands behind NARRATOR."""
    from archive.vault import change_vault

    changed = change_vault(open_archive(folder).path, identity, lambda opened: opened.without(narrator))
    click.echo(f"vault.age: {len(changed.people)} people")


@vault.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@IDENTITY
@click.pass_obj
def reveal(folder: Path, as_json: bool, identity: Path) -> None:
    """Print who stands behind which name. Mind who can see the screen."""
    from dataclasses import asdict

    from archive.vault import open_vault

    for person in open_vault(open_archive(folder).path, identity).people:
        said = [person.narrator, person.real_name, person.contact, person.notes]
        click.echo(json_line(asdict(person)) if as_json else printable("  ".join(one for one in said if one)))


@vault.command()
@click.confirmation_option(prompt="Nobody will know any more who stands behind the names. Destroy the vault?")
@click.pass_obj
def destroy(folder: Path) -> None:
    """Remove the vault for good. The archive works on; copies of the vault elsewhere stay."""
    from archive.vault import destroy_vault

    destroy_vault(open_archive(folder).path)
    click.echo("the vault is gone; delete its copies too, in backups and on other disks")
