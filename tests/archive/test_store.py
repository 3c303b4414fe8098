"""What is stored, what is derived from it, and what can never be changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from archive.errors import UnknownTestimony
from archive.records import Description, Kind, Tag
from archive.store.browsing import refresh_counts, refresh_testimony
from archive.store.descriptions import fill_description
from archive.store.tags import segment_texts, store_tags, untagged
from archive.store.testimonies import find_original
from archive.store.transcripts import begin_listening, complete_listening, store_heard, waiting_recordings
from archive.store.vocabularies import load_terms, sync_vocabulary
from archive.vocabularies import read_vocabularies
from tests.builders import a_recording, a_testimony, an_archive, rows
from transcripts.model import Segment, Word


def test_accession_numbers_count_up_within_the_year(tmp_path: Path) -> None:
    with an_archive(tmp_path).write() as db:
        assert [a_testimony(db, "One.", digest=str(n)) for n in range(3)] == ["2026.001", "2026.002", "2026.003"]


def test_a_failed_accession_leaves_nothing(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_recording(db, digest="1")
        with pytest.raises(sqlite3.IntegrityError):
            a_recording(db, digest="1")
    assert rows(archive, "select count(*) from testimonies") == [(1,)]
    assert rows(archive, "select count(*) from events where action = 'accessioned'") == [(1,)]


def test_a_kept_file_is_found_by_its_sum(tmp_path: Path) -> None:
    with an_archive(tmp_path).write() as db:
        number = a_testimony(db, "One.", digest="1")
        assert find_original(db, "1".rjust(64, "a")) == number
        assert find_original(db, "f" * 64) is None


def test_what_people_said_is_kept_and_only_gaps_are_filled_later(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    said = Description(title="Ours", narrators=("Rosa",), interviewers=("Ida",), kind=Kind.ASSEMBLY, place="Glasgow")
    with archive.write() as db:
        number = a_testimony(db, "One.", description=said)
        filled, differing = fill_description(db, number, Description(title="Theirs", recorded_on="1915"))
    assert (filled, differing) == (("recorded_on",), ("title",))
    assert rows(archive, "select title, recorded_on, kind from testimonies") == [("Ours", "1915", "assembly")]
    assert rows(archive, "select narrators, places, recorded_on from catalogue") == [
        ('["Rosa"]', '["Glasgow"]', "1915")
    ]


def test_a_single_narrator_speaks_all_passages_that_name_nobody(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_testimony(db, "One.", "Two.", description=Description(title="x", narrators=("Rosa",)))
    assert rows(archive, "select name from passages join narrators on narrators.id = narrator") == [("Rosa",)] * 2


def test_passages_have_the_language_that_people_said(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_testimony(db, "Uno.", description=Description(title="x", language="es"))
    assert rows(archive, "select language from passages") == [("es",)]


def test_heard_segments_are_stored_as_they_come_and_shown_when_complete(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        _, recording = a_recording(db)
        listening = begin_listening(db, recording, engine="e", model="m", options={})
        word = Word(start=1.0, end=1.5, text="Strike", probability=0.9)
        heard = Segment(text="Strike now.", start=1.0, end=2.0, words=(word,), confidence=0.8)
        store_heard(db, listening.transcript, [heard], until=2.0, language="en")
        assert db.execute("select count(*) from segments").fetchone() == (1,)
        assert db.execute("select count(*) from passages").fetchone() == (0,)
        complete_listening(db, listening.transcript)
    assert rows(archive, 'select text, start, "end", language from passages') == [("Strike now.", 1.0, 2.0, "en")]
    assert rows(archive, "select words from word_timings") == [('[[1.0,1.5,"Strike",0.9]]',)]
    assert rows(archive, "select state from recordings") == [("transcribed",)]


def test_an_interrupted_listening_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with an_archive(tmp_path).write() as db:
        _, recording = a_recording(db)
        first = begin_listening(db, recording, engine="e", model="m", options={"beam": 5})
        store_heard(db, first.transcript, [Segment(text="One.", start=0, end=9)], until=9.5, language="it")
        second = begin_listening(db, recording, engine="e", model="m", options={"beam": 5})
        assert (second.transcript, second.heard_until, second.language) == (first.transcript, 9.5, "it")


def test_what_other_options_left_unfinished_is_dropped(tmp_path: Path) -> None:
    with an_archive(tmp_path).write() as db:
        _, recording = a_recording(db)
        first = begin_listening(db, recording, engine="e", model="m", options={"beam": 5})
        store_heard(db, first.transcript, [Segment(text="One.", start=0, end=9)], until=9.5, language="it")
        again = begin_listening(db, recording, engine="e", model="m", options={"beam": 1})
        assert again.heard_until == 0
        assert db.execute("select count(*) from segments").fetchone() == (0,)


def test_a_complete_transcript_cannot_be_changed(tmp_path: Path) -> None:
    with an_archive(tmp_path).write() as db:
        a_testimony(db, "As it was said.")
        with pytest.raises(sqlite3.IntegrityError, match="make a new revision"):
            db.execute("update segments set text = 'As it was not said.'")


def test_a_new_revision_takes_the_place_of_the_old_one_for_readers(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        number, recording = a_recording(db)
        for text in ("First hearing.", "Second hearing."):
            listening = begin_listening(db, recording, engine="e", model=text, options={})
            store_heard(db, listening.transcript, [Segment(text=text, start=0, end=1)], until=1, language="en")
            complete_listening(db, listening.transcript)
        assert waiting_recordings(db) == ()
        assert [found.accession for found in waiting_recordings(db, again=[number])] == [number]
    assert rows(archive, "select text from passages") == [("Second hearing.",)]
    assert rows(archive, "select count(*) from segments") == [(2,)]
    assert rows(archive, "select rowid from passages_fts where passages_fts match 'first'") == []
    assert len(rows(archive, "select rowid from passages_fts where passages_fts match 'second'")) == 1


def test_an_unknown_testimony_is_not_heard_again(tmp_path: Path) -> None:
    with an_archive(tmp_path).write() as db, pytest.raises(UnknownTestimony, match=r"'2026\.999'"):
        waiting_recordings(db, again=["2026.999"])


def test_tags_become_facets_of_passages_testimonies_and_the_front_page(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_testimony(db, "Glasgow went on strike.", "Nothing here.")
        terms = {term.slug: number for number, term in load_terms(db)}
        [todo] = untagged(db)
        first, second = (number for number, _ in segment_texts(db, todo.transcript))
        found = {first: [Tag(term=terms["glasgow"], start=0, end=7), Tag(term=terms["strike"], start=16, end=22)]}
        store_tags(db, todo, found | {second: []}, tagger="test")
        assert list(untagged(db)) == []
        refresh_counts(db)
    assert rows(archive, "select places, movements, themes from passages order by id") == [
        ('["Glasgow"]', None, '["Strike"]'),
        (None, None, None),
    ]
    assert rows(archive, "select places, themes from catalogue") == [('["Glasgow"]', '["Strike"]')]
    assert rows(archive, "select testimonies, passages from term_counts") == [(1, 1), (1, 1)]
    assert rows(archive, "select source, state, vocabulary_version, tagger from tags limit 1") == [
        ("rule", "suggested", 1, "test")
    ]


def test_tags_in_doubt_or_suggested_by_a_model_are_kept_but_not_counted(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_testimony(db, "Glasgow went on strike.")
        terms = {term.slug: number for number, term in load_terms(db)}
        [todo] = untagged(db)
        [(segment, _)] = segment_texts(db, todo.transcript)
        store_tags(db, todo, {segment: [Tag(term=terms["glasgow"], start=0, end=7, needs_review=True)]}, tagger="t")
        model = {segment: [Tag(term=terms["strike"], start=16, end=22)]}
        store_tags(db, todo, model, tagger="ner", source="model")
    assert rows(archive, "select count(*) from tags") == [(2,)]
    assert rows(archive, "select places, themes from passages") == [(None, None)]


def test_a_tag_that_a_person_rejected_does_not_come_back(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_testimony(db, "Glasgow.")
        terms = {term.slug: number for number, term in load_terms(db)}
        [todo] = untagged(db)
        [(segment, _)] = segment_texts(db, todo.transcript)
        tags = {segment: [Tag(term=terms["glasgow"], start=0, end=7)]}
        store_tags(db, todo, tags, tagger="t")
        db.execute("update tags set state = 'rejected'")
        store_tags(db, todo, tags, tagger="t")
        refresh_testimony(db, 1)
    assert rows(archive, "select state from tags") == [("rejected",)]
    assert rows(archive, "select places from passages") == [(None,)]


def test_a_changed_vocabulary_gets_a_new_version_and_asks_for_tagging(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        a_testimony(db, "One.")
        [todo] = untagged(db)
        store_tags(db, todo, {}, tagger="t")
        for vocabulary in read_vocabularies(archive.vocabularies):
            assert sync_vocabulary(db, vocabulary) == 1
        assert list(untagged(db)) == []
        path = archive.vocabularies / "themes.yml"
        path.write_text(path.read_text().replace("id: rent\n", "id: rents\n"))
        versions = [sync_vocabulary(db, vocabulary) for vocabulary in read_vocabularies(archive.vocabularies)]
        assert versions == [1, 1, 2]
        assert len(list(untagged(db))) == 1
        assert "rent" not in {term.slug for _, term in load_terms(db)}


def test_consent_stated_in_a_manifest_is_an_event_that_nobody_can_change(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        for digest in "12":
            a_testimony(db, "One.", digest=digest, description=Description(title="x", consent="may be read"))
        with pytest.raises(sqlite3.IntegrityError, match="never change one"):
            db.execute("update consents set detail = '{}'")
        with pytest.raises(sqlite3.IntegrityError, match="never delete one"):
            db.execute("delete from consents")
    first, second = rows(archive, "select previous_hash, hash from consents order by id")
    assert first[0] == "0" * 64
    assert second[0] == first[1]


def test_how_narrators_describe_themselves_can_be_chosen(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        said = Description(title="One", narrators=("Ana", "Luz"), described_as=("Ana: woman, docker", "tenant"))
        a_testimony(db, "Ana: We stopped the cranes.", description=said)
        rows = db.execute("select name, described from tellers join narrators on id = narrator order by 1, 2")
        assert rows.fetchall() == [("Ana", "docker"), ("Ana", "tenant"), ("Ana", "woman"), ("Luz", "tenant")]
        again = Description(title="Two", narrators=("Luz",), described_as=("woman",))
        a_testimony(db, "We stayed.", digest="2", description=again)
        refresh_counts(db)
        counted = dict(db.execute("select key, passages from facet_values where facet = 'teller'").fetchall())
    assert counted["woman"] == 1
