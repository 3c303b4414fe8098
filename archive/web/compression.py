"""Style sheets, scripts and outlines go over a slow line compressed; pages compress themselves, sound is left alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

App: TypeAlias = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]

FOLDERS = ("/-/static", "/-/conricerca/")
SUFFIXES = (".css", ".js", ".svg", ".json")


def compressed(app: App) -> App:
    """Wrap the application so that static text is compressed where the browser can read that."""
    from asgi_gzip import GZipMiddleware

    squeezing = GZipMiddleware(app, compresslevel=6)

    async def answer(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        is_static = any(folder in path for folder in FOLDERS) and path.endswith(SUFFIXES)
        await (squeezing if is_static else app)(scope, receive, send)

    return answer
