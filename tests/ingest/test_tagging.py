"""Which terms are found in which words, with the real spaCy."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import ingest.tagging
from archive.records import StopPhrase, Tag, Term, Variant, VocabularyName
from archive.vocabularies import read_vocabularies
from ingest.tagging import VocabularyTagger

ROOT = Path(__file__).resolve().parents[2]
PLACE, MOVEMENT, THEME = VocabularyName


def a_term(
    slug: str, *variants: str, vocabulary: VocabularyName = PLACE, language: str = "en", match_case: bool = False
) -> Term:
    return Term(
        vocabulary=vocabulary,
        slug=slug,
        preferred=variants[0],
        variants=tuple(Variant(language=language, text=text) for text in variants),
        match_case=match_case,
    )


def a_tagger(
    *terms: Term,
    language: str | None = "en",
    stops: Mapping[VocabularyName, Sequence[StopPhrase]] | None = None,
) -> VocabularyTagger:
    return VocabularyTagger(list(enumerate(terms)), stops or {}, language)


def found(text: str, *terms: Term, language: str | None = "en") -> list[tuple[str, str]]:
    """What is tagged, as (words of the text, slug)."""
    tags = a_tagger(*terms, language=language).tag(text)
    return [(text[tag.start : tag.end], terms[tag.term].slug) for tag in tags]


NEW_YORK, YORK = a_term("new-york", "New York"), a_term("york", "York")


def test_the_longest_match_of_a_vocabulary_wins() -> None:
    assert found("From York to New York.", NEW_YORK, YORK) == [("York", "york"), ("New York", "new-york")]


def test_of_two_that_overlap_the_longer_one_stands() -> None:
    terms = a_term("ab", "alpha beta"), a_term("bcd", "beta gamma delta")
    assert found("alpha beta gamma delta", *terms) == [("beta gamma delta", "bcd")]


def test_a_term_inside_another_vocabularys_term_is_kept() -> None:
    strike = a_term("ny-strike", "New York strike", vocabulary=MOVEMENT)
    work_stopped = a_term("strike", "strike", vocabulary=THEME)
    assert found("the New York strike", NEW_YORK, YORK, strike, work_stopped) == [
        ("New York strike", "ny-strike"),
        ("New York", "new-york"),
        ("strike", "strike"),
    ]


def test_the_same_words_for_two_terms_of_a_vocabulary_are_reviewed() -> None:
    tagger = a_tagger(a_term("georgia-us", "Georgia"), a_term("georgia", "Georgia"))
    assert tagger.tag("in Georgia") == (
        Tag(term=0, start=3, end=10, needs_review=True),
        Tag(term=1, start=3, end=10, needs_review=True),
    )


def test_the_same_words_in_two_vocabularies_are_no_conflict() -> None:
    tagger = a_tagger(a_term("commune", "Commune"), a_term("paris-commune", "Commune", vocabulary=MOVEMENT))
    assert [tag.needs_review for tag in tagger.tag("the Commune")] == [False, False]


def test_capitals_count_only_where_the_term_says_so() -> None:
    mobile, strike = a_term("mobile", "Mobile", match_case=True), a_term("strike", "strike", vocabulary=THEME)
    assert found("STRIKE in Mobile, by mobile", mobile, strike) == [("STRIKE", "strike"), ("Mobile", "mobile")]


def test_a_stop_phrase_hides_the_terms_of_its_vocabulary_inside_it() -> None:
    terms = (
        a_term("mobile", "mobile"),
        a_term("phones", "phone", vocabulary=THEME),
        a_term("smartphone", "my mobile phone", vocabulary=MOVEMENT),
    )
    tagger = a_tagger(*terms, stops={PLACE: [StopPhrase(language="en", text="mobile phone")]})
    text = "my mobile phone in Mobile"
    assert [(text[tag.start : tag.end], tag.term) for tag in tagger.tag(text)] == [
        ("my mobile phone", 2),
        ("phone", 1),
        ("Mobile", 0),
    ]


def test_a_term_that_only_overlaps_a_stop_phrase_is_kept() -> None:
    tagger = a_tagger(a_term("m", "in mobile"), stops={PLACE: [StopPhrase(language="en", text="mobile phone")]})
    assert len(tagger.tag("in mobile phone shops")) == 1


@pytest.mark.parametrize(
    ("variant", "text"),
    [
        ("St. Louis", "St Louis"), ("St Louis", "St. Louis"), ("St. Louis", "St.Louis"),
        ("Saint-Étienne", "St-Étienne"),
        ("rent-strike", "rent strike"), ("rent strike", "rent-strike"), ("rent strike", "rent\u2011strike"),
        ("tenants' union", "tenants’ union"), ("l’Aquila", "l'Aquila"), ("CGT", "C.G.T."), ("I.W.W.", "IWW"),
        ("rent strike", "rent  strike"), ("rent strike", "rent\nstrike"), ("rent strike", "rent \r\n\tstrike"),
        ("rent strike", "rent\u00a0strike"), ("strike", "st\u00adrike"), ("Zürich", "Zu\u0308rich"),
        ("Zu\u0308rich", "Zürich"), ("ΑΘΉΝΑ", "Αθήνα"), ("हड़ताल", "हड़ताल"), ("إضراب", "إضراب"),
    ],
)  # fmt: skip
def test_other_ways_to_write_a_term_are_found(variant: str, text: str) -> None:
    assert found(f"a {text}.", a_term("it", variant)) == [(text, "it")]


@pytest.mark.parametrize("text", ["Yorkshire", "NewYork", "York2", "Yorké", "Yorke\u0301", "neuYork"])
def test_a_part_of_a_word_is_not_found(text: str) -> None:
    assert found(f"in {text}.", YORK) == []


def test_a_vowel_sign_belongs_to_the_word() -> None:
    assert found("हड़तालें", a_term("strike", "हड़ताल")) == []


@pytest.mark.parametrize(
    "around", ["({})", "“{}”", "l’{}", "{}'s", "{}-based", "{}…", "—{}—", "{}/x", "«{}»", "¿{}?", "_{}_"]
)
@pytest.mark.parametrize("language", ["en", "fr", "xx", None])
def test_punctuation_hides_nothing(around: str, language: str | None) -> None:
    assert found(around.format("St. York"), a_term("st-york", "St. York"), language=language) == [
        ("St. York", "st-york")
    ]


@pytest.mark.parametrize(
    ("language", "variant", "text"),
    [
        ("zh", "罢工", "1926年工人罢工了"), ("ja", "ストライキ", "私たちはストライキをした"),
        ("th", "นัดหยุดงาน", "การนัดหยุดงานในเชียงใหม่"),
        ("lo", "ນັດຢຸດງານ", "ການນັດຢຸດງານ"), ("km", "កូដកម្ម", "ធ្វើកូដកម្មនៅ"), ("my", "သပိတ်", "အလုပ်သမားသပိတ်မှောက်"),
        ("vi", "đình công", "cuộc đình công năm"),
        ("gsw", "Streik", "dr Streik z Züri"), ("ku", "grev", "di greva de, grev"),
        ("qu", "huelga", "huelga nisqa"), ("en", "北京", "we left 北京 in May"),
    ],
)  # fmt: skip
def test_languages_that_spacy_does_not_read_alone_are_tagged(language: str, variant: str, text: str) -> None:
    assert found(text, a_term("it", variant, language=language), language=language) == [(variant, "it")]


@pytest.mark.parametrize(
    "text", ["광주에서", "광주는", "광주에서는", "광주의", "(광주)", "광주, 서울", "광주시 광주로"]
)
def test_a_hangul_term_is_found_before_particles(text: str) -> None:
    assert found(text, a_term("gwangju", "광주", language="ko"), language="ko") == [("광주", "gwangju")]


@pytest.mark.parametrize("text", ["광주리", "남광주에서", "광 주"])
def test_a_hangul_term_is_not_found_inside_another_word(text: str) -> None:
    assert found(text, a_term("gwangju", "광주", language="ko"), language="ko") == []


def test_a_hangul_term_is_found_as_a_verb_and_however_it_is_spaced() -> None:
    terms = a_term("strike", "파업", language="ko"), a_term("labour", "노동 운동", language="ko")
    assert found("파업했다. 노동운동을 노동 운동은", *terms, language="ko") == [
        ("파업", "strike"), ("노동운동", "labour"), ("노동 운동", "labour"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("파업\u0301\u00ad", "파업"), ("파업\u00ad!", "파업"), ("파\u00ad업", "파\u00ad업"),
        ("罢\u200b工\u200b人", "罢\u200b工"),
        (unicodedata.normalize("NFD", "총 파업했다"), unicodedata.normalize("NFD", "파업")),
        (unicodedata.normalize("NFD", "파업") + "\u0301", unicodedata.normalize("NFD", "파업")),
        ("in Zu\u0308rich\u00ad.", "Zu\u0308rich"),
    ],
)  # fmt: skip
def test_a_tag_holds_all_of_its_words_and_nothing_more(text: str, words: str) -> None:
    terms = [a_term(variant, variant) for variant in ("파업", "罢工", "Zürich")]
    assert [tagged for tagged, _ in found(text, *terms, language=None)] == [words]


def a_theme_in_two_languages() -> Term:
    variants = (
        Variant(language="en", text="rent"),
        Variant(language="it", text="affitto"),
        Variant(language="mul", text="SFRATTO"),
    )
    return Term(vocabulary=THEME, slug="rent", preferred="rent", variants=variants)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", ["affitto", "sfratto"]), ("it-IT", ["affitto", "sfratto"]), ("en", ["rent", "sfratto"]),
        ("pt", ["rent", "affitto", "sfratto"]), (None, ["rent", "affitto", "sfratto"]),
    ],
)  # fmt: skip
def test_themes_are_looked_for_in_the_texts_own_language_if_they_have_it(
    language: str | None, words: list[str]
) -> None:
    tagged = found("rent affitto sfratto", a_theme_in_two_languages(), language=language)
    assert [word for word, _ in tagged] == words


def test_places_are_looked_for_in_every_language() -> None:
    terms = a_term("turin", "Torino", language="it"), a_term("london", "London", language="en")
    assert found("Torino, London", *terms, language="en") == [("Torino", "turin"), ("London", "london")]


def test_a_stream_gives_what_single_texts_give() -> None:
    tagger = a_tagger(NEW_YORK, YORK, a_term("rent-strike", "rent strike", vocabulary=THEME))
    texts = ["in New", "York on rent", "strike", "", " ", "rent strike ", "\n", "New York"] * 40
    assert list(tagger.tag_all(texts)) == [tagger.tag(text) for text in texts]
    assert tagger.tag("in New\nYork") != ()


def test_a_stream_is_read_only_a_little_ahead() -> None:
    taken: list[int] = []
    texts = (taken.append(number) or "York" for number in range(1000))  # type: ignore[func-returns-value]
    assert next(a_tagger(YORK).tag_all(texts)) == (Tag(term=1 - 1, start=0, end=4),)
    assert len(taken) <= 64


def test_new_words_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.tagging, "_NEW_WORDS", 1000)
    tagger = a_tagger(YORK)
    for number in range(50):
        text = "York " + " ".join(f"word{number}x{other}" for other in range(300))
        assert len(tagger.tag(text)) == 1
        assert len(tagger._nlp.vocab.strings) < 2500


def test_a_vocabulary_without_terms_tags_nothing() -> None:
    assert a_tagger().tag("York") == ()
    assert a_tagger(a_term("dots", "…", "-")).tag("wait… - no") == ()


def test_a_very_long_text_is_tagged() -> None:
    text = "York and so on. " * 100_000
    assert len(a_tagger(YORK).tag(text)) == 100_000


VARIANTS = [
    "York",
    "New York",
    "rent-strike",
    "St. Louis",
    "l'Aquila",
    "罢工",
    "파업",
    "Zürich",
    "İzmir",
    "Straße",
    "น้ำ",
]
PIECES = st.sampled_from(
    [*VARIANTS, "new", "St", "Louis", "l’aquila", "rent", "strike", "a", "é", "\u0301", " ", "  ", "\n", ".", "-",
     "'", "’", "\u00ad", "\u200b", "을", "工", "ZU\u0308RICH", "İZMİR", "\u3000", "🏴", "\ufeff"]
)  # fmt: skip


def read(text: str) -> str:
    """A text without what does not count."""
    plain = ingest.tagging._Reading.of(text).text.lower()
    return "".join(character for character in plain if character not in " -.")


@settings(max_examples=300, deadline=None)
@given(text=st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30))
@example(text="파업\u0301\u00ad")
@example(text=unicodedata.normalize("NFD", "파업했다 İzmir"))
def test_offsets_lead_to_the_words_of_the_term(text: str) -> None:
    terms = [a_term(f"t{number}", variant) for number, variant in enumerate(VARIANTS)]
    for tag in _ALL.tag(text):
        assert read(text[tag.start : tag.end]) == read(terms[tag.term].preferred)


_ALL = a_tagger(*(a_term(f"t{number}", variant) for number, variant in enumerate(VARIANTS)))


@settings(max_examples=200, deadline=None)
@given(before=st.lists(PIECES, max_size=5), after=st.lists(PIECES, max_size=5), variant=st.sampled_from(VARIANTS))
def test_a_term_between_spaces_is_always_found(before: list[str], after: list[str], variant: str) -> None:
    text = f"{''.join(before)}: {variant} ;{''.join(after)}"
    start = len("".join(before)) + 2
    term = VARIANTS.index(variant)
    assert any(tag.term == term and tag.start == start and tag.end == start + len(variant) for tag in _ALL.tag(text))


def demonstration_sentences() -> list[tuple[str, str]]:
    folder = ROOT / "bench" / "tiny_whisper" / "sentences"
    return [
        (language, line)
        for language in ("en", "es", "fr", "it")
        for line in (folder / f"{language}.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]


def test_the_starter_vocabularies_tag_the_demonstration() -> None:
    vocabularies = read_vocabularies(ROOT / "archive" / "starter" / "vocabularies")
    terms = list(enumerate(term for vocabulary in vocabularies for term in vocabulary))
    stops = {vocabulary.name: vocabulary.stop_phrases for vocabulary in vocabularies}
    slugs: dict[str, set[str]] = {}
    for language in ("en", "es", "fr", "it"):
        tagger = VocabularyTagger(terms, stops, language)
        for line in (line for spoken, line in demonstration_sentences() if spoken == language):
            slugs[line] = {terms[tag.term][1].slug for tag in tagger.tag(line)}
    untagged = [line for line, tagged in slugs.items() if not tagged]
    assert len(untagged) <= 0.2 * len(slugs), untagged
    assert {"glasgow", "rent"} <= slugs["In nineteen fifteen the landlords of Glasgow raised the rents."]
    assert {"rent-strike"} <= slugs["By November some twenty thousand households were on rent strike."]


def test_every_starter_variant_is_found_in_a_sentence() -> None:
    vocabularies = read_vocabularies(ROOT / "archive" / "starter" / "vocabularies")
    for vocabulary in vocabularies:
        terms = list(enumerate(vocabulary))
        tagger = VocabularyTagger(terms, {}, None)
        said = [(number, variant.text) for number, term in terms for variant in term.variants]
        tagged = tagger.tag_all(f"«{text}», …" for _, text in said)
        missed = [
            text for (term, text), tags in zip(said, tagged, strict=True) if term not in {tag.term for tag in tags}
        ]
        assert missed == []
