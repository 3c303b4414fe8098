"""Marks in an archive: made, decided, carried to later revisions, and read for publication."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.errors import UnknownTestimony
from archive.folder import Archive
from archive.redaction import redact
from archive.redactions import (
    Redaction,
    State,
    Suggestion,
    approved_marks,
    cut_spans,
    read_passages,
    read_redactions,
    segment_edges,
    undecided,
    unplaced,
)
from archive.store.redactions import (
    CannotBeMarked,
    UnknownMark,
    Wish,
    approve,
    mark,
    mark_characters,
    mark_everywhere,
    mark_sound,
    number_of,
    propose,
    reject,
)
from archive.store.transcripts import begin_listening, complete_listening, store_heard
from tests.builders import a_recording, a_testimony, an_archive
from transcripts.model import Segment, Word

WISH = Wish(reason="a comrade who was never known")
FIRST = ("We met in the kitchen.", "Anna Rossi brought the leaflets, and Anna sang.", "Then the police came.")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return an_archive(tmp_path / "archive")


@pytest.fixture
def db(archive: Archive) -> Iterator[Database]:
    with archive.write() as db:
        yield db


def timed(text: str, start: float, *, words: bool = True, each: float = 0.5) -> Segment:
    said = text.split()
    spoken = tuple(
        Word(start=start + n * each, end=start + (n + 1) * each, text=word, probability=0.9)
        for n, word in enumerate(said)
    )
    return Segment(text=text, start=start, end=start + len(said) * each, words=spoken if words else ())


def hear(db: Database, recording: int, *segments: Segment, model: str = "small") -> None:
    """A further revision of what the recording says."""
    listening = begin_listening(db, recording, engine="test", model=model, options={})
    store_heard(db, listening.transcript, segments, until=60.0, language="en")
    complete_listening(db, listening.transcript)


def heard(db: Database, *texts: str, words: bool = True) -> tuple[str, int, int]:
    """A recording with a transcript, a segment every ten seconds; returns accession number, testimony, recording."""
    accession, recording = a_recording(db, seconds=60.0)
    hear(db, recording, *(timed(text, 10.0 * n, words=words) for n, text in enumerate(texts)))
    return accession, number_of(db, accession), recording


def published(db: Database, testimony: int) -> list[str]:
    marks = approved_marks(db.conn, testimony)
    _, passages = read_passages(db.conn, testimony)
    return [redact(one.text, one.words, marks.get(one.number, ())).text for one in passages]


def log(db: Database) -> list[tuple[str, str]]:
    return list(db.execute("select action, detail from events where action like 'redaction%' order by id").fetchall())


def test_a_persons_mark_holds_at_once(db: Database) -> None:
    accession, testimony, recording = heard(db, *FIRST)
    mark(db, accession, "ANNA  rossi", Wish(reason="hidden then", replacement="Luz"))
    assert published(db, testimony)[1] == "Luz brought the leaflets, and Anna sang."
    assert cut_spans(db.conn, recording) == ((10.0, 11.0),)
    [one] = read_redactions(db.conn)
    assert (one.words, one.state, one.source, one.recording) == ("Anna Rossi", State.APPROVED, "member", recording)
    assert one.decided_by


def test_a_name_is_replaced_wherever_it_is_said(db: Database) -> None:
    accession, testimony, _ = heard(db, *FIRST)
    written = a_testimony(db, "Ánna came to us.", "Annabel did not.", "ANNA!")
    mark_everywhere(db, "anna", Wish(reason="hidden", replacement="Luz"))
    assert published(db, testimony)[1] == "Luz Rossi brought the leaflets, and Luz sang."
    assert published(db, number_of(db, written)) == ["Luz came to us.", "Annabel did not.", "Luz!"]
    assert accession != written


def test_a_name_is_replaced_only_in_the_testimonies_that_are_named(db: Database) -> None:
    accession, testimony, _ = heard(db, *FIRST)
    written = a_testimony(db, "Anna came.")
    mark_everywhere(db, "Anna", Wish(reason="hidden", replacement="Luz"), [written])
    assert "Anna" in published(db, testimony)[1]
    assert published(db, number_of(db, written)) == ["Luz came."]
    with pytest.raises(CannotBeMarked, match=f"nobody says 'Paola' in {accession}"):
        mark_everywhere(db, "Paola", WISH, [accession])


def test_what_is_proposed_waits_for_a_person(db: Database) -> None:
    accession, testimony, recording = heard(db, *FIRST)
    numbers = mark(db, accession, "Anna Rossi", Wish(reason="hidden", only_proposed=True))
    assert (published(db, testimony)[1], cut_spans(db.conn, recording)) == (FIRST[1], ())
    assert [one.number for one in undecided(db.conn, testimony)] == list(numbers)
    approve(db, numbers)
    assert undecided(db.conn, testimony) == ()
    assert "Rossi" not in published(db, testimony)[1]
    reject(db, numbers)
    assert (published(db, testimony)[1], cut_spans(db.conn, recording)) == (FIRST[1], ())


def test_decisions_are_in_the_log_without_the_words(db: Database) -> None:
    accession, _, _ = heard(db, *FIRST)
    numbers = mark(db, accession, "Anna Rossi", Wish(reason="Anna is Paola", replacement="Luz", only_proposed=True))
    approve(db, numbers)
    approve(db, numbers)
    reject(db, numbers)
    assert log(db) == [("redactions proposed", "1"), ("redaction approved", "1"), ("redaction rejected", "1")]


def test_an_unknown_number_changes_nothing(db: Database) -> None:
    accession, testimony, _ = heard(db, *FIRST)
    numbers = mark(db, accession, "Anna Rossi", Wish(reason="hidden", only_proposed=True))
    with pytest.raises(UnknownMark, match="no mark 99"):
        approve(db, [*numbers, 99])
    assert len(undecided(db.conn, testimony)) == 1


def test_what_does_not_fit_is_refused_in_words(db: Database) -> None:
    accession, testimony, _ = heard(db, *FIRST)
    written = a_testimony(db, "Anna came.")
    with pytest.raises(CannotBeMarked, match="does not say 'Ann'"):
        mark(db, accession, "Ann", WISH)
    with pytest.raises(CannotBeMarked, match="say why"):
        Wish(reason=" ")
    with pytest.raises(CannotBeMarked, match="has no recording"):
        mark_sound(db, written, 1, 2, WISH)
    with pytest.raises(CannotBeMarked, match="runs from 0 to 60 s"):
        mark_sound(db, accession, 61, 62, WISH)
    with pytest.raises(CannotBeMarked, match="no characters"):
        mark_characters(db, testimony, 999, (0, 2), WISH)
    with pytest.raises(UnknownTestimony):
        mark(db, "2026.999", "Anna", WISH)


def test_a_cut_in_sound_alone_leaves_the_text(db: Database) -> None:
    accession, testimony, recording = heard(db, *FIRST)
    number = mark_sound(db, accession, 12.5, 70.0, Wish(reason="a child is heard"))
    assert cut_spans(db.conn, recording) == ((12.5, 60.0),)
    assert published(db, testimony) == list(FIRST)
    assert unplaced(db.conn, testimony) == ()
    assert mark_sound(db, accession, 12.5, 70.0, Wish(reason="said better")) == number


def test_the_same_place_is_decided_anew_not_twice(db: Database) -> None:
    accession, testimony, _ = heard(db, *FIRST)
    first = mark(db, accession, "Anna Rossi", Wish(reason="hidden", replacement="Luz"))
    assert mark(db, accession, "Anna Rossi", Wish(reason="hidden", replacement="Eva")) == first
    assert published(db, testimony)[1].startswith("Eva brought")


def test_without_times_of_words_the_whole_segment_is_cut(db: Database) -> None:
    accession, _, recording = heard(db, *FIRST, words=False)
    mark(db, accession, "Anna Rossi", WISH)
    assert cut_spans(db.conn, recording) == ((10.0, 14.0),)


def test_where_nobody_knows_when_it_is_said_nothing_is_heard(db: Database) -> None:
    accession, recording = a_recording(db, seconds=60.0)
    hear(db, recording, Segment(text="Anna came."))
    mark(db, accession, "Anna", WISH)
    assert cut_spans(db.conn, recording) == ((0.0, 60.0),)


def test_a_segment_without_an_end_is_cut_until_the_next(db: Database) -> None:
    accession, recording = a_recording(db, seconds=60.0)
    hear(db, recording, Segment(text="Anna came.", start=4.0), Segment(text="Anna left.", start=9.0))
    mark(db, accession, "Anna", WISH)
    assert cut_spans(db.conn, recording) == ((4.0, 9.0), (9.0, 60.0))
    assert segment_edges(db.conn, recording) == (4.0, 9.0)


def test_marks_are_carried_to_a_later_revision_where_the_words_stand_at_the_same_time(db: Database) -> None:
    accession, testimony, recording = heard(db, *FIRST, "And at the end Anna Rossi was there.")
    mark_characters(db, testimony, read_passages(db.conn, testimony)[1][1].number, (0, 10), WISH)
    hear(
        db,
        recording,
        timed("So we met. ANNA ROSSI brought leaflets.", 7.0),
        timed("And at the end Anna Rossi was there.", 30.0),
        model="large",
    )
    assert published(db, testimony) == ["So we met. […] brought leaflets.", "And at the end Anna Rossi was there."]
    assert unplaced(db.conn, testimony) == ()
    assert cut_spans(db.conn, recording) == ((8.5, 9.5), (10.0, 11.0))  # as either revision has it
    assert accession


def test_a_mark_that_finds_its_words_no_more_is_unplaced_and_still_cuts(db: Database) -> None:
    accession, testimony, recording = heard(db, *FIRST)
    numbers = mark(db, accession, "Anna Rossi", WISH)
    hear(db, recording, timed("Hannah Ross brought the leaflets.", 10.0), model="large")
    assert [one.number for one in unplaced(db.conn, testimony)] == list(numbers)
    assert cut_spans(db.conn, recording) == ((10.0, 11.0),)
    reject(db, numbers)
    assert unplaced(db.conn, testimony) == ()


def test_words_at_another_time_are_not_the_same(db: Database) -> None:
    accession, testimony, recording = heard(db, *FIRST)
    mark(db, accession, "Anna Rossi", WISH)
    hear(db, recording, timed("Somebody brought leaflets.", 10.0), timed("Anna Rossi laughed.", 40.0), model="large")
    assert len(unplaced(db.conn, testimony)) == 1


def test_nor_are_they_in_a_long_passage_that_began_then(db: Database) -> None:
    accession, testimony, recording = heard(db, *FIRST)
    mark(db, accession, "Anna Rossi", WISH)
    hear(db, recording, timed("and so on " * 20 + "Anna Rossi laughed.", 8.0), model="large")
    assert len(unplaced(db.conn, testimony)) == 1


def test_words_that_are_said_twice_are_not_given_one_time(db: Database) -> None:
    accession, testimony, _ = heard(db, *FIRST)
    with pytest.raises(CannotBeMarked, match="says 'Anna' 2 times"):
        mark(db, accession, "Anna", Wish(reason="hidden", said=(3.0, 4.0)))
    assert published(db, testimony) == list(FIRST)


def test_in_a_text_without_times_the_words_must_stand_exactly_once(db: Database) -> None:
    accession, testimony, recording = heard(db, *FIRST)
    mark(db, accession, "Anna Rossi", WISH)
    hear(db, recording, Segment(text="It was anna rossi."), model="large")
    assert published(db, testimony) == ["It was […]."]
    hear(db, recording, Segment(text="Anna Rossi? Anna Rossi!"), model="turbo")
    assert len(unplaced(db.conn, testimony)) == 1


def a_suggestion(segment: int, words: str, text: str = FIRST[1]) -> Suggestion:
    start = text.index(words)
    return Suggestion(segment=segment, start_char=start, end_char=start + len(words), reason="a name", source="vault")


def states(db: Database) -> list[tuple[str | None, State]]:
    return [(one.words, one.state) for one in read_redactions(db.conn)]


def test_what_is_decided_is_not_proposed_again_also_in_a_later_revision(db: Database) -> None:
    accession, testimony, recording = heard(db, *FIRST)
    segment = read_passages(db.conn, testimony)[1][1].number
    found = [a_suggestion(segment, "Anna Rossi"), a_suggestion(segment, "Anna"), a_suggestion(segment, "leaflets")]
    assert propose(db, testimony, found) == 2  # Anna lies within Anna Rossi
    assert propose(db, testimony, found) == 0
    [name, leaflets] = [one.number for one in read_redactions(db.conn)]
    approve(db, [name])
    reject(db, [leaflets])
    assert propose(db, testimony, found) == 0
    hear(db, recording, timed(FIRST[1], 10.5), model="large")
    later = read_passages(db.conn, testimony)[1][0].number
    again = [a_suggestion(later, "Anna Rossi"), a_suggestion(later, "leaflets"), a_suggestion(later, "sang")]
    assert propose(db, testimony, again) == 1
    assert states(db)[-1] == ("sang", State.PROPOSED)
    assert accession


def test_less_than_what_was_rejected_is_proposed_all_the_same(db: Database) -> None:
    _, testimony, _ = heard(db, *FIRST)
    segment = read_passages(db.conn, testimony)[1][1].number
    propose(db, testimony, [a_suggestion(segment, "Anna Rossi brought")])
    reject(db, [one.number for one in undecided(db.conn, testimony)])
    assert propose(db, testimony, [a_suggestion(segment, "Rossi")]) == 1


def test_a_redaction_says_what_it_is(db: Database) -> None:
    accession, testimony, _ = heard(db, *FIRST)
    mark(db, accession, "Anna Rossi", WISH)
    [one] = read_redactions(db.conn, testimony=testimony, state=State.APPROVED)
    assert isinstance(one, Redaction)
    assert (one.accession, one.text, one.reason) == (accession, FIRST[1], WISH.reason)
