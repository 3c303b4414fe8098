"""metadata.yml, as people write it: what is wrong in it is said with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.configuration import anonymity, read_metadata
from archive.errors import InvalidFile


def read(tmp_path: Path, text: str | bytes) -> dict[str, object]:
    path = tmp_path / "metadata.yml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_metadata(path)


def complaint(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(InvalidFile) as caught:
        read(tmp_path, text)
    return str(caught.value).removeprefix(str(tmp_path / "metadata.yml"))


def in_table(line: str) -> str:
    return f"databases:\n  archive:\n    tables:\n      passages:\n        {line}\n"


def test_the_metadata_that_is_shipped_is_read_whole() -> None:
    metadata = read_metadata(Path(__file__).parents[2] / "metadata.yml")
    assert list(metadata) == ["title", "description", "license", "plugins", "databases"]
    assert metadata["databases"]["archive"]["tables"]["catalogue"]["facets"][0] == {"array": "places"}


@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark\n", "---\n", "null\n", "\ufeff"])
def test_an_empty_file_says_nothing(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == {}


def test_all_that_datasette_understands_is_accepted(tmp_path: Path) -> None:
    text = """
title: 1936
description_html: <em>x</em>
license_url: https://example.org
source: s
about_url: u
allow: {id: [a, b]}
allow_sql: false
extra_css_urls: [/static/a.css, {url: b.css, sri: x}]
plugins: {any-plugin: {deep: [{er: 1}]}, other: null}
databases:
  archive:
    source_url: x
    allow: false
    queries:
      plain: select 1
      described: {sql: select 1, title: One, params: [a], write: false}
    tables:
      passages:
        facets: [language, array: places, {date: recorded_on}, {m2m: themes}, {array: {column: movements}}]
        facet_size: max
        size: 10
        sort_desc: start
        sortable_columns: []
        hidden: false
        searchmode: raw
        units: {duration: s}
        columns: {text: 12}
        plugins: {x: {}}
"""
    metadata = read(tmp_path, text)
    json.dumps(metadata)
    assert metadata["title"] == 1936


def test_a_date_stays_as_it_is_written(tmp_path: Path) -> None:
    assert read(tmp_path, "title: 1936-07-19\n") == {"title": "1936-07-19"}


TABLE = "databases.archive.tables.passages"
NO_LINES = "must consist of lines of the form 'name: what it says'"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titel: x\n", ", line 1: titel is nothing that Datasette knows (is 'title' meant?)"),
        ("title: x\nzzz: 1\n", ", line 2: zzz is nothing that Datasette knows"),
        (in_table("facets: places"), f", line 5: {TABLE}.facets must be a list"),
        (in_table("facet: [a]"), f", line 5: {TABLE}.facet is nothing that Datasette knows (is 'facets' meant?)"),
        (
            in_table("facets: [{array: a, date: b}]"),
            f", line 5: {TABLE}.facets.1 must name one kind of facet, such as array: places",
        ),
        (in_table("facets: [[a]]"), f", line 5: {TABLE}.facets.1 must be a text"),
        (in_table("hidden: perhaps"), f", line 5: {TABLE}.hidden must be true or false"),
        (in_table("size: many"), f", line 5: {TABLE}.size must be a number from 1 up, or max"),
        (in_table("size: 0"), f", line 5: {TABLE}.size must be a number from 1 up, or max"),
        (in_table("columns: [text]"), f", line 5: {TABLE}.columns {NO_LINES}"),
        (in_table("columns: {text: {a: b}}"), f", line 5: {TABLE}.columns.text must be a text"),
        ("databases: archive\n", f", line 1: databases {NO_LINES}"),
        (
            "plugins:\n  conricerca:\n    adress: https://a.example\n",
            ", line 3: plugins.conricerca.adress is nothing that conricerca knows (is 'address' meant?)",
        ),
        ("title: [a]\n", ", line 1: title must be a text"),
        ("plugins: {conricerca: yes}\n", f", line 1: plugins.conricerca {NO_LINES}"),
        (
            "databases: {archive: {queries: {q: {sql: delete from events, write: true}}}}\n",
            ", line 1: databases.archive.queries.q.write: nothing is written to an archive in this way",
        ),
        ("databases:\n  archive:\n    tables:\n", f", line 3: databases.archive.tables {NO_LINES}"),
        ("- a\n", f", line 1: the file {NO_LINES}"),
        ("only text\n", f", line 1: the file {NO_LINES}"),
    ],
)
def test_what_cannot_be_is_said_with_line_and_name(tmp_path: Path, text: str, said: str) -> None:
    assert complaint(tmp_path, text) == said


NO_SITE = "must be the whole address of a site, such as https://archive.example"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        *((f"'{address}'", NO_SITE) for address in (
            "archive.example", "ftp://a.example", "https://a.example/?x=1", "https://a.example/#x", "https://a@b.example",
            "https://", "https:///x", "https://a b", "https://a.example/<b>", "javascript:alert(1)", "//a.example",
            "https://a.example:99999", "https://a.example:x", "https://a..b", "https://a.example/\"x",
        )),
        ("[https://a.example]", NO_SITE),
        ("{a: b}", NO_SITE),
        *((f"'http://{host}'", "leads to this computer, which nobody else can open: leave it empty") for host in (
            "127.0.0.1:8001", "localhost", "LocalHost:8001/", "[::1]:8001", "0.0.0.0", "archive.localhost", "127.1",
        )),
    ],
)  # fmt: skip
def test_an_address_that_others_could_not_open_is_refused_with_its_line(
    tmp_path: Path, address: str, said: str
) -> None:
    text = f"title: x\nplugins:\n  conricerca:\n    address: {address}\n"
    assert complaint(tmp_path, text) == f", line 4: plugins.conricerca.address {said}"


@pytest.mark.parametrize(
    "address",
    ["", "''", "https://archive.example", "http://a.example:8080/", "https://a.example/our/archive", "https://bücher.example",
     "https://[2001:db8::1]/"],
)  # fmt: skip
def test_an_address_that_others_can_open_is_read(tmp_path: Path, address: str) -> None:
    read(tmp_path, f"plugins:\n  conricerca:\n    address: {address}\n")


@pytest.mark.parametrize(
    "text",
    ["title: a\ntitle: b\n", "plugins: {x: {a: 1, a: 2}}\n", "allow: {id: 1, id: 2}\n", "allow: [{a: 1, a: 2}]\n"],
)
def test_a_name_that_stands_there_twice_is_refused(tmp_path: Path, text: str) -> None:
    assert "stands there twice" in complaint(tmp_path, text)


def test_references_that_could_fill_any_memory_are_refused(tmp_path: Path) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x]\n"
    for letter, before in zip("bcdefghij", "abcdefghi", strict=True):
        bomb += f"{letter}: &{letter} [{', '.join([f'*{before}'] * 8)}]\n"
    assert complaint(tmp_path, bomb) == ", line 2: is no YAML: write it out: *references are not read here"
    assert "references" in complaint(tmp_path, "plugins: &p {x: *p}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"title: caf\xe9\n", "line 1: is not UTF-8"),
        (b"title: x\nplugins: {\xff\xfe}\n", "line 2: is not UTF-8"),
        (b"title: a\x00b\n", "no YAML file may hold"),
        (b"title: [\n", "line 2: is no YAML"),
        (b"title: 'x\n", "is no YAML"),
        (b"\ttitle: x\n", "line 1: is no YAML"),
        (b"a: 1\n---\nb: 2\n", "line 2: is no YAML"),
        (b"title: !!python/object/apply:os.system [ls]\n", "title must be a text"),
        (b"plugins: {x: {a: !!python/name:os.system }}\n", "is no YAML"),
        (b"? [a, b]\n: x\n", "has a name that is no text"),
        (b"<<: {title: x}\n", "<< is nothing that Datasette knows"),
        (b"plugins: {x: {n: !!int abc}}\n", "is no YAML"),
        (b"[" * 100_000, "nested too deeply"),
        (b"plugins: {x: " + b"{a: " * 300 + b"1" + b"}" * 300 + b"}\n", "nested too deeply"),
        (b"# " + b"x" * (2 << 20), "larger than 1 MB"),
    ],
)
def test_hostile_files_are_refused_in_words(tmp_path: Path, text: bytes, said: str) -> None:
    assert said in complaint(tmp_path, text)


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "metadata.yml").mkdir()
    with pytest.raises(InvalidFile, match="cannot be read"):
        read_metadata(tmp_path / "metadata.yml")


@given(st.binary(max_size=200) | st.text(alphabet="abt: -[]{}&*!?|>'\"\n#,\t%@`<~", max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yml"
    path.write_bytes(content)
    try:
        json.dumps(read_metadata(path))
    except InvalidFile as error:
        assert str(error)


@pytest.mark.parametrize(("said", "k"), [("", 3), ("1", 1), ("5", 5), ("'7'", 7), ("100", 100)])
def test_how_many_must_share_what_can_be_looked_for_is_read(tmp_path: Path, said: str, k: int) -> None:
    assert anonymity(read(tmp_path, f"plugins:\n  conricerca:\n    anonymity: {said}\n")) == k


@pytest.mark.parametrize("text", ["", "plugins: {conricerca: }\n", "plugins: {other: {anonymity: 9}}\n"])
def test_where_nothing_is_said_three_must_share_it(tmp_path: Path, text: str) -> None:
    assert anonymity(read(tmp_path, text)) == 3


@pytest.mark.parametrize("said", ["0", "-1", "2.5", "three", "[3]", "{k: 3}", "1e3", "010", "yes", "'3 '", "9999999"])
def test_what_is_no_number_of_narrators_is_refused_with_its_line(tmp_path: Path, said: str) -> None:
    assert complaint(tmp_path, f"plugins:\n  conricerca:\n    anonymity: {said}\n") == (
        ", line 3: plugins.conricerca.anonymity must be a whole number from 1 up, such as 3; 1 checks nothing"
    )
