"""A receipt says what was done, and no more: for all of a testimony, or for one of those who tell in it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from archive.consent import Attribution, Happening
from archive.consents import read_standing
from archive.folder import Archive
from archive.publish.overdue import still_public
from archive.publish.receipt import receipt_path
from archive.records import Description
from archive.store.browsing import refresh_counts
from tests.archive.publish.editions import DAY, EVERYTHING, approve, decide, event
from tests.archive.publish.sites import called, published
from tests.builders import a_testimony, an_archive
from tests.web.served import tag

BOTH = "2026.001"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """What Ana and Eva tell together, by name; published twice, which is the same edition."""
    archive = an_archive(tmp_path_factory.mktemp("once") / "archive")
    with archive.write() as db:
        said = Description(title="The bell", narrators=("Ana", "Eva"), language="en")
        a_testimony(
            db, "I rang the bell in Turin.", "I barred the stairs.", digest="c1", description=said,
            speakers=["Ana", "Eva"],
        )  # fmt: skip
        tag(db)
        for voice in read_standing(db.conn, BOTH).voices:
            granted = event(Happening.GRANTED, narrator=voice.narrator, attribution=Attribution.NAME, **EVERYTHING)
            decide(db, BOTH, granted)
            approve(db, BOTH, voice.narrator)
        refresh_counts(db)
    published(archive)
    published(archive)
    return archive


@pytest.fixture
def archive(once: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """The same; receipts are written beside it."""
    monkeypatch.chdir(tmp_path)
    return Archive(Path(shutil.copytree(once.path, tmp_path / "archive", symlinks=True)))


def test_one_of_two_withdraws_and_then_the_other(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = called(archive, monkeypatch, "withdraw", BOTH, "--narrator", "Ana", status=1, entered="n\n").output
    assert "the words and the name of Ana leave every page" in asked
    assert "in an edition of 2026-" in asked
    assert "the whole site stays down" in asked

    called(archive, monkeypatch, "withdraw", BOTH, "--narrator", "Ana", "--yes")
    anas = Path(f"withdrawal-{BOTH}-ana.txt").read_text(encoding="utf-8")
    assert f"Your part of the testimony {BOTH} is withdrawn" in anas
    assert "The words of the others stay." in anas
    assert "without your words and your name" in anas
    assert re.search(r"in an edition of \w+ \d+, 2026\.", anas)
    assert "It left the search" not in anas
    assert "it is closed" not in anas
    assert "recording was removed" not in anas  # there was none

    called(archive, monkeypatch, "withdraw", BOTH, "--narrator", "eva", "--yes")
    evas = Path(f"withdrawal-{BOTH}-eva.txt").read_text(encoding="utf-8")
    assert f"Your testimony {BOTH} is withdrawn" in evas
    assert "It left the search" in evas
    assert Path(f"withdrawal-{BOTH}-ana.txt").read_text(encoding="utf-8") == anas


def test_one_of_two_is_public_with_words_and_name_until_somebody_publishes(archive: Archive) -> None:
    with archive.write() as db:
        decide(db, BOTH, event(Happening.WITHDRAWN, narrator=1))
    [overdue] = still_public(archive, DAY)
    assert "transcript" in overdue.parts
    assert "a narrator's name" in overdue.parts
    published(archive)
    assert still_public(archive, DAY) == ()


def test_a_receipt_is_never_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert receipt_path(None, BOTH, "Ana María/Luz") == Path(f"withdrawal-{BOTH}-ana-maría-luz.txt")
    wanted = Path("for-ana.txt")
    for name in ("for-ana.txt", "for-ana-2.txt", "for-ana-3.txt"):
        assert receipt_path(wanted, BOTH, None) == Path(name)
        Path(name).touch()


def test_a_receipt_that_cannot_be_written_is_printed(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    monkeypatch.setattr("archive.publish.withdrawal.publish", lambda *_: published(archive))
    monkeypatch.setattr("archive.publish.withdrawal.is_shown", lambda *_: False)
    done = called(archive, monkeypatch, "withdraw", BOTH, "--yes")
    assert "copy it from here" in done.output
    assert f"Your testimony {BOTH} is withdrawn" in done.output


def test_a_key_without_a_vault_is_said_to_open_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("key.txt").write_text("AGE-SECRET-KEY-1")
    done = called(archive, monkeypatch, "publish", "--dry-run", "--identity", "key.txt")
    assert "there is no vault.age in this archive" in done.output
