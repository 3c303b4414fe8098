"""A map of places as the server draws it: circles and areas on the sheet of `projection`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from archive.geography import Place
from archive.web.projection import HEIGHT, PER_KM, WIDTH, frame, project

SHOWN = 1120.0  # pixels that a whole map is wide on a desk
LARGEST, QUIET, SMALLEST = 20.0, 11.0, 3.5  # pixels, radius of a point, also on a map of the whole world
WIDEST = 1600.0  # km: wider areas, whole continents, stand in the list only
LABELS, LETTER, LINE = 14, 7.2, 15.0  # how many names are written; pixels of a letter and a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place as drawn, in units of the sheet; a label has its own position, or there is none."""

    place: Place
    x: float
    y: float
    radius: float
    is_area: bool
    label: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A map: its part of the sheet, the size of one pixel in units, and its marks, the largest first."""

    left: float
    top: float
    width: float
    height: float
    marks: tuple[Mark, ...]

    @property
    def unit(self) -> float:
        """Units of the sheet in one pixel."""
        return self.width / SHOWN


def draw_map(places: Sequence[Place], *, whole: bool = False) -> Drawing:
    """Draw these places, as close as they allow, or on the whole world."""
    drawn = [
        (place, project(place.latitude, place.longitude))
        for place in places
        if place.latitude is not None and place.longitude is not None and _is_drawn(place)
    ]
    points = [at for place, at in drawn if not place.radius_km] or [at for _, at in drawn]
    left, top, width, height = (0.0, 0.0, WIDTH, HEIGHT) if whole else frame(points)
    unit = width / SHOWN
    most = max((place.passages for place, _ in drawn if not place.radius_km), default=1)
    marks = [_mark(place, at, unit, (QUIET if whole else LARGEST) / math.sqrt(most)) for place, at in drawn]
    marks.sort(key=lambda mark: (not mark.is_area, -mark.radius, mark.place.slug))
    return Drawing(left=left, top=top, width=width, height=height, marks=_labelled(marks, unit))


def _is_drawn(place: Place) -> bool:
    """Whether a place stands on the map: an area only if it is named itself, or it would repeat what lies in it."""
    return place.radius_km is None or (place.itself > 0 and place.radius_km <= WIDEST)


def _mark(place: Place, at: tuple[float, float], unit: float, scale: float) -> Mark:
    pixels = max(scale * math.sqrt(place.passages), SMALLEST)
    radius = max(place.radius_km * PER_KM, SMALLEST * unit) if place.radius_km else pixels * unit
    return Mark(place=place, x=at[0], y=at[1], radius=radius, is_area=place.radius_km is not None)


def _labelled(marks: Sequence[Mark], unit: float) -> tuple[Mark, ...]:
    """Write the names of the points most spoken of where they cover neither each other nor another large point."""
    points = sorted(
        (mark for mark in marks if not mark.is_area), key=lambda mark: (-mark.place.passages, mark.place.slug)
    )
    taken = [(m.x - m.radius, m.y - m.radius, m.x + m.radius, m.y + m.radius) for m in points]
    written: dict[str, tuple[float, float]] = {}
    for mark in points:
        if len(written) == LABELS:
            break
        x, y = mark.x + mark.radius + 4 * unit, mark.y
        box = (x, y - LINE / 2 * unit, x + len(mark.place.name) * LETTER * unit, y + LINE / 2 * unit)
        if not any(_meet(box, other) for other in taken):
            taken.append(box)
            written[mark.place.slug] = (x, y + 4.5 * unit)
    return tuple(
        Mark(place=m.place, x=m.x, y=m.y, radius=m.radius, is_area=m.is_area, label=written.get(m.place.slug))
        for m in marks
    )


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
