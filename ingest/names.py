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


def suggest_names(model: str | Path, passages: Iterable[Passage]) -> Iterator[Suggestion]:
    """Yield where the pipeline, a package's name or a folder, finds people and places. Raises IngestError."""
    nlp = load_pipeline(model)
    for doc, passage in nlp.pipe(((one.text, one) for one in passages), as_tuples=True, batch_size=_BATCH):
        for entity in doc.ents:
            if entity.label_ in _REASONS and entity.text.strip():
                yield Suggestion(
                    segment=passage.number,
                    start_char=entity.start_char,
                    end_char=entity.end_char,
                    reason=f"{_REASONS[entity.label_]}, as {Path(model).name} has it",
                    source="model",
                )
