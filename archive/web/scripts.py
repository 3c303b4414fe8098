"""Our scripts under an address that changes when any of them does: `/-/conricerca/<version>/player.js`.

Scripts import each other by names beside their own, so all that a page loads is of the version with which it begins:
a browser never mixes what it kept with what is new.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

ROUTE = r"^/-/conricerca/(?P<version>[0-9a-f]{10})/(?P<name>[a-z]+\.js)\Z"


def address_of(name: str) -> str:
    """Return where a script of this version lies, below the base URL."""
    return f"/-/conricerca/{_version()}/{name}"


async def script(request: Any, datasette: Any) -> Any:
    """One script. A page that was open during an upgrade is led to the new version, and so is all that it loads."""
    from datasette import NotFound, Response

    name = request.url_vars["name"]
    if name not in _texts():
        raise NotFound("There is no such script")
    if request.url_vars["version"] != _version():
        return Response.redirect(datasette.urls.path(address_of(name)))
    return Response(_texts()[name], content_type="text/javascript; charset=utf-8")


@cache
def _texts() -> dict[str, str]:
    folder = files(__package__) / "static"
    scripts = sorted((file for file in folder.iterdir() if file.name.endswith(".js")), key=lambda file: file.name)
    return {file.name: file.read_text(encoding="utf-8") for file in scripts}


@cache
def _version() -> str:
    return hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in _texts().items()).encode()).hexdigest()[:10]
