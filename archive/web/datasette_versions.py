"""The calls into Datasette that differ between its versions, in one place, so that the step to 1.0 stays small.

Written for 0.65. Nothing of Datasette is imported before it is needed: a plugin that imports it at its top is read
while Datasette itself is half imported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl

OURS = "conricerca"  # what Datasette calls this plugin
ForeignKeys = list[dict[str, str]]
_for_our_pages: ContextVar[bool] = ContextVar("for_our_pages", default=False)


async def may_view(datasette: Any, actor: Any, database: str, tables: Iterable[str]) -> bool:
    """Whether our pages may read these tables for this actor: what the table leaves open its database says, or all.

    Each is asked once, and none where nobody is shut out: asking copies all of metadata.yml, every time. That a table
    is closed under Datasette's own address makes no difference: our pages ask the gate about what they show of it.
    """
    if _shuts_nobody_out(datasette):
        return True
    answers: dict[tuple[str, Any], bool | None] = {}

    async def allowed(action: str, resource: Any) -> bool | None:
        if (action, resource) not in answers:
            with _asking_for_our_pages():
                answers[action, resource] = await datasette.permission_allowed(actor, action, resource, default=None)
        return answers[action, resource]

    for table in tables:
        for action, resource in (
            ("view-table", (database, table)),
            ("view-database", database),
            ("view-instance", None),
        ):
            verdict = await allowed(action, resource)
            if verdict is not None:
                if not verdict:
                    return False
                break
    return True


@contextmanager
def _asking_for_our_pages() -> Iterator[None]:
    before = _for_our_pages.set(True)
    try:
        yield
    finally:
        _for_our_pages.reset(before)


def asks_for_our_pages() -> bool:
    """Whether a permission is asked on behalf of a page of ours, not of one of Datasette's."""
    return _for_our_pages.get()


def _shuts_nobody_out(datasette: Any) -> bool:
    """Whether metadata.yml says `allow` nowhere, and no other plugin decides who may see what or adds to that."""
    from datasette.plugins import pm

    deciding = {one.plugin_name for one in pm.hook.permission_allowed.get_hookimpls()}
    if deciding - {"datasette.default_permissions", OURS} or pm.hook.get_metadata.get_hookimpls():
        return False
    said = datasette._metadata_local
    databases = (said.get("databases") or {}).values()
    tables = [table for part in (said, *databases) for table in (part.get("tables") or {}).values()]
    return not any("allow" in part for part in (said, *databases, *tables) if part)


def change_metadata(datasette: Any, change: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
    """Let the running Datasette work with changed metadata; the file, and the caller's own copy, stay as they are."""
    datasette._metadata_local = change(datasette._metadata_local)


def change_foreign_keys(database: Any, change: Callable[[str, ForeignKeys], ForeignKeys]) -> None:
    """Let Datasette know another set of foreign keys of each table of this database; it reads them from the schema.

    From them come labels, facets' names, links, and the numbers of rows that point to one. None of these asks who may
    see the table at the other end (measured with 0.65.5).
    """
    of_table, of_all = database.foreign_keys_for_table, database.get_all_foreign_keys

    async def changed(table: str) -> ForeignKeys:
        return change(table, await of_table(table))

    async def all_changed() -> dict[str, dict[str, ForeignKeys]]:
        outgoing = {table: change(table, keys["outgoing"]) for table, keys in (await of_all()).items()}
        incoming: dict[str, ForeignKeys] = {table: [] for table in outgoing}
        for table, keys in outgoing.items():
            for key in keys:
                back = {"other_table": table, "column": key["other_column"], "other_column": key["column"]}
                incoming[key["other_table"]].append(back)
        return {table: {"incoming": incoming[table], "outgoing": keys} for table, keys in outgoing.items()}

    database.foreign_keys_for_table, database.get_all_foreign_keys = changed, all_changed


def said_of_the_archive(datasette: Any, key: str) -> str:
    """Return what metadata.yml says of the whole archive; Datasette's own way copies all of it each time."""
    return str(datasette._metadata_local.get(key) or "")


def csrf_token(request: Any) -> str:
    """Return what a form must send back, and let the answer set its cookie; `serve` gives all workers one secret."""
    return str(request.scope["csrftoken"]())


async def sent_form(request: Any, longest: int) -> dict[str, str]:
    """Return the fields of a form that was sent; none where it has more bytes than `longest` or is no text."""
    body = await request.post_body()
    try:
        said = body.decode("utf-8") if len(body) <= longest else ""
    except UnicodeDecodeError:
        return {}
    return dict(parse_qsl(said, keep_blank_values=True, max_num_fields=500))


def print_no_local_variables() -> None:
    """Keep Datasette from printing every local variable, testimonies among them, when a request goes wrong.

    It does so wherever the library rich is installed, which our command line needs.
    """
    from datasette import handle_exception

    handle_exception.rich = None


def is_readers_mistake(exception: Exception) -> bool:
    """Whether a table was asked to be sorted by a column that it does not have, or for more than it may take."""
    from datasette.database import QueryInterrupted
    from datasette.views.base import DatasetteError

    if isinstance(exception, QueryInterrupted):
        return True
    return isinstance(exception, DatasetteError) and str(exception.message).startswith("Cannot sort table by")


def without_page(sql: str) -> str:
    """Take the condition that leads to a later page off a table's query, so that counts are those of the whole."""
    return _PAGE.sub("", sql)


# how the table view writes `?_next=`: by primary key, or by a sorted column and then the primary key
_COLUMN = r"(?:\w+|\[[^\]]+\])"
_BY_KEY = rf"\(\({_COLUMN} > :p\d+\)\)"
_BY_COLUMN = rf"\({_COLUMN} [<>] :p\d+(?: or {_COLUMN} is null)? or \({_COLUMN} = :p\d+ and {_BY_KEY}\)\)"
_AFTER_NULL = rf"\((?:{_COLUMN} is not null or \()?{_COLUMN} is null and {_BY_KEY}\)\)?"
_PAGE = re.compile(rf" (?:where|and) (?:{_BY_KEY}|{_BY_COLUMN}|{_AFTER_NULL}) *$")


def inline_scripts(datasette: Any) -> tuple[str, ...]:
    """Return the scripts that stand inside Datasette's own pages, the same on every page."""
    return (*_own_scripts(), *_leaflet_scripts(datasette))


@cache
def _own_scripts() -> tuple[str, ...]:
    templates = files("datasette") / "templates"
    found = ["DATASETTE_ALLOW_FACET = true;", "DATASETTE_ALLOW_FACET = false;"]
    for name in ("_close_open_menus.html", "_codemirror_foot.html"):
        found += re.findall(r"<script>(.*?)</script>", templates.joinpath(name).read_text(encoding="utf-8"), re.DOTALL)
    return tuple(found)


def _leaflet_scripts(datasette: Any) -> tuple[str, ...]:
    """What the plugin that brings Leaflet puts on every page: where Leaflet lies."""
    import datasette_leaflet

    return (str(datasette_leaflet.extra_body_script(datasette)),)
