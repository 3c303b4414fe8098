"""How the private archive is served: on this computer only, read-only, and with nothing that makes it slow or open."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from archive.errors import ArchiveError, InvalidFile
from archive.folder import Archive
from archive.web.serving import serve_private
from archive.web.settings import settings, shared_secret
from tests.builders import a_testimony
from tests.web.served import a_tagged_archive, ask, awaited, listening, served


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return a_tagged_archive(tmp_path_factory.mktemp("settings"))


def test_every_setting_is_one_that_datasette_knows(archive: Archive) -> None:
    from datasette.app import DEFAULT_SETTINGS

    assert set(settings()) <= set(DEFAULT_SETTINGS)
    with served(archive) as datasette:
        said = ask(datasette, "/-/settings.json").json()
    assert settings().items() <= said.items()


def test_a_form_that_one_process_made_may_be_sent_to_another() -> None:
    ask_for_it = "from archive.web.settings import shared_secret; print(shared_secret())"
    ours = shared_secret()
    beside = subprocess.run([sys.executable, "-c", ask_for_it], capture_output=True, text=True, check=True)
    assert beside.stdout.strip() == ours
    assert len(ours) == 64


def test_what_makes_an_archive_open_or_slow_is_off() -> None:
    said = settings()
    off = ("default_allow_sql", "allow_download", "allow_csv_stream", "suggest_facets", "template_debug", "trace_debug")
    assert [said[name] for name in off] == [False] * len(off)
    assert said["facet_time_limit_ms"] == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "archive.example", "", "127.0.0.1.example", "127.1"])
def test_only_this_computer_is_served(archive: Archive, host: str) -> None:
    with pytest.raises(ArchiveError, match="on this computer only"):
        serve_private(archive, host=host, port=0)


def test_a_port_in_use_is_named_with_another_to_choose(archive: Archive) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ArchiveError, match=f"port {port} is in use.*--port {port + 1}"):
            serve_private(archive, port=port)


@pytest.mark.parametrize("port", [-1, 65536, 10**9])
def test_a_port_that_cannot_be_is_refused(archive: Archive, port: int) -> None:
    with pytest.raises(ArchiveError, match="there is no port"):
        serve_private(archive, port=port)


def test_what_metadata_says_wrongly_is_said_before_anything_is_served(tmp_path: Path) -> None:
    archive = a_tagged_archive(tmp_path)
    archive.metadata.write_text("title: x\ndatabases:\n  archive:\n    tables: {passages: {facets: places}}\n")
    with pytest.raises(InvalidFile, match=r"line 4: .*tables\.passages\.facets must be a list"):
        serve_private(archive, port=0)


def test_an_archive_without_metadata_is_served(tmp_path: Path) -> None:
    archive = a_tagged_archive(tmp_path)
    archive.metadata.unlink()
    with served(archive) as datasette:
        assert ask(datasette, "/archive/catalogue.json").status_code == 200


def test_the_archive_answers_at_the_address_that_is_printed_and_follows_what_is_added(tmp_path: Path) -> None:
    archive = a_tagged_archive(tmp_path)
    with listening(archive) as address:
        assert urlsplit(address).hostname == "127.0.0.1"
        before = httpx.get(f"{address}/archive/catalogue.json").json()
        with archive.write() as db:
            a_testimony(db, "Added while it is served.", digest="9")
        after = httpx.get(f"{address}/archive/catalogue.json").json()
        found = httpx.get(f"{address}/archive/passages.json?_search=while").json()
        headers = httpx.get(address).headers
    assert [answer["filtered_table_rows_count"] for answer in (before, after, found)] == [3, 4, 1]
    assert "server" not in headers


def test_serving_changes_nothing(tmp_path: Path) -> None:
    archive = a_tagged_archive(tmp_path)
    before = archive.database.read_bytes()
    with served(archive) as datasette:
        for path in ("/archive/catalogue", "/archive/passages?_search=Glasgow", "/", "/search?q=Glasgow"):
            ask(datasette, path)
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert ask(datasette, "/archive/catalogue", method).status_code >= 400
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            awaited(datasette.get_database("archive").execute("delete from events"))
    assert archive.database.read_bytes() == before


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_however_serving_ends_no_process_goes_on(archive: Archive, how: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = (sys.executable, "-m", "cli", "-C", str(archive.path), "serve", "--port", port, "--workers", "3")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().split()[0] if process.stdout else ""
        for _ in range(20):  # by then the others answer as well
            assert httpx.get(address).status_code == 200
        process.send_signal(how)
    assert eventually(lambda: _refuses(address)), "somebody still answers"


def eventually(happens: Callable[[], bool]) -> bool:
    """Whether something happens within ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if happens():
            return True
        time.sleep(0.1)
    return False


def _refuses(address: str) -> bool:
    try:
        httpx.get(address, timeout=1)
    except httpx.TransportError as error:  # one that is just ending may take the question and give no answer
        return isinstance(error, httpx.ConnectError)
    return False
