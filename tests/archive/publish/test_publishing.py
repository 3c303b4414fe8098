"""Publishing from beginning to end: all of it or nothing, and nothing changes on the site when anything is wrong."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.consent import Attribution, Happening
from archive.consents import BrokenChain, MissingEvidence
from archive.errors import ArchiveError
from archive.folder import Archive
from archive.media import keep_evidence
from archive.publish import publishing, sounds
from archive.publish.denied import NamesUnknown
from archive.publish.gate.interference import SecondWriting
from archive.publish.publishing import NotPublished
from archive.publish.report import report_lines
from archive.publish.site import public
from archive.store.consents import ClockWentBack
from archive.store.redactions import Wish, mark
from ingest.errors import IngestError
from tests.archive.publish.editions import CANARY, agree, decide, event
from tests.archive.publish.sites import (
    BELL,
    MARCH,
    SECRET,
    STAIRS,
    a_small_archive,
    beside_the_site,
    called,
    on_the_site,
    published,
)
from tests.builders import rows
from tests.web.test_stock_datasette import PROGRAM

Patch = pytest.MonkeyPatch
ALONE = "from datasette.cli import cli; cli()"  # Datasette with whatever plugins are installed


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive that was published once; since then the bell was withdrawn, which nobody has published yet."""
    archive = a_small_archive(tmp_path_factory.mktemp("once") / "archive")
    published(archive)
    with archive.write() as db:
        decide(db, BELL, event(Happening.WITHDRAWN))
    return archive


@pytest.fixture
def archive(once: Archive, tmp_path: Path) -> Archive:
    """The same, to publish again."""
    return Archive(Path(shutil.copytree(once.path, tmp_path / "archive", symlinks=True)))


def test_an_edition_takes_the_place_of_the_one_before_and_nothing_else_stays(archive: Archive) -> None:
    before, link = on_the_site(archive), public(archive) / "current"
    replaced = link.resolve()
    published(archive)
    assert link.is_symlink()
    assert link.resolve() != replaced
    assert not replaced.exists()
    assert beside_the_site(archive) == []
    assert sum(name.startswith("media/") for name in before) == 2
    assert sum(name.startswith("media/") for name in on_the_site(archive)) == 1


def test_the_folder_of_an_edition_may_be_read_by_whoever_serves_it(archive: Archive) -> None:
    published(archive)
    site = (public(archive) / "current").resolve()
    assert {path.stat().st_mode & 0o777 for path in [site, *site.rglob("*")] if path.is_dir()} == {0o755}
    assert {path.stat().st_mode & 0o777 for path in site.rglob("*") if path.is_file()} == {0o644}


def test_publishing_the_same_again_changes_nothing_and_mends_what_is_damaged(archive: Archive) -> None:
    published(archive)
    whole, place = on_the_site(archive), (public(archive) / "current").resolve()
    published(archive)
    assert (public(archive) / "current").resolve() == place
    with (place / "public.db").open("rb+") as file:
        file.seek(5000)
        file.write(b"damaged")
    published(archive)
    assert on_the_site(archive) == whole
    assert beside_the_site(archive) == []


def test_a_rebuild_encodes_no_other_recording_again(archive: Archive) -> None:
    def never(*_: object, **__: object) -> Any:
        raise AssertionError("encoded again")

    cached = {path.name: path.stat().st_mtime_ns for path in sounds.cache(archive).glob("*")}
    report = published(archive, encode=never)
    assert report.removed == (BELL,)
    left = {path.name: path.stat().st_mtime_ns for path in sounds.cache(archive).glob("*")}
    assert len(cached) == 4  # two recordings, each with its note
    assert len(left) == 2
    assert left.items() <= cached.items()


def test_what_was_withdrawn_is_neither_on_the_site_nor_kept_for_the_next(archive: Archive) -> None:
    was = {name for name in on_the_site(archive) if name.startswith("media/")}
    published(archive)
    gone = was - set(on_the_site(archive))
    assert len(gone) == 1
    assert not list(archive.derived.rglob(Path(gone.pop()).name))
    assert rows(archive, "select count(*) from recordings") == [(2,)]  # the archive keeps its original
    assert len(list(archive.media.rglob("*.wav"))) == 2


# what is planted, and what publishing says then


def _chain(archive: Archive, _: Patch) -> None:
    with archive.write() as db:
        db.execute("drop trigger consents_are_never_changed")
        db.execute("update consents set actor = 'somebody else' where id = 2")


def _evidence(archive: Archive) -> Path:
    paper = archive.path / "form.txt"
    paper.write_text("I agree.")
    digest = keep_evidence(archive, paper)
    with archive.write() as db:
        decide(db, STAIRS, event(Happening.PARTICIPATION_AGREED, evidence=digest))
    return archive.evidence / digest


def _missing_evidence(archive: Archive, _: Patch) -> None:
    _evidence(archive).unlink()


def _changed_evidence(archive: Archive, _: Patch) -> None:
    paper = _evidence(archive)
    paper.chmod(0o644)
    paper.write_text("I agree to everything.")


def _vault(archive: Archive, _: Patch) -> None:
    (archive.path / "vault.age").write_bytes(b"sealed")


def _clock(_: Archive, patch: Patch) -> None:
    patch.setattr(publishing, "now", lambda: "2001-01-01T00:00:00+00:00")


def _original(archive: Archive) -> Path:
    shutil.rmtree(sounds.cache(archive))
    [(digest,)] = rows(archive, "select sha256 from recordings order by id limit 1")
    return archive.original(str(digest), ".wav")


def _missing_original(archive: Archive, _: Patch) -> None:
    _original(archive).unlink()


def _changed_original(archive: Archive, _: Patch) -> None:
    path = _original(archive)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def _recognisable(archive: Archive, _: Patch) -> None:
    agree(archive, MARCH, attribution=Attribution.PSEUDONYM)


def _nothing(*_: object) -> None:
    pass


def _failing_encoder(archive: Archive, patch: Patch) -> None:
    _original(archive)

    def encode(*_: object, **__: object) -> Any:
        raise IngestError("holds no sound: nothing in it could be decoded")

    patch.setitem(WISHES, "encode", encode)


def _no_encoder(archive: Archive, patch: Patch) -> None:
    _original(archive)
    patch.setitem(WISHES, "encode", None)


def _denied(_: Archive, patch: Patch) -> None:
    patch.setitem(WISHES, "denied", ["The Baker of the  square"])


WISHES: dict[str, Any] = {}
PLANTED: dict[str, tuple[Callable[[Archive, Patch], None], type[ArchiveError], str]] = {
    "a record of consent that was changed": (_chain, BrokenChain, "event 2 was changed"),
    "evidence that is missing": (_missing_evidence, MissingEvidence, "is missing: put evidence/"),
    "evidence that was changed": (_changed_evidence, MissingEvidence, "was changed: put evidence/"),
    "names that nobody has said": (_vault, NamesUnknown, "--identity"),
    "a clock that jumped back": (_clock, ClockWentBack, "set the clock"),
    "a recording that is missing": (_missing_original, ArchiveError, f"{STAIRS}: the recording"),
    "a recording that was changed": (_changed_original, ArchiveError, "was changed: put media/"),
    "an encoder that fails": (_failing_encoder, IngestError, "holds no sound"),
    "no encoder": (_no_encoder, ArchiveError, "install conricerca[ingest]"),
    "a denied word in a transcript": (_denied, NotPublished, "says what is denied"),
    "somebody who could be recognised": (_recognisable, NotPublished, "Ugo"),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_nothing_changes_on_the_site_when_anything_is_wrong(archive: Archive, fault: str, monkeypatch: Patch) -> None:
    plant, kind, words = PLANTED[fault]
    before, editions = on_the_site(archive), rows(archive, "select * from publications")
    plant(archive, monkeypatch)
    with pytest.raises(kind) as refused:
        published(archive, **WISHES)
    assert words in str(refused.value)
    assert "baker" not in str(refused.value).casefold()
    assert on_the_site(archive) == before
    assert beside_the_site(archive) == []
    assert rows(archive, "select * from publications") == editions


STEPS = (
    "encode_sounds", "write_edition", "place_sounds", "write_metadata", "write_settings", "structure_faults", "seal",
    "record_event", "put_in_place",
)  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_nothing_changes_on_the_site_when_the_disk_is_full(archive: Archive, step: str, monkeypatch: Patch) -> None:
    def full(*_: object, **__: object) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = on_the_site(archive)
    with monkeypatch.context() as patch:
        patch.setattr(publishing, step, full)
        with pytest.raises(OSError, match="No space left"):
            published(archive)
        assert on_the_site(archive) == before
        assert beside_the_site(archive) == []
    published(archive)
    assert on_the_site(archive) != before
    assert beside_the_site(archive) == []


def test_a_disk_that_is_full_for_the_second_writing_is_called_so(archive: Archive, monkeypatch: Patch) -> None:
    class Full:
        exitcode = errno.ENOSPC
        join = terminate = is_alive = _nothing

    started = SecondWriting.__init__

    def full(self: Any, second: Any) -> None:
        started(self, second)
        self._process.terminate()
        self._process.join()
        self._process = Full()

    before = on_the_site(archive)
    monkeypatch.setattr(SecondWriting, "__init__", full)
    with pytest.raises(OSError, match="No space left"):
        published(archive)
    assert on_the_site(archive) == before
    assert beside_the_site(archive) == []


def test_what_a_killed_run_left_is_gone_after_the_next(archive: Archive) -> None:
    folder = public(archive)
    (folder / ".building-dead" / "media").mkdir(parents=True)
    (folder / ".building-dead.again").write_bytes(CANARY.encode())
    (folder / ".next").symlink_to("editions/none")
    (folder / "editions" / "0123456789abcdef").mkdir()
    for name in (f"{'0' * 64}.json", f".{'1' * 64}.part", f"{'2' * 64}.m4a"):
        (sounds.cache(archive) / name).write_bytes(CANARY.encode())
    published(archive)
    assert beside_the_site(archive) == []
    assert len(list(sounds.cache(archive).glob("*"))) == 2


def test_something_undecided_holds_back_its_own_testimony_only(archive: Archive) -> None:
    with archive.write() as db:
        mark(db, STAIRS, "Glasgow", Wish(reason="where she lives", only_proposed=True))
    report = published(archive)
    assert not any(report.contents[STAIRS].values())
    assert report.contents[MARCH]["passages"] == 2
    assert any(f"conricerca redact list {STAIRS}" in held.reason for held in report.held)


def test_a_report_says_what_is_in_what_is_not_and_why_and_what_changed(archive: Archive) -> None:
    said = "\n".join(report_lines(published(archive)))
    assert "2 testimonies with 4 passages on 2026-11-22" in said
    assert f"{STAIRS}  The stairs: catalogue entry, 2 passages, sound" in said
    assert f"no longer: {BELL}" in said
    assert f"{BELL}: Rosa withdrew on 2026-11-22" in said
    assert f"{SECRET}: {CANARY} Eva has not agreed" in said
    agree(archive, SECRET, attribution=Attribution.NAME)
    said = "\n".join(report_lines(published(archive)))
    assert f"new: {SECRET}" in said


def test_a_transcript_that_was_corrected_is_a_change(archive: Archive) -> None:
    published(archive)
    with archive.write() as db:
        mark(db, MARCH, "the baker", Wish(reason="everybody there knows which"))
    assert published(archive).changed == (MARCH,)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("faulty", [False, True])
def test_a_dry_run_publishes_nothing_and_its_status_says_whether_it_could(
    archive: Archive, monkeypatch: Patch, *, faulty: bool, as_json: bool
) -> None:
    before = on_the_site(archive)
    words = archive.path / "words.txt"
    words.write_text("baker of the square\n" if faulty else "nobody of whom anybody spoke\n")
    done = called(
        archive, monkeypatch, "publish", "--dry-run", "--denied", str(words), *(["--json"] if as_json else []),
        status=int(faulty),
    )  # fmt: skip
    assert on_the_site(archive) == before
    assert beside_the_site(archive) == []
    if as_json:
        assert bool(json.loads(done.stdout)["faults"]) is faulty
    else:
        assert ("to be mended before it can be published" in done.output) is faulty


def test_an_edition_that_does_not_pass_is_refused_with_status_1(archive: Archive, monkeypatch: Patch) -> None:
    words = archive.path / "words.txt"
    words.write_text("baker of the square")
    done = called(archive, monkeypatch, "publish", "--denied", str(words), status=1)
    assert "nothing was published, the site is as it was" in done.output
    assert "Traceback" not in done.output


PATHS = {  # what plain Datasette answers at the folder of an edition, with our plugin and without
    ALONE: {
        "/": "The stairs",
        "/search.json?q=rent": "The Rent went up",
        f"/testimonies/{STAIRS}": "The stairs",
        f"/testimonies/{BELL}": "It is closed now",
        "/public/catalogue.json?_shape=array": "The march",
    },
    PROGRAM: {
        "/-/plugins.json": "[]",
        "/public.json": "catalogue",
        "/public/passages.json?_search=rent&_shape=array": "The Rent went up",
        "/public?sql=select+1": "<title>Forbidden",
        "/public.db": "Database download is forbidden",
    },
}


@pytest.mark.parametrize("program", PATHS, ids=["with our plugin", "without"])
def test_plain_datasette_serves_the_folder(once: Archive, tmp_path: Path, program: str) -> None:
    archive = Archive(Path(shutil.copytree(once.path, tmp_path / "archive", symlinks=True)))
    published(archive)
    for path, words in PATHS[program].items():
        serve = [sys.executable, "-c", program, "serve", str(public(archive) / "current"), "--get", path]
        done = subprocess.run(serve, capture_output=True, text=True, check=False, timeout=60)
        assert words in done.stdout, (path, done.stdout[-500:], done.stderr[-2000:])
