"""What every answer says to the browser, and whom the private archive answers at all.

No page can load, send or frame anything from elsewhere. The private archive answers only under this computer's own
names, so that a foreign page cannot reach it by pointing a name of its own at 127.0.0.1 (DNS rebinding), and only to
its own pages or a person who follows a link.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from functools import cache
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, TypeAlias

from archive.web import languages, machines_kept_out, scripts
from archive.web.datasette_versions import inline_scripts

Scope: TypeAlias = MutableMapping[str, Any]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
OF_PARTS = "default-src 'none'; script-src 'none'; frame-ancestors 'none'"  # short: a page has twenty parts
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
        b"microphone=(), midi=(), payment=(), usb=()",
    ),
)
_KEPT_VERSION = b"max-age=31536000, immutable"  # of a style sheet or script whose address changes when it does
_KEPT = b"max-age=600"
_MAY_BE_KEPT = (b"text/css", b"text/javascript", b"application/javascript", b"font/", b"image/")
_THIS_COMPUTER = re.compile(rb"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)


def secured(app: App, datasette: Any, is_ours: Callable[[str], bool]) -> App:
    """Wrap the application. `is_ours` says of an address whether our own page answers there."""
    base = datasette.setting("base_url")

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path = "/" + scope["path"].removeprefix(base) if base != "/" else scope["path"]
        ours = is_ours(path)
        policy = STRICT if ours else policy_of_datasette(datasette)
        is_kept_out = machines_kept_out.is_kept_out(datasette, path)
        versioned = b"v=" in scope["query_string"] or re.match(scripts.ROUTE, path) is not None

        async def send_secured(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                keep = _KEPT_VERSION if versioned and message["status"] == 200 else _KEPT
                headers = _with_headers(message.get("headers", []), policy, keep)
                headers += machines_kept_out.HEADERS if is_kept_out else ()
                message = {**message, "headers": _in_a_language(headers) if ours else headers}
            await send(message)

        refusal = refused(scope["headers"], scope["method"]) if is_private(datasette) else None
        if refusal:
            await _refuse(send_secured, *refusal)
        else:
            with languages.speaking(_language_for(scope["headers"])):
                await app(scope, receive, send_secured)

    return answer


def policy_of_datasette(datasette: Any) -> str:
    """Return the policy for Datasette's own pages.

    They carry style attributes, and a few scripts that are the same on every page: these are allowed by their hashes,
    so that a script which someone smuggled into a page still does not run.
    """
    return _allowing(inline_scripts(datasette))


@cache
def _allowing(scripts: tuple[str, ...]) -> str:
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts
    )
    return STRICT.replace("script-src 'self'", f"script-src 'self' {hashes}").replace(
        "style-src 'self'", "style-src 'self' 'unsafe-inline'"
    )


def is_private(datasette: Any) -> bool:
    """Whether this Datasette serves a working archive: what is published has another name."""
    return any(database.path and Path(database.path).name == "archive.db" for database in datasette.databases.values())


def refused(headers: Iterable[tuple[bytes, bytes]], method: str = "GET") -> tuple[int, str] | None:
    """Return status and reason where the private archive does not answer a request with these headers.

    What could change something must come from a page of its own, and say so.
    """
    said: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        said.setdefault(name.lower(), []).append(value)
    hosts = said.get(b"host", [])
    if len(hosts) != 1 or not _THIS_COMPUTER.fullmatch(hosts[0]):
        return 421, (
            "This archive is private and answers on this computer only, at an address such as http://127.0.0.1:8001 "
            "or http://localhost:8001. To show it to others, publish it."
        )
    site = said.get(b"sec-fetch-site", [b"none"])[0]
    followed = said.get(b"sec-fetch-mode", [b""])[0] == b"navigate" and said.get(b"sec-fetch-dest") == [b"document"]
    if site in (b"cross-site", b"same-site") and not followed:
        return 403, "This archive is private: another site's pages may lead to it, but not load anything from it."
    if method not in ("GET", "HEAD") and not _from_here(said, hosts[0]):
        return 403, "This archive is private: only its own pages may send something to it."
    return None


def _from_here(said: dict[bytes, list[bytes]], host: bytes) -> bool:
    """Whether the browser says that a request came from a page of this very address; silence is a no."""
    sites, origins = said.get(b"sec-fetch-site", []), said.get(b"origin", [])
    named = all(origin.lower() in (b"http://" + host.lower(), b"https://" + host.lower()) for origin in origins)
    return bool(sites or origins) and all(site == b"same-origin" for site in sites) and named


def _with_headers(headers: Iterable[tuple[bytes, bytes]], policy: str, keep: bytes) -> list[tuple[bytes, bytes]]:
    """Add what is missing: a page that brings a policy of its own keeps it. Only style and scripts may be kept."""
    said = [(name.lower(), value) for name, value in headers]
    is_part = dict(said).get(b"content-type", b"").startswith(_MAY_BE_KEPT)
    kept = is_part and b"cache-control" not in dict(said)
    said = [header for header in said if header[0] != b"cache-control"]
    said.append((b"cache-control", keep if kept else b"private, no-store"))
    names = {name for name, _ in said}
    wanted = (*HEADERS, (b"content-security-policy", (OF_PARTS if is_part else policy).encode()))
    return said + [header for header in wanted if header[0] not in names]


def _language_for(headers: Iterable[tuple[bytes, bytes]]) -> str:
    said = {name.lower(): value.decode("latin-1") for name, value in headers}
    with suppress(CookieError):
        cookie = SimpleCookie(said.get(b"cookie", "")).get(languages.COOKIE)
        return languages.choose(cookie.value if cookie else None, said.get(b"accept-language", ""))
    return languages.choose(None, said.get(b"accept-language", ""))


def _in_a_language(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Say in which language a page of ours is, and that it would be another for another reader."""
    vary = [value for name, value in headers if name == b"vary"]
    others = [header for header in headers if header[0] != b"vary"]
    vary.append(b"accept-language, cookie")
    return [*others, (b"vary", b", ".join(vary)), (b"content-language", languages.language().encode())]


async def _refuse(send: Send, status: int, reason: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})
