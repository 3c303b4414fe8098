"""Citations: each style as it is written by hand, and nothing that a title or name holds can break them."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.bibliographies import bibtex, csl, csl_json, key, ris
from archive.citations import Cited, Medium, chicago, locator, mla, plain, quotation, read_date, reference
from archive.records import Kind

SEEN = date(2026, 11, 25)
ADDRESS = "https://archive.example/testimonies/2026.014"
# from the CSL-JSON schema, version 1.0.2
CSL_FIELDS = {
    "id", "type", "title", "author", "interviewer", "issued", "event-place", "genre", "medium", "language", "archive",
    "archive_collection", "archive_location", "locator", "URL", "accessed", "note", "annote",
}  # fmt: skip


def an_interview(**changes: object) -> Cited:
    known: dict[str, object] = {
        "archive": "Voices of Govan",
        "accession": "2026.014",
        "title": "The stairs in Govan",
        "address": f"{ADDRESS}#t=723.4,741",
        "medium": Medium.SOUND,
        "narrators": ("Mary",),
        "interviewers": ("Jean",),
        "recorded_on": "1984-05-03",
        "place": "Glasgow",
        "collection": "Stairs",
        "label": "Written for a test, not a testimony.",
        "language": "en",
        "start": 723.4,
        "end": 741.0,
        "words": "We lived on the stairs.",
        "unreviewed": True,
        "accessed": SEEN,
    }
    return Cited(**(known | changes))  # type: ignore[arg-type]


def a_bare_account(**changes: object) -> Cited:
    known: dict[str, object] = {"archive": "Voices", "accession": "2026.003", "title": "Il corteo", "address": ADDRESS}
    return Cited(**(known | {"kind": Kind.ACCOUNT} | changes))  # type: ignore[arg-type]


def test_chicago_as_a_note() -> None:
    assert chicago(an_interview()) == (
        "Mary, “The stairs in Govan” [Written for a test, not a testimony], interview by Jean, Glasgow, May 3, 1984, "
        "audio recording with unreviewed machine transcript, 12:03–12:21, Stairs, 2026.014, Voices of Govan, "
        f"accessed November 25, 2026, {ADDRESS}#t=723.4,741."
    )


def test_mla_as_a_work_cited() -> None:
    assert mla(an_interview()) == (
        "Mary. “The stairs in Govan.” Written for a test, not a testimony. Voices of Govan, interview by Jean, Stairs, "
        "2026.014, 3 May 1984, Glasgow, audio recording with unreviewed machine transcript, 12:03–12:21, "
        f"{ADDRESS}#t=723.4,741. Accessed 25 Nov. 2026."
    )


def test_a_plain_line_has_words_of_no_language_but_the_remark() -> None:
    assert plain(an_interview(), "trascrizione automatica") == (
        "Mary: The stairs in Govan, Written for a test, not a testimony, 1984-05-03, Glasgow, 12:03–12:21. "
        f"Voices of Govan, 2026.014, {ADDRESS}#t=723.4,741 (trascrizione automatica)"
    )


def test_the_words_stand_above_where_they_are_from() -> None:
    assert quotation(an_interview()).splitlines()[0] == "“We lived on the stairs.”"
    assert quotation(a_bare_account()) == plain(a_bare_account())


def test_bibtex_keeps_names_whole_and_titles_as_they_are() -> None:
    assert bibtex(an_interview(title="50% of {Govan} & us", narrators=("Mary, a docker", "Ana and Luz"))) == (
        "@misc{testimony-2026.014-t723.4-741,\n"
        "  author = {{Mary, a docker} and {Ana and Luz}},\n"
        "  title = {{50\\% of {\\textbraceleft}Govan{\\textbraceright} \\& us}},\n"
        "  year = {1984},\n"
        "  month = may,\n"
        "  date = {1984-05-03},\n"
        "  howpublished = {Interview, audio recording},\n"
        "  organization = {{Voices of Govan}},\n"
        "  note = {Accession number 2026.014, Stairs, Glasgow, 12:03--12:21. Interview by Jean. "
        "Written for a test, not a testimony. Machine transcript, not reviewed.},\n"
        "  language = {en},\n"
        f"  url = {{{ADDRESS}#t=723.4,741}},\n"
        "  urldate = {2026-11-25},\n"
        "  annote = {“We lived on the stairs.”},\n"
        "}\n"
    )


def test_csl_has_literal_names_and_only_fields_of_its_schema() -> None:
    item = csl(an_interview(narrators=("Mary, a docker",)))
    assert set(item) == CSL_FIELDS
    assert item["type"] == "interview"
    assert item["author"] == [{"literal": "Mary, a docker"}]
    assert item["issued"] == {"date-parts": [[1984, 5, 3]]}
    assert csl(a_bare_account())["type"] == "document"
    assert csl(a_bare_account(kind=Kind.ASSEMBLY))["type"] == "speech"


def test_ris_has_one_field_a_line() -> None:
    lines = ris(an_interview(narrators=("Mary, a docker",))).split("\r\n")
    assert lines[:3] == ["TY  - SOUND", "ID  - testimony-2026.014-t723.4-741", "AU  - Mary – a docker"]
    assert "DA  - 1984/05/03" in lines
    assert lines[-2:] == ["ER  - ", ""]


@pytest.mark.parametrize(
    ("said", "in_chicago", "in_mla", "in_csl"),
    [
        ("1984", "1984", "1984", {"date-parts": [[1984]]}),
        ("1984-09", "September 1984", "Sept. 1984", {"date-parts": [[1984, 9]]}),
        ("about 1984", "about 1984", "about 1984", {"literal": "about 1984"}),
        ("1984-02-31", "1984-02-31", "1984-02-31", {"literal": "1984-02-31"}),
        (None, "", "", None),
    ],
)
def test_as_much_of_a_date_is_said_as_is_known(said: str | None, in_chicago: str, in_mla: str, in_csl: object) -> None:
    cited = an_interview(recorded_on=said)
    assert f"Glasgow, {in_chicago}{', ' if in_chicago else ''}audio" in chicago(cited)
    assert f"2026.014, {in_mla}{', ' if in_mla else ''}Glasgow" in mla(cited)
    assert csl(cited).get("issued") == in_csl


def test_what_is_unknown_leaves_no_mark() -> None:
    assert chicago(a_bare_account()) == f"“Il corteo,” written account, 2026.003, Voices, {ADDRESS}."
    assert mla(a_bare_account()) == f"“Il corteo.” Voices, written account, 2026.003, {ADDRESS}."
    assert plain(a_bare_account()) == f"Il corteo. Voices, 2026.003, {ADDRESS}"
    assert set(csl(a_bare_account())) == {
        "id", "type", "title", "genre", "archive", "archive_location", "URL",
    }  # fmt: skip


def test_a_title_with_its_own_marks_keeps_them_once() -> None:
    asked = a_bare_account(title="Who said “strike”?")
    assert chicago(asked).startswith("“Who said ‘strike’?,”")
    assert mla(asked).startswith("“Who said ‘strike’?” Voices")
    assert "?." not in plain(asked)


def test_many_narrators_are_named_as_each_style_has_it() -> None:
    two, four = ("Ana", "Luz"), ("Ana", "Luz", "Inés", "Pilar")
    assert chicago(a_bare_account(narrators=two)).startswith("Ana and Luz, “")
    assert chicago(a_bare_account(narrators=four[:3])).startswith("Ana, Luz, and Inés, “")
    assert chicago(a_bare_account(narrators=four)).startswith("Ana et al., “")
    assert mla(a_bare_account(narrators=four)).startswith("Ana, et al. “")


@pytest.mark.parametrize(
    ("stretch", "where", "mark"),
    [
        ({}, "", "[@2026.003]"),
        ({"start": 723.4, "end": 741.0}, "12:03–12:21", "[@2026.003 12:03.4-12:21]"),
        ({"start": 3599.0, "end": 3661.0}, "0:59:59–1:01:01", "[@2026.003 59:59-1:01:01]"),
        ({"start": 6.0, "end": 6.0}, "0:06", "[@2026.003 0:06]"),
        ({"start": 6.2}, "0:06", "[@2026.003 0:06.2]"),
        ({"first": 12, "last": 15}, "passages 13–16", "[@2026.003 p12-p15]"),
        ({"first": 0, "last": 0}, "passage 1", "[@2026.003 p0]"),
    ],
)
def test_a_stretch_is_named(stretch: dict[str, object], where: str, mark: str) -> None:
    cited = a_bare_account(**stretch)
    assert (locator(cited), reference(cited)) == (where, mark)
    assert key(cited) == key(a_bare_account(**stretch, title="Another title"))


@pytest.mark.parametrize("stretch", [{"start": -1.0}, {"start": 5.0, "end": 4.0}, {"first": 3, "last": 2}])
def test_what_no_testimony_has_is_refused(stretch: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="nothing can be cited"):
        a_bare_account(**stretch)


hostile = st.one_of(
    st.text(),
    st.text(alphabet="{}\\\"'%&$#_^~@,=\n\r\t\u2028\u202e\u200f “”and ER-"),
    st.sampled_from(["}}", "\\", "{\\}", "x}\n@misc{y,", "a\r\nER  - \r\nTY  - SOUND", "\u202eevil", "אב, ג", "  "]),
)


@given(title=hostile, name=hostile, label=hostile, said=hostile, on=hostile, words=hostile)
def test_nothing_that_is_said_breaks_a_list_of_sources(
    title: str, name: str, label: str, said: str, on: str, words: str
) -> None:
    cited = an_interview(
        title=title, narrators=(name, said), interviewers=(said,), label=label, place=words, collection=said,
        recorded_on=on, words=words, archive=said, language=label,
    )  # fmt: skip
    assert _fields(bibtex(cited)) >= {"title", "note", "url"}
    [item] = json.loads(csl_json(cited))
    assert set(item) <= CSL_FIELDS
    assert all(set(person) == {"literal"} for person in item.get("author", ()))
    lines = ris(cited).split("\r\n")
    assert all(re.match("[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])
    assert [line for line in lines if line.startswith("ER  -")] == ["ER  - "]
    for line in (chicago(cited), mla(cited), plain(cited)):
        assert len(line.splitlines()) == 1
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x1f]", line)


@given(hostile)
def test_a_date_is_one_or_none(text: str) -> None:
    assert len(read_date(text)) <= 3


def _fields(entry: str) -> set[str]:
    """The names of the fields of one BibTeX entry, read as BibTeX reads it: braces counted, whatever stands before."""
    head, _, body = entry.partition(",\n")
    assert re.fullmatch(r"@misc\{[\w.:-]+", head)
    names, place = set(), 0
    while body[place:] != "}\n":
        found = re.compile(r"  (\w+) = (?=[{a-z])").match(body, place)
        assert found, body[place:]
        names.add(found[1])
        place = found.end()
        depth = 0
        while depth or body[place] != ",":
            depth += {"{": 1, "}": -1}.get(body[place], 0)
            assert depth >= 0
            place += 1
        assert body[place : place + 2] == ",\n"
        place += 2
    return names
