"""Paper and ink: every text colour can be read on every ground, and only one file names colours."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "archive" / "web" / "static"
TEXTS = ("ink", "quiet", "red", "place", "movement", "theme")
GROUNDS = ("paper", "shade", "heard")
PAIRS = (*product(TEXTS, GROUNDS), ("on-red", "red"), ("paper", "ink"), ("ink", "mark"))
AA = 4.5  # WCAG 2.2, success criterion 1.4.3, for text of any size


def schemes() -> dict[str, dict[str, str]]:
    """The colours of each scheme: light, dark and print."""
    css = (STATIC / "tokens.css").read_text(encoding="utf-8")
    light, dark, printed = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    base = _colours(light)
    return {"light": base, "dark": base | _colours(dark), "print": base | _colours(printed)}


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))


def rules(sheet: str) -> str:
    """A style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", (STATIC / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)


def luminance(colour: str) -> float:
    """Relative luminance of sRGB, as WCAG 2.2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the well-known grey that just fails


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_every_colour_pair_reaches_aa(scheme: str) -> None:
    colours = schemes()[scheme]
    ratios = {(text, ground): contrast(colours[text], colours[ground]) for text, ground in PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < AA} == {}


@pytest.mark.parametrize(
    "sheet",
    [
        "furniture.css",
        "pages.css",
        "voices.css",
        "map.css",
        "timeline.css",
        "network.css",
        "datasette.css",
    ],
)
def test_no_other_style_sheet_names_a_colour(sheet: str) -> None:
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules(sheet)) == []


@pytest.mark.parametrize(
    "sheet", ["furniture.css", "pages.css", "voices.css", "map.css", "timeline.css", "network.css"]
)
def test_the_pages_can_be_turned_round(sheet: str) -> None:
    sided = r"-(?:left|right)\b|[;{ ](?:left|right):|(?:text-align|float): (?:left|right)"
    assert re.findall(sided, rules(sheet)) == []


def test_every_colour_that_the_pages_use_exists() -> None:
    everything = "".join(rules(path.name) for path in STATIC.glob("*.css"))
    defined = set(re.findall(r"--([\w-]+):", everything))
    used = set(re.findall(r"var\(--([\w-]+)", everything))
    assert used - defined == {"played"}  # set by player.js
