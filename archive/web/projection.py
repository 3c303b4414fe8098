"""The world on a sheet of paper: the Equal Earth projection, in which every country has its true size.

Source: B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection", International Journal of Geographical
Information Science 33 (2019), 454–465. The sheet is `WIDTH` wide, its middle is 11° east, and it leaves Antarctica
out: so it is cut where nobody lives, in the Bering Strait.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

WIDTH = 1000.0
NORTH, SOUTH = 83.8, -56.5  # degrees of latitude at the upper and the lower edge
MIDDLE = 11.0  # degrees of longitude
EARTH = 6371.0  # km, mean radius

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = math.sqrt(3) / 2
_SCALE = WIDTH / (2 * math.pi / (_M * _A1))  # units of the sheet in one radius of the earth
PER_KM = _SCALE / EARTH  # units of the sheet in one kilometre, so that areas are true


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Return where a point of the earth, in degrees, lies on the sheet: from the left and from the top."""
    return unwrapped(latitude, wrapped(longitude))


def unwrapped(latitude: float, longitude: float) -> tuple[float, float]:
    """Return the same for a longitude that may go on beyond the cut, as the coast of an island in it does."""
    x, y = _equal_earth(latitude, longitude - MIDDLE)
    return WIDTH / 2 + x * _SCALE, _TOP - y * _SCALE


def wrapped(longitude: float) -> float:
    """Return a longitude between 169° west and 191° east: what lies beyond the Bering Strait is east of Siberia."""
    return (longitude - MIDDLE + 180) % 360 + MIDDLE - 180


def frame(points: Iterable[tuple[float, float]], *, closest: float = 4.0) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the part of the sheet that shows these points, with some room around.

    It has the shape of the whole sheet and shows at least one part in `closest` of its width.
    """
    places = tuple(points)
    if not places:
        return 0.0, 0.0, WIDTH, HEIGHT
    left, right = min(x for x, _ in places), max(x for x, _ in places)
    top, bottom = min(y for _, y in places), max(y for _, y in places)
    wanted = max((right - left) * 1.25, (bottom - top) * 1.3 * WIDTH / HEIGHT, WIDTH / closest)
    width = min(wanted, WIDTH)
    height = width * HEIGHT / WIDTH
    x = min(max((left + right - width) / 2, 0.0), WIDTH - width)
    y = min(max((top + bottom - height) / 2, 0.0), HEIGHT - height)
    return x, y, width, height


def _equal_earth(latitude: float, longitude: float) -> tuple[float, float]:
    """Return x and y in radii of the earth, from the middle of the map."""
    t = math.asin(_M * math.sin(math.radians(latitude)))
    t2 = t * t
    t6 = t2**3
    x = math.radians(longitude) * math.cos(t) / (_M * (_A1 + 3 * _A2 * t2 + t6 * (7 * _A3 + 9 * _A4 * t2)))
    return x, t * (_A1 + _A2 * t2 + t6 * (_A3 + _A4 * t2))


_TOP = _equal_earth(NORTH, 0)[1] * _SCALE
HEIGHT = _TOP - _equal_earth(SOUTH, 0)[1] * _SCALE
