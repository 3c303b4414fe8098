"""Draw the base map again: `python -m bench.basemap.draw countries-50m.json`, from Natural Earth by way of world-atlas.

It writes `archive/web/static/map/world.svg`, the land for maps that the server draws, and `outlines.js`, land and
borders for the map that can be zoomed. README.md beside this says where the file comes from.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from archive.web.projection import HEIGHT, MIDDLE, SOUTH, WIDTH, unwrapped, wrapped

STATIC = Path(__file__).parents[2] / "archive" / "web" / "static" / "map"
TOKENS = STATIC.parent / "tokens.css"
ANTARCTICA = "010"  # ISO 3166-1
SOURCE = "Natural Earth (public domain), 1:50 million; see README.md"
FINE = 0.0035  # square degrees: triangles smaller than this are left out of outlines.js
COARSE = 1.1  # square units of the sheet: the same for world.svg
ISLET, ISLAND = 0.004, 0.9  # land smaller than this is left out, in the same units
HUNDREDTHS = 100
WEST = MIDDLE - 180  # where the sheet is cut

Point = tuple[float, float]
Line = list[Point]


def main(path: str) -> None:
    """Write both files from a TopoJSON file of countries."""
    topology = json.loads(Path(path).read_text(encoding="utf-8"))
    arcs = [list(_unpacked(arc, topology["transform"])) for arc in topology["arcs"]]
    countries = [
        country for country in topology["objects"]["countries"]["geometries"] if country.get("id") != ANTARCTICA
    ]
    used = Counter(number if number >= 0 else ~number for country in countries for number in set(_arcs(country)))
    land = topology["objects"]["land"]
    STATIC.mkdir(exist_ok=True)
    (STATIC / "world.svg").write_text(_svg(list(_rings(land, arcs))), encoding="utf-8")
    fine = [thinned(arc, FINE) for arc in arcs]
    rings = [ring for ring in _rings(land, fine) if abs(area(ring)) >= ISLET]
    borders = [[(wrapped(x), y) for x, y in fine[number]] for number, times in sorted(used.items()) if times > 1]
    (STATIC / "outlines.js").write_text(_module(rings, borders), encoding="utf-8")


def thinned(line: Sequence[Point], smallest: float) -> Line:
    """Leave out, one after another, the points that change the line least (Visvalingam and Whyatt 1993)."""
    points = list(line)
    while len(points) > 2:
        areas = [_triangle(*points[place - 1 : place + 2]) for place in range(1, len(points) - 1)]
        least = min(areas)
        if least >= smallest:
            break
        # all that are smaller than their neighbours at once: as good, and much faster
        gone = {
            place + 1
            for place, size in enumerate(areas)
            if size < smallest and size <= min(areas[max(place - 1, 0) : place + 2])
        }
        kept = [point for place, point in enumerate(points) if place not in gone or place - 1 in gone]
        points = kept if len(kept) < len(points) else [point for place, point in enumerate(points) if place not in gone]
    return points


def area(ring: Sequence[Point]) -> float:
    """Return the area of a closed line."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def _triangle(a: Point, b: Point, c: Point) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def _unpacked(arc: Sequence[Sequence[int]], transform: dict[str, Any]) -> Iterator[Point]:
    """Yield longitude and latitude of each point of a TopoJSON arc."""
    (scale_x, scale_y), (at_x, at_y) = transform["scale"], transform["translate"]
    x = y = 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        yield x * scale_x + at_x, y * scale_y + at_y


def _arcs(geometry: dict[str, Any]) -> Iterator[int]:
    """Yield the numbers of all arcs of a geometry."""
    stack = [geometry.get("arcs", []), *[part.get("arcs", []) for part in geometry.get("geometries", [])]]
    while stack:
        for item in stack.pop():
            if isinstance(item, int):
                yield item
            else:
                stack.append(item)


def _rings(geometry: dict[str, Any], arcs: Sequence[Line]) -> Iterator[Line]:
    """Yield every closed line north of Antarctica."""
    for part in geometry["geometries"]:
        for ring in (_joined(ring, arcs) for polygon in part["arcs"] for ring in polygon):
            if len(ring) > 3 and max(y for _, y in ring) > SOUTH - 4:
                yield _whole(ring)


def _joined(numbers: Sequence[int], arcs: Sequence[Line]) -> Line:
    ring: Line = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += arc[1:] if ring else arc
    return ring[:-1]


def _whole(ring: Line) -> Line:
    """Return a ring without the leap at the 180th meridian; what lies beyond the Bering Strait is east of Siberia."""
    turns = 0
    points = [ring[0]]
    for (before, _), (x, y) in pairwise(ring):
        turns += (x - before < -180) - (x - before > 180)
        points.append((x + 360 * turns, y))
    middle = (min(x for x, _ in points) + max(x for x, _ in points)) / 2
    shift = 360 * ((middle < WEST) - (middle > WEST + 360))
    return [(x + shift, y) for x, y in points]


def _svg(rings: Iterable[Line]) -> str:
    """Return the land on the sheet of archive/web/projection.py, in the colours of tokens.css, light and dark."""
    paths = []
    for ring in rings:
        drawn = [unwrapped(y, x) for x, y in ring]
        if abs(area(drawn)) < ISLAND:
            continue
        simple = thinned([*drawn, drawn[0]], COARSE)[:-1]
        points = [(round(2 * x), round(2 * y)) for x, y in simple]  # half units are as fine as a line is wide
        steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(points)]
        steps = [step for step in steps if step != (0, 0)]
        if len(steps) > 1:
            paths.append(f"M{points[0][0]} {points[0][1]}l" + _numbers([n for step in steps for n in step]) + "z")
    light, dark = (
        _colours(scheme) for scheme in re.findall(r":root \{(.*?)\}", TOKENS.read_text("utf-8"), re.DOTALL)[:2]
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.1f}" fill="{light["shade"]}" '
        f'stroke="{light["rule"]}" stroke-width=".9" stroke-linejoin="round"><!-- {SOURCE} --><style>'
        f"@media (prefers-color-scheme: dark) {{ svg {{ fill: {dark['shade']}; stroke: {dark['rule']} }} }}</style>"
        f'<path transform="scale(.5)" d="{"".join(paths)}"/></svg>\n'
    )


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))


def _numbers(numbers: Iterable[int]) -> str:
    return "".join(f" {n}" if place and n >= 0 else str(n) for place, n in enumerate(numbers))


def _module(rings: Iterable[Line], borders: Iterable[Line]) -> str:
    """Return a script with the lines: first longitude and latitude in hundredths of a degree, then the steps."""
    land, lines = (json.dumps([_steps(line) for line in among], separators=(",", ":")) for among in (rings, borders))
    said = f"// {SOURCE}. Written by bench/basemap/draw.py."
    return f"{said}\nexport const land = {land};\nexport const borders = {lines};\n"


def _steps(line: Line) -> list[int]:
    points = [(round(x * HUNDREDTHS), round(y * HUNDREDTHS)) for x, y in line]
    steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(points)]
    return [n for point in (points[0], *(step for step in steps if step != (0, 0))) for n in point]


if __name__ == "__main__":
    main(*sys.argv[1:])
