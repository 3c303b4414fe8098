"""One page for each vocabulary: its terms as a tree."""

from __future__ import annotations

from typing import Any

from archive.browse import Branch, grow_vocabulary
from archive.records import VocabularyName
from archive.web.answers import page, read
from archive.web.choices import link


async def vocabulary(request: Any, datasette: Any) -> Any:
    """All terms of one vocabulary as a tree, with how many passages speak of each."""
    name = next(name for name in VocabularyName if name.plural == request.url_vars["vocabulary"])
    tree = await read(datasette, request, lambda conn: grow_vocabulary(conn, name))
    context = {"name": name, "tree": tree, "most": _most(tree), "link": link}
    return await page(datasette, request, "vocabulary", context)


ROUTES = ((r"^/(?P<vocabulary>places|movements|themes)$", vocabulary),)


def _most(tree: tuple[Branch, ...]) -> int:
    """Return the largest number of passages of any term, by which the bars are drawn."""
    return max((max(branch.passages, _most(branch.children)) for branch in tree), default=0)
