"""Counts of places, movements and themes beside a table, through its link tables: what stock Datasette lacks.

`?_facet_m2m=places`, or `{m2m: places}` in metadata.yml, on the tables `catalogue` and `passages`.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from datasette.database import QueryInterrupted
from datasette.facets import Facet

from archive.records import VocabularyName
from archive.web.datasette_versions import change_metadata, may_view, without_page

LINKED = {"catalogue": "testimony", "passages": "passage"}  # what a row is, as the link tables' column calls it
KEPT = {"catalogue": "testimonies", "passages": "passages"}  # its column in the counts kept for the front page
VOCABULARIES = {vocabulary.plural: vocabulary for vocabulary in VocabularyName}
COUNTED_EACH_TIME = 50_000  # rows of a whole table that are counted afresh; beyond, the counts kept for the front page


def link_table(table: str, vocabulary: VocabularyName) -> str:
    """Return the table that links the rows of this one to a vocabulary's terms."""
    return f"{LINKED[table]}_{vocabulary.plural}"


def links(table: str, tables: Collection[str]) -> dict[str, str]:
    """Return the columns of this table that can be counted through link tables, and the link table of each."""
    if table not in LINKED or not {"terms", "term_counts"} <= set(tables):
        return {}
    named = {column: link_table(table, vocabulary) for column, vocabulary in VOCABULARIES.items()}
    return {column: link for column, link in named.items() if link in tables}


async def use_link_tables(datasette: Any) -> None:
    """Read `{array: places}` in the running Datasette's metadata as `{m2m: places}` where there is a link table.

    The file says `array`, which a Datasette without this plugin understands.
    """
    for name, database in list(datasette.databases.items()):
        tables = set(await database.table_names())
        for table in LINKED.keys() & tables:
            change_metadata(datasette, partial(linked, database=name, table=table, columns=links(table, tables)))


def linked(metadata: Mapping[str, Any], database: str, table: str, columns: Collection[str]) -> dict[str, Any]:
    """Return a copy of the metadata with `m2m` for `array` in these columns' facets."""
    changed = copy.deepcopy(dict(metadata))
    described = ((changed.get("databases") or {}).get(database) or {}).get("tables") or {}
    facets = (described.get(table) or {}).get("facets") or []
    for place, facet in enumerate(facets):
        if isinstance(facet, dict) and facet.get("array") in columns:
            facets[place] = {"m2m": facet["array"]}
    return changed


class LinkFacet(Facet):
    """Places, movements or themes of the rows found, with the number of rows that speak of each."""

    type = "m2m"

    async def suggest(self) -> list[dict[str, object]]:
        """Offer the vocabularies that this table is linked to and that are not counted already."""
        offered = set(await self._columns()) - set(self._wanted())
        return [
            {"name": column, "type": self.type, "toggle_url": self._url(add=("_facet_m2m", column))}
            for column in sorted(offered)
        ]

    async def facet_results(self) -> tuple[list[dict[str, object]], list[str]]:
        """Return the counts of each vocabulary asked for, or the names of them all where that took too long."""
        wanted = self._wanted()
        present = await self._columns() if wanted else ()
        columns = [column for column in wanted if column in present]
        if not columns:
            return [], []
        size = self.get_facet_size()
        try:
            found = await self.ds.execute(
                self.database,
                await self._sql(columns),
                {**dict(self.params), "facet_limit": size + 1},
                truncate=False,
                custom_time_limit=self.ds.setting("facet_time_limit_ms") * len(columns),
            )
        except QueryInterrupted:
            return [], columns
        return [self._result(column, wanted[column], found.rows, size) for column in columns], []

    def _wanted(self) -> dict[str, str]:
        """Return the columns to count, and whether metadata or the address asks for each."""
        wanted: dict[str, str] = {}
        for configured in self.get_configs():
            column = configured["config"].get("column") or configured["config"].get("simple")
            if isinstance(column, str):
                wanted.setdefault(column, configured["source"])
        return wanted

    async def _columns(self) -> tuple[str, ...]:
        """Return the columns of this table that have a link table which the reader may see."""
        present = links(self.table or "", await self.ds.get_database(self.database).table_names())
        tables = [*present.values(), "terms", "term_counts"]
        seen = present and await may_view(self.ds, self.request.actor, self.database, tables)
        return tuple(present) if seen else ()

    async def _sql(self, columns: list[str]) -> str:
        """Return the query for vocabulary, slug, name and number of each term, the most frequent first.

        The rows found are looked up once for all vocabularies.
        """
        sql = without_page(self.sql)
        row = LINKED[self.table]
        sources = [link_table(self.table, VOCABULARIES[column]) for column in columns]
        if " where " in sql:
            joined = [f"found cross join {link} on {row} = id" for link in sources]
            counts = [f"select term, count(*) as number from {link}" for link in joined]  # noqa: S608
        elif await self.get_row_count() <= COUNTED_EACH_TIME:
            counts = [f"select term, count(*) as number from {link}" for link in sources]  # noqa: S608
        else:
            counts = [f"select term, sum({KEPT[self.table]}) as number from term_counts"]  # noqa: S608
        counted = " union all ".join(f"{count} group by term" for count in counts)
        return (
            f"with found as materialized (select id from ({sql})), counted as ({counted}) "  # noqa: S608
            "select vocabulary, slug, preferred, number from ("
            "select vocabulary, slug, preferred, number, "
            "row_number() over (partition by vocabulary order by number desc, preferred) as place "
            "from counted join terms on terms.id = term where number > 0"
            ") where place <= :facet_limit order by vocabulary, place"
        )

    def _result(self, column: str, source: str, rows: Sequence[Sequence[Any]], size: int) -> dict[str, object]:
        values = [self._value(column, *row) for vocabulary, *row in rows if vocabulary == VOCABULARIES[column].value]
        return {
            "name": column,
            "type": "column",  # or else the page would write "(m2m)" behind the name
            "hideable": source != "metadata",
            "toggle_url": self._url(remove=("_facet_m2m", column)),
            "results": values[:size],
            "truncated": len(values) > size,
        }

    def _value(self, column: str, slug: str, preferred: str, number: int) -> dict[str, object]:
        key = f"_{VOCABULARIES[column].value}"
        chosen = {(key, slug), (f"{column}__arraycontains", preferred)} & set(self.get_querystring_pairs())
        url = self._url(remove=min(chosen)) if chosen else self._url(add=(key, slug))
        return {"value": slug, "label": preferred, "count": number, "toggle_url": url, "selected": bool(chosen)}

    def _url(self, *, add: tuple[str, str] | None = None, remove: tuple[str, str] | None = None) -> str:
        """Return this page's address with one choice more or less, from its first page on."""
        pairs = [pair for pair in self.get_querystring_pairs() if pair[0] != "_next" and pair != remove]
        query = urlencode([*pairs, add] if add else pairs)
        return str(self.ds.absolute_url(self.request, self.ds.urls.path(f"{self.request.path}?{query}".rstrip("?"))))
