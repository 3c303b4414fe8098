"""What a vocabulary file may say, what the complaint is where it may not, and what adding a term leaves alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import InvalidFile
from archive.records import ANY_LANGUAGE, StopPhrase, Term, Variant, Vocabulary, VocabularyName
from archive.vocabularies import content_hash, fold, read_vocabularies, read_vocabulary, warnings
from archive.vocabulary_edits import write_term
from archive.web.languages import OFFERED

STARTER = Path(__file__).resolve().parents[2] / "archive" / "starter" / "vocabularies"
LANGUAGES = {"en", "es", "fr", "it", "de", "pt"}

THEMES = """\
vocabulary: theme   # the archive's own words

stop_list:
  en: [strike a balance]
terms:
  - id: strike
    labels: {fr: Grève, en: Strike}
    scope_note: >
      Work stopped
      together.
    # how people say it
    variants: {en: [strikes, "on strike"], mul: [STRIKE]}

  - id: rent-strike
    labels: {es: Huelga de alquileres}
    parents: [strike]
    match_case: true
    from: 1871
    until: 1915
    exact_match: [https://www.wikidata.org/entity/Q1]
# the end
"""


def a_file(folder: Path, text: str, name: str = "themes.yml") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def themes(folder: Path, terms: str) -> Path:
    return a_file(folder, f"vocabulary: theme\nterms:\n{terms}")


def a_term(slug: str = "eviction", **changes: object) -> Term:
    term = Term(
        vocabulary=VocabularyName.THEME,
        slug=slug,
        preferred="Eviction",
        variants=(Variant(language="en", text="Eviction", label=True), Variant(language="en", text="evicted")),
    )
    return replace(term, **changes)  # type: ignore[arg-type]


def test_a_file_says_what_its_terms_are(tmp_path: Path) -> None:
    strike, rent_strike = (vocabulary := read_vocabulary(a_file(tmp_path, THEMES))).terms
    assert vocabulary.stop_phrases == (StopPhrase(language="en", text="strike a balance"),)
    assert strike.preferred == "Strike"
    assert strike.scope_note == "Work stopped together."
    assert strike.variants == (
        Variant(language="fr", text="Grève", label=True),
        Variant(language="en", text="Strike", label=True),
        Variant(language="en", text="strikes"),
        Variant(language="en", text="on strike"),
        Variant(language=ANY_LANGUAGE, text="STRIKE"),
    )
    assert rent_strike.preferred == "Huelga de alquileres"
    assert (rent_strike.parents, rent_strike.match_case) == (("strike",), True)
    assert (rent_strike.from_year, rent_strike.until_year) == (1871, 1915)
    assert rent_strike.exact_match == ("https://www.wikidata.org/entity/Q1",)


def test_words_that_yaml_takes_for_something_else_stay_words(tmp_path: Path) -> None:
    (term,) = read_vocabulary(themes(tmp_path, "  - id: 1917\n    labels: {no: Ja, en: No, fr: 1917}\n"))
    assert term.slug == "1917"
    assert {variant.language: variant.text for variant in term.variants} == {"no": "Ja", "en": "No", "fr": "1917"}


def test_a_place_has_coordinates(tmp_path: Path) -> None:
    text = """\
vocabulary: place
terms:
  - id: quito
    labels: {es: Quito}
    kind: city
    latitude: -0.22
    longitude: -78.5
    precision_km: 10
"""
    (quito,) = read_vocabulary(a_file(tmp_path, text, "places.yml"))
    assert (quito.kind, quito.latitude, quito.longitude, quito.precision_km) == ("city", -0.22, -78.5, 10)


ONE = "  - id: one\n    labels: {en: One}\n"


@pytest.mark.parametrize(
    ("terms", "line", "complaint"),
    [
        ("  - id: one\n    lables: {en: One}\n", 4, "a term has no key 'lables': did you mean 'labels'?"),
        ("  - id: one\n    labels: {en: One}\n    latitude: 3\n", 5, "a term has no key 'latitude'"),
        ("  - id: one\n    id: two\n    labels: {en: One}\n", 4, "the key 'id' stands twice"),
        ("  - labels: {en: One}\n", 3, "no 'id'"),
        ("  - id: one\n", 3, "no 'labels'"),
        ("  - id: one\n    labels: {}\n", 4, "'one' has no label"),
        ("  - id: one\n    labels: {en: ''}\n", 4, "'labels.en' is empty"),
        ("  - id: one\n    labels:\n      en:\n", 5, "'labels.en' is empty"),
        ("  - id: one\n    labels: One\n", 4, "'labels' must consist of 'key: value' pairs, not 'One'"),
        ("  - id: one\n    labels: {english: One}\n", 4, "'english' where a language code"),
        ("  - id: One!\n    labels: {en: One}\n", 3, "the id 'One!' may hold only"),
        (ONE + ONE, 5, "the id 'one' is used twice, first in line 3"),
        (ONE + "    variants: {en: one}\n", 5, "'variants.en' must be a list, not 'one'"),
        (ONE + "    variants:\n      en:\n        - ones\n        -\n", 8, "'variants.en' is empty"),
        (ONE + "    parents: one\n", 5, "'parents' must be a list"),
        (ONE + "    parents: [oen]\n", 3, "the parent 'oen' of 'one' is no term of this file: did you mean 'one'?"),
        (ONE + "    parents: [one]\n", 3, "lead back to itself: one → one"),
        (ONE + "    match_case: perhaps\n", 5, "'match_case' must be true or false, not 'perhaps'"),
        (ONE + "    from: long ago\n", 5, "'from' must be a year"),
        (ONE + "    from: 1920\n    until: 1910\n", 6, "'until' (1910) is before 'from' (1920)"),
        (ONE + "    exact_match: [Q42]\n", 5, "'Q42', which is not an address"),
        ("  - just words\n", 3, "a term must consist of 'key: value' pairs"),
        ("  one: {labels: {en: One}}\n", 3, "'terms' must be a list, not 'key: value' pairs"),
        ("  - id: one\n    labels: {en: One\n", 5, "not YAML"),
        ("  - &a {id: one, labels: {en: One}}\n  - *a\n", 3, "anchors and aliases"),
        ("  - id: one\n    labels: " + "[" * 5000 + "]" * 5000 + "\n", 4, "nested too deep"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, terms: str, line: int, complaint: str) -> None:
    with pytest.raises(InvalidFile) as caught:
        read_vocabulary(themes(tmp_path, terms))
    assert complaint in str(caught.value)
    assert caught.value.line == line


def test_a_long_cycle_of_parents_is_refused(tmp_path: Path) -> None:
    steps = [f"  - id: t{n}\n    labels: {{en: T}}\n    parents: [t{(n + 1) % 2000}]\n" for n in range(2000)]
    with pytest.raises(InvalidFile, match="t0 → t1 → t2 → … → t1998 → t1999 → t0"):
        read_vocabulary(themes(tmp_path, "".join(steps)))


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("latitude: 91\n    longitude: 0", "'latitude' is 91, but must lie between -90 and 90"),
        ("latitude: 0\n    longitude: -181", "'longitude' is -181"),
        ("latitude: north\n    longitude: 0", "'latitude' must be a number"),
        ("latitude: 1", "belong together"),
        ("precision_km: 0", "'precision_km' must be more than 0"),
    ],
)
def test_impossible_coordinates_are_refused(tmp_path: Path, said: str, complaint: str) -> None:
    text = f"vocabulary: place\nterms:\n  - id: one\n    labels: {{en: One}}\n    {said}\n"
    with pytest.raises(InvalidFile, match=complaint):
        read_vocabulary(a_file(tmp_path, text, "places.yml"))


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("themes.yml", "", "the file is empty"),
        ("themes.yml", "- a\n", "must hold the keys"),
        ("themes.yml", "terms: []\n", "write 'vocabulary: theme' at the top"),
        ("themes.yml", "vocabulary: place\n", "'place', but a file of this name holds 'theme'"),
        ("themes.yml", "vocabulary: theme\nstop_lst: {}\n", "line 2: the file has no key 'stop_lst': did you mean"),
        ("themes.yml", "vocabulary: theme\n\x07\n", "not YAML"),
        ("topics.yml", "vocabulary: theme\n", "a vocabulary file is called one of places.yml"),
    ],
)
def test_a_file_that_is_no_vocabulary_is_refused(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    with pytest.raises(InvalidFile, match=complaint):
        read_vocabulary(a_file(tmp_path, text, name))


def test_text_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "themes.yml"
    path.write_bytes("vocabulary: theme\nterms:\n  - id: greve\n    labels: {fr: Grève}\n".encode("latin-1"))
    with pytest.raises(InvalidFile, match="line 4: not UTF-8"):
        read_vocabulary(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match=r"places\.yml: there is no such file"):
        read_vocabularies(tmp_path)


def test_the_same_words_for_two_terms_of_a_language_are_warned_of(tmp_path: Path) -> None:
    text = (
        "  - id: walkout\n    labels: {en: Walkout, es: Paro}\n"
        "  - id: strike\n    labels: {en: Strike}\n    variants: {en: [walkout], fr: [paro]}\n"
        "  - id: stoppage\n    labels: {mul: Paro}\n"
    )
    first, second, third = warnings(read_vocabulary(themes(tmp_path, text)))
    assert first == "'Walkout' (en) is a variant of both 'walkout' and 'strike'"
    assert "'Paro' (es) is a variant of both 'walkout' and 'stoppage'" in (second, third)


def test_the_hash_counts_meaning_and_not_layout(tmp_path: Path) -> None:
    before = read_vocabulary(a_file(tmp_path, THEMES))
    rewritten = THEMES.replace("# the end\n", "").replace(
        "{fr: Grève, en: Strike}", "\n      en: Strike\n      fr: Grève"
    )
    assert rewritten != THEMES
    assert content_hash(read_vocabulary(a_file(tmp_path, rewritten))) == content_hash(before)
    for meant in ("Grève", "together", "strikes", "balance", "1915", "[strike]", "match_case: true"):
        changed = THEMES.replace(meant, {"[strike]": "[]", "match_case: true": "match_case: false"}.get(meant, "1914"))
        assert content_hash(read_vocabulary(a_file(tmp_path, changed))) != content_hash(before), meant


@pytest.mark.parametrize(
    "text",
    [
        THEMES,
        THEMES.replace("\n", "\r\n"),
        THEMES.removesuffix("# the end\n").rstrip("\n"),
        THEMES.replace("  - id", "- id").replace("    ", "  "),
        THEMES.split("stop_list", maxsplit=1)[0] + "terms:" + THEMES.split("terms:")[1] + "stop_list: {en: [x]}\n",
        "vocabulary: theme\nterms: []  # none yet\nstop_list: {}\n",
        "vocabulary: theme\nterms:\n",
        "vocabulary: theme",
    ],
)
def test_a_term_is_added_without_touching_another_line(tmp_path: Path, text: str) -> None:
    path = a_file(tmp_path, text)
    before = read_vocabulary(path)
    write_term(path, a_term())
    assert read_vocabulary(path).terms == (*before.terms, a_term())
    lines = path.read_bytes().decode().splitlines()
    assert [line for line in text.splitlines() if line in lines or line.startswith("terms:")] == text.splitlines()
    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"") or "\r\n" not in text
    assert list(tmp_path.iterdir()) == [path]


def test_comments_after_the_last_term_stay_after_the_new_one(tmp_path: Path) -> None:
    write_term(path := a_file(tmp_path, THEMES), a_term())
    assert path.read_text(encoding="utf-8").endswith("en: [evicted]\n# the end\n")


@pytest.mark.parametrize(
    ("term", "complaint"),
    [
        (a_term("strike"), "there is a term with the id 'strike' already"),
        (a_term(parents=("nowhere",)), "the parent 'nowhere'"),
        (a_term("No Slug"), "the id 'No Slug' may hold only"),
        (a_term(vocabulary=VocabularyName.PLACE), "holds themes, and 'eviction' is a place"),
        (a_term(latitude=1.0, longitude=1.0), "no key 'latitude'"),
    ],
)
def test_a_term_that_cannot_stand_there_leaves_the_file_as_it_is(tmp_path: Path, term: Term, complaint: str) -> None:
    path = a_file(tmp_path, THEMES)
    with pytest.raises(InvalidFile, match=complaint):
        write_term(path, term)
    assert path.read_text(encoding="utf-8") == THEMES


def test_a_list_in_brackets_is_left_to_people(tmp_path: Path) -> None:
    path = a_file(tmp_path, text := "vocabulary: theme\nterms: [{id: one, labels: {en: One}}]\n")
    with pytest.raises(InvalidFile, match="write the terms one below the other"):
        write_term(path, a_term())
    assert path.read_text(encoding="utf-8") == text


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(label=WORDS, others=st.lists(WORDS, max_size=3), note=st.none() | WORDS, year=st.none() | st.integers(1, 2030))
def test_any_words_survive_writing(
    tmp_path: Path, label: str, others: list[str], note: str | None, year: int | None
) -> None:
    variants = dict.fromkeys([("no", label, True), *(("mul", text, False) for text in others)])
    term = a_term(
        preferred=label,
        variants=tuple(Variant(language=lang, text=text, label=is_label) for lang, text, is_label in variants),
        scope_note=note,
        from_year=year,
    )
    path = a_file(tmp_path, THEMES)
    try:
        write_term(path, term)
    except InvalidFile:
        assert path.read_text(encoding="utf-8") == THEMES
        return
    assert content_hash(Vocabulary(name=term.vocabulary, terms=read_vocabulary(path).terms[2:])) == content_hash(
        Vocabulary(name=term.vocabulary, terms=(term,))
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [("Łódź", "lodz"), ("Saint-Étienne", "saint etienne"), ("L’Aquila", "l'aquila"), ("STRASSE", "Straße"), ("Å", "a")],
)
def test_names_are_compared_without_accents(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_vowel_signs_are_no_accents() -> None:
    assert fold("हड़ताल") != fold("हडतल")
    assert fold("が") != fold("か")


def test_the_starter_vocabularies_load_without_a_warning() -> None:
    places, movements, starter_themes = read_vocabularies(STARTER)
    assert [warnings(vocabulary) for vocabulary in (places, movements, starter_themes)] == [(), (), ()]
    assert len(movements.terms) >= 60
    assert len(starter_themes.terms) >= 60
    for term in (*movements, *starter_themes):
        assert {variant.language for variant in term.variants if variant.label} >= LANGUAGES, term.slug
        assert term.scope_note, term.slug
    for place in places:
        assert place.scope_note or place.latitude is not None, place.slug


@pytest.mark.parametrize("language", OFFERED)
def test_every_starter_term_has_a_label_of_its_own_in_each_language_of_the_pages(language: str) -> None:
    for vocabulary in read_vocabularies(STARTER):
        named = {
            term.slug: variant.text
            for term in vocabulary
            for variant in term.variants
            if variant.label and variant.language == language
        }
        assert [term.slug for term in vocabulary if term.slug not in named] == []
        assert len(set(named.values())) == len(named)
