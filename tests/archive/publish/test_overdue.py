"""What is public and should not be is said after every event that closes something, until somebody has published."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from archive.consent import Artefact, Attribution, Audience, Happening, Use
from archive.folder import Archive
from archive.publish.overdue import still_public
from archive.publish.site import take_down
from archive.web import serving
from tests.archive.publish.editions import DAY, EVERYTHING, decide, event
from tests.archive.publish.sites import BELL, MARCH, STAIRS, a_small_archive, called, published
from tests.builders import rows

ALL_OF_IT, WORDS = f"{STAIRS} is still public", f"{STAIRS} (transcript) is still public"
RECORDED = {  # what is recorded, and what is said then
    "consent is taken back for a part": (
        ("record", STAIRS, "revoked", "--narrator", "Mary", "--artefact", "audio", "--use", "listen", "--audience",
         "public"),
        f"{STAIRS} (sound) is still public",
    ),
    "an embargo": (("record", STAIRS, "embargo-set", "--until", "2090-01-01"), ALL_OF_IT),
    "a request to take it down": (("record", STAIRS, "takedown-asked"), ALL_OF_IT),
    "changes are asked for": (("record", STAIRS, "changes-asked", "--narrator", "Mary"), WORDS),
    "a withdrawal that is only recorded": (("withdraw", STAIRS), ALL_OF_IT),
    "something that closes nothing": (("record", STAIRS, "participation-agreed"), None),
}  # fmt: skip


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive that is published."""
    archive = a_small_archive(tmp_path_factory.mktemp("once") / "archive")
    published(archive)
    return archive


@pytest.fixture
def archive(once: Archive, tmp_path: Path) -> Archive:
    """The same, to record something in."""
    return Archive(Path(shutil.copytree(once.path, tmp_path / "archive", symlinks=True)))


@pytest.mark.parametrize("what", RECORDED)
def test_it_is_said_after_every_event_that_closes_something(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    arguments, line = RECORDED[what]
    done = called(archive, monkeypatch, "consent", *arguments)
    assert ("is still public" in done.output) is (line is not None)
    if line:
        assert line in done.output
        assert f"'conricerca publish', or 'conricerca withdraw {STAIRS}', or 'conricerca unpublish'" in done.output
        assert line in called(archive, monkeypatch, "status").output
        assert json.loads(called(archive, monkeypatch, "status", "--json").output)["still_public"]


def test_the_copy_of_a_withdrawn_recording_is_removed_also_where_that_is_only_recorded(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    called(archive, monkeypatch, "consent", "withdraw", STAIRS)
    assert len(list((archive.derived / "published").glob("*.m4a"))) == 1


@pytest.mark.parametrize("public", [[], ["--public"]])
def test_it_is_said_when_the_archive_or_the_site_is_served(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, public: list[str]
) -> None:
    for name in ("serve_private", "serve_edition"):
        monkeypatch.setattr(serving, name, lambda *_, **__: None)
    called(archive, monkeypatch, "consent", "withdraw", STAIRS)
    assert ALL_OF_IT in called(archive, monkeypatch, "serve", *public).output


def test_it_is_said_first_when_publishing_fails_and_no_more_once_it_is_published(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    called(archive, monkeypatch, "consent", "withdraw", STAIRS)
    words = archive.path / "words.txt"
    words.write_text("the strike began\nbaker of the square\n")
    said = called(archive, monkeypatch, "publish", "--denied", str(words), status=1).output
    assert said.index(ALL_OF_IT) < said.index("nothing was published")
    assert "\\n" not in said
    assert [line for line in said.splitlines() if line.startswith("  - ")]
    published(archive)
    assert still_public(archive, DAY) == ()


def test_a_grant_that_has_run_out_is_still_public(archive: Archive) -> None:
    with archive.write() as db:
        once_granted = event(Happening.REVOKED, **EVERYTHING)
        decide(db, BELL, once_granted)
        ends = {"until": date(2026, 12, 31), "attribution": Attribution.NAME}
        decide(db, BELL, event(Happening.GRANTED, **EVERYTHING, **ends))
    assert still_public(archive, DAY) == ()
    assert [one.accession for one in still_public(archive, date(2027, 1, 1))] == [BELL]


def test_a_name_that_is_not_to_be_known_any_more(archive: Archive) -> None:
    with archive.write() as db:
        entry = {"artefacts": frozenset({Artefact.CATALOGUE_ENTRY}), "uses": frozenset({Use.READ})}
        said = {"audience": Audience.PUBLIC, "attribution": Attribution.ROLE}
        decide(db, MARCH, event(Happening.GRANTED, **entry, **said))
    assert [(one.accession, one.parts) for one in still_public(archive, DAY)] == [(MARCH, ("a narrator's name",))]


def test_what_an_edition_shows_that_nobody_noted(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    called(archive, monkeypatch, "consent", "withdraw", STAIRS)
    for change in ("sha256 = 'x'", "contents = json_remove(contents, '$.permitted')"):
        with archive.write() as db:
            [(before, contents)] = rows(archive, "select sha256, contents from publications")
            db.execute(f"update publications set {change}")
        assert [one.accession for one in still_public(archive, DAY)] == [STAIRS]
        with archive.write() as db:
            db.execute("update publications set sha256 = ?, contents = ?", [before, contents])
    take_down(archive)
    assert still_public(archive, DAY) == ()
