"""`conricerca serve --public`: the edition and nothing else, from several processes, and at once what is current."""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from archive.consent import Happening
from archive.errors import ArchiveError
from archive.folder import Archive
from archive.publish.edition import open_edition
from archive.publish.gate.crawl import BEGINNINGS, FORMS, _tables
from archive.publish.site import DATABASE, public, take_down
from archive.web.media import POLICY
from archive.web.security import HEADERS, OF_PARTS, STRICT
from archive.web.serving import TAKEN_DOWN, Published, serve_edition
from tests.archive.publish.editions import CANARY, decide, event
from tests.archive.publish.sites import BELL, MARCH, SECRET, STAIRS, a_small_archive, published
from tests.builders import rows
from tests.web.served import awaited, listening

DEBUGGING = (
    "databases", "threads", "plugins", "versions", "settings", "config", "metadata", "actor", "permissions", "messages",
    "allow-debug", "patterns", "logout", "auth-token",
)  # fmt: skip
OUR_PAGES = (
    "/", "/search?q=rent", "/testimonies", f"/testimonies/{STAIRS}", f"/testimonies/{STAIRS}/cite", "/narrators",
    "/narrators/1", "/places/glasgow", "/map", "/timeline", "/network", "/concordance?q=rent", "/compare", "/together",
    f"/passages/{STAIRS}/0/similar", f"/testimonies/{BELL}", "/testimonies/2026.999", "/search?q=%22",
)  # fmt: skip
FILES = (
    "/search.json?q=rent", "/search.csv?q=rent", "/search.atom?q=rent", "/opensearch.xml", "/concordance.csv?q=rent",
    f"/testimonies/{STAIRS}/transcript.vtt", f"/testimonies/{STAIRS}/cite.bib", f"/testimonies/{STAIRS}/words.json",
)  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive that was published; then the bell was withdrawn, and it was published again."""
    archive = a_small_archive(tmp_path_factory.mktemp("site") / "archive")
    published(archive)
    with archive.write() as db:
        decide(db, BELL, event(Happening.WITHDRAWN))
    published(archive)
    return archive


@pytest.fixture(scope="module")
def address(archive: Archive) -> Iterator[str]:
    with listening(archive, public=True, workers=2) as address:
        yield address


def got(address: str, path: str, **request: Any) -> httpx.Response:
    return httpx.request(request.pop("method", "GET"), address + path, timeout=30, **request)


def recordings(archive: Archive) -> dict[str, str]:
    """The addresses of recordings on the site, by accession number."""
    with closing(open_edition(public(archive) / "current" / DATABASE)) as conn:
        found = conn.execute(
            "select accession, sha256, suffix from recordings join testimonies on testimonies.id = testimony"
        ).fetchall()
    return {accession: f"/media/{name}{suffix}" for accession, name, suffix in found}


def everywhere(archive: Archive) -> list[str]:
    """Addresses of every kind: our pages and files, each table in each form, and what Datasette tells of itself."""
    tables = _tables(public(archive) / "current" / DATABASE)
    forms = [f"/public/{table}{form.format(column)}" for table, column in tables.items() for form in FORMS]
    debugging = [f"/-/{name}{ending}" for name in DEBUGGING for ending in ("", ".json")]
    return [*OUR_PAGES, *FILES, *BEGINNINGS, *forms, *debugging]


def test_no_answer_tells_where_the_private_archive_lies_or_what_it_holds(archive: Archive, address: str) -> None:
    with httpx.Client(base_url=address, timeout=30) as client:
        for path in everywhere(archive):
            answer = client.get(path)
            said = f"{answer.headers}{answer.text}"
            assert answer.status_code < 500, path
            assert str(archive.path.parent) not in said, path
            assert "archive.db" not in said, path
            assert CANARY not in said, path
            assert "/consent" not in said, path


def test_nobody_is_told_to_run_commands_or_to_look_where_nothing_is(address: str) -> None:
    for path in ("/", "/movements", "/map", "/network", "/search?q=rent"):
        said = got(address, path).text
        assert "conricerca tag" not in said, path
        assert "vocabularies/" not in said, path
        assert "agreed to" not in said, path
    assert "No passage here speaks of any." in got(address, "/").text


@pytest.mark.parametrize("name", DEBUGGING)
def test_what_datasette_tells_of_its_computer_is_not_told(address: str, name: str) -> None:
    for path in (f"/-/{name}", f"/-/{name}.json", f"/%2d/{name}.json", f"//-/{name}.json"):
        assert got(address, path).status_code == 404, path


def test_every_kind_of_answer_has_the_headers_that_keep_others_out(archive: Archive, address: str) -> None:
    sound, edition = recordings(archive)[STAIRS], "/public/catalogue"
    style = re.search(r'href="([^"]+\.css[^"]*)"', got(address, "/").text)
    assert style is not None
    policies = {
        **dict.fromkeys([*OUR_PAGES, *FILES, "/-/databases.json"], STRICT),
        sound: POLICY,
        style[1]: OF_PARTS,
    }
    for path in [*policies, edition, f"{edition}.json", "/public", "/public?sql=select+1", "/nothing/here"]:
        headers = got(address, path).headers
        for name, value in HEADERS:
            assert headers[name.decode()] == value.decode(), path
        policy = headers["content-security-policy"]
        assert policy == policies.get(path, policy), path
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors" in policy, path
        scripts = re.search(r"script-src ([^;]*)", policy)
        assert not scripts or "unsafe" not in scripts[1], path
        assert "server" not in headers, path


def test_no_sql_is_answered_and_no_database_given_away(address: str) -> None:
    for path in ("/public?sql=select+1", "/public.json?sql=select+1", "/public.csv?sql=select+1", "/public.db"):
        answer = got(address, path)
        assert answer.status_code in (400, 403, 404), path
        assert not answer.content.startswith(b"SQLite format"), path
    assert "_where" not in got(address, "/public/catalogue.json?_where=1%3D1").json().get("query", {}).get("sql", "")
    assert got(address, "/public/catalogue.json?_where=1%3D1").status_code == 403
    for path in ("/archive", "/archive.db", "/current/public.db", "/media/", "/media/%2e%2e/public.db"):
        assert got(address, path, follow_redirects=True).status_code == 404, path


def test_what_was_published_once_says_410_and_no_name(address: str) -> None:
    answer = got(address, f"/testimonies/{BELL}")
    assert answer.status_code == 410
    for word in ("Rosa", "The bell", "withdr"):
        assert word not in answer.text
    assert got(address, f"/testimonies/{SECRET}").status_code == 404  # was never there


def test_a_recording_is_played_from_any_second_on_under_a_name_that_tells_nothing(
    archive: Archive, address: str
) -> None:
    path = recordings(archive)[STAIRS]
    whole = got(address, path)
    assert whole.headers["content-type"] == "audio/mp4"
    part = got(address, path, headers={"range": "bytes=100-299"})
    assert (part.status_code, part.headers["content-range"]) == (206, f"bytes 100-299/{len(whole.content)}")
    assert part.content == whole.content[100:300]
    assert got(address, path, headers={"range": f"bytes={len(whole.content)}-"}).status_code == 416
    assert got(address, path, method="HEAD").headers["content-length"] == str(len(whole.content))
    assert got(address, path, method="POST").status_code == 405
    for digest, name in rows(archive, "select sha256, filename from recordings"):
        assert got(address, f"/media/{digest}.wav").status_code == 404
        assert str(digest) not in path
        assert str(name) not in str(whole.headers)


@pytest.mark.parametrize(
    "path",
    [
        "/consent-form", "/spoken-consent", f"/testimonies/{STAIRS}/consent", f"/testimonies/{STAIRS}/consent-form",
        f"/testimonies/{STAIRS}/consent-form/{'a' * 64}", f"/testimonies/{SECRET}/consent", "/public/consents",
        "/public/evidence", "/public/events", "/public/redactions", "/public/documents", "/public/publications",
        "/public/tags", "/public/publication_key",
    ],
)  # fmt: skip
def test_nothing_of_the_private_pages_and_tables_is_there(address: str, path: str) -> None:
    assert got(address, path).status_code == 404
    assert got(address, path, method="POST", data={"agreed": "1"}).status_code == 405


# what happens while it is served


@pytest.fixture
def own(archive: Archive, tmp_path: Path) -> Archive:
    """The same archive, to change what is published."""
    return Archive(Path(shutil.copytree(archive.path, tmp_path / "archive", symlinks=True)))


def test_every_process_follows_a_switch_at_the_next_request(own: Archive) -> None:
    with listening(own, public=True, workers=2) as address:
        time.sleep(3)  # the second begins a little later
        sound = recordings(own)[STAIRS]
        assert {got(address, sound).status_code for _ in range(20)} == {200}
        with own.write() as db:
            decide(db, STAIRS, event(Happening.WITHDRAWN))
        published(own)
        assert {got(address, f"/testimonies/{STAIRS}").status_code for _ in range(20)} == {410}
        assert {got(address, sound).status_code for _ in range(20)} == {404}
        assert "The stairs" not in got(address, "/").text
        take_down(own)
        for _ in range(20):
            answer = got(address, f"/testimonies/{MARCH}")
            assert (answer.status_code, answer.text.strip()) == (503, TAKEN_DOWN)
        published(own)
        assert {got(address, f"/testimonies/{MARCH}").status_code for _ in range(20)} == {200}


async def _asked(site: Published, *paths: str) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app=site)
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
        return list(await asyncio.gather(*(client.get(path) for path in paths)))


def test_a_site_that_was_taken_down_says_so_in_plain_words_and_nothing_else(own: Archive) -> None:
    site = Published(public(own))
    take_down(own)
    answers = awaited(_asked(site, "/", f"/testimonies/{STAIRS}", "/public.db", "/-/static/app.css", "/search.json"))
    for answer in answers:
        assert (answer.status_code, answer.text.strip()) == (503, TAKEN_DOWN)
        assert answer.headers["content-security-policy"] == STRICT
        assert answer.headers["cache-control"] == "private, no-store"
        assert {name.decode() for name, _ in HEADERS} <= set(answer.headers)
    with pytest.raises(ArchiveError, match="nothing is published yet"):
        serve_edition(own, port=0)


def test_an_edition_that_cannot_be_read_is_not_answered_for_by_the_one_before(own: Archive) -> None:
    async def story() -> list[int]:
        site = Published(public(own))
        [before] = await _asked(site, f"/testimonies/{STAIRS}")
        broken = public(own) / "editions" / "broken"
        broken.mkdir()
        link = public(own) / ".next"
        link.symlink_to("editions/broken")
        link.replace(public(own) / "current")
        [after] = await _asked(site, f"/testimonies/{STAIRS}")
        return [before.status_code, after.status_code]

    assert awaited(story()) == [200, 503]


def test_many_requests_during_a_switch_open_the_new_edition_once_and_close_the_old(own: Archive) -> None:
    opened: list[str] = []

    class Counted(Published):
        async def _open(self, name: str) -> Any:
            opened.append(name)
            return await super()._open(name)

    async def story() -> list[int]:
        site = Counted(public(own))
        await site.start()
        before = site._served
        assert before is not None
        await asyncio.to_thread(published, own)
        answers = await _asked(site, *[f"/testimonies/{STAIRS}"] * 8)
        assert before.datasette.executor._shutdown
        return [answer.status_code for answer in answers]

    with own.write() as db:
        decide(db, STAIRS, event(Happening.WITHDRAWN))
    assert awaited(story()) == [410] * 8
    assert len(opened) == 2
