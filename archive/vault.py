"""The vault: real names and contacts, encrypted with age, apart from everything else.

`vault.age` is one file that any age program opens with an identity of one of its recipients; inside is JSON. Nothing in
the archive needs it: whoever destroys it has a working archive of pseudonyms. It is decrypted in memory only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyrage

from archive.errors import ArchiveError

NAME = "vault.age"


class VaultError(ArchiveError):
    """The vault cannot be opened, or not written; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who stands behind a narrator's name. `narrator` is the name under which the archive knows them."""

    narrator: str
    real_name: str
    contact: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """What an open vault holds: its people by narrator, and the public keys (`age1…`) that can open it."""

    recipients: tuple[str, ...]
    people: tuple[Person, ...] = ()

    def with_person(self, person: Person) -> Vault:
        """Return the vault with this person in place of whoever stood behind the same narrator."""
        others = tuple(one for one in self.people if one.narrator.casefold() != person.narrator.casefold())
        return replace(self, people=tuple(sorted((*others, person), key=lambda one: one.narrator.casefold())))

    def without(self, narrator: str) -> Vault:
        """Return the vault without the person behind this narrator."""
        kept = tuple(one for one in self.people if one.narrator.casefold() != narrator.casefold())
        if kept == self.people:
            raise VaultError(f"the vault knows nobody behind {narrator}")
        return replace(self, people=kept)


def make_identity(target: Path) -> str:
    """Write a new secret key to a file for its owner alone and return its public key. Raises VaultError."""
    identity = pyrage.x25519.Identity.generate()
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise VaultError(f"{target} is there already: a key is never written over") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


def create_vault(folder: Path, recipients: Sequence[str]) -> Vault:
    """Make an empty vault that any of these public keys opens. Raises VaultError."""
    if (folder / NAME).exists():
        raise VaultError(f"there is a vault already ({folder / NAME}): destroy it first")
    if not recipients:
        raise VaultError("name at least one public key (--recipient age1…), better two: a lost key is a lost vault")
    vault = Vault(recipients=tuple(recipients))
    _write(folder / NAME, vault)
    return vault


def open_vault(folder: Path, identity: Path) -> Vault:
    """Decrypt the vault with the secret key in a file. Raises VaultError."""
    path = folder / NAME
    if not path.is_file():
        raise VaultError("there is no vault here: make one with 'conricerca vault create'")
    if identity.resolve().is_relative_to(folder.resolve()):
        raise VaultError(f"{identity} lies inside the archive: keep the key elsewhere, or the vault protects nobody")
    try:
        opened = json.loads(pyrage.decrypt(path.read_bytes(), _identities(identity)))
    except pyrage.DecryptError as error:
        raise VaultError(f"{identity} does not open the vault, or the vault is damaged: nothing was changed") from error
    return Vault(recipients=tuple(opened["recipients"]), people=tuple(Person(**person) for person in opened["people"]))


def change_vault(folder: Path, identity: Path, change: Callable[[Vault], Vault]) -> Vault:
    """Open the vault, change what it holds, and write it again, whole or not at all. Raises VaultError."""
    changed = change(open_vault(folder, identity))
    _write(folder / NAME, changed)
    return changed


def destroy_vault(folder: Path) -> None:
    """Remove the vault: nobody can say any more who stands behind a name. Copies elsewhere stay."""
    path = folder / NAME
    if not path.is_file():
        raise VaultError("there is no vault here")
    path.unlink()


def secrets(vault: Vault) -> Iterable[str]:
    """Yield everything in the vault that must be in nothing that is published: names and contacts."""
    for person in vault.people:
        yield person.real_name
        if person.contact:
            yield person.contact


def _write(path: Path, vault: Vault) -> None:
    said: dict[str, Any] = {"recipients": vault.recipients, "people": [asdict(person) for person in vault.people]}
    try:
        keys = [pyrage.x25519.Recipient.from_str(one) for one in vault.recipients]
    except pyrage.RecipientError as error:
        raise VaultError("a public key begins with age1: 'conricerca vault key FILE' makes one") from error
    sealed = pyrage.encrypt(json.dumps(said, ensure_ascii=False).encode(), keys)
    part = path.with_name(f".{path.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _identities(path: Path) -> list[Any]:
    """Return the secret keys of a file as age writes it: one a line, `#` begins a remark."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [pyrage.x25519.Identity.from_str(line.strip()) for line in lines if line.strip() and line[0] != "#"]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise VaultError(f"{path} is no key of age: 'conricerca vault key FILE' makes one") from error
