"""What a reader asked for in the address of a search, and the addresses of every further or lesser choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode

from archive.browse import TermLink
from archive.records import VocabularyName
from archive.search import Query, TermCount

SIZE = 20  # passages on a page
LAST = 500  # pages: search counts and orders the first 10,000 passages


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One choice made, with the address of the same search without it."""

    vocabulary: VocabularyName | None
    name: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A term beside the results: with how many passages, whether it is chosen, and where a click leads."""

    name: str
    count: int
    chosen: bool
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A query and the page of it, as `?q=…&place=…&movement=…&theme=…&testimony=…&page=…` says them."""

    query: Query
    page: int = 1

    @property
    def address(self) -> str:
        """The address of this search, below /search."""
        pairs = [("q", self.query.words)] if self.query.words else []
        pairs += [(name.value, slug) for name in VocabularyName for slug in self.query.slugs(name)]
        pairs += [("testimony", self.query.accession)] if self.query.accession else []
        pairs += [("page", str(self.page))] if self.page > 1 else []
        return f"/search?{urlencode(pairs)}" if pairs else "/search"

    def on_page(self, page: int) -> str:
        """Return the address of another page of the same search."""
        return replace(self, page=page).address

    def with_term(self, vocabulary: VocabularyName, slug: str) -> str:
        """Return the address with this term chosen too."""
        return self._changed(vocabulary, (*self.query.slugs(vocabulary), slug))

    def without_term(self, vocabulary: VocabularyName, slug: str) -> str:
        """Return the address with this term no longer chosen."""
        return self._changed(vocabulary, tuple(other for other in self.query.slugs(vocabulary) if other != slug))

    def without_words(self) -> str:
        """Return the address of the same choices without any words."""
        return Search(query=replace(self.query, words="")).address

    def without_testimony(self) -> str:
        """Return the address of the same search in the whole archive."""
        return Search(query=replace(self.query, accession=None)).address

    def _changed(self, vocabulary: VocabularyName, slugs: tuple[str, ...]) -> str:
        changed: dict[str, tuple[str, ...]] = {vocabulary.plural: slugs}
        return Search(query=replace(self.query, **changed)).address  # type: ignore[arg-type]


def read_search(query_string: str) -> Search:
    """Read a search from an address; what it does not understand it leaves out."""
    said = {name: tuple(dict.fromkeys(values)) for name, values in parse_qs(query_string).items()}
    page = said.get("page", ("1",))[0]
    words = "".join(letter if letter >= " " else " " for letter in " ".join(said.get("q", ())))
    return Search(
        query=Query(
            words=words.strip(),
            places=said.get("place", ()),
            movements=said.get("movement", ()),
            themes=said.get("theme", ()),
            accession=said.get("testimony", (None,))[0],
        ),
        page=min(max(int(page), 1), LAST) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def chips(search: Search, names: Mapping[VocabularyName, Mapping[str, str]], title: str | None) -> tuple[Chip, ...]:
    """Return the choices made: words first, then places, movements and themes, then the testimony."""
    made = []
    if search.query.words:
        made.append(Chip(vocabulary=None, name=f"“{search.query.words}”", without=search.without_words()))
    for vocabulary in VocabularyName:
        for slug in search.query.slugs(vocabulary):
            name = names[vocabulary].get(slug, slug)
            made.append(Chip(vocabulary=vocabulary, name=name, without=search.without_term(vocabulary, slug)))
    if search.query.accession:
        name = f"in {title or search.query.accession}"
        made.append(Chip(vocabulary=None, name=name, without=search.without_testimony()))
    return tuple(made)


def choices(
    search: Search, vocabulary: VocabularyName, counts: Sequence[TermCount], names: Mapping[str, str]
) -> tuple[Choice, ...]:
    """Return the terms of a vocabulary that can be chosen or left out, the chosen ones first."""
    chosen = search.query.slugs(vocabulary)
    by_slug = {term.slug: term.count for term in counts}
    taken = [
        Choice(
            name=names.get(slug, slug),
            count=by_slug.get(slug, 0),
            chosen=True,
            href=search.without_term(vocabulary, slug),
        )
        for slug in chosen
    ]
    further = [
        Choice(name=term.preferred, count=term.count, chosen=False, href=search.with_term(vocabulary, term.slug))
        for term in counts
        if term.slug not in chosen
    ]
    return (*taken, *further)


def link(term: TermLink) -> str:
    """Return the address of the passages that speak of a term."""
    return f"/search?{urlencode({term.vocabulary.value: term.slug})}"
