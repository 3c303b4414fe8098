"""What a stranger gets who asks the edition for everything: each kind of page and file, followed from link to link.

The site runs as it will be served, only without a network. A denied word in any answer is a fault, and so is an answer
that the server could not give.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from archive.publish.edition import open_edition
from archive.publish.gate.denylist import Denied, Hit

EACH = 8  # addresses of one kind that are asked for
PAGES = 500  # in all
HERE = "http://localhost"
_LINK = re.compile(r"""(?:href|src|action|data-[a-z-]+)=["']?([^"'\s>]+)""")
BEGINNINGS = (
    "/", "/search", "/search?q=a*", "/search.json?q=a*", "/search.csv?q=a*", "/search.atom?q=a*", "/map", "/timeline",
    "/network", "/public", "/public.json", "/public.db", "/public?sql=select+*+from+sqlite_master", "/-/metadata.json",
    "/-/databases.json", "/-/plugins.json", "/-/settings.json", "/-/versions.json", "/-/threads.json", "/-/actor.json",
    "/-/config.json",
)  # fmt: skip
FORMS = ("", ".json", ".csv", ".json?_shape=array&_labels=on&_nl=on", ".json?_facet={0}", ".csv?_labels=on")


def crawl_faults(datasette: Any, database: Path, denied: Denied, *, pages: int = PAGES) -> Iterator[str]:
    """Yield what is wrong with the answers of this Datasette, which serves the edition with this database.

    So many `pages` are asked for at most, of every kind some.
    """
    with ThreadPoolExecutor(1) as thread:  # whoever publishes may have a loop of events of their own
        yield from thread.submit(asyncio.run, _crawl(datasette, _tables(database), denied, pages)).result()


async def _crawl(datasette: Any, tables: Mapping[str, str], denied: Denied, pages: int) -> list[str]:
    await datasette.invoke_startup()
    faults: dict[str, None] = {}
    waiting = deque(BEGINNINGS)
    waiting.extend(f"/public/{table}{form.format(column)}" for table, column in tables.items() for form in FORMS)
    asked: set[str] = set()
    kinds: Counter[str] = Counter()
    while waiting and len(asked) < pages:
        address = waiting.popleft()
        if address in asked or kinds[_kind(address)] >= EACH:
            continue
        asked.add(address)
        kinds[_kind(address)] += 1
        answer = await datasette.client.get(address)
        faults.update(dict.fromkeys(_faults(address, answer, denied)))
        if "html" in answer.headers.get("content-type", ""):
            waiting.extend(_links(address, answer.text))
    return list(faults)


def _faults(address: str, answer: Any, denied: Denied) -> Iterator[str]:
    if answer.status_code >= 500:
        yield f"{address} cannot be answered: {answer.status_code}"
    kind = answer.headers.get("content-type", "")
    if not kind.startswith(("audio/", "video/", "image/", "font/")):
        said = f"{answer.headers}\n{unescape(answer.text)}"
        yield from (str(Hit(address.partition("?")[0], word)) for word in denied.in_text(said))


def _links(address: str, html: str) -> Iterator[str]:
    """Yield the addresses of this site that a page leads to."""
    for link in _LINK.findall(html):
        target = urlsplit(urljoin(HERE + address, unescape(link)))
        if f"{target.scheme}://{target.netloc}" == HERE:
            yield target.path + (f"?{target.query}" if target.query else "")


def _kind(address: str) -> str:
    """Return what kind of page an address is: numbers and names make no difference, the table and the format do."""
    path, _, query = address.partition("?")
    parts = path.strip("/").split("/")
    if parts[0] == "public" and len(parts) < 3:
        return address
    shape = "/".join([parts[0], *("*" for _ in parts[1:])]) + Path(parts[-1]).suffix * (not parts[-1][:1].isdigit())
    return f"{shape}?{'&'.join(sorted(re.findall(r'(?:^|&)([^=&]+)', query)))}"


def _tables(database: Path) -> dict[str, str]:
    """Return the tables and views of an edition, those of the index too, each with the name of its first column."""
    with closing(open_edition(database)) as conn:
        rows = conn.execute(
            "select name, (select name from pragma_table_info(sqlite_master.name) limit 1) from sqlite_master "
            "where type in ('table', 'view') order by name"
        )
        return dict(rows.fetchall())
