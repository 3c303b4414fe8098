"""What every answer says to the browser, and whom the private archive answers at all."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from archive.folder import Archive
from archive.web.security import STRICT, policy_of_datasette
from tests.web.builders import reading
from tests.web.served import a_tagged_archive, ask, close, listening

OURS = ["/", "/search?q=Glasgow", "/testimonies/2026.001"]
TABLES = ["/archive", "/archive/catalogue", "/archive/catalogue/1", "/archive/passages?_search=Glasgow"]
DATASETTES = [*TABLES, "/-/versions"]
OTHERS = ["/archive/catalogue.json", "/archive/catalogue.csv", "/nowhere", "/archive/nothing", "/-/metadata"]
ALL = [*OURS, *DATASETTES, *OTHERS]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return a_tagged_archive(tmp_path_factory.mktemp("security"))


@pytest.mark.parametrize("path", [*ALL, "/-/static/app.css"])
def test_every_answer_is_confined_to_this_site(datasette: Any, path: str) -> None:
    headers = ask(datasette, path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert "'unsafe-inline'" not in policy["script-src"]
    assert not any(source in headers["content-security-policy"] for source in ("http:", "https:", "*", "unsafe-eval"))
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "microphone=()" in headers["permissions-policy"]


@pytest.mark.parametrize("path", ALL)
def test_no_page_is_kept_by_browsers_and_proxies(datasette: Any, path: str) -> None:
    assert ask(datasette, path).headers.get_list("cache-control") == ["private, no-store"]


def test_only_style_and_scripts_may_be_kept_and_for_long_where_their_address_changes(datasette: Any) -> None:
    style = "/-/static-plugins/conricerca/datasette.css"
    assert ask(datasette, style).headers["cache-control"] == "max-age=600"
    assert ask(datasette, f"{style}?v=12345678").headers["cache-control"] == "max-age=31536000, immutable"
    assert ask(datasette, "/archive/catalogue?v=1").headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("path", OURS)
def test_our_pages_need_no_inline_style_or_script(datasette: Any, path: str) -> None:
    answer = ask(datasette, path)
    assert answer.headers["content-security-policy"] == STRICT
    assert " style=" not in answer.text
    assert "<style" not in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("path", DATASETTES)
def test_only_the_scripts_that_datasette_ships_run_on_its_pages(datasette: Any, path: str) -> None:
    answer = ask(datasette, path)
    assert answer.headers["content-security-policy"] == policy_of_datasette(datasette)
    assert "'unsafe-inline'" not in policy_of_datasette(datasette).partition("style-src")[0]


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8001", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8001", "[::1]:8001"]
)
def test_the_private_archive_answers_to_this_computers_own_names(datasette: Any, host: str) -> None:
    assert ask(datasette, "/archive/catalogue.json", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8001", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.test",
        "192.168.1.5", "0.0.0.0", "localhost:8001:1", "localhost evil", "[::1]evil", "::1", "", "archive.local",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/archive/passages.json", "/-/static/app.css", f"/media/{'0' * 64}.m4a"])
def test_the_private_archive_answers_to_no_other_name(datasette: Any, host: str, path: str) -> None:
    answer = ask(datasette, path, headers={"host": host})
    assert answer.status_code == 421
    assert "private" in answer.text
    assert answer.headers["content-security-policy"]


def test_two_names_are_no_name(archive: Archive) -> None:
    import socket
    from urllib.parse import urlsplit

    with listening(archive) as address:
        parts = urlsplit(address)
        assert parts.hostname
        for hosts in (["localhost", "evil.example"], ["evil.example"], []):
            lines = ["GET /archive.json HTTP/1.0", *(f"Host: {host}" for host in hosts), "", ""]
            with socket.create_connection((parts.hostname, parts.port or 0), timeout=10) as connection:
                connection.sendall("\r\n".join(lines).encode())
                status = connection.makefile("rb").readline()
            assert status.split()[1] in (b"400", b"421")
        assert httpx.get(f"{address}/archive.json").status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_sites_page_may_lead_here_but_load_nothing(datasette: Any, site: str) -> None:
    follow = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert ask(datasette, "/archive/catalogue", headers=follow).status_code == 200
    for mode, dest in (("no-cors", "image"), ("cors", "empty"), ("no-cors", "script"), ("navigate", "iframe")):
        asked = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
        assert ask(datasette, "/archive/catalogue.json", headers=asked).status_code == 403
    own = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
    assert ask(datasette, "/archive/catalogue.json", headers=own).status_code == 200


def test_what_is_published_answers_to_every_name(archive: Archive, tmp_path: Path) -> None:
    from datasette.app import Datasette

    public = tmp_path / "public.db"
    shutil.copyfile(archive.database, public)
    datasette = Datasette([], immutables=[str(public)])
    try:
        answer = ask(datasette, "/public/catalogue.json", headers={"host": "archive.example"})
    finally:
        close(datasette)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/archive?sql=select+1", 403),
        ("/archive/catalogue?_where=1%3D1", 403),
        ("/archive.db", 403),
        ("/archive/passages.csv?_stream=1", 400),
        ("/_internal", 403),
        ("/archive/catalogue?_size=501", 400),
        ("/-/threads?_trace=1", 200),
    ],
)
def test_no_sql_and_no_download_of_the_database(datasette: Any, path: str, status: int) -> None:
    answer = ask(datasette, path)
    assert answer.status_code == status
    assert "SQLite format" not in answer.text


def test_an_error_prints_no_testimony_to_the_terminal(datasette: Any, capfd: pytest.CaptureFixture[str]) -> None:
    assert ask(datasette, "/archive/passages?_sort=nothing&_search=Glasgow").status_code >= 400
    said = capfd.readouterr()
    assert "locals" not in said.out + said.err
    assert "Glasgow and the Rent" not in said.out + said.err


@pytest.mark.browser
def test_in_a_real_browser_no_page_of_datasette_asks_for_what_is_refused(browser: Any, address: str) -> None:
    with reading(browser, address) as reader:
        page = reader.page
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(request.url) if not request.url.startswith(address) else None)
        for path in [*DATASETTES, "/archive/catalogue?_place=glasgow", *OURS]:
            page.goto(address + path)
        assert said == []
        for path in ("/nowhere", "/testimonies/2026.999", "/archive/nothing", f"/media/{'0' * 64}.wav"):
            page.goto(address + path)
        assert [text for text in said if "Failed to load resource" not in text] == []
        said.clear()
        page.goto(f"{address}/archive/catalogue")
        page.locator("th svg.dropdown-menu-icon").first.click()
        assert page.locator(".dropdown-menu").first.is_visible()
        page.locator("h1").first.click()
        assert said == []
        smuggle = "Object.assign(document.createElement('script'), {text: 'window.smuggled = 1'})"
        page.evaluate(f"document.body.append({smuggle})")
        assert page.evaluate("window.smuggled") is None
