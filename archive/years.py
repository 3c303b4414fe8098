"""The years that a passage speaks of: those it says, and those of the short struggles that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable

EARLIEST, LATEST = 1500, 2099
SHORT = 5  # years that a movement may have lasted for its years to be those of the passage; a longer one says little
_DIGIT = r"[0-9٠-٩۰-۹०-९]"  # Latin, Arabic, Persian, Devanagari
_YEAR = re.compile(
    rf"(?<![\w.,'’£$€#-])(?P<year>{_DIGIT}{{4}})(?P<decade>s|er)?(?:\s?[-–—/]\s?(?P<until>{_DIGIT}{{4}}|{_DIGIT}{{2}}))?"
    r"(?![\w%°]|[.,]?\d|\s?[£$€%])"
)
_DIGITS = re.compile(_DIGIT + "{4}")
# a number followed by what is counted is no year
_COUNTED = re.compile(
    r"\s+(?:men|women|workers|people|persons|families|households|tenants|strikers|miners|children|pounds|dollars|"
    r"francs|lire|marks|pesos|euros?|hectares?|acres?|km|kilomet\w+|miles|metres?|meters?|tons?|tonnes?|"
    r"hommes|femmes|ouvri\w+|personnes|familles|hombres|mujeres|obrer\w+|trabajador\w+|personas|familias|"
    r"uomini|donne|operai\w*|persone|famiglie|Menschen|Arbeiter\w*|Familien|Frauen|Männer|pessoas|trabalhador\w+)\b",
    re.IGNORECASE,
)


def years_said(text: str) -> frozenset[int]:
    """Return the years that a text says, also as `1915–16` (both) or `the 1970s` (all ten).

    >>> sorted(years_said("In 1915 and 1919–21, not 1,500 of them"))
    [1915, 1919, 1920, 1921]
    """
    if not _DIGITS.search(text):  # as in most, which is known in half the time
        return frozenset()
    found: set[int] = set()
    for said in _YEAR.finditer(text):
        first = int(said["year"])
        if not EARLIEST <= first <= LATEST or _COUNTED.match(text, said.end()):
            continue
        found.update(range(first, _last(first, said["decade"], said["until"]) + 1))
    return frozenset(found)


def years_of_movements(spans: Iterable[tuple[int | None, int | None]]) -> frozenset[int]:
    """Return the years of movements that lasted at most `SHORT` years; one without a last year counts its first."""
    return frozenset(
        year
        for first, last in spans
        if first is not None and (last or first) - first < SHORT
        for year in range(first, (last or first) + 1)
    )


def decade_of(year: int) -> str:
    """Return the decade of a year as its key says it: `1910s`."""
    return f"{year // 10 * 10}s"


def _last(first: int, decade: str | None, until: str | None) -> int:
    """Return the last year of what was said; a stretch of more than a century was no stretch of years."""
    if decade and first % 10 == 0:
        return first + 9
    if until is None:
        return first
    last = int(until) if len(until) == 4 else first // 100 * 100 + int(until)
    return last if first <= last <= first + 100 else first
