"""Marks along the recording: exact where they are few, counted together where they would run into each other."""

from __future__ import annotations

from itertools import pairwise

import pytest

from archive.browse import Entry, Recording, TermLink
from archive.reading import Line
from archive.reading import Testimony as Told
from archive.records import VocabularyName
from archive.web.waveform import APART, NAMED, Mark, draw

WHOLE = 18_000.0  # five hours
THEMES = tuple(TermLink(vocabulary=VocabularyName.THEME, slug=f"t{n}", preferred=f"Theme {n}") for n in range(9))
TURIN = TermLink(vocabulary=VocabularyName.PLACE, slug="turin", preferred="Turin")
PHONE = 354  # pixels that the slider has there


def marks_of(*told: tuple[float, tuple[TermLink, ...]]) -> tuple[Mark, ...]:
    """The marks of a testimony whose passages begin at these seconds and speak of these terms."""
    entry = Entry(
        accession="2026.001", title="", label=None, kind="interview", narrators=(), language=None, recorded_on=None,
        place=None, summary=None, collection=None, duration=WHOLE, passages=len(told),
    )  # fmt: skip
    recording = Recording(
        sha256="", suffix="", media_type="", duration=WHOLE, state="transcribed", remark=None, heard_until=None
    )
    said = [
        Line(position=n, start=at, end=None, who=None, text="", confidence=None, reviewed=False, tags=tags)
        for n, (at, tags) in enumerate(told)
    ]
    testimony = Told(
        entry=entry, interviewers=(), sources=(), making=None, recordings=(recording,), lines=tuple(said), terms=()
    )
    drawn = draw(testimony, (), ())
    assert drawn is not None
    return drawn.marks


def test_few_marks_stand_exactly_where_they_are() -> None:
    [one, other] = marks_of((900.0, (THEMES[0],)), (9000.0, (THEMES[1],)))
    assert (one.share, one.second, one.number, one.names) == ("5.00%", 900.0, 1, ("Theme 0",))
    assert other.share == "50.00%"


def test_marks_that_would_run_into_each_other_are_one_with_a_count() -> None:
    [mark] = marks_of(*[(100.0 + n, (THEMES[n % 2 * n],)) for n in range(8)])
    assert (mark.second, mark.until, mark.number, mark.weight) == (100.0, 107.0, 8, "many")
    assert mark.names == ("Theme 0", "Theme 1", "Theme 3", "Theme 5", "Theme 7"), "the most frequent first"
    assert (len(mark.names), mark.more) == (NAMED, 0)


def test_hundreds_of_tags_on_five_hours_never_touch_on_a_phone() -> None:
    marks = marks_of(*[(n * 4.0, (THEMES[n % 9], TURIN)) for n in range(4500)])
    for vocabulary in (VocabularyName.PLACE, VocabularyName.THEME):
        places = [float(mark.share[:-1]) / 100 * PHONE for mark in marks if mark.vocabulary is vocabulary]
        assert len(places) <= 1 / APART
        assert min(after - before for before, after in pairwise(places)) > 6.4 * 1.25, "the width of the largest sign"
        assert sum(mark.number for mark in marks if mark.vocabulary is vocabulary) == 4500
    assert max(mark.more for mark in marks) == 9 - NAMED


@pytest.mark.parametrize(("number", "weight"), [(1, "one"), (2, "some"), (4, "some"), (5, "many")])
def test_a_mark_is_as_large_as_its_count(number: int, weight: str) -> None:
    [mark] = marks_of(*[(float(n), (TURIN,)) for n in range(number)])
    assert mark.weight == weight
