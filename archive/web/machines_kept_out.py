"""Telling machines that collect texts to learn from where they may not; whoever speaks there has not agreed to it.

Nothing can force them. X-Robots-Tag and robots.txt are asked for by custom, tdm-reservation by the TDM Reservation
Protocol, which European law (directive 2019/790, article 4) takes for a no.
"""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from archive.publish.edition import open_edition
from archive.refused_uses import kept_from_machines

HEADERS = ((b"x-robots-tag", b"noai, noimageai"), (b"tdm-reservation", b"1"))
CRAWLERS = (  # that say themselves that they collect for training
    "AI2Bot", "Amazonbot", "anthropic-ai", "Applebot-Extended", "Bytespider", "CCBot", "ClaudeBot", "cohere-ai",
    "cohere-training-data-crawler", "Diffbot", "FacebookBot", "Google-Extended", "GPTBot", "img2dataset",
    "Meta-ExternalAgent", "omgili", "PanguBot", "Timpibot",
)  # fmt: skip
_OF_ONE = re.compile(r"/(?:testimonies|passages)/(?P<accession>[^/]+)|/media/(?P<sha256>[0-9a-f]{64})")
_known: WeakKeyDictionary[Any, frozenset[str]] = WeakKeyDictionary()  # an edition never changes


def kept_out(datasette: Any) -> frozenset[str]:
    """Return what machines may not learn from in the edition that is served; nothing in a working archive."""
    if datasette not in _known:
        paths = [Path(one.path) for one in datasette.databases.values() if one.path]
        _known[datasette] = frozenset(one for path in paths if path.name != "archive.db" for one in _read(path))
    return _known[datasette]


def is_kept_out(datasette: Any, path: str) -> bool:
    """Whether machines may not learn from what answers at this path: of a testimony, or of a page that tells of any."""
    kept = kept_out(datasette)
    found = _OF_ONE.match(path)
    return (found["accession"] or found["sha256"]) in kept if found else bool(kept)


def robots(datasette: Any) -> str:
    """Return what robots.txt says."""
    if not kept_out(datasette):
        return "User-agent: *\nDisallow:\n"
    named = "".join(f"User-agent: {name}\n" for name in CRAWLERS)
    return f"{named}Disallow: /\n\nUser-agent: *\nDisallow:\n"


def _read(path: Path) -> frozenset[str]:
    with closing(open_edition(path)) as conn:
        return kept_from_machines(conn)
