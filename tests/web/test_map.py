"""The map: every place drawn where it is, every count a link to its passages, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archive.broader import in_tree
from archive.folder import Archive
from archive.geography import read_places, read_points
from archive.query import Facet, Query
from archive.records import Description
from archive.search import find_hits
from archive.web.drawn_map import draw_map
from archive.web.projection import HEIGHT, PER_KM, WIDTH, frame, project, unwrapped, wrapped
from bench.basemap.draw import thinned
from tests.builders import an_archive as an_empty_archive
from tests.web.builders import Reader
from tests.web.served import page, tell

STATIC = Path(__file__).parents[2] / "archive" / "web" / "static"
PLACES = """
vocabulary: place
terms:
  - {id: europe, labels: {en: Europe}, kind: region, latitude: 50, longitude: 15, precision_km: 2500}
  - id: scotland
    labels: {en: Scotland, fr: Écosse}
    kind: region
    parents: [europe]
    latitude: 56.8
    longitude: -4.2
    precision_km: 200
  - {id: glasgow, labels: {en: Glasgow}, parents: [scotland], latitude: 55.86, longitude: -4.25, precision_km: 12}
  - {id: govan, labels: {en: Govan}, parents: [glasgow], latitude: 55.862, longitude: -4.31, precision_km: 2}
  - {id: turin, labels: {en: Turin}, kind: city, parents: [europe], latitude: 45.07, longitude: 7.69, precision_km: 12}
  - {id: suva, labels: {en: Suva}, kind: city, latitude: -18.14, longitude: 178.44, precision_km: 8}
  - {id: honolulu, labels: {en: Honolulu}, kind: city, latitude: 21.3, longitude: -157.86, precision_km: 10}
  - {id: utopia, labels: {en: Utopia}, scope_note: A "place" of <b>no</b> map.}
"""


def a_wide_archive(folder: Path) -> Archive:
    """Passages of Glasgow (3), Govan, Scotland, Turin (2), Suva, Honolulu and Utopia; two of them of a Strike."""
    archive = an_empty_archive(folder, vocabularies={"places": PLACES})
    said = ["Glasgow and its Strike.", "Glasgow again, and Turin.", "Govan.", "In Scotland, and Glasgow."]
    tell(archive, Description(title="North", language="en", recorded_on="1984"), *said)
    said = ["Turin. A Strike.", "Suva and Honolulu.", "Utopia."]
    tell(archive, Description(title="Afar", language="en", recorded_on="1991"), *said)
    return archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return a_wide_archive(tmp_path_factory.mktemp("map"))


def test_the_middle_of_the_sheet_is_eleven_degrees_east_on_the_equator() -> None:
    x, y = project(0, 11)
    assert x == pytest.approx(WIDTH / 2)
    assert 0.5 * HEIGHT < y < 0.6 * HEIGHT  # Antarctica is left out


def test_areas_are_true() -> None:
    """A square of a degree near Oslo is half as large as one on the equator, as on the earth."""
    sizes = []
    for latitude in (0.0, 60.0):
        corners = [project(latitude + dy, 11 + dx) for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1))]
        pairs = zip(corners, corners[1:] + corners[:1], strict=True)
        sizes.append(abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2)
    assert sizes[1] / sizes[0] == pytest.approx(0.4924, abs=0.002)
    assert sizes[0] == pytest.approx((111.19 * PER_KM) ** 2, rel=0.01)


def test_siberia_is_whole_and_islands_in_the_cut_are_too() -> None:
    assert wrapped(-175) == 185
    assert wrapped(-160) == -160
    assert project(65, -175)[0] > project(65, 170)[0]
    assert unwrapped(63, -171)[0] < project(63, -168)[0]


def test_a_frame_shows_all_points_and_not_too_close() -> None:
    near = [project(55.86, -4.25), project(55.862, -4.31)]
    left, top, width, height = frame(near)
    assert width == pytest.approx(WIDTH / 4)
    assert width / height == pytest.approx(WIDTH / HEIGHT)
    assert all(left < x < left + width and top < y < top + height for x, y in near)
    assert frame([]) == (0.0, 0.0, WIDTH, HEIGHT)
    assert frame([project(60, -150), project(-40, 175)]) == (0.0, 0.0, WIDTH, HEIGHT)


def test_a_line_keeps_its_ends_and_its_corners() -> None:
    assert thinned([(0, 0), (1, 0.01), (2, 0), (2, 2)], 0.1) == [(0, 0), (2, 0), (2, 2)]


def test_the_world_has_the_colours_of_the_tokens() -> None:
    light, dark = re.findall(r":root \{(.*?)\}", (STATIC / "tokens.css").read_text("utf-8"), re.DOTALL)[:2]
    world = (STATIC / "map" / "world.svg").read_text("utf-8")
    for block, pattern in ((light, 'fill="{shade}" stroke="{rule}"'), (dark, "fill: {shade}; stroke: {rule}")):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))
        assert pattern.format(**{name.replace("-", "_"): value for name, value in colours.items()}) in world


def test_the_outlines_are_small_and_say_where_they_come_from() -> None:
    world, outlines = (STATIC / "map" / name for name in ("world.svg", "outlines.js"))
    assert world.stat().st_size < 16_000
    assert outlines.stat().st_size < 250_000
    for file in (world, outlines, STATIC / "map" / "README.md"):
        assert "Natural Earth" in file.read_text("utf-8")


def test_places_stand_under_their_nearest_broader_one() -> None:
    above = {"glasgow": frozenset({"scotland", "europe"}), "scotland": frozenset({"europe"})}
    assert list(in_tree(["europe", "glasgow", "scotland"], above)) == [("europe", 0), ("scotland", 1), ("glasgow", 2)]
    assert list(in_tree(["glasgow", "europe"], above)) == [("europe", 0), ("glasgow", 1)]


def test_a_circle_of_broader_places_loses_none() -> None:
    above = {"a": frozenset({"b", "a"}), "b": frozenset({"a", "b"}), "c": frozenset({"a", "b"})}
    assert {key for key, _ in in_tree(["a", "b", "c"], above)} == {"a", "b", "c"}


def test_a_place_counts_the_passages_of_those_in_it(archive: Archive) -> None:
    with archive.read() as db:
        places, number = read_places(db.conn, None, "fr")
    counted = {place.slug: (place.passages, place.itself) for place in places}
    assert counted["scotland"] == (4, 1)
    assert counted["glasgow"] == (4, 3)
    assert counted["europe"] == (5, 0)
    assert number == 8
    assert next(place for place in places if place.slug == "scotland").name == "Écosse"


def test_within_a_search_only_its_passages_are_counted(archive: Archive) -> None:
    with archive.read() as db:
        hits = find_hits(db.conn, Query(chosen=((Facet.THEME, "strike"),)))
        places, _ = read_places(db.conn, hits, "en")
    assert {place.slug: place.passages for place in places} == {
        "europe": 2, "scotland": 1, "glasgow": 1, "turin": 1,
    }  # fmt: skip


def test_what_is_known_roughly_is_an_area_and_continents_are_not_drawn(archive: Archive) -> None:
    with archive.read() as db:
        places, _ = read_places(db.conn, None, "en")
        points = read_points(db.conn, "en")
    marks = {mark.place.slug: mark for mark in draw_map(places).marks}
    assert marks["scotland"].is_area
    assert marks["scotland"].radius == pytest.approx(200 * PER_KM)
    assert not marks["glasgow"].is_area
    assert marks.keys().isdisjoint({"europe", "utopia"})
    assert marks["glasgow"].radius > marks["govan"].radius
    assert [place.slug for place in points][:2] == ["glasgow", "turin"]
    assert "scotland" not in {place.slug for place in points}


def test_names_on_the_map_do_not_cover_each_other(archive: Archive) -> None:
    with archive.read() as db:
        places, _ = read_places(db.conn, None, "en")
    labelled = {mark.place.slug for mark in draw_map(places).marks if mark.label}
    assert "glasgow" in labelled
    assert "govan" not in labelled  # some pixels beside Glasgow


def test_every_mark_says_its_place_and_number_and_leads_to_its_passages(archive: Archive) -> None:
    html = page(archive, "/map")
    assert 'aria-label="Glasgow: 4 passages"' in html
    assert 'href="/search?place=glasgow"' in html
    assert 'href="/places/utopia"' in html  # on no map, but in the list
    assert "&lt;b&gt;no&lt;/b&gt;" in html
    assert 'href="/places/europe"' in html


def test_the_choices_of_a_search_stay_in_every_link(archive: Archive) -> None:
    html = page(archive, "/map?theme=strike")
    assert 'href="/search?theme=strike&amp;place=glasgow"' in html
    assert 'href="/timeline?theme=strike"' in html
    assert re.search(r'class="chip" href="/map"', html)
    narrowed = page(archive, "/map?place=turin")
    assert 'href="/search?place=turin&amp;all=place&amp;place=glasgow"' in narrowed


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/map?place=nowhere", 404), ("/map?testimony=2026.999", 404), ("/map?q=%22open", 400),
        ("/map?since=1950&until=1900", 400), ("/map?theme=rent", 200), ("/map?page=9", 200),
    ],
)  # fmt: skip
def test_bad_choices_are_answered_in_plain_words(archive: Archive, path: str, status: int) -> None:
    assert "Traceback" not in page(archive, path, status)


def test_an_empty_map_says_what_to_do(archive: Archive, tmp_path: Path) -> None:
    assert "Leave out one of your choices" in page(archive, "/map?theme=rent")
    assert "vocabularies/places.yml" in page(an_empty_archive(tmp_path), "/map")


@pytest.mark.browser
def test_a_cluster_opens_and_a_place_leads_to_its_passages(reader: Reader) -> None:
    reader.goto("/map")
    reader.until("document.querySelectorAll('.spot').length > 1")
    before = reader.page.locator(".spot").count()
    cluster = reader.page.locator(".spot.cluster").first
    assert cluster.get_attribute("aria-label").startswith("Places here: ")
    cluster.focus()
    reader.page.keyboard.press("Enter")
    reader.until(f"document.querySelectorAll('.spot').length !== {before}")
    for _ in range(6):
        if reader.page.locator('.spot[aria-label="Turin: 2 passages"]').count():
            break
        reader.page.locator(".leaflet-control-zoom-in").click()
        reader.page.wait_for_timeout(400)
    spot = reader.page.locator('.spot[aria-label="Turin: 2 passages"]')
    spot.focus()
    reader.page.keyboard.press("Enter")
    reader.until("document.activeElement.closest('.leaflet-popup') !== null")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url("**/search?place=turin")
    assert reader.errors == []
    assert all(request.startswith((reader.address.rstrip("/"), "data:")) for request in reader.requests)


@pytest.mark.browser
def test_areas_are_drawn_where_they_lie(reader: Reader) -> None:
    reader.goto("/map?q=Scotland")
    reader.until("document.querySelector('.leaflet-container .land') !== null")
    reader.until("document.querySelectorAll('.leaflet-container .area').length > 0")
    assert reader.errors == []
