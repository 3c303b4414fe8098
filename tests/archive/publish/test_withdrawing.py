"""Withdrawing: it is recorded, and whatever happens then, nobody sees on the site any longer what was withdrawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.folder import Archive
from archive.publish import publishing
from archive.publish.site import public
from tests.archive.publish.sites import BELL, MARCH, STAIRS, called, on_the_site, published
from tests.builders import rows

WITHDRAWN = "select count(*) from consents where event = 'withdrawn'"


@pytest.fixture
def archive(published_archive: Archive) -> Archive:
    return published_archive


def is_up(archive: Archive) -> bool:
    """Whether there is a site, or anything of one."""
    return (public(archive) / "current").exists() or any((public(archive) / "editions").glob("*"))


def test_it_says_first_where_the_testimony_has_been_and_asks(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    before = on_the_site(archive)
    done = called(archive, monkeypatch, "withdraw", STAIRS, status=1, entered="n\n")
    assert "in an edition of 2026-" in done.output
    assert "passages, sound" in done.output
    assert rows(archive, WITHDRAWN) == [(0,)]
    assert on_the_site(archive) == before


def test_it_is_gone_and_the_receipt_is_there(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    called(archive, monkeypatch, "withdraw", STAIRS, "--yes", "--language", "es", "--receipt", "for-mary.txt")
    assert rows(archive, WITHDRAWN) == [(1,)]
    assert sum(name.startswith("media/") for name in on_the_site(archive)) == 1
    assert STAIRS in Path("for-mary.txt").read_text(encoding="utf-8")
    again = called(archive, monkeypatch, "withdraw", STAIRS, "--yes")
    assert "it does not stand on the site now" in again.output


def test_where_no_edition_can_be_built_the_whole_site_is_taken_down(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("words.txt").write_text("the strike began\n")
    done = called(archive, monkeypatch, "withdraw", STAIRS, "--yes", "--denied", "words.txt", status=1)
    assert "the whole site was taken down" in done.output
    assert not is_up(archive)
    assert "taken down" in Path(f"withdrawal-{STAIRS}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "status"), [(OSError(28, "No space left on device"), 1), (KeyboardInterrupt(), 130), (KeyError("x"), 1)]
)
def test_whatever_goes_wrong_nobody_sees_it_any_longer(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(publishing, "write_edition", fail)
    called(archive, monkeypatch, "withdraw", STAIRS, "--yes", status=status)
    assert not is_up(archive)
    assert rows(archive, WITHDRAWN) == [(1,)]


@pytest.mark.parametrize("more", [["--language", "xx"], ["--receipt", "."], ["--receipt", "nowhere/receipt.txt"]])
def test_what_cannot_be_done_afterwards_is_refused_before(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    called(archive, monkeypatch, "withdraw", STAIRS, "--yes", *more, status=2)
    assert rows(archive, WITHDRAWN) == [(0,)]


def test_without_the_key_to_the_vault_the_site_is_taken_down_and_that_is_said_before(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = on_the_site(archive)
    (archive.path / "vault.age").write_bytes(b"sealed")
    asked = called(archive, monkeypatch, "withdraw", STAIRS, status=1, entered="n\n")
    assert "the whole public site will be taken down" in asked.output
    assert "--identity" in asked.output
    assert on_the_site(archive) == before
    Path("wrong.txt").write_text("no key")
    called(archive, monkeypatch, "withdraw", STAIRS, "--yes", "--identity", "wrong.txt", status=1)
    assert not is_up(archive)
    assert rows(archive, WITHDRAWN) == [(1,)]


def copies(archive: Archive) -> list[str]:
    """The encoded recordings that are kept."""
    return [path.name for path in (archive.derived / "published").glob("*.m4a")]


def test_what_is_withdrawn_is_kept_encoded_nowhere_also_where_no_site_can_be_built(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(copies(archive)) == 2
    Path("words.txt").write_text("the strike began\n")
    called(archive, monkeypatch, "withdraw", STAIRS, "--yes", "--denied", "words.txt", status=1)
    assert len(copies(archive)) == 1


def test_what_the_site_shows_counts_not_what_the_ledger_says_last(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was killed between ledger and switch left a ledger that is ahead of the site."""
    with archive.write() as db:
        db.execute(
            "insert into publications (built_at, sha256, contents) "
            "select built_at, 'x', json_remove(contents, ?) from publications",
            [f'$.testimonies."{STAIRS}"'],
        )
    called(archive, monkeypatch, "withdraw", STAIRS, "--yes")
    assert sum(name.startswith("media/") for name in on_the_site(archive)) == 1
    assert published(archive).contents.keys() == {BELL, MARCH}


def test_a_site_is_taken_down_with_everything_that_lies_there(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    called(archive, monkeypatch, "unpublish", status=1, entered="n\n")
    assert is_up(archive)
    assert "the site is down" in called(archive, monkeypatch, "unpublish", "--yes").output
    assert not is_up(archive)
    assert "there was no site" in called(archive, monkeypatch, "unpublish", "--yes").output
    published(archive)
    assert is_up(archive)
