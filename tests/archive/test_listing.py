"""What a terminal shows of passages and proposals."""

from __future__ import annotations

from pathlib import Path

from archive.gazetteer import Candidate
from archive.listing import count_line, passage_lines, proposal_lines
from archive.search import Query, find_passages
from tests.builders import a_testimony, an_archive


def test_hits_stand_out_in_their_passage(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    with archive.write() as db:
        number = a_testimony(db, "A bell rang\nand a bell fell.", title="Two bells")
        found = find_passages(db.conn, Query(words="bell"), limit=5)
    [passage] = found.passages
    assert passage_lines(passage) == (
        f"{number}  Two bells\n    A \x1b[1mbell\x1b[0m rang and a \x1b[1mbell\x1b[0m fell.\n"
    )
    assert count_line(found) == "1 of 1 passages"


def test_proposals_are_numbered_from_one() -> None:
    town = Candidate(
        geonames_id=1,
        name="Leeds",
        country="United Kingdom",
        country_code="GB",
        region="ENG",
        latitude=53.8,
        longitude=-1.55,
        population=455_123,
    )
    assert list(proposal_lines([town])) == ["  1  Leeds, ENG, United Kingdom  455,123 people"]
