"""From the first step of a withdrawal on nobody sees the testimony, whatever breaks off; whoever comes next ends it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from archive.folder import Archive
from archive.publish import publishing, withdrawal
from archive.publish.closing import Begun, begin, begin_unpublishing, begun, end
from archive.publish.publishing import TakenAwayMeanwhile
from archive.publish.site import close, public
from archive.store import consents
from archive.web.serving import Published
from tests.archive.publish.editions import DAY
from tests.archive.publish.sites import MARCH, SECRET, STAIRS, called, published
from tests.builders import rows
from tests.web.served import awaited

WITHDRAWN = "select count(*) from consents where event = 'withdrawn'"
KILLED = (  # the command, which is killed where it reaches one function
    "import os, signal, sys\n"
    "from archive.publish import publishing, withdrawal\n"
    "module, name = sys.argv.pop(1).split('.')\n"
    "setattr(globals()[module], name, lambda *said, **more: os.kill(os.getpid(), signal.SIGKILL))\n"
    "from cli import main\n"
    "if __name__ == '__main__':\n"
    "    main()\n"
)
STEPS = {
    "noted, not closed": "withdrawal.close",
    "closed, not recorded": "withdrawal.record_withdrawal",
    "recorded, editions still there": "withdrawal.remove_others",
    "recorded, nothing built": "withdrawal.publish",
    "a new edition in its place": "publishing.end",
}


@pytest.fixture
def archive(published_archive: Archive) -> Archive:
    return published_archive


def answered(site: Published, accession: str) -> int:
    """The status of its page."""

    async def asked() -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=site), base_url="http://site") as client:
            return (await client.get(f"/testimonies/{accession}")).status_code

    return awaited(asked())


def status(archive: Archive, accession: str) -> int:
    """What a site that is started now answers; 503 where there is none to start."""
    return answered(Published(public(archive)), accession) if (public(archive) / "current").is_dir() else 503


def a_note(**said: Any) -> Begun:
    return Begun(**{"accession": STAIRS, "narrator": None, "on": DAY, "after": 10_000} | said)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_nobody_sees_it_and_the_next_run_ends_it(archive: Archive, step: str) -> None:
    command = [sys.executable, "-c", KILLED, STEPS[step], "-C", str(archive.path), "withdraw", STAIRS, "--yes"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert status(archive, STAIRS) != 200
    if step == "noted, not closed":
        assert status(archive, MARCH) == 503
    report = published(archive)
    assert STAIRS not in report.contents
    assert (status(archive, STAIRS), status(archive, MARCH)) == (410, 200)
    assert rows(archive, WITHDRAWN) == [(1,)]
    assert not begun(public(archive))


def test_a_site_answers_nothing_while_what_it_shows_is_being_withdrawn(archive: Archive) -> None:
    site = Published(public(archive))
    assert answered(site, MARCH) == 200
    begin(public(archive), a_note())
    assert {answered(site, STAIRS), answered(site, MARCH)} == {503}
    end(public(archive), [a_note()])
    begin(public(archive), a_note(accession=SECRET))  # which it does not show
    assert answered(site, MARCH) == 200


def test_a_note_that_is_written_by_halves_counts(archive: Archive) -> None:
    (public(archive) / f"withdrawing-{STAIRS}").write_text('{"on": "20')
    assert status(archive, STAIRS) == 503
    assert STAIRS not in published(archive).contents
    assert rows(archive, WITHDRAWN) == [(1,)]


@pytest.mark.parametrize("begins", [lambda at: begin(at, a_note()), begin_unpublishing])
@pytest.mark.parametrize("step", ["seal", "put_in_place"])
def test_what_is_being_published_meanwhile_takes_no_place(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, begins: Callable[[Path], None], step: str
) -> None:
    run = getattr(publishing, step)

    def meanwhile(*said: Any) -> Any:
        begins(public(archive))
        close(archive)
        return run(*said)

    monkeypatch.setattr(publishing, step, meanwhile)
    with pytest.raises(TakenAwayMeanwhile):
        published(archive)
    assert status(archive, STAIRS) == 503


def _chain(archive: Archive, _: pytest.MonkeyPatch) -> None:
    with archive.write() as db:
        db.execute("drop trigger consents_are_never_changed")
        db.execute("update consents set actor = 'somebody else' where id = 2")


def _clock(_: Archive, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(consents, "now", lambda: "2001-01-01T00:00:00+00:00")


def _full(_: Archive, patch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    patch.setattr(withdrawal, "begin", full)


@pytest.mark.parametrize(("plant", "why"), [(_chain, "event 2 was changed"), (_clock, "clock"), (_full, "is full")])
def test_what_cannot_be_recorded_is_not_seen_all_the_same(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, plant: Callable[..., None], why: str
) -> None:
    plant(archive, monkeypatch)
    done = called(archive, monkeypatch, "withdraw", STAIRS, "--yes", status=1)
    assert why in done.output
    assert f"run 'conricerca withdraw {STAIRS}' again" in done.output
    assert rows(archive, WITHDRAWN) == [(0,)]
    assert not (public(archive) / "current").exists()


def test_while_others_write_it_is_closed_waits_and_says_so(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withdrawal, "PATIENCE", 0.1)
    with archive.write():
        done = called(archive, monkeypatch, "withdraw", STAIRS, "--narrator", "mary", "--yes", status=1)
        assert "waiting, at most" in done.output
        assert "wait until it has finished" in done.output
        assert status(archive, STAIRS) == 503
        assert "its files are still there" in called(archive, monkeypatch, "unpublish", "--yes").output
    assert STAIRS not in published(archive).contents
    assert rows(archive, WITHDRAWN) == [(1,)]


def test_a_site_that_cannot_be_closed_is_said_to_be_public(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "public")

    monkeypatch.setattr(withdrawal, "begin", refused)
    monkeypatch.setattr(withdrawal, "close", refused)
    done = called(archive, monkeypatch, "withdraw", STAIRS, "--yes", status=1)
    assert f"{STAIRS} is still public and nothing was recorded" in done.output
    assert "unpublish" in done.output


@pytest.mark.parametrize("damage", [b"no database at all", b"SQLite format 3\0" + b"x" * 5000])
def test_a_site_is_taken_down_also_where_the_archive_is_damaged(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    for path in archive.path.glob("archive.db*"):
        path.unlink()
    archive.database.write_bytes(damage)
    assert "conricerca unpublish" in called(archive, monkeypatch, "withdraw", STAIRS, "--yes", status=1).output
    done = called(archive, monkeypatch, "unpublish", "--yes")
    assert "the site is down, its files are still there" in done.output
    assert status(archive, STAIRS) == 503


def test_who_does_not_tell_in_it_closes_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    done = called(archive, monkeypatch, "withdraw", STAIRS, "--narrator", "Nobody", "--yes", status=1)
    assert "choose among Mary" in done.output
    assert status(archive, STAIRS) == 200
    assert not begun(public(archive))


@pytest.mark.parametrize("command", [["publish"], ["withdraw", STAIRS, "--yes"], ["unpublish", "--yes"]])
def test_files_that_others_left_stop_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    (public(archive) / "editions" / ".DS_Store").write_bytes(b"stray")
    link = public(archive) / "current"
    place = link.resolve()
    link.unlink()
    shutil.copytree(place, link)  # as a copy of the archive has it that followed its links
    assert status(archive, STAIRS) == 200
    called(archive, monkeypatch, *command)
    assert sorted(path.name for path in public(archive).glob("*")) == (
        ["editions"] if command[0] == "unpublish" else ["current", "editions"]
    )
    assert not (public(archive) / "editions" / ".DS_Store").exists()
    assert len(list((public(archive) / "editions").glob("*"))) == (command[0] != "unpublish")


def test_what_cannot_be_removed_is_said(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = public(archive) / "editions" / "stuck"
    monkeypatch.setattr(withdrawal, "remove_others", lambda _: (stuck,))
    done = called(archive, monkeypatch, "withdraw", STAIRS, "--yes")
    assert f"remove it yourself: {stuck}" in done.output
    assert Path(f"withdrawal-{STAIRS}.txt").exists()
