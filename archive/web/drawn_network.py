"""A network as the server draws it: movements round a circle, those that share much beside each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

SIZE = 1080.0  # of the square that it is drawn on
RING = 262.0  # radius of the circle
LINES = 90  # drawn at most, the strongest first
WIDEST, THINNEST = 7.0, 1.0
LONGEST = 34  # letters of a name before it is cut
PASSES = 12  # over the circle, changing neighbours where that makes lines shorter

Weights = tuple[tuple[str, str, int], ...]  # two keys and how much they share, the strongest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A movement: its point, and its name beside it, turned by `angle` degrees, before or after the point."""

    key: str
    x: float
    y: float
    angle: float
    before: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What two movements share, as a curve; `strength` from 0 to 1."""

    one: str
    other: str
    path: str
    width: float
    strength: float
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The whole drawing; `middle` stands in the centre where one movement is looked at."""

    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    middle: str | None = None


@lru_cache(maxsize=64)
def draw_network(weights: Weights, middle: str | None = None) -> Drawn:
    """Draw these ties; the same ties always give the same drawing."""
    keys = tuple(dict.fromkeys(key for one, other, _ in weights for key in (one, other) if key != middle))
    order = arranged(keys, weights)
    places = {key: 2 * math.pi * place / max(len(order), 1) - math.pi / 2 for place, key in enumerate(order)}
    points = {key: (SIZE / 2 + RING * math.cos(at), SIZE / 2 + RING * math.sin(at)) for key, at in places.items()}
    if middle:
        points[middle] = (SIZE / 2, SIZE / 2)
    return Drawn(
        nodes=tuple(_node(key, places[key], points[key]) for key in order),
        lines=_lines(weights, points),
        middle=middle,
    )


def arranged(keys: Sequence[str], weights: Weights) -> tuple[str, ...]:
    """Return the keys in an order round a circle that brings those with strong ties near each other."""
    strength: dict[str, dict[str, int]] = {key: {} for key in keys}
    for one, other, number in weights:
        if one in strength and other in strength:
            strength[one][other] = strength[other][one] = number
    left = sorted(keys, key=lambda key: (-sum(strength[key].values()), key))
    order = left[:1]
    while len(order) < len(left):
        rest = [key for key in left if key not in order]
        order.append(
            max(rest, key=lambda key: sum(strength[key].get(near, 0) / (n + 1) for n, near in enumerate(order[::-1])))
        )
    for _ in range(PASSES):
        if not _swap(order, strength):
            break
    return tuple(order)


def _swap(order: list[str], strength: Mapping[str, Mapping[str, int]]) -> bool:
    """Change neighbours wherever that makes the lines shorter; say whether any were changed."""
    changed = False
    for place in range(len(order)):
        following = (place + 1) % len(order)
        before = _length(order, place, strength) + _length(order, following, strength)
        order[place], order[following] = order[following], order[place]
        if _length(order, place, strength) + _length(order, following, strength) < before:
            changed = True
        else:
            order[place], order[following] = order[following], order[place]
    return changed


def _length(order: Sequence[str], place: int, strength: Mapping[str, Mapping[str, int]]) -> int:
    """Return how far a key is from all that it has ties with, along the circle, by the strength of each."""
    ties = strength[order[place]]
    whole = len(order)
    return sum(
        number * min((at - place) % whole, (place - at) % whole)
        for at, key in enumerate(order)
        if (number := ties.get(key, 0))
    )


def _node(key: str, at: float, point: tuple[float, float]) -> Node:
    degrees = math.degrees(at)
    before = math.cos(at) < -1e-9
    return Node(key=key, x=point[0], y=point[1], angle=degrees + 180 if before else degrees, before=before)


def _lines(weights: Weights, points: Mapping[str, tuple[float, float]]) -> tuple[Line, ...]:
    """Return the strongest lines, and the strongest of each movement, the weak ones first so that none hides others."""
    most = max((number for _, _, number in weights), default=1)
    seen: set[str] = set()
    drawn = []
    for place, (one, other, number) in enumerate(weights):
        if place < LINES or one not in seen or other not in seen:
            seen |= {one, other}
            strength = number / most
            drawn.append(
                Line(
                    one=one,
                    other=other,
                    path=_curve(points[one], points[other]),
                    width=max(THINNEST, WIDEST * strength),
                    strength=strength,
                    number=number,
                )
            )
    return tuple(reversed(drawn))


def _curve(one: tuple[float, float], other: tuple[float, float]) -> str:
    """Return a curve from point to point that bends towards the middle of the circle."""
    x, y = (SIZE / 2 + 0.3 * ((a + b) / 2 - SIZE / 2) for a, b in zip(one, other, strict=True))
    return f"M{one[0]:.0f} {one[1]:.0f}Q{x:.0f} {y:.0f} {other[0]:.0f} {other[1]:.0f}"
