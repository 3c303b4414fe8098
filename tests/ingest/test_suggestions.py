"""What a trained pipeline may add; a small real pipeline, saved and loaded the real way, stands for a large one."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy

from archive.records import Tag, Term, Variant, VocabularyName
from ingest.errors import IngestError
from ingest.suggestions import NerSuggester, Proposal

PLACE, MOVEMENT, _ = VocabularyName


def a_term(slug: str, *variants: str, vocabulary: VocabularyName = PLACE) -> Term:
    return Term(
        vocabulary=vocabulary,
        slug=slug,
        preferred=variants[0],
        variants=tuple(Variant(language="en", text=text) for text in variants),
    )


TERMS = [
    (7, a_term("lodz", "Łódź")),
    (8, a_term("black-panthers", "Black Panthers", vocabulary=MOVEMENT)),
    (9, a_term("commune-place", "Commune")),
    (10, a_term("commune", "Commune", vocabulary=MOVEMENT)),
    (11, a_term("georgia", "Georgia")),
    (12, a_term("georgia-us", "Georgia")),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    names = {
        "Lodz": "GPE", "the Black Panthers": "ORG", "the Commune": "EVENT", "Commune": "GPE", "Georgia": "LOC",
        "Matewan": "GPE", "Mingo": "MISC", "Mary Barbour": "PERSON", "Monday": "DATE",
    }  # fmt: skip
    ruler.add_patterns([{"label": label, "pattern": name} for name, label in names.items()])
    folder = tmp_path_factory.mktemp("model")
    nlp.to_disk(folder)
    return folder


def test_a_known_name_is_suggested_whatever_its_accents(model: Path) -> None:
    assert NerSuggester(model, TERMS).suggest("We left Lodz.") == (Tag(term=7, start=8, end=12),)


def test_the_article_is_not_part_of_the_name(model: Path) -> None:
    text = "and the Black Panthers came"
    (tag,) = NerSuggester(model, TERMS).suggest(text)
    assert (tag.term, text[tag.start : tag.end]) == (8, "Black Panthers")


def test_what_is_tagged_already_is_not_suggested_again(model: Path) -> None:
    suggester = NerSuggester(model, TERMS)
    assert suggester.suggest("We left Lodz.", [Tag(term=7, start=8, end=12)]) == ()
    assert suggester.suggest("We left Lodz.", [Tag(term=10, start=8, end=12)]) != ()
    assert suggester.suggest("Matewan", [Tag(term=7, start=0, end=7)]) == ()
    assert suggester.proposals() == ()


def test_terms_of_a_vocabulary_with_the_same_name_are_reviewed(model: Path) -> None:
    assert [(tag.term, tag.needs_review) for tag in NerSuggester(model, TERMS).suggest("in Georgia")] == [
        (11, True),
        (12, True),
    ]


def test_what_the_model_calls_a_place_is_a_place(model: Path) -> None:
    suggester = NerSuggester(model, TERMS)
    assert [tag.term for tag in suggester.suggest("to Commune")] == [9]
    assert [tag.term for tag in suggester.suggest("in the Commune")] == [9, 10]


def test_unknown_names_are_proposed_and_persons_never(model: Path) -> None:
    suggester = NerSuggester(model, TERMS)
    texts = [("Mary Barbour saw Matewan", ()), ("Matewan on Monday", ()), ("Mingo", ())]
    assert list(suggester.suggest_all(texts)) == [(), (), ()]
    assert suggester.proposals() == (
        Proposal(text="Matewan", label="GPE", count=2),
        Proposal(text="Mingo", label="MISC", count=1),
    )


def test_a_missing_model_says_how_to_install_one(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="python -m spacy download"):
        NerSuggester("xx_no_such_model", [])
    with pytest.raises(IngestError, match="python -m spacy download"):
        NerSuggester(tmp_path / "nowhere", [])


def test_a_damaged_model_is_one_sentence(model: Path, tmp_path: Path) -> None:
    (tmp_path / "config.cfg").write_text(
        (model / "config.cfg").read_text(encoding="utf-8").replace("entity_ruler", "gone")
    )
    (tmp_path / "meta.json").write_text((model / "meta.json").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(IngestError, match="cannot be loaded with spaCy"):
        NerSuggester(tmp_path, [])
