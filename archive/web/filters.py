"""`?_place=glasgow`, `?_movement=…`, `?_theme=…` on the tables that have link tables; every one given must hold."""

from __future__ import annotations

from typing import Any

from archive.records import VocabularyName
from archive.searchable import searchable

_TERM = "select id from terms where vocabulary = '{vocabulary}' and slug = :{key}"
_ROWS = "id in (select {row} from {link} where term = ({term}))"


async def term_filters(request: Any, database: str, table: str, datasette: Any) -> Any:
    """Return the conditions for the terms in the address, and the terms in words, such as `place: Glasgow`.

    Raises Forbidden where the reader may not see the tables that say so.
    """
    from datasette.filters import FilterArguments
    from datasette.utils.asgi import Forbidden

    from archive.web.datasette_versions import may_view
    from archive.web.facets import LINKED, link_table

    chosen = [(name, slug) for name in VocabularyName for slug in request.args.getlist(f"_{name.value}")]
    if not chosen or table not in LINKED:
        return None
    tables = {link_table(table, vocabulary) for vocabulary, _ in chosen} | {"terms"}
    present = set(await datasette.get_database(database).table_names())
    if not tables <= present:
        return None
    if not await may_view(datasette, request.actor, database, sorted(tables)):
        raise Forbidden("you may not choose by place, movement or theme here")
    conditions, parameters, words = [], {}, []
    for number, (vocabulary, slug) in enumerate(chosen):
        key = f"term{number}"
        term = _TERM.format(vocabulary=vocabulary.value, key=key)
        conditions.append(_ROWS.format(row=LINKED[table], link=link_table(table, vocabulary), term=term))
        parameters[key] = slug
        words.append(f"{vocabulary.value}: {await _preferred(datasette, database, vocabulary, slug)}")
    return FilterArguments(conditions, parameters, words)


async def _preferred(datasette: Any, database: str, vocabulary: VocabularyName, slug: str) -> str:
    found = await datasette.execute(
        database, "select preferred from terms where vocabulary = ? and slug = ?", [vocabulary.value, slug]
    )
    return str(found.rows[0][0]) if found.rows else f"{slug} (not in the vocabulary)"


def search_spaced(words: str) -> str:
    """Turn what a reader typed in Datasette's own search box into a full-text query, as Datasette does.

    Scripts that do not separate words are spaced as the index is, so that 罢工 is found inside a sentence. Signs alone
    find nothing.
    """
    from datasette.utils import escape_fts

    return str(escape_fts(searchable(words) or words)) or '""'
