"""What the check says to whoever has to decide: in plain words, with the commands that cure or accept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlite_utils import Database

from archive.folder import Archive
from archive.generalising import generalisations
from archive.records import Description
from archive.risk_report import risk_lines
from archive.singled_out import read_accepted, singled_out
from archive.store.browsing import refresh_counts
from cli import main
from tests.builders import a_testimony, an_archive, rows
from tests.web.served import tag


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Ana tells of Glasgow and is a docker; Luz, Rosa and Bea tell of nothing."""
    archive = an_archive(tmp_path / "archive")
    with archive.write() as db:
        told = Description(
            title="One", language="en", narrators=("Ana",), described_as=("docker",), recorded_on="1979-05"
        )
        a_testimony(db, "The Rent in Glasgow.", description=told)
        for number, name in enumerate(("Luz", "Rosa", "Bea"), 2):
            said = "Scotland." if name != "Bea" else "The Rent."
            other = Description(title=name, language="en", narrators=(name,), recorded_on=f"197{number}")
            a_testimony(db, said, digest=str(number), description=other)
        tag(db)
        refresh_counts(db)
    return archive


@pytest.fixture
def db(archive: Archive) -> Iterator[Database]:
    db = archive.read()
    yield db
    db.close()


def risk(archive: Archive, *words: str) -> Result:
    return CliRunner().invoke(main, ["-C", str(archive.path), "risk", *words])


def lines(db: Database, k: int = 3) -> list[str]:
    return list(risk_lines(db.conn, singled_out(db.conn, [1], k, read_accepted(db.conn))))


def test_each_risk_is_one_sentence_and_names_the_ways_out(db: Database) -> None:
    assert lines(db) == [
        "Ana is the only one of 4 who speaks of Glasgow: publish Scotland instead of Glasgow, or leave Glasgow out, "
        "or accept it",
        "Ana is the only one of 4 who describes themself as docker: leave docker out, or accept it",
        "Ana is the only one of 4 who was recorded in 1979: publish the 1970s instead of 1979, or leave the year out, "
        "or accept it",
        "Ana is one of only 2 of 4 who speaks of Rent: leave Rent out, or accept it",
        "to cure all 4 of Ana: conricerca risk generalise 2026.001 place:glasgow --to scotland; "
        "conricerca risk generalise 2026.001 teller:docker --leave-out; "
        "conricerca risk generalise 2026.001 recorded:1979 --to 1970s; "
        "conricerca risk generalise 2026.001 theme:rent --leave-out; "
        "or to accept: conricerca risk accept Ana --all --by NAME",
    ]


def test_too_few_narrators_are_said_in_one_line(db: Database) -> None:
    [line] = lines(db, k=9)
    assert "4 narrators are published in all, fewer than 9" in line
    assert "conricerca risk accept NARRATOR --all --by NAME" in line


def test_the_commands_name_narrators_as_the_private_archive_does(db: Database) -> None:
    found = singled_out(db.conn, [1], 3)
    assert "risk accept 'Ana Rossi' --all" in list(risk_lines(db.conn, found, {1: "Ana Rossi"}))[-1]


def test_a_long_list_ends_with_how_many_follow(db: Database) -> None:
    found = singled_out(db.conn, [1, 2, 3, 4], 3)
    assert list(risk_lines(db.conn, found, most=1))[-1] == (
        "and 3 more narrators, who are listed when these are decided"
    )


def test_what_the_report_proposes_is_done_by_its_commands(archive: Archive) -> None:
    done = risk(archive, "generalise", "2026.001", "place:Glasgow", "--to", "Scotland", "--by", "Maria")
    assert (done.exit_code, done.stdout) == (0, "2026.001: place:glasgow: scotland instead\n"), done.output
    assert "1 marks proposed" in done.stderr
    for what in ("recorded:1979", "teller:docker"):
        assert risk(archive, "generalise", "2026.001", what, "--leave-out", "--by", "Maria").exit_code == 0
    with archive.write() as db:
        assert len(generalisations(db.conn)[1]) == 3
    assert (
        risk(archive, "accept", "ana", "theme:rent", "--by", "Maria").stdout == "Ana: accepted by Maria: theme:rent\n"
    )
    listed = risk(archive, "list").stdout.splitlines()
    assert [line.rpartition(" (")[0] for line in listed] == [
        "2026.001  place:glasgow: scotland instead",
        "2026.001  recorded:1979: left out",
        "2026.001  teller:docker: left out",
        "Ana  accepted: theme:rent",
    ]
    assert all("(Maria, 20" in line for line in listed)
    as_json = [json.loads(line) for line in risk(archive, "list", "--json").stdout.splitlines()]
    assert as_json[0]["broader"] == "scotland"
    assert as_json[-1]["combination"] == [["theme", "rent"]]


def test_decisions_can_be_taken_back(archive: Archive) -> None:
    risk(archive, "generalise", "2026.001", "place:glasgow", "--leave-out")
    risk(archive, "accept", "Ana", "--all", "--by", "Maria")
    assert risk(archive, "undo", "2026.001", "place:glasgow").exit_code == 0
    assert risk(archive, "undo", "Ana", "--all").stdout == "Ana: no longer accepted\n"
    assert risk(archive, "list").stdout == ""
    assert rows(archive, "select count(*) from redactions") == [(0,)]
    again = risk(archive, "undo", "Ana", "--all")
    assert (again.exit_code, again.stderr) == (
        1, "Error: that was not accepted of Ana: 'conricerca risk list' shows what was\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("accept", "Anna", "--all", "--by", "M"), "no narrator is called 'Anna': did you mean Ana?"),
        (("accept", "Ana", "--all", "--by", " "), "say who accepts it"),
        (("accept", "Ana", "--by", "M"), "name what is accepted"),
        (("accept", "Ana", "theme:rent", "--all", "--by", "M"), "name what is accepted"),
        (("accept", "Ana", "theme:rent"), "Missing option '--by'"),
        (("accept", "Ana", "theme:rent", "theme:strike", "--by", "M"), "name one value of each facet"),
        (("accept", "Ana", "theme:food", "--by", "M"), "no theme is called 'food'"),
        (("accept", "Ana", "food", "--by", "M"), "is nothing that can be generalised"),
        (("generalise", "2026.001", "place:glasgow"), "say what is published instead"),
        (
            ("generalise", "2026.001", "place:glasgow", "--to", "scotland", "--leave-out"),
            "say what is published instead",
        ),
        (("generalise", "2026.001", "place:glasgow", "--to", "turin"), "does not stand above"),
        (("generalise", "2026.002", "2026.001", "place:glasgow", "--leave-out"), "2026.002 has no place 'glasgow'"),
        (("undo", "2026.001", "place:glasgow"), "nothing to undo"),
        (("undo", "2026.001", "--all"), "--all is for a narrator"),
        (("undo", "Ana"), "name what is taken back"),
    ],
)
def test_what_cannot_be_is_refused_in_words(archive: Archive, words: tuple[str, ...], complaint: str) -> None:
    result = risk(archive, *words)
    assert result.exit_code
    assert complaint in " ".join(result.output.split()), result.output
    assert risk(archive, "list").stdout == ""
