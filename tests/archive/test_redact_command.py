"""`conricerca redact`, as people use it: propose, look, decide, hear."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlite_utils import Database

from archive.consent import Event, Happening
from archive.declaring import declare
from archive.folder import Archive
from archive.vault import Person, change_vault, create_vault, make_identity
from cli import main
from tests.archive.test_redactions import hear, heard, timed
from tests.builders import RECORDINGS, a_testimony, an_archive

SAID = ("We met in the kitchen.", "Anna Rossi brought leaflets to Via Roma 12.", "She was at 011 555 12 34.")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = an_archive(tmp_path / "archive")
    with archive.write() as db:
        heard(db, *SAID)
        a_testimony(db, "Anna came.", digest="7")
    return archive


def call(archive: Archive, *arguments: object) -> Result:
    return CliRunner().invoke(main, ["-C", str(archive.path), "redact", *map(str, arguments)])


def listed(archive: Archive, *arguments: object) -> list[dict[str, object]]:
    result = call(archive, "list", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_what_is_proposed_is_looked_at_and_decided(archive: Archive) -> None:
    result = call(archive, "propose")
    assert (result.exit_code, result.stdout) == (0, "2026.001: 2 proposed\n")
    assert [one["words"] for one in listed(archive)] == ["Via Roma 12", "011 555 12 34"]
    assert "[Via Roma 12]. → […]  (an address; rule)" in call(archive, "list", "2026.001").output
    assert call(archive, "approve", 1).output == "1 approved\n"
    assert call(archive, "reject", 2).output == "1 rejected\n"
    assert call(archive, "propose").stdout == ""
    assert [one["state"] for one in listed(archive)] == ["approved", "rejected"]
    assert [one["number"] for one in listed(archive, "2026.001", "--state", "approved")] == [1]


def test_all_of_a_testimony_is_approved_at_once(archive: Archive) -> None:
    call(archive, "propose", "2026.001")
    assert call(archive, "approve", "--all", "2026.001").output == "2 approved\n"
    assert call(archive, "approve").exit_code == 2


def test_the_names_of_the_vault_are_proposed_only_with_its_key(archive: Archive, tmp_path: Path) -> None:
    key = tmp_path / "key.txt"
    create_vault(archive.path, [make_identity(key)])
    change_vault(archive.path, key, lambda vault: vault.with_person(Person(narrator="Luz", real_name="Ánna Rossi")))
    call(archive, "propose")
    assert {one["source"] for one in listed(archive)} == {"rule"}
    assert call(archive, "propose", "-i", key).exit_code == 0
    found = [(one["accession"], one["words"], one["reason"]) for one in listed(archive) if one["source"] == "vault"]
    assert found == [("2026.001", "Anna Rossi", "a name in the vault"), ("2026.002", "Anna", "a name in the vault")]


def test_people_and_places_are_proposed_by_a_trained_pipeline(archive: Archive, tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy")
    nlp = spacy.blank("en")
    patterns = [{"label": "PERSON", "pattern": "Anna Rossi"}, {"label": "DATE", "pattern": "kitchen"}]
    nlp.add_pipe("entity_ruler").add_patterns(patterns)
    nlp.to_disk(tmp_path / "small")
    assert call(archive, "propose", "2026.001", "--ner", tmp_path / "small").exit_code == 0
    assert [one["words"] for one in listed(archive) if one["source"] == "model"] == ["Anna Rossi"]
    assert call(archive, "propose", "--ner", tmp_path / "none").exit_code == 1


def test_words_and_seconds_are_marked(archive: Archive) -> None:
    marked = call(archive, "mark", "2026.001", "--words", "anna rossi", "--as", "Luz", "--reason", "was never known")
    assert marked.output == "1 mark approved: 1\n"
    cut = call(archive, "mark", "2026.001", "--from", "0:12", "--to", "0:14.5", "--reason", "a child", "--propose")
    assert cut.output == "1 mark proposed: 2\n"
    assert [(one["start"], one["end"], one["sound_only"]) for one in listed(archive)] == [
        (12.0, 14.5, True),
        (10.0, 11.0, False),
    ]
    assert "[Anna Rossi] brought" in call(archive, "list").output
    assert "sound only, until 0:14" in call(archive, "list").output


def test_a_name_is_marked_everywhere_and_later_occurrences_are_proposed(archive: Archive) -> None:
    assert call(archive, "everywhere", "ANNA", "--as", "Luz").output == "2 marks approved: 1, 2\n"
    with archive.write() as db:
        hear(db, 1, timed(SAID[1], 10.0), timed("And anna sang.", 40.0), model="large")
    call(archive, "propose", "2026.001")
    again = [one for one in listed(archive, "--state", "proposed") if "elsewhere" in str(one["reason"])]
    assert [one["words"] for one in again] == ["anna"]


def test_words_without_times_can_be_given_theirs(tmp_path: Path) -> None:
    from archive.redactions import cut_spans
    from tests.builders import a_recording
    from transcripts.model import Segment

    archive = an_archive(tmp_path / "timeless")
    with archive.write() as db:
        _, recording = a_recording(db)
        hear(db, recording, Segment(text="Anna came."))
    said = call(archive, "mark", "2026.001", "--words", "Anna", "--from", "3", "--to", "4", "--reason", "x")
    assert said.exit_code == 0
    assert cut_spans(Database(sqlite3.connect(archive.database)).conn, recording) == ((3.0, 4.0),)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["mark", "2026.001", "--reason", "x"], "name --words, or --from and --to"),
        (["mark", "2026.001", "--from", "3", "--reason", "x"], "name --words, or --from and --to"),
        (["mark", "2026.001", "--from", "3", "--to", "9", "--as", "L", "--reason", "x"], "--as stands for words"),
        (["mark", "2026.001", "--from", "later", "--to", "9", "--reason", "x"], "'later' is no time"),
        (["mark", "2026.001", "--words", "Paola", "--reason", "x"], "does not say 'Paola'"),
        (["mark", "2026.001", "--words", "Anna", "--reason", " "], "say why"),
        (["mark", "2026.001", "--from", "70", "--to", "90", "--reason", "x"], "runs from 0 to 60 s"),
        (["mark", "2026.009", "--words", "Anna", "--reason", "x"], "no testimony with accession number '2026.009'"),
        (["everywhere", "Paola"], "nobody says 'Paola'"),
        (["approve", "99"], "there is no mark 99"),
        (["list", "2026.009"], "no testimony with accession number '2026.009'"),
        (["preview", "2026.002", "new.m4a"], "2026.002 has no recording"),
        (["preview", "2026.001", "new.wav"], "name a new file that ends with .m4a"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(archive: Archive, arguments: list[str], sentence: str) -> None:
    result = call(archive, *arguments)
    assert result.exit_code in {1, 2}
    assert sentence in result.output.splitlines()[-1]


def test_what_is_withheld_is_not_shown_in_the_list(archive: Archive) -> None:
    call(archive, "mark", "2026.001", "--words", "Anna Rossi", "--reason", "hidden")
    with archive.write() as db:
        day = date(2026, 11, 22)
        declare(db, "2026.001", Event(happening=Happening.WITHDRAWN, on=day), today=day)
    assert "Rossi" not in call(archive, "list").output
    assert "may not be heard now" in call(archive, "preview", "2026.001", archive.path.parent / "new.m4a").output
    assert [one["words"] for one in listed(archive)] == [None]


def test_a_mark_that_lost_its_words_says_so(archive: Archive) -> None:
    call(archive, "mark", "2026.001", "--words", "Anna Rossi", "--reason", "hidden")
    with archive.write() as db:
        hear(db, 1, timed("Hannah Ross brought leaflets.", 10.0), model="large")
    assert "NOT FOUND in the present text" in call(archive, "list").output


def test_the_preview_is_cut_and_for_its_owner_alone(tmp_path: Path) -> None:
    from tests.ingest.test_listening_copies import level

    archive, source = an_archive(tmp_path / "archive"), tmp_path / "talk.opus"
    shutil.copy(RECORDINGS / "glasgow-1915.opus", source)
    main_call = ["-C", str(archive.path), "ingest", str(source), "--no-transcribe", "--title", "A talk"]
    assert CliRunner().invoke(main, main_call).exit_code == 0
    call(archive, "mark", "2026.001", "--from", "10", "--to", "12", "--reason", "a name")
    target = tmp_path / "listen.m4a"
    result = call(archive, "preview", "2026.001", target)
    assert result.stdout == "0:09 to 0:12  3.0 s\n"
    assert level(target, 9.55, 12.45) < -100
    assert level(target, 13.0, 14.0) > -40
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert call(archive, "preview", "2026.001", target).exit_code == 2
