"""Contents: a testimony's stretches, found where what it speaks of changes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.browse import TermLink
from archive.contents import MOST, contents
from archive.reading import Line
from archive.records import VocabularyName

NAMES = ("rent", "strike", "prison", "sea", "bread", "school")
TERMS = tuple(TermLink(vocabulary=VocabularyName.THEME, slug=name, preferred=name.capitalize()) for name in NAMES)
RENT, STRIKE, PRISON, SEA, BREAD, SCHOOL = TERMS
TURIN = TermLink(vocabulary=VocabularyName.PLACE, slug="turin", preferred="Turin")


def lines(*told: tuple[TermLink, ...], timed: bool = True) -> tuple[Line, ...]:
    """A testimony whose passages speak of these terms, one after another, ten seconds each."""
    return tuple(
        Line(
            position=number,
            start=number * 10.0 if timed else None,
            end=None,
            who=None,
            text="…",
            confidence=None,
            reviewed=False,
            tags=tags,
        )
        for number, tags in enumerate(told)
    )


def test_a_stretch_begins_where_the_subject_changes() -> None:
    told = [(RENT,), ()] * 10 + [(PRISON,), ()] * 10 + [(SEA, TURIN), ()] * 10
    found = contents(lines(*told))
    assert [(one.position, one.start, one.terms[0]) for one in found] == [
        (0, 0.0, RENT),
        (20, 200.0, PRISON),
        (40, 400.0, SEA),
    ]


def test_what_is_said_everywhere_names_no_stretch_before_what_is_said_there() -> None:
    told = [(BREAD, RENT)] * 20 + [(BREAD, PRISON)] * 20
    assert [one.terms for one in contents(lines(*told))] == [(RENT, BREAD), (PRISON, BREAD)]


def test_two_stretches_of_the_same_name_are_one() -> None:
    told = [
        *[(RENT,), (RENT,), (RENT,), (RENT,), (STRIKE,)] * 6,
        *[(STRIKE,), (STRIKE,), (STRIKE,), (STRIKE,), (RENT,)] * 6,
    ]
    assert contents(lines(*told)) == ()
    assert len(contents(lines(*told, *[(SEA,)] * 30))) == 2


def test_an_account_without_times_has_contents_too() -> None:
    found = contents(lines(*[(RENT,)] * 10, *[(SEA,)] * 10, timed=False))
    assert [(one.position, one.start) for one in found] == [(0, None), (10, None)]


@pytest.mark.parametrize(
    "told", [[], [(RENT,)] * 5 + [(SEA,)] * 5, [(RENT,)] * 500, [()] * 500], ids=["none", "few", "one", "untagged"]
)
def test_where_there_is_too_little_to_tell_apart_there_are_no_contents(told: list[tuple[TermLink, ...]]) -> None:
    assert contents(lines(*told)) == ()


def test_five_hours_have_no_more_entries_than_a_reader_can_survey() -> None:
    told = [(TERMS[number // 40 % len(TERMS)],) for number in range(4500)]
    assert 5 <= len(contents(lines(*told))) <= MOST


def test_contents_of_a_long_testimony_reach_to_its_end() -> None:
    """Thirty subjects, each as different from the last: the entries lie over all of it, each where a subject begins."""
    told = [(TERMS[number // 150 % len(TERMS)],) for number in range(4500)]
    found = contents(lines(*told))
    begins = [one.position for one in found]
    assert len(found) == MOST
    assert max(later - sooner for sooner, later in pairwise([*begins, 4500])) <= 3 * 150
    assert all(min(place % 150, -place % 150) <= 2 for place in begins)


@given(st.lists(st.lists(st.sampled_from((*TERMS, TURIN)), max_size=3, unique=True).map(tuple), max_size=120))
def test_every_stretch_has_a_name_and_none_is_named_as_the_one_before(told: list[tuple[TermLink, ...]]) -> None:
    found = contents(lines(*told))
    assert all(one.terms for one in found)
    assert len(found) != 1
    assert not found or found[0].position == 0
    for before, after in pairwise(found):
        assert before.position < after.position
        assert set(before.terms) != set(after.terms)
