"""Which movements share places, themes and narrators: drawn, and as a table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from archive.connections import Network, Shared, Tie, read_network
from archive.labels import value_names
from archive.query import Facet
from archive.web.answers import missing, page, read
from archive.web.drawn_network import LONGEST, RING, SIZE, draw_network
from archive.web.languages import gettext as _
from archive.web.languages import language

LISTED = 40  # ties in the table
LETTER = 7.8  # units of the drawing, about, that a letter is wide
AROUND = 24  # movements round the one that is looked at


async def network(request: Any, datasette: Any) -> Any:
    """The movements and what they share; `?movement=` looks at one of them, `?shared=` at one kind of ties."""
    wanted = request.args.get("shared") or "all"
    movement = request.args.get("movement") or None
    if wanted not in ("all", *Shared):
        message = _("Movements can share places, themes or narrators, not “%(name)s”.") % {"name": wanted[:60]}
        return await missing(datasette, request, message)
    kinds = tuple(Shared) if wanted == "all" else (Shared(wanted),)
    spoken = language()
    found = await read(datasette, request, lambda conn: _look(conn, kinds, movement, spoken))
    return await page(datasette, request, "network", {**found, "wanted": wanted, "movement": movement})


ROUTES = ((r"^/network$", network),)


def _look(conn: sqlite3.Connection, kinds: Sequence[Shared], movement: str | None, spoken: str) -> dict[str, Any]:
    known = read_network(conn, movement)
    ties = _strongest(known, kinds, movement)
    rows = ties[:LISTED]
    values = {(Facet.MOVEMENT, key) for tie in ties for key in (tie.one, tie.other)}
    values |= {(kind.facet, key) for tie in rows for kind in kinds for key in tie.keys(kind)}
    values |= {(Facet.MOVEMENT, movement)} if movement else set()
    values |= {(Facet.MOVEMENT, one.slug) for one in known.movements}
    names = value_names(conn, values, spoken)
    shown = ties[:AROUND] if movement else ties
    drawn = draw_network(tuple((tie.one, tie.other, tie.strength(kinds)) for tie in shown), movement)
    return {
        "drawn": drawn,
        "room": _room([names.get((Facet.MOVEMENT, node.key), node.key) for node in drawn.nodes]),
        "rows": rows,
        "number": len(ties),
        "kinds": kinds,
        "names": names,
        "passages": {one.slug: one.passages for one in known.movements},
    }


def _room(names: Sequence[str]) -> float:
    """Return how much of each side of the square the names leave empty."""
    longest = max((min(len(name), LONGEST) for name in names), default=LONGEST)
    return max(0.0, SIZE / 2 - RING - LETTER * longest - 30)


def _strongest(known: Network, kinds: Sequence[Shared], movement: str | None) -> tuple[Tie, ...]:
    """Return the ties, those that share most first; only those of one movement where one is looked at."""
    ties: Iterable[Tie] = known.ties
    if movement:
        ties = (tie for tie in ties if movement in (tie.one, tie.other))
    shared = [(tie.strength(kinds), tie) for tie in ties]
    return tuple(
        tie for number, tie in sorted(shared, key=lambda pair: (-pair[0], pair[1].one, pair[1].other)) if number
    )
