"""What a trained spaCy pipeline adds: suggested tags for known terms, and unknown names for people to look at."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archive.records import Tag, Term, VocabularyName
from archive.vocabularies import fold
from ingest.errors import IngestError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

_BATCH = 64
# as in OntoNotes (English and Chinese models) and WikiNER (most others), without persons: no list of names is made here
_LABELS = frozenset({"GPE", "LOC", "FAC", "ORG", "EVENT", "NORP", "MISC"})
_PLACES = frozenset({"GPE", "LOC", "FAC"})
_ARTICLE = re.compile(r"the\s+", re.IGNORECASE)  # OntoNotes counts it to the name: "the Black Panthers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A name that the model found and the vocabularies do not have, with the model's label for it and how often."""

    text: str
    label: str
    count: int


class NerSuggester:
    """Suggests tags where a trained pipeline recognises a name that equals a variant of a term.

    Case and accents do not count, so it finds what the rules of `ingest.tagging` leave out. Its tags are suggestions,
    for people to confirm: the caller stores them with the source "model".
    """

    def __init__(self, model: str | Path, terms: Sequence[tuple[int, Term]]) -> None:
        """Load the model, a package's name or a folder. Raises IngestError if that cannot be done."""
        self.name = f"ner {Path(model).name}"
        self._nlp = load_pipeline(model)
        self._vocabularies = {number: term.vocabulary for number, term in terms}
        self._by_name: defaultdict[str, set[int]] = defaultdict(set)
        for number, term in terms:
            for variant in term.variants:
                self._by_name[fold(variant.text)].add(number)
        self._unknown: Counter[tuple[str, str]] = Counter()

    def suggest(self, text: str, tags: Sequence[Tag] = ()) -> tuple[Tag, ...]:
        """Suggested tags for a text that has these tags already."""
        return next(self.suggest_all([(text, tags)]))

    def suggest_all(self, texts: Iterable[tuple[str, Sequence[Tag]]]) -> Iterator[tuple[Tag, ...]]:
        """Suggested tags for each text, which comes with the tags that it has already; reads some texts ahead."""
        for doc, tags in self._nlp.pipe(texts, as_tuples=True, batch_size=_BATCH):
            yield tuple(self._suggested(doc, tags))

    def proposals(self) -> tuple[Proposal, ...]:
        """The unknown names in all texts so far, the most frequent first."""
        ranked = sorted(self._unknown.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Proposal(text=text, label=label, count=count) for (text, label), count in ranked)

    def _suggested(self, doc: Doc, tags: Sequence[Tag]) -> Iterator[Tag]:
        for entity in doc.ents:
            if entity.label_ not in _LABELS or not fold(entity.text):
                continue
            start, end = entity.start_char, entity.end_char
            taken = {self._vocabularies.get(tag.term) for tag in tags if tag.start < end and start < tag.end}
            start, terms = self._named(entity)
            if not terms and not taken:
                self._unknown[" ".join(entity.text.split()), entity.label_] += 1
            new = [term for term in sorted(terms) if self._vocabularies[term] not in taken]
            rivals = Counter(self._vocabularies[term] for term in new)
            for term in new:
                yield Tag(term=term, start=start, end=end, needs_review=rivals[self._vocabularies[term]] > 1)

    def _named(self, entity: Span) -> tuple[int, set[int]]:
        """The terms that the entity names, places before others where it is a place, and where the name starts."""
        start, name = entity.start_char, entity.text
        if fold(name) not in self._by_name and (article := _ARTICLE.match(name)):
            start, name = start + article.end(), name[article.end() :]
        terms = self._by_name.get(fold(name), set())
        places = {term for term in terms if self._vocabularies[term] is VocabularyName.PLACE}
        return start, places if places and entity.label_ in _PLACES else terms


def load_pipeline(model: str | Path) -> Language:
    """Load a trained pipeline, a package's name or a folder. Raises IngestError if that cannot be done."""
    import spacy

    try:
        return spacy.load(model)
    except OSError as error:
        raise IngestError(
            f"there is no spaCy pipeline {str(model)!r} here: install one by hand, for example with "
            "'python -m spacy download en_core_web_sm' or 'pip install' of a wheel that you have fetched, or name the "
            "folder of a pipeline"
        ) from error
    except (ImportError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise IngestError(
            f"the spaCy pipeline {str(model)!r} cannot be loaded with spaCy {spacy.__version__}: {reason}"
        ) from error
