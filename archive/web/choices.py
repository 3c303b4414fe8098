"""What a reader asked for in the address of a search, and the addresses of every further or lesser choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, quote_plus, urlencode

from archive.broader import in_tree
from archive.browse import TermLink
from archive.marks import N_
from archive.query import Facet, Order, Query
from archive.search import ChoiceCount
from archive.web.languages import gettext as _
from archive.words import SearchError

SIZE = 20  # passages or testimonies on a page
LAST = 500  # pages: search counts and orders the first 10,000 passages
MOST_CHOICES = 30  # of one facet
MOST_FIELDS = 400  # of an address
FROM, UNTIL = "since", "until"

Names = Mapping[tuple[Facet, str], str]  # what a value is called in the reader's language


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One choice made, with the address of the same search without it."""

    facet: Facet | None
    name: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value beside the results: with how many passages, whether it is chosen, and where a click leads.

    `depth` is how many of its broader terms stand above it in the list.
    """

    name: str
    count: int
    chosen: bool
    href: str
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A query, the page of it, in which order, and whether as testimonies.

    As `?q=…&place=…&movement=…&theme=…&narrator=…&teller=…&year=…&recorded=…&language=…&collection=…&kind=…` with
    `&all=theme` where all chosen themes must hold, `&since=1910&until=1920`, `&testimony=2026.001`, `&exactly=1`,
    `&sort=date`, `&group=testimony`, `&page=2`.
    """

    query: Query
    order: Order = Order.RELEVANCE
    grouped: bool = False
    page: int = 1

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Everything that this search asks for, as an address has it."""
        query = self.query
        pairs = [("q", query.words)] if query.words else []
        pairs += [(facet.value, key) for facet in Facet for key in query.keys(facet)]
        pairs += [("all", facet.value) for facet in Facet if query.asks_all(facet) and len(query.keys(facet)) > 1]
        pairs += [(FROM, str(query.since))] if query.since is not None else []
        pairs += [(UNTIL, str(query.until))] if query.until is not None else []
        pairs += [("testimony", query.accession)] if query.accession else []
        pairs += [("exactly", "1")] if query.exactly else []
        pairs += [("sort", self.order.value)] if self.order is not Order.RELEVANCE else []
        pairs += [("group", "testimony")] if self.grouped else []
        return pairs + ([("page", str(self.page))] if self.page > 1 else [])

    @property
    def address(self) -> str:
        """The address of this search."""
        return self.at("/search")

    def at(self, path: str, **further: str) -> str:
        """Return the address of another page with the same choices, such as the map."""
        return _address(path, [*self.pairs, *further.items()])

    def asking(self, query: Query) -> Search:
        """Return the search for another query, in the same order, from its first page on."""
        return replace(self, query=query, page=1)

    def on_page(self, page: int) -> str:
        """Return the address of another page of the same search."""
        return replace(self, page=page).address

    def in_order(self, order: Order) -> str:
        """Return the address of the same search in another order."""
        return replace(self, order=order, page=1).address

    def as_testimonies(self, grouped: bool) -> str:
        """Return the address of the same search, grouped by testimony or not."""
        return replace(self, grouped=grouped, page=1).address

    def adding(self, facet: Facet) -> Callable[[str], str]:
        """Return what makes the address with one more value of the facet; what all of them share is encoded once."""
        if self.query.asks_all(facet):
            return lambda key: self.asking(self.query.with_value(facet, key)).address
        later = [name.value for name in Facet][list(Facet).index(facet) + 1 :]
        pairs = self.asking(self.query).pairs
        names = ("q", *(name.value for name in Facet if name.value not in later))
        before = urlencode([pair for pair in pairs if pair[0] in names])
        after = urlencode([pair for pair in pairs if pair[0] not in names])
        start, end = f"/search?{before}&" if before else "/search?", f"&{after}" if after else ""
        return lambda key: f"{start}{facet.value}={quote_plus(key)}{end}"

    def without_value(self, facet: Facet, key: str) -> str:
        """Return the address with this value no longer chosen."""
        return self.asking(self.query.without_value(facet, key)).address

    def with_all(self, facet: Facet, together: bool) -> str:
        """Return the address in which all chosen values of the facet must hold, or any."""
        all_of = self.query.all_of | {facet} if together else self.query.all_of - {facet}
        return self.asking(replace(self.query, all_of=all_of)).address

    def changed(self, **changes: object) -> str:
        """Return the address with these fields of the query changed."""
        return self.asking(replace(self.query, **changes)).address  # type: ignore[arg-type]


def read_search(query_string: str) -> Search:
    """Read a search from an address. Raises SearchError for years that are none, and for too many choices."""
    try:
        pairs = parse_qs(query_string, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise SearchError(N_("this address asks for more than %(most)s things at once"), most=MOST_FIELDS) from error
    said = {name: tuple(dict.fromkeys(values)) for name, values in pairs.items()}
    chosen = tuple((facet, key) for facet in Facet for key in said.get(facet.value, ()))
    if any(len(said.get(facet.value, ())) > MOST_CHOICES for facet in Facet):
        raise SearchError(N_("these are more than %(most)s choices of one kind: leave some out"), most=MOST_CHOICES)
    since, until = _year(said, FROM), _year(said, UNTIL)
    if since is not None and until is not None and since > until:
        raise SearchError(N_("the years run backwards: the first one must come before the last"))
    return Search(
        query=Query(
            words=" ".join(" ".join(said.get("q", ())).split()),
            chosen=chosen,
            all_of=frozenset(facet for facet in Facet if facet.value in said.get("all", ())),
            since=since,
            until=until,
            accession=said.get("testimony", (None,))[0],
            exactly="1" in said.get("exactly", ()),
        ),
        order=next((order for order in Order if order.value in said.get("sort", ())), Order.RELEVANCE),
        grouped="testimony" in said.get("group", ()),
        page=_page(said),
    )


def chips(search: Search, names: Names, title: str | None) -> tuple[Chip, ...]:
    """Return the choices made: words first, then each facet's, then years and testimony."""
    query = search.query
    made = []
    if query.words:
        name = _("“%(words)s”") % {"words": query.words}
        made.append(Chip(facet=None, name=name, without=search.changed(words="", exactly=False)))
    for facet, key in query.chosen:
        without = search.without_value(facet, key)
        made.append(Chip(facet=facet, name=names.get((facet, key), key), without=without))
    if query.asks_years:
        years = f"{query.since or '…'}–{query.until or '…'}"
        made.append(Chip(facet=Facet.YEAR, name=years, without=search.changed(since=None, until=None)))
    if query.accession:
        made.append(Chip(facet=None, name=title or query.accession, without=search.changed(accession=None)))
    return tuple(made)


def choices(
    search: Search, facet: Facet, counts: Sequence[ChoiceCount], names: Names, above: Mapping[str, frozenset[str]]
) -> tuple[Choice, ...]:
    """Return a facet's values to choose or to leave out: narrower terms under the broader ones that are listed.

    `above` says which keys stand above each.
    """
    chosen = search.query.keys(facet)
    counted = {count.key: count.count for count in counts}
    keys = [*(key for key in chosen if key not in counted), *counted]
    adding = search.adding(facet)
    return tuple(
        Choice(
            name=names.get((facet, key), key),
            count=counted.get(key, 0),
            chosen=key in chosen,
            href=search.without_value(facet, key) if key in chosen else adding(key),
            depth=min(depth, 3),
        )
        for key, depth in in_tree(keys, above)
    )


def link(term: TermLink) -> str:
    """Return the address of a term's page."""
    return f"/{term.vocabulary.plural}/{term.slug}"


def passages_of(facet: Facet, key: str) -> str:
    """Return the address of the passages that have a value."""
    return _address("/search", [(facet.value, key)])


def _address(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _year(said: Mapping[str, tuple[str, ...]], name: str) -> int | None:
    text = said.get(name, ("",))[0].strip()
    if not text:
        return None
    if not (text.isdecimal() and len(text) <= 4):
        raise SearchError(N_("“%(year)s” is no year: write four digits, such as 1915"), year=text[:20])
    return int(text)


def _page(said: Mapping[str, tuple[str, ...]]) -> int:
    text = said.get("page", ("1",))[0]
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:9]) <= LAST:
        raise SearchError(N_("there is no page “%(page)s” of a search: leave the page out"), page=text[:20])
    return int(text)
