"""One page for each vocabulary: its terms as a tree."""

from __future__ import annotations

import sqlite3
from typing import Any

from archive.browse import Branch, grow_vocabulary
from archive.labels import labels
from archive.records import VocabularyName
from archive.web import languages
from archive.web.answers import page, read
from archive.web.choices import link


async def vocabulary(request: Any, datasette: Any) -> Any:
    """All terms of one vocabulary as a tree, with how many passages speak of each."""
    name = next(name for name in VocabularyName if name.plural == request.url_vars["vocabulary"])
    language = languages.language()

    def work(conn: sqlite3.Connection) -> dict[str, Any]:
        tree = grow_vocabulary(conn, name)
        return {"tree": tree, "names": labels(conn, name, _slugs(tree), language)}

    found = await read(datasette, request, work)
    context = {**found, "name": name, "most": _most(found["tree"]), "link": link}
    return await page(datasette, request, "vocabulary", context)


ROUTES = ((r"^/(?P<vocabulary>places|movements|themes)$", vocabulary),)


def _slugs(tree: tuple[Branch, ...]) -> set[str]:
    return {branch.link.slug for branch in tree}.union(*(_slugs(branch.children) for branch in tree))


def _most(tree: tuple[Branch, ...]) -> int:
    """Return the largest number of passages of any term, by which the bars are drawn."""
    return max((max(branch.passages, _most(branch.children)) for branch in tree), default=0)
