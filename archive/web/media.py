"""Recordings and documents as a browser asks for them: `/media/<SHA-256>.<suffix>`, whole or from any second on.

HTTP as in RFC 9110. Of several ranges in one request the whole file is the answer, which the RFC allows. Nothing is
served that the database does not name.
"""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from archive.consent import Artefact, Use
from archive.consents import reader_may
from archive.folder import Archive
from archive.web.datasette_versions import may_view

ROUTE = r"^/media/(?P<sha256>[0-9a-f]{64})(?P<suffix>\.[A-Za-z0-9]{1,12})\Z"
BLOCK = 1 << 18  # bytes read and sent at a time
POLICY = (  # no script ever runs; of the same origin, because Chromium's own player asks again as the page's origin
    "sandbox allow-same-origin; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
_HEARD_OR_SEEN = re.compile(r"(?:audio|video)/[\w.+-]+", re.ASCII)
_ANY_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_RANGE = re.compile(r"bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file of the archive as the database knows it. A recording is played in the page, a document downloaded."""

    path: Path
    sha256: str
    bytes: int
    media_type: str
    filename: str
    accessioned_at: datetime
    is_recording: bool

    @property
    def etag(self) -> str:
        """The strong validator: an original never changes, and its SHA-256 is its name."""
        return f'"{self.sha256}"'

    @property
    def last_modified(self) -> str:
        """The moment at which it came into the archive, as HTTP writes it."""
        return format_datetime(self.accessioned_at, usegmt=True)


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """A range that lies outside the file."""


async def media(request: Any, datasette: Any, send: Any, receive: Any) -> Any:
    """Answer GET and HEAD for one file; 404 for whatever is no file of the archive or may not be seen."""
    from datasette import NotFound, Response

    if request.method not in ("GET", "HEAD"):
        return Response.text("Method not allowed", status=405, headers={"allow": "GET, HEAD"})
    kept = await find_kept(datasette, request.actor, **request.url_vars)
    if kept is None:
        raise NotFound("There is no such recording in the archive")
    if not await asyncio.to_thread(_is_whole, kept):
        raise NotFound("This file is missing or damaged: restore it from a backup")
    headers = _headers(kept)
    if _is_known(kept, request.headers):
        await _answer(send, 304, {name: headers[name] for name in ("etag", "last-modified", "cache-control", "vary")})
        return None
    span = _span(kept, request.headers) if request.method == "GET" else None
    if isinstance(span, Unsatisfiable):
        await _answer(send, 416, {**_small(headers), "content-range": f"bytes */{kept.bytes}", "content-length": "0"})
        return None
    first, last = span or (0, kept.bytes - 1)
    headers["content-length"] = str(last - first + 1)
    if span:
        headers["content-range"] = f"bytes {first}-{last}/{kept.bytes}"
    blocks = _blocks(kept.path, first, last + 1) if request.method == "GET" else None
    await _answer(send, 206 if span else 200, headers, blocks=blocks, receive=receive)
    return None


async def find_kept(datasette: Any, actor: Any, sha256: str, suffix: str) -> Kept | None:
    """Return the recording or document of this name, if this reader may see it and consent allows it."""
    for name, database in datasette.databases.items():
        if not database.path:
            continue
        tables = set(await database.table_names())
        for table in ("recordings", "documents"):
            if table not in tables or not await may_view(datasette, actor, name, [table]):
                continue
            found = await database.execute_fn(lambda conn, table=table: _find(conn, table, sha256, suffix))
            if found:
                size, media_type, filename, at = found
                return Kept(
                    path=Archive(Path(database.path).parent).original(sha256, suffix),
                    sha256=sha256,
                    bytes=size,
                    media_type=media_type,
                    filename=filename,
                    accessioned_at=_moment(at),
                    is_recording=table == "recordings",
                )
    return None


def _find(conn: sqlite3.Connection, table: str, sha256: str, suffix: str) -> tuple[Any, ...] | None:
    """Return size, type, name and moment of a file, of a testimony in which the team may hear or read it."""
    rows = conn.execute(
        f"select accession, bytes, media_type, filename, {table}.accessioned_at from {table} "  # noqa: S608 - our own names
        f"join testimonies on testimonies.id = testimony where {table}.sha256 = ? and {table}.suffix = ?",
        [sha256, suffix],
    ).fetchall()
    for accession, *found in rows:
        if table == "documents":
            decision = reader_may(conn, accession, Use.READ, Artefact.TRANSCRIPT)
        else:
            heard = Artefact.VIDEO if str(found[1]).startswith("video/") else Artefact.AUDIO
            decision = reader_may(conn, accession, Use.LISTEN, heard)
        if decision:
            return tuple(found)
    return None


def disposition(kind: str, filename: str) -> str:
    """Return the header that names a download (RFC 6266, RFC 8187), whatever the name holds."""
    name = "".join(letter for letter in re.sub(r"[/\\]", "_", filename) if letter.isprintable()).strip(". ")
    name = name.encode("utf-8", "replace").decode() or "recording"
    plain = re.sub(r'[^ -~]|["%]', "_", name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _headers(kept: Kept) -> dict[str, str]:
    allowed = _HEARD_OR_SEEN if kept.is_recording else _ANY_TYPE
    return {
        "content-type": kept.media_type if allowed.fullmatch(kept.media_type) else "application/octet-stream",
        "content-disposition": disposition("inline" if kept.is_recording else "attachment", kept.filename),
        "accept-ranges": "bytes",
        "etag": kept.etag,
        "last-modified": kept.last_modified,
        "cache-control": "private, no-store",
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "vary": "Cookie, Authorization",
    }


def _small(headers: Mapping[str, str]) -> dict[str, str]:
    """What an answer without the file still says of it."""
    return {name: value for name, value in headers.items() if not name.startswith("content-")}


def _is_whole(kept: Kept) -> bool:
    try:
        return kept.path.is_file() and kept.path.stat().st_size == kept.bytes
    except OSError:
        return False


def _is_known(kept: Kept, headers: Mapping[str, str]) -> bool:
    """Whether the browser says that it has the file already."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or kept.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    since = _date(headers.get("if-modified-since"))
    return since is not None and kept.accessioned_at <= since


def _span(kept: Kept, headers: Mapping[str, str]) -> tuple[int, int] | Unsatisfiable | None:
    """Return the first and last byte asked for; None means the whole file."""
    asked = _RANGE.fullmatch(headers.get("range", ""))
    if not asked or not any(asked.groups()) or not _still_holds(kept, headers.get("if-range")):
        return None
    first, last = (_number(text) for text in asked.groups())
    if first is None:
        first, last = kept.bytes - min(last or 0, kept.bytes), kept.bytes - 1
    elif last is None:
        last = kept.bytes - 1
    elif last < first:
        return None
    return (first, min(last, kept.bytes - 1)) if first < kept.bytes else Unsatisfiable()


def _still_holds(kept: Kept, condition: str | None) -> bool:
    """Whether `If-Range` names the file as it is: by its strong tag or by its exact date."""
    return condition is None or condition.strip() == kept.etag or _date(condition) == kept.accessioned_at


def _number(text: str) -> int | None:
    """Read a number of any length; no file has 10^18 bytes."""
    return min(int(text[:4000]), 10**18) if text else None


def _date(text: str | None) -> datetime | None:
    with suppress(TypeError, ValueError, IndexError, OverflowError):
        return parsedate_to_datetime(text or "").astimezone(UTC)
    return None


def _moment(text: str) -> datetime:
    """Read the moment at which a file was accessioned; without a usable one, the beginning of time."""
    with suppress(TypeError, ValueError):
        return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
    return datetime.fromtimestamp(0, UTC)


async def _blocks(path: Path, start: int, stop: int) -> AsyncGenerator[bytes, None]:
    """Read from byte `start` up to `stop`, block by block, while others are served."""
    file = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, start, os.SEEK_SET)
        left = stop - start
        while left > 0:
            block = await asyncio.to_thread(file.read, min(BLOCK, left))
            if not block:
                raise OSError(f"{path} ended {left} bytes early")
            left -= len(block)
            yield block
    finally:
        file.close()


async def _answer(
    send: Any,
    status: int,
    headers: Mapping[str, str],
    *,
    blocks: AsyncGenerator[bytes, None] | None = None,
    receive: Any = None,
) -> None:
    """Send the answer, and stop reading the file once the browser has gone."""
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    if blocks is not None:
        gone = asyncio.ensure_future(_gone(receive))
        try:
            async for block in blocks:
                if gone.done():
                    return
                await send({"type": "http.response.body", "body": block, "more_body": True})
        finally:
            gone.cancel()
            await blocks.aclose()
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
