"""Names of people and places that a trained spaCy pipeline finds, proposed as what should perhaps not be published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from archive.redactions import Passage, Suggestion
from ingest.suggestions import load_pipeline

_BATCH = 64
# as in OntoNotes (English and Chinese models), WikiNER (most others) and the models of other makers
_REASONS = {
    "PERSON": "a person", "PER": "a person", "persName": "a person", "PRS": "a person",
    "GPE": "a place", "LOC": "a place", "FAC": "a place", "placeName": "a place", "geogName": "a place",
}  # fmt: skip


class NameFinder:
    """Finds people and places with a trained pipeline."""

    def __init__(self, model: str | Path) -> None:
        """Load the pipeline, a package's name or a folder. Raises IngestError if that cannot be done."""
        self._name = Path(model).name
        self._nlp = load_pipeline(model)

    def suggest(self, passages: Iterable[Passage]) -> Iterator[Suggestion]:
        """Yield where people and places are named."""
        pairs = ((one.text, one) for one in passages)
        for doc, passage in self._nlp.pipe(pairs, as_tuples=True, batch_size=_BATCH):
            for entity in doc.ents:
                if entity.label_ in _REASONS and entity.text.strip():
                    yield Suggestion(
                        segment=passage.number,
                        start_char=entity.start_char,
                        end_char=entity.end_char,
                        reason=f"{_REASONS[entity.label_]}, as {self._name} has it",
                        source="model",
                    )
