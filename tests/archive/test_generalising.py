"""Generalising: what is published in place of a place, a year or a word, and what that asks of the text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.errors import ArchiveError, UnknownTestimony
from archive.exact_places import is_exact
from archive.generalising import (
    CannotBeGeneralised,
    Change,
    exact_places,
    generalisations,
    generalise,
    generalised_place,
    undo,
    value_of,
)
from archive.records import Description
from archive.redactions import State, approved_marks, read_redactions
from archive.store.redactions import approve, reject
from archive.terms import UnknownTerm
from archive.vocabularies import read_vocabulary
from tests.builders import a_testimony, an_archive
from tests.web.served import tag

PLACES = """
vocabulary: place
terms:
  - {id: italy, labels: {en: Italy, it: Italia}, kind: country}
  - {id: piedmont, labels: {en: Piedmont, it: Piemonte}, kind: region, parents: [italy]}
  - {id: turin, labels: {en: Turin, it: Torino}, kind: city, parents: [piedmont]}
  - {id: san-salvario, labels: {mul: San Salvario}, kind: district, parents: [turin]}
  - {id: via-roma, labels: {mul: Via Roma}, kind: street, parents: [san-salvario]}
  - {id: via-roma-12, labels: {mul: Via Roma 12}, parents: [via-roma]}
  - {id: mirafiori, labels: {mul: Mirafiori}, kind: site, parents: [turin], latitude: 45, longitude: 7, precision_km: 2}
  - {id: gate-two, labels: {mul: Gate Two}, parents: [mirafiori], latitude: 45, longitude: 7, precision_km: 0.1}
  - {id: somewhere, labels: {mul: Somewhere}, kind: address}
"""
TURIN: Change = ("place", "turin")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with an_archive(tmp_path / "archive", vocabularies={"places": PLACES}).write() as db:
        described = Description(
            title="A winter in Turin", narrators=("Ana",), described_as=("docker",), language="it",
            recorded_on="1979-05-03", place="Torino", summary="Torino’s tenants.",
        )  # fmt: skip
        a_testimony(db, "From Turin to Italy, and Turin again.", "A Rent in Via Roma 12.", description=described)
        a_testimony(db, "Turin.", digest="2")
        tag(db)
        db.execute("delete from tags where term = (select id from terms where slug = 'via-roma')")  # the longest counts
        yield db


def marks(db: Database, state: State = State.PROPOSED) -> list[tuple[str | None, str | None]]:
    return [(one.words, one.replacement) for one in read_redactions(db.conn, state=state)]


def test_a_place_is_published_as_a_broader_one(db: Database) -> None:
    done = generalise(db, "2026.001", TURIN, "piedmont", "Maria")
    assert generalisations(db.conn) == {1: {TURIN: "piedmont"}}
    assert (done.marks, marks(db)) == (1, [("Turin", "Piemonte")])
    assert done.still_in == ("title", "summary")
    actor, detail = db.execute(
        "select actor, (select detail from events where action = 'generalised') from generalisations"
    ).fetchone()
    assert (actor, "Maria" in detail) == ("Maria", True)


def test_only_the_testimony_that_was_named_is_changed(db: Database) -> None:
    generalise(db, "2026.001", TURIN, None, "Maria")
    assert {one.accession for one in read_redactions(db.conn)} == {"2026.001"}


def test_what_is_left_out_is_marked_with_a_sign(db: Database) -> None:
    generalise(db, "2026.001", ("place", "via-roma-12"), None, "Maria")
    assert marks(db) == [("Via Roma 12", None)]


def test_a_new_decision_stands_in_the_place_of_the_first(db: Database) -> None:
    generalise(db, "2026.001", TURIN, "piedmont", "Maria")
    generalise(db, "2026.001", TURIN, "italy", "Rosa")
    assert generalisations(db.conn) == {1: {TURIN: "italy"}}
    assert marks(db) == [("Turin", "Italia")]


def test_undoing_takes_back_what_nobody_has_decided(db: Database) -> None:
    generalise(db, "2026.001", TURIN, "piedmont", "Maria")
    assert undo(db, "2026.001", TURIN, "Maria") == 0
    assert (generalisations(db.conn), marks(db)) == ({}, [])
    with pytest.raises(CannotBeGeneralised, match="nothing to undo"):
        undo(db, "2026.001", TURIN, "Maria")


def test_a_mark_that_was_approved_stays_and_is_told_of(db: Database) -> None:
    generalise(db, "2026.001", TURIN, "piedmont", "Maria")
    approve(db, [one.number for one in read_redactions(db.conn)])
    assert undo(db, "2026.001", TURIN, "Maria") == 1
    assert len(approved_marks(db.conn, 1)) == 1


def test_a_mark_that_was_rejected_is_not_proposed_again(db: Database) -> None:
    generalise(db, "2026.001", TURIN, "piedmont", "Maria")
    reject(db, [one.number for one in read_redactions(db.conn)])
    assert generalise(db, "2026.001", TURIN, "italy", "Maria").marks == 0


def test_no_theme_is_marked_in_the_text(db: Database) -> None:
    assert generalise(db, "2026.001", ("theme", "rent"), None, "Maria").marks == 0


def test_what_is_generalised_twice_leads_to_the_last(db: Database) -> None:
    db.execute("insert into tags (testimony, term, source, state, vocabulary_version, made_at) "
               "select 1, id, 'member', 'confirmed', 1, '' from terms where slug = 'piedmont'")  # fmt: skip
    generalise(db, "2026.001", TURIN, "piedmont", "Maria")
    generalise(db, "2026.001", ("place", "piedmont"), "italy", "Maria")
    assert generalisations(db.conn)[1] == {TURIN: "italy", ("place", "piedmont"): "italy"}
    generalise(db, "2026.001", ("place", "piedmont"), None, "Maria")
    assert generalisations(db.conn)[1] == {TURIN: None, ("place", "piedmont"): None}


def test_what_is_published_already_can_be_generalised_once_more(db: Database) -> None:
    generalise(db, "2026.001", TURIN, "piedmont", "Maria")
    generalise(db, "2026.001", ("place", "piedmont"), "italy", "Maria")
    assert generalisations(db.conn)[1][TURIN] == "italy"
    generalise(db, "2026.001", ("place", "san-salvario"), "piedmont", "Maria")
    assert generalisations(db.conn)[1]["place", "san-salvario"] == "italy", "where Via Roma 12 is not granted"


def test_a_circle_of_generalisations_leads_nowhere(db: Database) -> None:
    db.execute("insert into generalisations values (1, 'place', 'turin', 'italy', 'x', ''), "
               "(1, 'place', 'italy', 'turin', 'x', '')")  # fmt: skip
    assert generalisations(db.conn)[1] == {TURIN: None, ("place", "italy"): None}


def test_a_year_is_published_as_its_decade(db: Database) -> None:
    generalise(db, "2026.001", ("recorded", "1979"), "1970s", "Maria")
    assert generalisations(db.conn)[1] == {("recorded", "1979"): "1970s"}


@pytest.mark.parametrize(
    ("words", "broader", "complaint"),
    [
        ("place:turin", "scotland", "does not stand above 'turin': above it stand italy, piedmont"),
        ("place:turin", "turin", "does not stand above"),
        ("place:somewhere", None, "has no place 'somewhere': it has italy, turin, via-roma-12"),
        ("place:via-roma", "turin", "by what stands below via-roma: generalise via-roma-12"),
        ("recorded:1979", "1980s", "a year is published as its decade, 1970s, or left out"),
        ("recorded:1980", None, "has no recorded '1980': it has 1979"),
        ("teller:docker", "worker", "how they describe themselves can only be left out"),
        ("language:it", "en", "a language can only be left out"),
        ("theme:rent", "strike", "nothing stands above it, so leave it out"),
        ("narrator:1", None, "is nothing that can be generalised"),
        ("turin", None, "is nothing that can be generalised"),
        ("place:", None, "is nothing that can be generalised"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(db: Database, words: str, broader: str | None, complaint: str) -> None:
    with pytest.raises(CannotBeGeneralised, match=complaint):
        generalise(db, "2026.001", value_of(db.conn, words, "2026.001"), broader, "Maria")
    assert (generalisations(db.conn), marks(db)) == ({}, [])


def test_an_unknown_testimony_or_term_is_said(db: Database) -> None:
    with pytest.raises(UnknownTestimony):
        generalise(db, "2026.999", TURIN, None, "Maria")
    with pytest.raises(UnknownTerm):
        value_of(db.conn, "place:Atlantis", "2026.001")


def test_a_place_is_known_by_any_of_its_names(db: Database) -> None:
    assert value_of(db.conn, "place:Torino", "2026.001") == TURIN


def test_a_place_of_recording_that_no_vocabulary_knows_can_be_left_out(db: Database) -> None:
    db.execute("update testimonies set place = 'Our kitchen'")
    change = value_of(db.conn, "place:Our kitchen", "2026.001")
    generalise(db, "2026.001", change, None, "Maria")
    assert generalisations(db.conn)[1] == {("place", "Our kitchen"): None}


def test_where_the_exact_place_is_not_granted_what_it_lies_in_is_published(db: Database) -> None:
    slugs = dict(db.execute("select id, slug from terms").fetchall())
    exact = {slugs[term]: slugs.get(above or 0) for term, above in exact_places(db.conn).items()}
    assert exact == {
        "via-roma": "san-salvario", "via-roma-12": "san-salvario", "gate-two": "mirafiori", "somewhere": None
    }  # fmt: skip
    numbers = {slug: number for number, slug in slugs.items()}
    assert generalised_place(db.conn, numbers["via-roma-12"]) == numbers["san-salvario"]
    assert generalised_place(db.conn, numbers["turin"]) == numbers["turin"]


def test_a_retired_place_is_passed_over(db: Database) -> None:
    db.execute("update terms set retired = 1 where slug = 'san-salvario'")
    slugs = dict(db.execute("select id, slug from terms").fetchall())
    assert {slugs[term]: slugs.get(above or 0) for term, above in exact_places(db.conn).items()}["via-roma"] == "turin"


@pytest.mark.parametrize(
    ("preferred", "kind", "precision", "exact"),
    [
        ("Turin", "city", 10, False), ("Turin", None, None, False), ("San Salvario", "district", None, False),
        ("District 9", "district", None, False), ("The flat", "Flat", 5, True), ("Our factory", "factory", None, True),
        ("Mirafiori", "site", 2, False), ("Corner", "site", None, True), ("Tahrir Square", "site", 0.4, True),
        ("12 Via Roma", None, None, True), ("Via Roma 12b", None, None, True), ("G8", None, None, False),
    ],
)  # fmt: skip
def test_an_exact_place_is_told_by_its_kind_and_precision(
    preferred: str, kind: str | None, precision: float | None, exact: bool
) -> None:
    assert is_exact(preferred, kind, precision) is exact


def test_of_the_starter_vocabulary_no_town_is_exact() -> None:
    starter = Path(__file__).parents[2] / "archive" / "starter" / "vocabularies" / "places.yml"
    exact = {
        term.slug: term
        for term in read_vocabulary(starter).terms
        if is_exact(term.preferred, term.kind, term.precision_km)
    }
    assert {term.kind for term in exact.values()} == {"site"}
    assert {"tahrir-square", "plaza-de-mayo"} <= exact.keys()
    assert all(term.parents for term in exact.values()), "so that something can be published in their place"


def test_nothing_is_written_where_the_marks_cannot_be(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise ArchiveError("planted")

    monkeypatch.setattr("archive.store.generalisations.propose", fail)
    with pytest.raises(ArchiveError, match="planted"):
        generalise(db, "2026.001", TURIN, "piedmont", "Maria")
    assert generalisations(db.conn) == {}
