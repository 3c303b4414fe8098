"""Recordings over HTTP: whole, from any second on, to many listeners at once, and nothing but recordings."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import os
import time
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.folder import Archive
from archive.media import keep_original
from archive.records import Accession, Description, Original
from archive.store.testimonies import store_accession
from archive.web.media import Unsatisfiable, _answer, _span, disposition
from tests.builders import TODAY, a_wav, an_archive
from tests.web.builders import reading
from tests.web.served import ask, awaited, listening, served

SOUND = bytes(range(256)) * 4  # 1024 bytes, each position to be told from its neighbours
SHA256 = hashlib.sha256(SOUND).hexdigest()
PATH = f"/media/{SHA256}.m4a"


def keep(
    archive: Archive, content: bytes, name: str, *, media_type: str = "audio/mp4", duration: float | None = 1.0
) -> str:
    """Accession a file; return its address."""
    source = archive.path.parent / "incoming"
    source.write_bytes(content)
    suffix = Path(name).suffix
    original = Original(
        path=source,
        sha256=keep_original(archive, source, suffix),
        bytes=len(content),
        media_type=media_type,
        suffix=suffix,
        filename=name,
        duration=duration,
    )
    with archive.write() as db:
        role = "recording" if duration else "document"
        store_accession(db, Accession(description=Description(title=name), **{role: original}), on=TODAY)  # type: ignore[arg-type]
    return f"/media/{original.sha256}{suffix}"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = an_archive(tmp_path_factory.mktemp("media") / "archive")
    keep(archive, SOUND, "Entrevista à “Rosa”.m4a")
    return archive


def get(datasette: Any, path: str = PATH, method: str = "GET", **headers: str) -> httpx.Response:
    return ask(datasette, path, method, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_recording_is_served_whole(datasette: Any) -> None:
    answer = get(datasette)
    assert (answer.status_code, answer.content) == (200, SOUND)
    assert answer.headers["content-type"] == "audio/mp4"
    assert answer.headers["content-length"] == "1024"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{SHA256}"'
    assert answer.headers["cache-control"] == "private, no-store"


def test_a_recording_runs_nothing_and_keeps_its_type(datasette: Any) -> None:
    headers = get(datasette).headers
    assert headers["content-security-policy"].startswith("sandbox allow-same-origin; default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=1000-", 1000, 1023),
        ("bytes=-24", 1000, 1023),
        ("bytes=-99999", 0, 1023),
        ("bytes=1000-99999999999999999999999999", 1000, 1023),
        ("BYTES=5-6", 5, 6),
        ("bytes= 5-6 ", 5, 6),
        ("bytes=1023-1023", 1023, 1023),
    ],
)
def test_a_part_is_served_as_asked(datasette: Any, asked: str, first: int, last: int) -> None:
    answer = get(datasette, range=asked)
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/1024"
    assert answer.headers["content-length"] == str(last - first + 1)
    assert answer.content == SOUND[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=2000-3000", "bytes=-0", f"bytes={'9' * 5000}-"])
def test_a_part_beyond_the_end_is_refused_with_the_size(datasette: Any, asked: str) -> None:
    answer = get(datasette, range=asked)
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == "bytes */1024"


@pytest.mark.parametrize(
    "asked",
    ["", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=1-2x", "sec=1-2", "bytes=-1-2", "bytes=٣-٤"],
)  # fmt: skip
def test_a_range_that_is_none_is_ignored(datasette: Any, asked: str) -> None:
    answer = ask(datasette, PATH, headers={"range": asked.encode()})
    assert (answer.status_code, answer.content) == (200, SOUND)


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=0-1, -5", "bytes=" + ",".join(["0-"] * 500)])
def test_of_several_parts_the_whole_is_the_answer(datasette: Any, asked: str) -> None:
    answer = get(datasette, range=asked)
    assert (answer.status_code, answer.content) == (200, SOUND)


@given(first=st.integers(0, 1100), last=st.integers(0, 1100))
def test_any_part_is_what_a_slice_would_be(first: int, last: int) -> None:
    kept = _kept()
    span = _span(kept, {"range": f"bytes={first}-{last}"})
    if last < first:
        assert span is None
    elif first > 1023:
        assert isinstance(span, Unsatisfiable)
    else:
        assert isinstance(span, tuple)
        assert SOUND[span[0] : span[1] + 1] == SOUND[first : last + 1]


def test_head_says_the_size_and_sends_nothing(datasette: Any) -> None:
    answer = get(datasette, method="HEAD", range="bytes=0-1")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "1024")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_recordings_are_only_read(datasette: Any, method: str) -> None:
    assert get(datasette, method=method).status_code in (403, 405)
    assert get(datasette).content == SOUND


def test_a_part_is_only_sent_of_the_file_that_the_browser_has(datasette: Any) -> None:
    date = get(datasette).headers["last-modified"]
    for same in (f'"{SHA256}"', date):
        assert get(datasette, range="bytes=0-1", if_range=same).status_code == 206
    for other in ('"another"', f'W/"{SHA256}"', "Thu, 01 Jan 1970 00:00:00 GMT", "nonsense"):
        assert get(datasette, range="bytes=0-1", if_range=other).status_code == 200


@pytest.mark.parametrize("tags", [f'"{SHA256}"', f'"x", W/"{SHA256}"', "*"])
def test_what_the_browser_has_is_not_sent_again(datasette: Any, tags: str) -> None:
    answer = get(datasette, if_none_match=tags, range="bytes=0-1")
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == f'"{SHA256}"'
    assert "content-length" not in answer.headers


def test_a_date_counts_only_where_there_is_no_tag(datasette: Any) -> None:
    date = get(datasette).headers["last-modified"]
    assert get(datasette, if_modified_since=date).status_code == 304
    assert get(datasette, if_modified_since=date, if_none_match='"x"').status_code == 200
    assert get(datasette, if_modified_since="nonsense").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/media/",
        "/media/..%2f..%2farchive.db",
        "/media/%2e%2e/archive.db",
        f"/media/{'0' * 64}.m4a",
        f"/media/{SHA256}.wav",
        f"/media/{SHA256}",
        f"/media/{SHA256.upper()}.m4a",
        f"{PATH}%0a",
        f"{PATH}%00",
        f"/media/{SHA256[:2]}/{SHA256}.m4a",
    ],
)
def test_nothing_else_is_served(datasette: Any, path: str) -> None:
    answer = ask(datasette, path, follow_redirects=True)
    assert answer.status_code == 404
    assert SOUND[:64] not in answer.content


def test_a_file_that_the_database_does_not_know_is_not_served(archive: Archive, datasette: Any) -> None:
    stray = archive.original("b" * 64, ".m4a")
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"stray")
    assert get(datasette, f"/media/{'b' * 64}.m4a").status_code == 404


def test_a_file_that_is_missing_or_cut_short_is_not_served(archive: Archive, datasette: Any) -> None:
    for content in (None, b"short"):
        path = keep(archive, f"to be damaged {content!r}".encode(), "damaged.m4a")
        file = archive.original(path[7:71], ".m4a")
        file.unlink()
        if content:
            file.write_bytes(content)
        answer = get(datasette, path)
        assert answer.status_code == 404
        assert "missing or damaged" in answer.text


def test_who_may_not_see_the_recordings_hears_none(archive: Archive) -> None:
    with served(archive) as datasette:
        datasette._metadata_local["databases"]["archive"]["tables"]["recordings"]["allow"] = {"id": "member"}
        for method in ("GET", "HEAD"):
            assert get(datasette, method=method, range="bytes=0-1").status_code == 404
        member = {"ds_actor": datasette.sign({"a": {"id": "member"}}, "actor")}
        assert ask(datasette, PATH, cookies=member).status_code == 200


def test_a_document_is_downloaded_never_shown(archive: Archive, datasette: Any) -> None:
    path = keep(archive, b"<script>", "account.html", media_type="text/html", duration=None)
    answer = get(datasette, path)
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-security-policy"].startswith("sandbox")


def test_a_picture_among_the_documents_is_kept_by_no_browser(archive: Archive, datasette: Any) -> None:
    path = keep(archive, b"picture", "leaflet.png", media_type="image/png", duration=None)
    answer = get(datasette, f"{path}?v=1")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")


def test_a_recording_of_a_strange_type_is_only_bytes(archive: Archive, datasette: Any) -> None:
    path = keep(archive, b"<html>", "talk.html", media_type="text/html")
    assert get(datasette, path).headers["content-type"] == "application/octet-stream"


def test_a_download_bears_the_name_of_the_original(datasette: Any) -> None:
    said = get(datasette).headers["content-disposition"]
    assert said.startswith('inline; filename="Entrevista _ _Rosa_.m4a"; ')
    assert unquote(said.partition("UTF-8''")[2]) == "Entrevista à “Rosa”.m4a"


@given(st.text())
def test_no_name_breaks_out_of_its_header(name: str) -> None:
    said = disposition("inline", name)
    assert said.isascii()
    assert said.isprintable()
    plain, quoted = said.removeprefix('inline; filename="').split("\"; filename*=UTF-8''")
    assert not set('"\\/%') & set(plain)
    assert "/" not in unquote(quoted)
    assert quoted


def test_twenty_listeners_are_served_at_once_and_pages_go_on(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    content = os.urandom(1 << 20) * 12
    path = keep(archive, content, "long.m4a")
    expected = hashlib.sha256(content).hexdigest()

    def listen(address: str) -> str:
        return hashlib.sha256(httpx.get(address + path, timeout=60).content).hexdigest()

    with listening(archive) as address, ThreadPoolExecutor(20) as listeners:
        heard = [listeners.submit(listen, address) for _ in range(20)]
        start = time.perf_counter()
        assert httpx.get(f"{address}/archive/catalogue.json", timeout=30).status_code == 200
        waited = time.perf_counter() - start
        assert [future.result() for future in heard] == [expected] * 20
        assert waited < 5
        _leave_early(address, path)
        assert httpx.get(address + path, headers={"range": "bytes=-5"}).content == content[-5:]


def test_stopping_does_not_wait_for_a_listener(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    path = keep(archive, os.urandom(1 << 20) * 40, "long.m4a")
    start = time.perf_counter()
    with listening(archive) as address:
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read(10)
        start = time.perf_counter()
    assert time.perf_counter() - start < 10
    answer.close()
    connection.close()


def test_a_recording_is_read_no_further_once_the_listener_has_gone() -> None:
    read: list[int] = []

    async def endless() -> AsyncGenerator[bytes, None]:
        while len(read) < 1000:
            read.append(1)
            yield b"sound"
            await asyncio.sleep(0)

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        pass

    awaited(_answer(send, 200, {}, blocks=endless(), receive=receive))
    assert len(read) < 5


def _leave_early(address: str, path: str) -> None:
    """Ask for a recording and go after the first bytes."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.request("GET", path)
    connection.getresponse().read(10)
    connection.close()


def _kept() -> Any:
    from datetime import UTC, datetime

    from archive.web.media import Kept

    return Kept(
        path=Path("x"), sha256=SHA256, bytes=1024, media_type="audio/mp4", filename="x",
        accessioned_at=datetime.fromtimestamp(0, UTC), is_recording=True,
    )  # fmt: skip


@pytest.mark.browser
def test_in_a_real_browser_a_recording_plays_from_any_second_on(tmp_path: Path, browser: Any) -> None:
    archive = an_archive(tmp_path / "archive")
    sound = a_wav(tmp_path / "long.wav", seconds=120).read_bytes()
    path = keep(archive, sound, "long.wav", media_type="audio/x-wav", duration=120.0)
    with listening(archive) as address, reading(browser, address) as reader:
        said: list[str] = []
        reader.page.on("console", lambda message: said.append(message.text))
        reader.goto("/archive")
        heard = reader.page.evaluate(
            """path => new Promise((resolve, reject) => {
                const audio = new Audio(path);
                audio.onerror = () => reject(audio.error.message);
                audio.onloadedmetadata = () => { audio.currentTime = 100; };
                audio.onseeked = () => resolve([audio.duration, audio.currentTime]);
            })""",
            path,
        )
        assert heard == [120, 100]
        reader.goto(path)
        reader.page.wait_for_function("document.querySelector('video').duration === 120", timeout=10_000)
        assert said == []
