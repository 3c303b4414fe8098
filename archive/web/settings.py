"""Serving the private archive, on this computer only, with Datasette's settings for that."""

from __future__ import annotations

import errno
import gc
import multiprocessing
import socket
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from archive.configuration import read_metadata
from archive.errors import ArchiveError
from archive.folder import Archive

LOOPBACK = {"localhost": "127.0.0.1", "127.0.0.1": "127.0.0.1", "::1": "::1", "[::1]": "::1"}
SHUTDOWN = 2  # seconds that a listener may go on after Ctrl-C


def settings() -> dict[str, object]:
    """Return the settings under which an archive is served, private or published.

    No SQL from the address bar and no download of the database; nothing that one request could make slow.
    """
    return {
        "default_allow_sql": False,
        "allow_download": False,
        "allow_csv_stream": False,
        "suggest_facets": False,
        "facet_time_limit_ms": 200,
        "sql_time_limit_ms": 1000,
        "default_page_size": 25,
        "max_returned_rows": 500,
        "num_sql_threads": 3,
        "template_debug": False,
        "trace_debug": False,
    }


def datasette_for(archive: Archive) -> Any:
    """Return the Datasette that serves this archive; it follows an archive that is still growing.

    It opens the database for reading. Raises InvalidFile where metadata.yml says what cannot be.
    """
    from datasette.app import Datasette

    metadata = read_metadata(archive.metadata) if archive.metadata.exists() else {}
    return Datasette([str(archive.database)], metadata=metadata, settings=settings(), crossdb=False, memory=False)


def serve(
    archive: Archive,
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    workers: int = 1,
    open_browser: bool = False,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the archive until interrupted; `on_ready` gets the address once it answers there.

    Several workers are as many processes that answer at one address. Port 0 takes any free one. Raises ArchiveError for
    a host that is not this computer, and for a port in use.
    """
    listening = _listen(host, port)
    spawning = multiprocessing.get_context("spawn")
    beside = partial(spawning.Process, target=_answer_beside, args=(archive, listening), daemon=True)
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

        _answer(_server(archive, ready), listening)
    finally:
        for other in others:
            other.terminate()
        listening.close()


def _answer_beside(archive: Archive, listening: socket.socket) -> None:
    """Answer in a process beside another one, for as long as that lives, however it ends."""
    server = _server(archive)

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


def _server(archive: Archive, on_ready: Callable[[], None] | None = None) -> Any:
    """Return what answers for the archive; `on_ready` is called once it does."""
    import uvicorn

    datasette = datasette_for(archive)

    class Server(uvicorn.Server):  # says when it answers
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await datasette.invoke_startup()
            await super().startup(sockets)
            _leave_lasting_objects_alone()
            if on_ready:
                on_ready()

    config = uvicorn.Config(
        datasette.app(),
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


def _listen(host: str, port: int) -> socket.socket:
    address = LOOPBACK.get(host.lower())
    if address is None:
        raise ArchiveError(
            f"the private archive is served on this computer only, not on {host}: leave out --host, or say 127.0.0.1"
        )
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
