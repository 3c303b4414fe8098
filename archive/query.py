"""What a reader asks of the archive: words, and choices by place, movement, theme, person, year and more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from archive.records import VocabularyName


class Facet(StrEnum):
    """What passages can be chosen by, in the order in which the choices stand everywhere.

    A teller is how narrators describe themselves; years are those that a passage speaks of; recorded is the year of
    the recording.
    """

    PLACE = "place"
    MOVEMENT = "movement"
    THEME = "theme"
    NARRATOR = "narrator"
    TELLER = "teller"
    YEAR = "year"
    RECORDED = "recorded"
    LANGUAGE = "language"
    COLLECTION = "collection"
    KIND = "kind"

    @property
    def vocabulary(self) -> VocabularyName | None:
        """The vocabulary whose terms are chosen here, if any."""
        return VocabularyName(self.value) if self.value in tuple(VocabularyName) else None

    @property
    def is_single(self) -> bool:
        """Whether a passage has one value at most, so that several can only be alternatives."""
        return self in (Facet.NARRATOR, Facet.RECORDED, Facet.LANGUAGE, Facet.COLLECTION, Facet.KIND)


class Order(StrEnum):
    """In which order passages stand.

    The most telling first, the newest recordings first, as they were said, or what came into the archive last first.
    """

    RELEVANCE = "relevance"
    DATE = "date"
    PLACE = "place"
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What must hold for a passage.

    Of several values of one facet any is enough, unless the facet stands in `all_of`. `since` and `until` are years
    that the passage speaks of. `exactly`: the words as they stand, not also the other names of terms.
    """

    words: str = ""
    chosen: tuple[tuple[Facet, str], ...] = ()
    all_of: frozenset[Facet] = frozenset()
    since: int | None = None
    until: int | None = None
    accession: str | None = None
    exactly: bool = False

    def keys(self, facet: Facet) -> tuple[str, ...]:
        """The values chosen of one facet."""
        return tuple(key for other, key in self.chosen if other is facet)

    def asks_all(self, facet: Facet) -> bool:
        """Whether every chosen value of the facet must hold, not any of them."""
        return facet in self.all_of and not facet.is_single

    def without(self, facet: Facet) -> Query:
        """Return the same question without any choice of this facet."""
        return replace(self, chosen=tuple(choice for choice in self.chosen if choice[0] is not facet))

    def with_value(self, facet: Facet, key: str) -> Query:
        """Return the same question with one more choice."""
        return self if (facet, key) in self.chosen else replace(self, chosen=(*self.chosen, (facet, key)))

    def without_value(self, facet: Facet, key: str) -> Query:
        """Return the same question with one choice less."""
        return replace(self, chosen=tuple(choice for choice in self.chosen if choice != (facet, key)))

    @property
    def asks_years(self) -> bool:
        """Whether only passages that speak of certain years are asked for."""
        return self.since is not None or self.until is not None

    @property
    def asks_nothing(self) -> bool:
        """Whether every passage is asked for."""
        return not (self.words or self.chosen or self.asks_years or self.accession)
