"""Marks as values: what they leave of a text and of its words, and what they cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.folding import occurrences
from archive.redaction import PAD, SIGN, SNAP, Mark, Timed, cuts, redact, spoken_at

TEXT = "My sister Anna Rossi hid them in Via Roma 12."


def spoken(text: str, *, at: float = 10.0, each: float = 0.5) -> tuple[Timed, ...]:
    """Each word of the text, half a second long."""
    return tuple((at + n * each, at + (n + 1) * each, word, 0.9) for n, word in enumerate(text.split()))


def a_mark(words: str, replacement: str | None = None, text: str = TEXT) -> Mark:
    [(start, end)] = occurrences(text, words)
    return Mark(start_char=start, end_char=end, replacement=replacement)


def test_the_words_are_gone_and_a_sign_stands_there() -> None:
    assert (
        redact(TEXT, (), [a_mark("anna rossi"), a_mark("via roma 12")]).text == f"My sister {SIGN} hid them in {SIGN}."
    )


def test_a_pseudonym_stands_in_the_place_of_a_name() -> None:
    assert redact(TEXT, (), [a_mark("Anna", "Luz")]).text == "My sister Luz Rossi hid them in Via Roma 12."


def test_the_sign_does_not_say_how_long_or_how_many_the_words_were() -> None:
    short, long = (
        redact("It was Al.", (), [Mark(start_char=7, end_char=9)]),
        a_mark("Maximiliane", text="It was Maximiliane."),
    )
    assert short.text == redact("It was Maximiliane.", (), [long]).text
    two = [a_mark("Anna"), a_mark("Rossi")]
    assert redact(TEXT, (), two).text == redact(TEXT, (), [a_mark("Anna Rossi")]).text


def test_a_text_that_is_all_marked_is_not_empty() -> None:
    assert redact("Anna", (), [Mark(start_char=0, end_char=4)]).text == SIGN
    assert redact("Anna", (), [Mark(start_char=0, end_char=4, replacement="  ")]).text == SIGN


def test_marks_that_disagree_give_the_sign_unless_one_spans_all() -> None:
    whole, part = a_mark("Anna Rossi", "Luz Mora"), a_mark("Rossi", "Vega")
    assert redact(TEXT, (), [part, whole]).text == "My sister Luz Mora hid them in Via Roma 12."
    over = Mark(start_char=a_mark("Rossi").start_char, end_char=a_mark("hid").end_char, replacement="x")
    assert redact(TEXT, (), [whole, over]).text == f"My sister {SIGN} them in Via Roma 12."
    assert redact(TEXT, (), [a_mark("Anna", "Luz"), a_mark("Anna", "Eva")]).text.startswith(f"My sister {SIGN} Rossi")


def test_a_mark_beyond_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="of a text of 4"):
        redact("Anna", (), [Mark(start_char=0, end_char=5)])
    with pytest.raises(ValueError, match="cannot run"):
        Mark(start_char=3, end_char=3)


def test_marked_words_become_one_and_no_word_keeps_a_time_in_the_cut() -> None:
    words = spoken(TEXT)  # Anna Rossi: 11.0 to 12.0
    done = redact(TEXT, words, [a_mark("Anna Rossi")])
    assert [word[2] for word in done.words] == ["My", "sister", SIGN, "hid", "them", "in", "Via", "Roma", "12."]
    assert done.words[2] == (10.5, 12.5, SIGN, None)
    moments = {moment for word in done.words for moment in word[:2]}
    assert not [moment for moment in moments if 10.5 < moment < 12.5]


def test_how_long_the_words_lasted_cannot_be_read_from_their_neighbours() -> None:
    def neighbours(length: float) -> tuple[Timed, ...]:
        times = [(10.0, 10.3), (10.3, 10.3 + length), (10.3 + length, 10.6 + length), (13.0, 13.4)]
        text = ["I", "saw", "Ana", "there"]
        words = tuple((start, end, word, None) for (start, end), word in zip(times, text, strict=True))
        return redact("I saw Ana there", words, [Mark(start_char=2, end_char=9)]).words

    assert {end - start for start, end, _, _ in neighbours(0.4)} & {0.4} == set()
    assert all(start <= end for start, end, _, _ in neighbours(0.4))


def test_what_is_marked_within_a_word_goes_with_its_word() -> None:
    text = "Anna's brother and Jean-Luc"
    done = redact(
        text, spoken(text), [a_mark("Anna", "Luz", text), a_mark("Jean", "Eva", text), a_mark("Luc", "X", text)]
    )
    assert done.text == "Luz's brother and Eva-X"
    assert [word[2] for word in done.words] == done.text.split()


def test_words_whose_times_are_not_to_be_believed_keep_none() -> None:
    words = spoken(TEXT)
    timeless = tuple((10.0, 10.0, word[2], 0.9) for word in words)
    assert redact(TEXT, timeless, [a_mark("Anna")]).words == ()
    assert redact(TEXT, words[:-1], [a_mark("Anna")]).words == ()  # one is missing: which one stands where?
    assert redact(TEXT, (*words[:4], *words[5:]), [a_mark("Anna")]).words == ()
    assert redact(TEXT, timeless, []).words == timeless


def test_when_something_is_said_is_known_only_from_credible_words() -> None:
    words = spoken(TEXT)
    mark = a_mark("Rossi")
    assert spoken_at(TEXT, words, mark.start_char, mark.end_char) == (11.5, 12.0)
    hasty = tuple(
        (start, start + 0.01, word, p) if word == "Rossi" else (start, end, word, p) for start, end, word, p in words
    )
    assert spoken_at(TEXT, hasty, mark.start_char, mark.end_char) is None


def test_a_tag_moves_with_its_words_and_goes_with_a_mark() -> None:
    done = redact(TEXT, (), [a_mark("Anna Rossi")])
    place = a_mark("Via Roma")
    moved = done.moved(place.start_char, place.end_char)
    assert moved is not None
    assert done.text[slice(*moved)] == "Via Roma"
    assert done.moved(0, 2) == (0, 2)
    assert done.moved(10, 14) is None
    assert done.moved(0, len(TEXT)) is None


@given(st.data())
def test_nothing_marked_is_left_and_all_else_is(data: st.DataObject) -> None:
    kept, secret = "abcd ", "XYZ "
    text = data.draw(st.text(alphabet=kept + secret, min_size=1, max_size=30))
    places = [place for place, sign in enumerate(text) if sign in "XYZ"]
    marks = [
        Mark(start_char=place, end_char=place + 1, replacement=data.draw(st.sampled_from([None, "Q", "RR"])))
        for place in places
    ]
    done = redact(text, spoken(text), marks)
    assert not set("XYZ") & {*done.text, *(sign for word in done.words for sign in word[2])}
    assert [sign for sign in done.text if sign in "abcd"] == [sign for sign in text if sign in "abcd"]
    for place, sign in enumerate(text):
        moved = done.moved(place, place + 1)
        assert (moved is None) == (place in places) or sign == " "  # space between two signs goes with them
        assert moved is None or done.text[slice(*moved)] == sign
    assert all(first[0] <= second[0] for first, second in pairwise(done.words))


moments = st.floats(0, 100, allow_nan=False)
spans = st.lists(st.tuples(moments, moments).map(sorted).map(tuple), max_size=6)


@given(spans, st.lists(moments, max_size=8), st.floats(1, 120))
def test_cuts_cover_every_span_with_its_padding_and_no_more_than_they_may(
    wanted: list[tuple[float, float]], edges: list[float], duration: float
) -> None:
    found = cuts(wanted, duration=duration, edges=edges)
    assert all(0 <= start < end <= duration for start, end in found)
    assert all(first[1] < second[0] for first, second in pairwise(found))
    for start, end in wanted:
        first, last = max(0.0, start - PAD), min(duration, end + PAD)
        assert first >= last or any(begins <= first and last <= ends for begins, ends in found)
    for begins, ends in found:
        assert any(begins >= start - PAD - SNAP or begins == 0 for start, _ in wanted)
        assert any(ends <= end + PAD + SNAP for _, end in wanted)


def test_a_cut_snaps_outwards_to_the_nearest_edge_only() -> None:
    edges = [9.0, 9.3, 9.6, 11.6, 12.2]
    assert cuts([(10.0, 11.0)], duration=60, edges=edges) == ((9.3, 11.6),)
    assert cuts([(10.0, 11.0)], duration=60, edges=[9.2, 11.8]) == ((9.5, 11.5),)


@pytest.mark.parametrize("span", [(2.0, 1.0), (-1.0, 1.0), (float("nan"), 1.0), (0.0, float("inf"))])
def test_a_span_that_cannot_be_is_refused(span: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="nothing runs"):
        cuts([span], duration=10)


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Élodie’s friend, not Elodies", "ELODIE'", ["Élodie’"]),
        ("Élodie’s friend, not Elodies", "elodie", ["Élodie"]),
        ("Anna\n Rossi, Anna-Rossi", "anna rossi", ["Anna\n Rossi"]),
        ("Jose\u0301, José", "jose", ["Jose\u0301", "José"]),
        ("罢工王明来了", "王明", ["王明"]),
        ("الإِضراب", "الاضراب", ["الإِضراب"]),
        ("Strauße, Strauß", "strauss", ["Strauß"]),
        (
            "김민수, \u1100\u1175\u11b7\u1106\u1175\u11ab\u1109\u116e",
            "김민수",
            ["김민수", "\u1100\u1175\u11b7\u1106\u1175\u11ab\u1109\u116e"],
        ),
        ("Annabel", "anna", []),
        ("ring +39 011 555", "+39 011  555", ["+39 011 555"]),
        ("anything", "  ", []),
    ],
)
def test_words_are_found_whole_however_they_are_written(text: str, words: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in occurrences(text, words)] == found
