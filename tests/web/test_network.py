"""The network: what two movements share is named as narrowly as it can be, drawn, and written in a table."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from archive.connections import read_network
from archive.folder import Archive
from archive.matching import UnknownChoice
from archive.records import Description
from archive.web.drawn_network import LINES, RING, SIZE, arranged, draw_network
from tests.builders import an_archive
from tests.web.served import page, tell

MOVEMENTS = """
vocabulary: movement
terms:
  - {id: labour, labels: {en: Labour}}
  - {id: dockers, labels: {en: Dockers, it: Portuali}, parents: [labour]}
  - {id: miners, labels: {en: Miners}, parents: [labour]}
  - {id: tenants, labels: {en: Tenants}}
  - {id: silence, labels: {en: Silence}}
"""


def a_net(folder: Path) -> Archive:
    """Dockers and Miners share Glasgow and Mary, Tenants and Dockers the Rent; Labour is named once, with Dockers."""
    archive = an_archive(folder, vocabularies={"movements": MOVEMENTS})
    told = [
        ("Mary", ["Dockers in Glasgow.", "Dockers and the Rent.", "Labour and Dockers."]),
        ("Mary", ["Miners in Glasgow.", "Miners in Scotland."]),
        ("Jean", ["Tenants and the Rent."]),
    ]
    for number, (who, texts) in enumerate(told):
        tell(archive, Description(title=f"Told {number}", language="en", narrators=(who,)), *texts)
    return archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return a_net(tmp_path_factory.mktemp("net"))


def ties(archive: Archive, also: str | None = None) -> dict[tuple[str, str], dict[str, tuple[str, ...]]]:
    """Every tie, with what is shared."""
    with archive.read() as db:
        found = read_network(db.conn, also)
    return {
        (min(tie.one, tie.other), max(tie.one, tie.other)): {kind.value: keys for kind, _, keys in tie.shared}
        for tie in found.ties
    }


def test_what_is_shared_is_named_as_narrowly_as_it_can_be(archive: Archive) -> None:
    shared = ties(archive)[("dockers", "miners")]
    assert shared["places"] == ("glasgow",)  # not Scotland too, in which it lies
    assert len(shared["narrators"]) == 1
    assert ties(archive)[("dockers", "tenants")] == {"themes": ("rent",)}
    assert ("miners", "tenants") not in ties(archive)


def test_broader_movements_do_not_stand_above_all_others(archive: Archive) -> None:
    assert not [pair for pair in ties(archive) if "labour" in pair]
    asked = ties(archive, "labour")
    assert [pair for pair in asked if "labour" in pair] == [("labour", "tenants")]  # those below it never beside it


def test_the_network_is_worked_out_once_and_again_after_a_change(tmp_path: Path) -> None:
    archive = a_net(tmp_path)
    with archive.read() as db:
        first = read_network(db.conn)
        assert read_network(db.conn) is first
    tell(archive, Description(title="More", language="en"), "Tenants in Glasgow.")
    assert ties(archive)[("miners", "tenants")] == {"places": ("glasgow",)}


def test_nobody_knows_another_movement(archive: Archive) -> None:
    with archive.read() as db, pytest.raises(UnknownChoice):
        read_network(db.conn, "nobody")


def test_strong_ties_stand_beside_each_other_and_the_drawing_is_always_the_same() -> None:
    weights = (("a", "d", 9), ("b", "c", 8), ("a", "b", 1), ("c", "d", 1))
    order = arranged(("a", "b", "c", "d"), weights)
    beside = {frozenset((order[place - 1], order[place])) for place in range(4)}
    assert {frozenset("ad"), frozenset("bc")} <= beside
    assert draw_network(weights) == draw_network(tuple(weights))


def test_every_movement_keeps_a_line_however_many_there_are() -> None:
    keys = [f"m{number}" for number in range(16)]
    many = [(one, other, 5) for place, one in enumerate(keys) for other in keys[place + 1 :]]
    drawn = draw_network((*many, ("m0", "lonely", 1)))
    assert len(drawn.lines) == LINES + 1
    assert any("lonely" in (line.one, line.other) for line in drawn.lines)
    assert all(math.hypot(node.x - SIZE / 2, node.y - SIZE / 2) == pytest.approx(RING) for node in drawn.nodes)


def test_names_are_never_upside_down() -> None:
    drawn = draw_network(tuple((f"m{number}", f"m{number + 1}", 1) for number in range(11)))
    assert all(-90.01 <= (node.angle + 180) % 360 - 180 <= 90.01 for node in drawn.nodes)


def test_the_table_names_what_is_shared_and_links_it(archive: Archive) -> None:
    html = page(archive, "/network")
    assert 'href="/places/glasgow"' in html
    assert 'href="/themes/rent"' in html
    assert 'href="/narrators/1"' in html
    assert 'href="/network?movement=dockers"' in html
    assert "Dockers – Miners: 2 things shared" in html


def test_one_kind_of_ties_and_one_movement(archive: Archive) -> None:
    places = page(archive, "/network?shared=places")
    assert "Miners" in places
    assert "Tenants" not in places
    focused = page(archive, "/network?movement=tenants")
    assert "Dockers" in focused
    assert "Miners" not in focused


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/network?shared=blood", 404, "not “blood”"),
        ("/network?movement=nobody", 404, "knows no movement “nobody”"),
        ("/network?movement=silence", 200, "No other movement"),
        ("/network?shared=narrators&movement=tenants", 200, "No two movements share this"),
        ("/network?movement=%00%3Cb%3E", 404, "knows no movement"),
    ],
)
def test_what_is_not_there_is_said_in_plain_words(archive: Archive, path: str, status: int, words: str) -> None:
    assert words in page(archive, path, status)


def test_an_empty_network_says_what_to_do(tmp_path: Path) -> None:
    assert "vocabularies/movements.yml" in page(an_archive(tmp_path), "/network")
