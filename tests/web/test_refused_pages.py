"""What whoever tells has not agreed to is neither offered nor answered on the pages of an edition, and it is said."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.consent import Artefact, Audience, Happening, Use
from archive.folder import Archive
from archive.publish.edition import Sound, write_edition
from archive.publish.selection import select
from archive.publish.source import Source
from archive.web.languages import OFFERED, speaking
from archive.web.languages import gettext as _
from archive.web.refusals import NOT_PRINTED, NOT_QUOTED
from tests.archive.publish.editions import DAY, decide, event
from tests.archive.publish.sites import BELL, MARCH, STAIRS, a_small_archive
from tests.web.served import ask, close

OPEN, CLOSED = STAIRS, BELL  # to all uses, and to none but being read and heard
RESERVED = ("x-robots-tag", "tdm-reservation")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The bell may be read and heard by everybody, and nothing else be done with it."""
    archive = a_small_archive(tmp_path_factory.mktemp("refused") / "archive")
    uses = frozenset(Use) - {Use.READ, Use.LISTEN}
    with archive.write() as db:
        decide(
            db,
            CLOSED,
            event(Happening.REVOKED, artefacts=frozenset(Artefact), uses=uses, audience=Audience.PUBLIC),
        )
    return archive


def served(archive: Archive, folder: Path) -> Any:
    from datasette.app import Datasette

    path = folder / "public.db"
    path.unlink(missing_ok=True)
    sounds = {
        accession: [Sound(name=letter * 64, suffix=".m4a", media_type="audio/mp4", size=3, duration=6.0, peaks=None)]
        for accession, letter in ((OPEN, "a"), (CLOSED, "b"))
    }
    db = archive.read()
    try:
        source, chosen = Source.of(db.conn), select(db.conn, DAY).testimonies
        write_edition(path, source, map(source.read, chosen), sounds, ())
    finally:
        db.close()
    for digest in "ab":
        place = folder / "media" / (digest * 2)
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{digest * 64}.m4a").write_bytes(b"abc")
    return Datasette([], immutables=[str(path)])


@pytest.fixture(scope="module")
def edition(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    datasette = served(archive, tmp_path_factory.mktemp("edition"))
    yield datasette
    close(datasette)


def test_nobody_is_offered_to_quote_or_print_what_is_not_to_be(edition: Any) -> None:
    shown, kept = (ask(edition, f"/testimonies/{one}").text for one in (OPEN, CLOSED))
    for offered in ('class="cite"', "cite-form", 'data-excerpt-do="cite"', 'data-excerpt-do="copy"', "transcript.docx"):
        assert offered in shown, offered
        assert offered not in kept, offered
    assert "transcript.txt" in kept
    sentence = "has not agreed to this: quote, print, teach, broadcast and train machines. Please ask first."
    assert sentence in kept
    assert "has not agreed" not in shown
    assert "not-printed" in kept
    assert '<p class="in-place-of-print">Whoever tells here has not agreed that this be printed.</p>' in kept


@pytest.mark.parametrize("path", ["cite", "cite?start=1&end=2", "cite.bib", "cite.json", "cite.ris", "transcript.docx"])
def test_what_is_refused_is_not_answered(edition: Any, path: str) -> None:
    assert ask(edition, f"/testimonies/{OPEN}/{path}").status_code == 200
    answer = ask(edition, f"/testimonies/{CLOSED}/{path}")
    assert answer.status_code == 403
    assert "has not agreed" in answer.text


@pytest.mark.parametrize("language", OFFERED)
def test_it_is_said_in_the_readers_language(edition: Any, language: str) -> None:
    with speaking(language):
        quoted, printed = _(NOT_QUOTED), _(NOT_PRINTED)
    headers = {"accept-language": language}
    assert quoted in ask(edition, f"/testimonies/{CLOSED}/cite", headers=headers).text
    assert printed in ask(edition, f"/testimonies/{CLOSED}", headers=headers).text
    assert (quoted == NOT_QUOTED) is (language == "en")


@pytest.mark.parametrize(
    ("path", "reserved"),
    [
        (f"/testimonies/{CLOSED}", True),
        (f"/testimonies/{CLOSED}/transcript.txt", True),
        (f"/passages/{CLOSED}/0/similar", True),
        (f"/media/{'b' * 64}.m4a", True),
        ("/search?q=rent", True),
        ("/search.json?q=rent", True),
        ("/public/passages.json", True),
        (f"/testimonies/{OPEN}", False),
        (f"/testimonies/{MARCH}", False),
        (f"/media/{'a' * 64}.m4a", False),
    ],
)
def test_machines_are_told_that_they_may_not_learn_from_it(edition: Any, path: str, *, reserved: bool) -> None:
    answer = ask(edition, path)
    assert [name in answer.headers for name in RESERVED] == [reserved] * 2, answer.status_code
    if answer.headers["content-type"].startswith("text/html") and not path.startswith("/public"):
        assert ('<meta name="robots" content="noai, noimageai">' in answer.text) is reserved


def test_crawlers_that_collect_for_training_are_named(edition: Any, archive: Archive, tmp_path: Path) -> None:
    said = ask(edition, "/robots.txt").text
    assert "User-agent: GPTBot\n" in said
    assert said.split("User-agent: *")[0].endswith("Disallow: /\n\n")
    assert said.endswith("User-agent: *\nDisallow:\n")


def test_files_for_programs_say_it(edition: Any) -> None:
    refused = ["quote", "print", "teach", "broadcast", "train-machines"]
    found = json.loads(ask(edition, "/search.json?q=rent").text)["passages"]
    assert {one["accession"]: one["refused_uses"] for one in found} == {OPEN: [], CLOSED: refused}
    rows = csv.DictReader(io.StringIO(ask(edition, "/search.csv?q=rent").text))
    assert {row["accession"]: row["refused_uses"] for row in rows} == {OPEN: "", CLOSED: " ".join(refused)}
    assert ask(edition, "/search.atom?q=rent").text.count('<rights type="text">Not agreed to: quote, print') == 1
    copy = json.loads(ask(edition, f"/testimonies/{CLOSED}/transcript.json").text)
    assert copy["refused_uses"] == refused
    assert "Not agreed to: quote, print" in ask(edition, f"/testimonies/{CLOSED}/transcript.txt").text


def test_the_team_works_with_everything_and_no_crawler_gets_in(archive: Archive) -> None:
    from archive.web.settings import datasette_for

    private = datasette_for(archive)
    try:
        page = ask(private, f"/testimonies/{CLOSED}")
        assert 'class="cite"' in page.text
        assert not any(name in page.headers for name in RESERVED)
        assert ask(private, f"/testimonies/{CLOSED}/cite").status_code == 200
    finally:
        close(private)
