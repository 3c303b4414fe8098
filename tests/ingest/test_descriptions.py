"""What people say about a testimony: read as it was meant, or refused by name, never kept as something strange."""

from __future__ import annotations

from datetime import date, datetime
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Description
from ingest.descriptions import describe, describe_head, merge
from ingest.errors import IngestError
from transcripts.markdown import split_head


def head(text: str) -> tuple[Description, tuple[str, ...]]:
    return describe_head(split_head(f"---\n{text}\n---\nSo.")[0])


@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [
        ("title", ["a"], "title must be text, not a list"),
        ("title", {"a": "b"}, "title must be text, not 'name: value' lines"),
        ("title", True, "title must be text, not yes or no"),
        ("language", False, "language must be text, not yes or no"),
        ("place", b"x", "place must be text, not bytes"),
        ("narrator", {"name": "Rosa"}, "narrator must be text, not 'name: value' lines"),
        ("narrators", [["Rosa"]], "each of narrators must be text, not a list"),
        ("sources", ["A book", {"Fraser": "Recuérdalo"}], "each of sources must be text, not 'name: value' lines"),
        ("themes", False, "themes must be text, not yes or no"),
        ("recorded_on", "2026-02-30", "recorded_on '2026-02-30' is no date"),
        ("recorded_on", "\u0662\u0660\u0662\u0666", "is no date"),
        ("recorded_on", datetime(2026, 11, 1, 10), "is no date"),  # noqa: DTZ001 - as YAML reads one
        ("titel", "x", r"unknown column 'titel': did you mean 'title'\?"),
    ],
)
def test_what_is_no_text_is_refused_by_name(column: str, value: object, complaint: str) -> None:
    with pytest.raises(IngestError, match=complaint):
        describe({column: value})


def test_numbers_and_dates_are_the_text_that_they_look_like() -> None:
    said = describe({"title": 1984, "recorded_on": date(2026, 11, 1), "themes": [1.5, 1917]})
    assert said == Description(title="1984", recorded_on="2026-11-01", themes=("1.5", "1917"))


@pytest.mark.parametrize(
    "value", [None, "", " ; ", [], [None, ""], "\u200b", ["\u200b \ufeff", "\u3164"], "\x00", "\u200e;\u00ad"]
)
def test_a_name_that_nobody_can_see_is_none(value: object) -> None:
    assert describe({"narrator": value}) == Description()


@pytest.mark.parametrize("value", [None, " ", "\u200b", "\x01\x02"])
def test_a_title_that_nobody_can_see_says_nothing(value: object) -> None:
    assert describe({"title": value, "language": value, "recorded_on": value}) == Description()


def test_signs_within_a_name_that_join_letters_are_kept() -> None:
    assert describe({"narrator": "می\u200cخواهم"}).narrators == ("می\u200cخواهم",)


def test_names_under_both_columns_are_joined_once_each() -> None:
    assert describe({"narrator": "Rosa", "narrators": ["Ida", "Rosa"]}).narrators == ("Rosa", "Ida")


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udc00", "\ufffd"),
        ("\ud83d\ude00", "\U0001f600"),
        ("a\x00b\x1b[31mc\x7f\x85", "ab[31mc"),
        ("one\r\ntwo\tthree\rfour", "one\ntwo\tthree\nfour"),
    ],
)
def test_what_cannot_be_stored_is_taken_out(said: str, stored: str) -> None:
    assert describe({"title": said, "narrators": [said]}) == Description(title=stored, narrators=(stored,))


@given(st.text(st.characters(exclude_categories=())), st.booleans())
def test_whatever_is_said_can_be_stored(text: str, in_head: bool) -> None:
    said = {"title": text, "narrators": [text], "themes": text}
    described = describe_head(said)[0] if in_head else describe(said)
    for value in (described.title or "", *described.narrators, *described.themes):
        assert value.encode("utf-8").decode("utf-8") == value
        assert not [sign for sign in value if category(sign) == "Cc" and sign not in "\n\t"]


def test_a_head_of_another_program_is_read_and_what_is_unknown_is_named() -> None:
    assert head("title: Ours\nauthor: Rosa\ntags: [a, {b: c}]\ndraft: false") == (
        Description(title="Ours"),
        ("its head also says author, tags, draft: left alone",),
    )


def test_a_head_that_says_only_what_is_known_has_no_remark() -> None:
    assert head("title: 1984\nlanguage: no\nRecorded on: 2026-11-01\nNarrator: Rosa\nnarrators: [Ida]") == (
        Description(title="1984", language="no", recorded_on="2026-11-01", narrators=("Rosa", "Ida")),
        (),
    )


@pytest.mark.parametrize(
    ("said", "recorded_on", "remarks"),
    [
        ("date: 2026-11-01", "2026-11-01", ()),
        ("date: 2026-11\nrecorded_on:", "2026-11", ()),
        ("date: 2026-11-01\nrecorded_on: 1915", "1915", ("its head also says date: left alone",)),
        ("date: yesterday", None, ("its head also says date: left alone",)),
        ("date: [2026]", None, ("its head also says date: left alone",)),
        ("date:", None, ("its head also says date: left alone",)),
    ],
)
def test_the_date_of_a_head_is_the_day_of_recording_where_no_other_is(
    said: str, recorded_on: str | None, remarks: tuple[str, ...]
) -> None:
    assert head(said) == (Description(recorded_on=recorded_on), remarks)


def test_a_name_that_is_there_twice_is_not_lost_without_a_word() -> None:
    assert head("title: Ours\nTitle: Theirs") == (Description(title="Ours"), ("its head also says Title: left alone",))


def test_a_head_that_says_what_cannot_be_is_refused() -> None:
    with pytest.raises(IngestError, match="title must be text, not a list"):
        head("title: [a, b]")


def test_remarks_are_one_line_that_can_be_shown() -> None:
    [remark] = head(r'"a\n\e[31m\ud800": x')[1]
    assert remark == "its head also says a [31m\ufffd: left alone"


def test_what_the_first_says_is_kept() -> None:
    assert merge(Description(title="a"), Description(title="b", place="c")) == Description(title="a", place="c")
