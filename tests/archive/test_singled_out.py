"""Reading an edition for the check: whose values are whose, what was accepted, and nothing but what is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.accepting import CannotBeAccepted, accept
from archive.chronology import read_chronology
from archive.records import Description
from archive.singled_out import SingledOut, accepted_in_edition, broader_values, read_accepted, singled_out
from archive.store.browsing import refresh_counts
from archive.store.generalisations import drop_acceptance, store_acceptance
from tests.builders import a_testimony, an_archive
from tests.web.served import tag


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """An archive in the place of an edition, whose tables it has: Ana is number 1, Luz 2."""
    with an_archive(tmp_path / "archive").write() as db:
        said = ("The Rent in Glasgow.", "A Strike.", "Somebody in Turin.")
        both = Description(title="Two", language="en", narrators=("Ana", "Luz"), recorded_on="1979-05", place="Torino")
        a_testimony(db, *said, speakers=("Ana", "Luz"), description=both)
        alone = Description(
            title="One", narrators=("Ana",), language="it", recorded_on="1970s", described_as=("docker",)
        )
        a_testimony(db, "Niente.", digest="2", description=alone)
        a_testimony(db, "A Strike.", digest="3", description=Description(title="Nobody", language="en", place="A barn"))
        tag(db)
        refresh_counts(db)
        yield db


def values(found: SingledOut, narrator: int) -> set[str]:
    return {f"{facet}:{key}" for number, (facet, key) in found.accessions if number == narrator}


def test_each_has_what_the_catalogue_and_their_own_words_say(db: Database) -> None:
    found = singled_out(db.conn, [1, 2], 2)
    everybody = {"place:turin", "recorded:1979", "language:en"}
    assert values(found, 1) == everybody | {
        "place:glasgow", "theme:rent", "language:it", "recorded:1970s", "teller:docker"
    }  # fmt: skip
    assert values(found, 2) == everybody | {"theme:strike"}
    assert found.accessions[1, ("place", "turin")] == ("2026.001",)
    assert found.accessions[1, ("recorded", "1970s")] == ("2026.002",)


def test_words_of_nobody_known_may_be_anybodys_who_tells_there(db: Database) -> None:
    db.execute("update testimonies set place = null")
    found = singled_out(db.conn, [1, 2], 2)
    assert "place:turin" in values(found, 1) & values(found, 2)


def test_a_testimony_in_which_nobody_is_named_is_one_in_the_crowd(db: Database) -> None:
    found = singled_out(db.conn, [1, 2, -3], 2)
    assert (found.persons, found.checked) == (3, 3)
    assert values(found, -3) == {"place:A barn", "theme:strike", "language:en"}
    assert [risk.name for risk in found.risks if ("place", "A barn") in risk.combination] == ["2026.003"]


def test_only_those_under_a_pseudonym_are_listed(db: Database) -> None:
    assert {risk.name for risk in singled_out(db.conn, [2], 3).risks} == {"Luz"}
    assert singled_out(db.conn, [], 3).risks == ()


def test_what_was_said_of_the_whole_is_everybodys(db: Database) -> None:
    db.execute(
        "insert or ignore into testimony_themes (testimony, term) select 1, id from terms where slug = 'strike' "
        "union select 3, id from terms where slug = 'rent'"
    )
    found = singled_out(db.conn, [1, 2], 2)
    assert "theme:strike" not in values(found, 1), "it is said in a passage, and that is not Ana's"
    assert "theme:rent" in values(found, -3)


def test_years_stand_under_decades_and_terms_under_terms(db: Database) -> None:
    above = broader_values(db.conn)
    assert above["recorded", "1979"] == (("recorded", "1970s"),)
    assert above["place", "glasgow"] == (("place", "scotland"),)
    assert ("recorded", "1970s") not in above


def test_a_retired_term_is_no_way_out_but_what_is_above_it_is(db: Database) -> None:
    db.execute("insert into terms (id, vocabulary, slug, preferred) values (99, 'place', 'britain', 'Britain')")
    db.execute("insert into term_parents select id, 99 from terms where slug = 'scotland'")
    db.execute("update terms set retired = 1 where slug = 'scotland'")
    assert broader_values(db.conn)["place", "glasgow"] == (("place", "britain"),)


def test_what_was_accepted_is_read_by_the_numbers_of_the_edition(db: Database) -> None:
    docker = (("teller", "docker"),)
    store_acceptance(db, 1, docker, "Maria")
    assert accepted_in_edition(db.conn, {7: 1, 8: 1, 9: 2}) == {7: {docker}, 8: {docker}}
    before, after = (singled_out(db.conn, [1], 2, accepted).risks for accepted in (None, read_accepted(db.conn)))
    assert docker in {risk.combination for risk in before}
    assert {risk.combination for risk in before} - {risk.combination for risk in after} == {docker}
    assert drop_acceptance(db, 1, docker, "Maria")
    assert not drop_acceptance(db, 1, docker, "Maria")
    assert read_accepted(db.conn) == {}


def test_accepting_everything_ends_with_the_next_testimony(db: Database) -> None:
    store_acceptance(db, 1, (), "Maria")
    assert singled_out(db.conn, [1], 3, read_accepted(db.conn)).risks == ()
    more = a_testimony(db, "More.", digest="4", description=Description(title="More", narrators=("Ana",)))
    db.execute("update testimonies set accessioned_at = '2099-01-01T00:00:00+00:00' where accession = ?", [more])
    assert read_accepted(db.conn) == {}


def test_a_decade_is_no_year_by_which_anything_is_chosen_or_counted(db: Database) -> None:
    keys = {key for (key,) in db.execute("select key from facet_values where facet = 'recorded' and passages > 0")}
    assert keys == {"1979"}
    assert [(one.key, one.number) for one in read_chronology(db.conn, None, "en").recorded] == [("1979", 1)]


def test_whoever_tells_three_times_under_a_role_hides_nobody(db: Database) -> None:
    """Three numbers that are one person count once, and are checked as one."""
    alone = singled_out(db.conn, [1, 2], 2)
    together = singled_out(db.conn, [1, 2], 2, same={1: 1, 2: 1})
    assert alone.persons == 3
    assert together.persons == 2
    assert {risk.narrator for risk in together.risks} == {1}
    assert "teller:docker" in values(together, 1)


def test_a_testimony_that_names_nobody_is_accepted_by_its_number(db: Database) -> None:
    (testimony,) = db.execute("select id from testimonies where title = 'Nobody'").fetchone()
    assert {risk.narrator for risk in singled_out(db.conn, [-testimony], 2).risks} == {-testimony}
    name, combination = accept(db, "2026.003", [], "Maria")
    assert (name, combination) == ("2026.003", ())
    accepted = accepted_in_edition(db.conn, {-testimony: -testimony})
    assert singled_out(db.conn, [-testimony], 2, accepted).risks == ()
    with pytest.raises(CannotBeAccepted, match="told by Ana, Luz: accept it for the narrator"):
        accept(db, "2026.001", [], "Maria")
