"""Which tables the private archive shows under Datasette's own addresses: those that hold what the gate lets through.

Our own pages read the others as well, and ask the gate. A table that is not named here is closed, so that a new one
begins as such. What is published holds nothing but what may be read by all: there every table is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from archive.folder import Archive

LINKED = ("places", "movements", "themes")
OPEN = frozenset(
    {
        "catalogue",  # has no line for what is withheld
        "passages",  # nor has this any of its words
        *(f"{row}_{name}" for row in ("passage", "testimony") for name in LINKED),
        "vocabularies", "terms", "variants", "stop_phrases", "term_parents", "term_ancestors", "term_names",
        "term_counts",
    }
)  # fmt: skip
INSTEAD = {"testimonies": "catalogue"}  # an open table with the same numbers, which rows may lead to
OF_A_TABLE = "view-table"
OF_A_DATABASE = frozenset({"execute-sql", "view-database-download", "view-query"})  # each could read any table

_closing: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()


async def permission(datasette: Any, action: str, resource: Any) -> bool | None:
    """Return False for what could show rows that are withheld, and None for everything else, which others decide."""
    if action != OF_A_TABLE and action not in OF_A_DATABASE:
        return None
    name, table = resource if isinstance(resource, tuple) else (resource, None)
    if action == OF_A_TABLE and table in OPEN:
        return None
    database = datasette.databases.get(name)
    return False if database is not None and await closes(database) else None


async def closes(database: Any) -> bool:
    """Whether this is a working archive, which holds what nobody may read; it is looked at once."""
    if database not in _closing:
        tables = set(await database.table_names())
        _closing[database] = {"testimonies", "consents"} <= tables and "edition" not in tables
    return _closing[database]


def open_foreign_keys(table: str, keys: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return where the rows of a table lead, without closed tables: Datasette writes labels from them unasked."""
    if table not in OPEN:
        return []
    led = [{**key, "other_table": INSTEAD.get(key["other_table"], key["other_table"])} for key in keys]
    return [key for key in led if key["other_table"] in OPEN and key["other_table"] != table]


async def hide_closed_tables(datasette: Any) -> None:
    """Keep Datasette from naming, counting or labelling rows by what stands in closed tables."""
    from archive.web.datasette_versions import change_foreign_keys

    for database in list(datasette.databases.values()):
        if database.path and await closes(database):
            change_foreign_keys(database, open_foreign_keys)


def is_closing(datasette: Any) -> bool:
    """Whether any database that is served closes tables; known from when serving began."""
    return any(_closing.get(database) for database in datasette.databases.values())


def working_archive(datasette: Any) -> Archive | None:
    """Return the archive that is kept here and can be written to; None where an edition is served."""
    for database in datasette.databases.values():
        if _closing.get(database) and Path(database.path).name == "archive.db":
            return Archive(Path(database.path).parent)
    return None


async def say_that_it_is_closed(datasette: Any, request: Any) -> Any:
    """Return a page in the reader's language that says why something is closed, in place of Datasette's own."""
    from archive.web.answers import missing
    from archive.web.languages import gettext as _

    reason = _("This is closed: it may hold what is withheld. What may be read stands on the archive’s own pages.")
    return await missing(datasette, request, reason, status=403)
