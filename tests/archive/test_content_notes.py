"""What a community wants said before a testimony: written by people, shown in the reader's language, none left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.content_notes import NoteKind, read_beforehand, read_notes
from archive.errors import UnknownTestimony
from archive.folder import Archive
from archive.store.content_notes import EmptyNote, UnknownNote, add_note, remove_note
from cli import main
from tests.builders import a_testimony, an_archive, rows


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with two testimonies, without a note."""
    archive = an_archive(tmp_path / "archive")
    with archive.write() as db:
        a_testimony(db, "One.")
        a_testimony(db, "Two.", digest="2")
    return archive


def noted(archive: Archive, *notes: tuple[str, str | None], kind: NoteKind = NoteKind.NOTE) -> None:
    """Add these notes, text and language, to the first testimony."""
    with archive.write() as db:
        for text, language in notes:
            add_note(db, "2026.001", kind, text, language=language)


def met(archive: Archive, language: str) -> tuple[list[str], list[str], list[str]]:
    """The notes, further notes and labels that a reader of this language meets."""
    db = archive.read()
    try:
        found = read_beforehand(db.conn, ["2026.001", "2026.002", "2026.001"], language)
    finally:
        db.close()
    said = found["2026.001"]
    return tuple([one.text for one in some] for some in (said.notes, said.further, said.labels))  # type: ignore[return-value]


def call(archive: Archive, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["-C", str(archive.path), "note", *arguments])


def test_a_testimony_without_notes_has_none(archive: Archive) -> None:
    db = archive.read()
    assert read_beforehand(db.conn, ["2026.001", "2026.002"], "en") == {}
    db.close()


def test_readers_meet_their_own_language_first_and_lose_no_other(archive: Archive) -> None:
    noted(archive, ("A death.", "en"), ("Una muerte.", "es"), ("Also hunger.", "en-GB"))
    assert met(archive, "en") == (["A death.", "Also hunger."], ["Una muerte."], [])
    assert met(archive, "es") == (["Una muerte."], ["A death.", "Also hunger."], [])


def test_a_reader_of_another_language_meets_them_all(archive: Archive) -> None:
    noted(archive, ("A death.", "en"), ("Una muerte.", "es"))
    assert met(archive, "fr") == (["A death.", "Una muerte."], [], [])


def test_words_in_no_language_that_was_named_are_for_everybody(archive: Archive) -> None:
    noted(archive, ("⚠", None), ("Una muerte.", "es"))
    assert met(archive, "fr") == (["⚠"], ["Una muerte."], [])


def test_labels_stand_by_themselves(archive: Archive) -> None:
    noted(archive, ("For the women", "en"), ("Para las mujeres", "es"), kind=NoteKind.LABEL)
    assert met(archive, "es") == ([], [], ["Para las mujeres"])
    assert met(archive, "it") == ([], [], ["For the women", "Para las mujeres"])


def test_who_wrote_a_note_and_who_took_it_away_stays_in_the_log(archive: Archive) -> None:
    with archive.write() as db:
        number = add_note(db, "2026.002", NoteKind.NOTE, "  A  death.\n\tAnd hunger. ")
        remove_note(db, "2026.002", number)
    said = "1: A death.\nAnd hunger."
    events = rows(archive, "select action, testimony, detail from events where action like 'note %' order by id")
    assert events == [("note added", 2, said), ("note removed", 2, said)]
    assert rows(archive, "select * from content_notes") == []


def test_a_note_has_words_and_a_testimony(archive: Archive) -> None:
    with archive.write() as db:
        with pytest.raises(EmptyNote):
            add_note(db, "2026.001", NoteKind.NOTE, " \n ")
        with pytest.raises(UnknownTestimony):
            add_note(db, "2026.009", NoteKind.NOTE, "A death.")
        number = add_note(db, "2026.001", NoteKind.NOTE, "A death.")
        with pytest.raises(UnknownNote, match=r"2026\.002 has no note 1"):
            remove_note(db, "2026.002", number)
    assert len(rows(archive, "select * from content_notes")) == 1


def test_the_program_writes_none_itself(archive: Archive) -> None:
    db = archive.read()
    assert read_notes(db.conn) == ()
    db.close()


def test_notes_are_added_listed_and_removed_at_the_terminal(archive: Archive) -> None:
    assert call(archive, "add", "2026.001", "A death.", "--language", "English").output == "2026.001: note 1 added\n"
    assert call(archive, "add", "2026.002", "For the valley", "--label", "--language", "nah").exit_code == 0
    assert call(archive, "list").output.splitlines() == [
        "2026.001  1  note  en  A death.",
        "2026.002  2  label  nah  For the valley",
    ]
    assert '"text": "For the valley"' in call(archive, "list", "2026.002", "--json").output
    assert call(archive, "remove", "2026.001", "1").exit_code == 0
    assert call(archive, "list", "2026.001").output == ""
    failed = call(archive, "remove", "2026.001", "1")
    assert (failed.exit_code, "has no note 1" in failed.output) == (1, True)
    assert "is no language" in call(archive, "add", "2026.001", "x", "--language", "the old tongue").output
