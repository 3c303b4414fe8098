"""Real names lie in the vault alone; the archive works without it, and it opens to its keys alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner, Result

from archive.folder import Archive
from archive.vault import (
    NAME,
    Person,
    VaultError,
    change_vault,
    create_vault,
    destroy_vault,
    make_identity,
    open_vault,
    secrets,
)
from cli import main
from tests.builders import a_testimony, an_archive

ANA = Person(narrator="Ana", real_name="Zoraida Quintanilla", contact="+34 600 000 000")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return an_archive(tmp_path / "archive")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    make_identity(tmp_path / "key.txt")
    return tmp_path / "key.txt"


def public(key: Path) -> str:
    return key.read_text().splitlines()[0].removeprefix("# public key: ")


def test_what_is_put_in_comes_out_and_stands_nowhere_in_clear(archive: Archive, key: Path) -> None:
    create_vault(archive.path, [public(key)])
    change_vault(archive.path, key, lambda vault: vault.with_person(ANA))
    opened = open_vault(archive.path, key)
    assert opened.people == (ANA,)
    assert set(secrets(opened)) == {"Zoraida Quintanilla", "+34 600 000 000"}
    for file in archive.path.rglob("*"):
        assert not file.is_file() or b"Quintanilla" not in file.read_bytes()
    assert stat.S_IMODE((archive.path / NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_each_of_its_keys_opens_it_and_no_other(archive: Archive, key: Path, tmp_path: Path) -> None:
    second, third = tmp_path / "second.txt", tmp_path / "third.txt"
    recipients = [public(key), make_identity(second)]
    make_identity(third)
    create_vault(archive.path, recipients)
    change_vault(archive.path, second, lambda vault: vault.with_person(ANA))
    assert open_vault(archive.path, key) == open_vault(archive.path, second)
    before = (archive.path / NAME).read_bytes()
    with pytest.raises(VaultError, match="does not open the vault"):
        change_vault(archive.path, third, lambda vault: vault.with_person(ANA))
    assert (archive.path / NAME).read_bytes() == before


def test_any_age_program_opens_it(archive: Archive, key: Path) -> None:
    create_vault(archive.path, [public(key)])
    identity = pyrage.x25519.Identity.from_str(key.read_text().splitlines()[1])
    assert pyrage.decrypt((archive.path / NAME).read_bytes(), [identity]).startswith(b'{"recipients"')


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data[:200] + b"x" + data[201:], lambda _: b""])
def test_a_damaged_vault_is_said_to_be_damaged(archive: Archive, key: Path, damage: object) -> None:
    create_vault(archive.path, [public(key)])
    path = archive.path / NAME
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(VaultError, match="damaged"):
        open_vault(archive.path, key)


def test_a_key_inside_the_archive_is_refused(archive: Archive) -> None:
    make_identity(archive.path / "key.txt")
    create_vault(archive.path, [public(archive.path / "key.txt")])
    with pytest.raises(VaultError, match="keep the key elsewhere"):
        open_vault(archive.path, archive.path / "key.txt")


def test_a_key_is_never_written_over_and_a_vault_is_never_made_twice(archive: Archive, key: Path) -> None:
    with pytest.raises(VaultError, match="never written over"):
        make_identity(key)
    create_vault(archive.path, [public(key)])
    with pytest.raises(VaultError, match="there is a vault already"):
        create_vault(archive.path, [public(key)])
    for wrong, why in (([], "at least one public key"), (["age1nonsense"], "begins with age1")):
        destroy_vault(archive.path) if (archive.path / NAME).exists() else None
        with pytest.raises(VaultError, match=why):
            create_vault(archive.path, wrong)


def run(archive: Archive, *arguments: str, said: str = "") -> Result:
    return CliRunner().invoke(main, ["-C", str(archive.path), *arguments], input=said)


def test_a_story_on_the_command_line(archive: Archive, tmp_path: Path) -> None:
    key = tmp_path / "key.txt"
    recipient = run(archive, "vault", "key", str(key)).output.strip()
    assert run(archive, "vault", "create", "--recipient", recipient).exit_code == 0
    asked = run(archive, "vault", "add", "Ana", "-i", str(key), said="Zoraida Quintanilla\n")
    assert asked.exit_code == 0
    assert "Zoraida Quintanilla" in run(archive, "vault", "reveal", "-i", str(key)).output
    assert run(archive, "vault", "forget", "Eve", "-i", str(key)).exit_code == 1
    assert run(archive, "vault", "destroy", "--yes").exit_code == 0
    assert not (archive.path / NAME).exists()
    with archive.write() as db:
        a_testimony(db, "The archive works on.")
    assert run(archive, "search", "works").output.count("works") == 1
