"""Which movements share places, themes and narrators, and which ones.

Places and themes are shared where passages of both movements speak of them; narrators where they tell of both, in one
testimony or in several. What is shared is named as narrowly as it can be: who shares Turin also shares Italy, and
that says nothing more. For the same reason a movement stands here only if passages name it at least as often as the
narrower movements under it, and never beside a movement that stands above it.

All functions take an open sqlite3 connection and only read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, islice

from archive.matching import UnknownChoice
from archive.query import Facet

MOST = 40  # movements that are compared
FIRST = 6  # things shared that are named


class Shared(StrEnum):
    """What two movements can share."""

    PLACES = "places"
    THEMES = "themes"
    NARRATORS = "narrators"

    @property
    def facet(self) -> Facet:
        """The facet whose values are shared."""
        return Facet(self.value.removesuffix("s"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A movement, and how many passages speak of it."""

    slug: str
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Two movements, the more spoken of first, with how much they share of each kind, and the keys of the first few.

    What is spoken of most stands first.
    """

    one: str
    other: str
    shared: tuple[tuple[Shared, int, tuple[str, ...]], ...]

    def keys(self, kind: Shared) -> tuple[str, ...]:
        """The keys of the first few that are shared of one kind."""
        return next((keys for other, _, keys in self.shared if other is kind), ())

    def strength(self, kinds: Sequence[Shared] = tuple(Shared)) -> int:
        """How many places, themes and narrators are shared."""
        return sum(number for kind, number, _ in self.shared if kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The movements most spoken of, and all ties between them."""

    movements: tuple[Movement, ...]
    ties: tuple[Tie, ...]


def read_network(conn: sqlite3.Connection, also: str | None = None) -> Network:
    """Return what the movements most spoken of share; a movement asked for is `also` one of them.

    It is worked out once for each state of the archive, and then kept. Raises UnknownChoice.
    """
    if also and not conn.execute("select 1 from terms where vocabulary = 'movement' and slug = ?", [also]).fetchone():
        raise UnknownChoice(Facet.MOVEMENT, also)
    state = (_file(conn), *_state(conn))
    network = _keep((state, None), lambda: _compare(conn, None))
    if also is None or any(movement.slug == also for movement in network.movements):
        return network
    return _keep((state, also), lambda: _compare(conn, also))


def _keep(key: tuple[object, ...], work: Callable[[], Network]) -> Network:
    found = _kept.get(key) or work()
    _kept[key] = found
    while len(_kept) > _AS_MANY:
        _kept.pop(next(iter(_kept)), None)
    return found


_kept: dict[tuple[object, ...], Network] = {}
_AS_MANY = 8  # networks in memory: one archive, a few states of it, and movements that were asked for


def _file(conn: sqlite3.Connection) -> str:
    return str(conn.execute("pragma database_list").fetchone()[2])


def _state(conn: sqlite3.Connection) -> tuple[object, ...]:
    """Return numbers that change when what passages speak of does."""
    row = conn.execute(
        "select count(*), total(passages), total(passages * id), total(testimonies * id), "
        "(select total(version) from vocabularies), (select count(*) from contributions), "
        "(select count(*) from term_ancestors) from facet_values"
    ).fetchone()
    return tuple(row)


def _compare(conn: sqlite3.Connection, also: str | None) -> Network:
    movements = _movements(conn, also)
    above = _above(conn)
    own = {kind: _things(conn, kind, movements) for kind in Shared}
    ties = []
    for one, other in combinations(movements, 2):
        if one.slug in above.get(other.slug, ()) or other.slug in above.get(one.slug, ()):
            continue
        shared = tuple((kind, *things.common(one.slug, other.slug)) for kind, things in own.items())
        tie = Tie(one=one.slug, other=other.slug, shared=tuple(some for some in shared if some[1]))
        if tie.shared:
            ties.append(tie)
    return Network(movements=movements, ties=tuple(ties))


def _movements(conn: sqlite3.Connection, also: str | None) -> tuple[Movement, ...]:
    """Return the movements most spoken of by their own names, and the one asked for."""
    rows = conn.execute(
        "select slug, facet_values.passages from terms join term_counts on term = terms.id "
        "join facet_values on facet = 'movement' and key = slug where vocabulary = 'movement' "
        "and (slug = :also or (term_counts.passages > 0 and 2 * term_counts.passages >= facet_values.passages)) "
        "order by slug is not :also, term_counts.passages desc, slug limit :most",
        {"also": also, "most": MOST},
    )
    return tuple(Movement(slug=slug, passages=passages) for slug, passages in rows)


def _above(conn: sqlite3.Connection) -> dict[str, set[str]]:
    rows = conn.execute(
        "select narrow.slug, broad.slug from term_ancestors join terms narrow on narrow.id = term "
        "join terms broad on broad.id = ancestor where narrow.vocabulary = 'movement' and narrow.id <> broad.id"
    )
    above: dict[str, set[str]] = {}
    for slug, broad in rows:
        above.setdefault(slug, set()).add(broad)
    return above


@dataclass(frozen=True, slots=True, kw_only=True)
class _Things:
    """The places, themes or narrators of each movement as bits of a number, the most spoken of in the lowest."""

    keys: tuple[str, ...]
    of: dict[str, int]
    narrower: tuple[tuple[int, int], ...]  # each that stands above others, and all that stand below it

    def common(self, one: str, other: str) -> tuple[int, tuple[str, ...]]:
        """Return how many both have, without what stands above something else that both have, and the first few."""
        both = self.of.get(one, 0) & self.of.get(other, 0)
        narrowest = both
        for thing, below in self.narrower:
            if both & below:
                narrowest &= ~thing
        return narrowest.bit_count(), tuple(self.keys[place] for place in islice(_bits(narrowest), FIRST))


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _things(conn: sqlite3.Connection, kind: Shared, movements: Sequence[Movement]) -> _Things:
    """Return what the movements have of one kind."""
    slugs = json.dumps([movement.slug for movement in movements])
    if kind is Shared.NARRATORS:
        rows = conn.execute(_NARRATORS, [slugs]).fetchall()
    else:
        rows = conn.execute(_PAIRS, {"movements": slugs, "facet": kind.facet.value}).fetchall()
    number = {key: passages for _, key, passages in rows}
    keys = tuple(sorted(number, key=lambda key: (-number[key], key)))
    at = {key: place for place, key in enumerate(keys)}
    of: dict[str, int] = {}
    for movement, key, _ in rows:
        of[movement] = of.get(movement, 0) | 1 << at[key]
    narrower: dict[int, int] = {}
    if kind is not Shared.NARRATORS:
        for slug, above in conn.execute(_BROADER, [kind.facet.value]):
            if slug in at and above in at:
                thing = 1 << at[above]
                narrower[thing] = narrower.get(thing, 0) | 1 << at[slug]
    return _Things(keys=keys, of=of, narrower=tuple(narrower.items()))


_PAIRS = (
    "with mine as (select id, key from facet_values where facet = 'movement' "
    "and key in (select value from json_each(:movements))) "
    "select mine.key, theirs.key, theirs.passages from mine cross join facet_pairs on value = mine.id "
    "cross join facet_values theirs on theirs.id = other where theirs.facet = :facet "
    "union all "
    "select mine.key, theirs.key, theirs.passages from mine cross join facet_pairs on other = mine.id "
    "cross join facet_values theirs on theirs.id = value where theirs.facet = :facet"
)
_NARRATORS = (
    "select distinct slug, cast(narrator as text), coalesce(facet_values.passages, 0) from terms "
    "cross join testimony_movements on term = terms.id cross join contributions using (testimony) "
    "left join facet_values on facet = 'narrator' and key = cast(narrator as text) where role = 'narrator' "
    "and vocabulary = 'movement' and slug in (select value from json_each(?))"
)
_BROADER = (
    "select narrow.slug, broad.slug from term_ancestors join terms narrow on narrow.id = term "
    "join terms broad on broad.id = ancestor where narrow.vocabulary = ? and narrow.id <> broad.id"
)
