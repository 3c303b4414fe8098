"""Answering at an address: the private archive on this computer only, an edition to everybody who can reach it."""

from __future__ import annotations

import asyncio
import errno
import gc
import multiprocessing
import re
import socket
import sqlite3
import threading
import webbrowser
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from archive.errors import ArchiveError
from archive.folder import Archive
from archive.publish.closing import is_closed
from archive.publish.edition import open_edition
from archive.publish.site import DATABASE
from archive.web import scripts
from archive.web.security import HEADERS, STRICT
from archive.web.settings import close_datasette, datasette_for, datasette_for_edition, shared_secret

LOOPBACK = {"localhost": "127.0.0.1", "127.0.0.1": "127.0.0.1", "::1": "::1", "[::1]": "::1"}
SHUTDOWN = 2  # seconds that a listener may go on after Ctrl-C
TAKEN_DOWN = """This site was taken down for now. Please come back later.
Este sitio está retirado por ahora. Vuelve más tarde, por favor.
Ce site est retiré pour le moment. Revenez plus tard, s’il vous plaît.
Questo sito è stato tolto per ora. Torna più tardi, per favore.
أُزيل هذا الموقع مؤقتًا. يُرجى العودة لاحقًا."""
_FOR_READERS = re.compile(rf"/-/static(?:-plugins)?/|{scripts.ROUTE}")  # of what lies under /-/


class Application(Protocol):
    """What answers. `start` makes it ready to."""

    async def start(self) -> None: ...  # noqa: D102
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...  # noqa: D102


class Private:
    """The working archive."""

    def __init__(self, archive: Archive) -> None:
        self._datasette = datasette_for(archive)
        self._app = self._datasette.app()

    async def start(self) -> None:
        """Read what there is."""
        await self._datasette.invoke_startup()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer."""
        await self._app(scope, receive, send)


@dataclass(slots=True, eq=False)
class _Edition:
    """An edition that is served. `shown`: its testimonies; `answering`: how many requests it is still answering."""

    name: str
    shown: frozenset[str]
    datasette: Any
    app: Callable[[Any, Any, Any], Awaitable[None]]
    answering: int = 0


class Published:
    """The edition to which `public/current` leads, and from the moment of a switch on the one after it."""

    def __init__(self, public: Path) -> None:
        self._link = public / "current"
        if not self._link.is_dir():
            raise ArchiveError("nothing is published yet: run 'conricerca publish' first")
        self._served: _Edition | None = None
        self._opening = asyncio.Lock()

    async def start(self) -> None:
        """Read the edition that is there now."""
        await self._current()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer from the edition that is current at this moment: what was withdrawn is not shown once more."""
        if scope["type"] != "http":
            await _say_nothing(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            await _say(send, 405, "Nothing can be sent to this site.", (b"allow", b"GET, HEAD"))
        elif scope["path"].startswith("/-/") and not _FOR_READERS.match(scope["path"]):
            await _say(send, 404, "There is nothing here.")  # what Datasette tells of the computer that it runs on
        elif (edition := await self._current()) is None or is_closed(self._link.parent, edition.shown):
            await _say(send, 503, TAKEN_DOWN)
        else:
            edition.answering += 1
            try:
                await edition.app(scope, receive, send)
            finally:
                edition.answering -= 1
                self._let_go(edition)

    async def _current(self) -> _Edition | None:
        """Return the edition that is to be seen now, None where the site was taken down."""
        if (name := self._name()) is None or self._served is None or name != self._served.name:
            async with self._opening:
                await self._follow()
        return self._served

    async def _follow(self) -> None:
        """Open the edition to which the link leads; while it was opened it may have led to another, or nowhere."""
        while (name := self._name()) != (self._served.name if self._served else None):
            before, self._served = self._served, None
            if before is not None:
                self._let_go(before)
            try:
                self._served = await self._open(name) if name else None
            except (ArchiveError, OSError, sqlite3.DatabaseError):
                if self._name() == name:  # damaged: better nothing than what was there before
                    return

    def _name(self) -> str | None:
        try:
            return str(self._link.readlink())
        except OSError:  # a folder, where somebody has copied the archive and followed its links; or nothing
            return self._link.name if self._link.is_dir() else None

    async def _open(self, name: str) -> _Edition:
        site = self._link.parent / name
        with closing(open_edition(site / DATABASE)) as conn:
            shown = frozenset(accession for (accession,) in conn.execute("select accession from testimonies"))
        datasette = datasette_for_edition(site)
        await datasette.invoke_startup()
        return _Edition(name=name, shown=shown, datasette=datasette, app=datasette.app())

    def _let_go(self, edition: _Edition) -> None:
        """Close what answers nothing any more and will not be asked again."""
        if edition is not self._served and not edition.answering:
            close_datasette(edition.datasette)


async def _say_nothing(scope: Any, receive: Any, send: Any) -> None:
    """Begin and end with the server; answer to nothing else that is no request for a page."""
    while scope["type"] == "lifespan":
        step = (await receive())["type"]
        await send({"type": f"{step}.complete"})
        if step == "lifespan.shutdown":
            return


async def _say(send: Any, status: int, text: str, *more: tuple[bytes, bytes]) -> None:
    """Answer with a line of plain text, and with these headers besides those that every answer has."""
    said = (
        *more,
        (b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"private, no-store"),
        (b"content-security-policy", STRICT.encode()), *HEADERS,
    )  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": said})
    await send({"type": "http.response.body", "body": f"{text}\n".encode()})


def serve_private(archive: Archive, *, host: str = "127.0.0.1", port: int = 8001, **how: Any) -> None:
    """Serve the private archive until interrupted; see `answer_at`.

    Raises ArchiveError for a host that is not this computer, and for a port in use.
    """
    address = LOOPBACK.get(host.lower())
    if address is None:
        raise ArchiveError(
            f"the private archive is served on this computer only, not on {host}: leave out --host, or say 127.0.0.1"
        )
    answer_at(_listen(address, port), partial(Private, archive), **how)


def serve_edition(archive: Archive, *, host: str = "127.0.0.1", port: int = 8001, **how: Any) -> None:
    """Serve what is published to whoever reaches this host, until interrupted; see `answer_at`.

    Raises ArchiveError where nothing is published, and for a port in use.
    """
    make = partial(Published, archive.path / "public")
    make()
    answer_at(_listen(LOOPBACK.get(host.lower(), host), port), make, **how)


def answer_at(
    listening: socket.socket,
    make: Callable[[], Application],
    *,
    workers: int = 1,
    open_browser: bool = False,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Answer at a socket until interrupted; `on_ready` gets the address once it answers there.

    Several workers are as many processes that answer at one address, each with an application of its own.
    """
    shared_secret()  # before others begin: a form that one of them made may be sent to another
    spawning = multiprocessing.get_context("spawn")
    beside = partial(spawning.Process, target=_answer_beside, args=(make, listening), daemon=True)
    others = [beside() for _ in range(workers - 1)]
    try:
        for other in others:
            other.start()
        address = _address(listening)

        def ready() -> None:
            if on_ready:
                on_ready(address)
            if open_browser:
                threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()

        _answer(_server(make(), ready), listening)
    finally:
        for other in others:
            other.terminate()
        listening.close()


def _answer_beside(make: Callable[[], Application], listening: socket.socket) -> None:
    """Answer in a process beside another one, for as long as that lives, however it ends."""
    server = _server(make())

    def end_with_the_other() -> None:
        other = multiprocessing.parent_process()
        if other is not None:
            other.join()
        server.should_exit = True

    threading.Thread(target=end_with_the_other, daemon=True).start()
    _answer(server, listening)


def _answer(server: Any, listening: socket.socket) -> None:
    """Answer at a socket until interrupted, in this process."""
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def _server(application: Application, on_ready: Callable[[], None] | None = None) -> Any:
    """Return what listens for the application; `on_ready` is called once it answers."""
    import uvicorn

    class Server(uvicorn.Server):  # says when it answers
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await application.start()
            await super().startup(sockets)
            _leave_lasting_objects_alone()
            if on_ready:
                on_ready()

    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=SHUTDOWN,
    )
    return Server(config)


def _leave_lasting_objects_alone() -> None:
    """Look for garbage among what pages make only, and seldom: a search makes ten thousand rows and keeps none.

    Going through all that the program consists of took an eighth of every page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _listen(address: str, port: int) -> socket.socket:
    """Return a socket at this address. Port 0 takes any free one. Raises ArchiveError."""
    if not 0 <= port <= 65535:
        raise ArchiveError(f"there is no port {port}: name one from 1024 to 65535, for instance --port 8001")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family)
    except OSError as error:
        raise ArchiveError(_why_not(error, address, port)) from error


def _why_not(error: OSError, address: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use, perhaps by another archive: choose another with --port {port % 65535 + 1}"
    if error.errno == errno.EACCES:
        return f"port {port} is for the system's own programs: choose another with --port 8001"
    return f"this computer cannot listen on {address}, port {port}: {error.strerror}"


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
