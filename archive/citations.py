"""A testimony, or a stretch of it, as a footnote or a list of sources names it.

Chicago and MLA are written as these English styles have them, whatever language the pages speak. A narrator's name is
the one that they chose to be known by: it is never split, inverted or shortened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil, floor

from archive.records import Kind
from transcripts.timecode import format_timecode

UNREVIEWED = "machine transcript, not reviewed"

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MONTHS_IN_MLA = (
    "Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.",
)  # fmt: skip
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
# control characters, halves of characters, and what turns the direction of all that follows in a footnote
_UNWRITTEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
                        "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]")  # fmt: skip
_INNER_QUOTES = str.maketrans('“”„"', "‘’‚'")


class Medium(StrEnum):
    """How a testimony was given."""

    SOUND = "sound"
    VIDEO = "video"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What is cited. `start` and `end` in seconds, or `first` and `last` passage by position; neither: all of it.

    `words` are those quoted, and `places` where they stand (`3.12-4.25`) if times do not say it. `unreviewed`: a
    machine wrote them down and nobody has checked them.
    """

    archive: str
    accession: str
    title: str
    address: str
    kind: Kind = Kind.INTERVIEW
    medium: Medium = Medium.WRITTEN
    narrators: tuple[str, ...] = ()
    interviewers: tuple[str, ...] = ()
    recorded_on: str | None = None
    place: str | None = None
    collection: str | None = None
    label: str | None = None
    language: str | None = None
    start: float | None = None
    end: float | None = None
    first: int | None = None
    last: int | None = None
    words: str = ""
    places: str = ""
    unreviewed: bool = False
    accessed: date | None = None

    def __post_init__(self) -> None:
        if self.start is not None and not 0 <= self.start <= (self.start if self.end is None else self.end):
            raise ValueError(f"nothing can be cited from {self.start} to {self.end} s")
        if self.first is not None and not 0 <= self.first <= (self.first if self.last is None else self.last):
            raise ValueError(f"nothing can be cited from passage {self.first} to {self.last}")

    @property
    def named(self) -> str:
        """The title, on one line; a testimony without one is called by its number."""
        return one_line(self.title) or self.accession


def chicago(cited: Cited) -> str:
    """Return a note as the Chicago Manual of Style has it (17th edition, 14.211)."""
    who = _listed(cited.narrators, most=3, comma=True)
    label = _label(cited)
    title = _inside_quotes(cited.named).rstrip(".")
    rest = _parts(
        _what(cited),
        cited.place,
        _american(cited.recorded_on),
        _medium(cited),
        locator(cited),
        cited.collection,
        cited.accession,
        cited.archive,
        f"accessed {_american(cited.accessed.isoformat())}" if cited.accessed else None,
        cited.address,
    )
    quoted = f"“{title}” [{label}]," if label else f"“{title},”"
    return _closed(" ".join([*([f"{who},"] if who else []), quoted, ", ".join(rest)]))


def mla(cited: Cited) -> str:
    """Return an entry of a list of works cited as the MLA Handbook has it (9th edition)."""
    who = _listed(cited.narrators, most=2, comma=False)
    label = _label(cited)
    title = f"“{_closed(_inside_quotes(cited.named))}”" + (f" {_closed(label)}" if label else "")
    rest = _parts(
        cited.archive,
        _what(cited),
        cited.collection,
        cited.accession,
        _european(cited.recorded_on),
        cited.place,
        _medium(cited),
        locator(cited),
        cited.address,
    )
    seen = f"Accessed {_european(cited.accessed.isoformat())}." if cited.accessed else ""
    return " ".join(part for part in (_closed(who), title, _closed(", ".join(rest)), seen) if part)


def plain(cited: Cited, remark: str = UNREVIEWED) -> str:
    """Return a line without words of any language: names, title, number, date, place, times, archive, address.

    Only `remark`, which says that the words are a machine's, is in a language.
    """
    who = " · ".join(_parts(*cited.narrators))
    title = _parts(cited.named, _label(cited), cited.recorded_on, cited.place, locator(cited))
    source = _parts(cited.archive, cited.accession, cited.address)
    doubt = f" ({remark})" if cited.unreviewed and remark else ""
    return f"{f'{who}: ' if who else ''}{_closed(', '.join(title))} {', '.join(source)}{doubt}"


def quotation(cited: Cited, remark: str = UNREVIEWED) -> str:
    """Return the words quoted, and below them the plain line that says where they are from."""
    words = one_line(cited.words)
    return f"“{words}”\n— {plain(cited, remark)}" if words else plain(cited, remark)


def reference(cited: Cited) -> str:
    """Return the mark by which a counter-history quotes this: `[@2026.014 12:03-12:41]`, `[@2026.003 p12-p15]`.

    Where times do not say which words are quoted their places follow: `[@2026.014 0:06.55-0:06.65 p3.12-p4.25]`.
    """
    if cited.start is not None:
        ends = [cited.start, *([cited.end] if cited.end is not None and cited.end > cited.start else [])]
        words = f" p{cited.places.replace('-', '-p')}" if cited.places else ""
        return f"[@{cited.accession} {'-'.join(_exact_time(moment) for moment in ends)}{words}]"
    if cited.first is not None:
        ends = [cited.first, *([cited.last] if cited.last is not None and cited.last > cited.first else [])]
        return f"[@{cited.accession} {'-'.join(f'p{position}' for position in ends)}]"
    return f"[@{cited.accession}]"


def locator(cited: Cited) -> str:
    """Return where in the testimony: `12:03–12:41`, `1:02:03–1:02:09`, `passages 12–15`; empty for all of it.

    The seconds are whole ones that hold all of the stretch. Passages are counted from 1, as people do.
    """
    if cited.start is not None:
        return between(cited.start, max(cited.start, cited.end or cited.start))
    if cited.first is not None:
        first_passage, last_passage = cited.first + 1, (cited.first if cited.last is None else cited.last) + 1
        one = last_passage == first_passage
        return f"passage {first_passage}" if one else f"passages {first_passage}–{last_passage}"
    return ""


def between(start: float, end: float) -> str:
    """Return a stretch of time in whole seconds that hold all of it: `12:03–12:41`; `12:03` where it has no length."""
    hours = True if ceil(end) >= 3600 else None
    first, last = format_timecode(floor(start), hours=hours), format_timecode(ceil(end), hours=hours)
    return first if end == start or first == last else f"{first}–{last}"


def read_date(text: str | None) -> tuple[int, ...]:
    """Return year, month and day, as far as an ISO date says them; nothing for any other text."""
    found = _DATE.fullmatch(text or "")
    if not found:
        return ()
    numbers = tuple(int(part) for part in found.groups() if part)
    try:
        date(*(*numbers, 1, 1)[:3])
    except ValueError:
        return ()
    return numbers


def one_line(text: str | None) -> str:
    """Return the text on one line, without characters that cannot be seen and would change what stands around it."""
    return " ".join(_UNWRITTEN.sub("", text or "").split())


def _exact_time(moment: float) -> str:
    """Return a moment as a time code that is read back as the same hundredth of a second."""
    hundredths = round(moment * 100)
    fraction = f".{hundredths % 100:02}".rstrip("0").rstrip(".")
    return format_timecode(hundredths // 100) + fraction


def _what(cited: Cited) -> str:
    """Return what kind of testimony it is, and who asked."""
    asked = _listed(cited.interviewers, most=3, comma=True)
    if cited.kind is Kind.INTERVIEW:
        return f"interview by {asked}" if asked else "interview"
    what = "assembly" if cited.kind is Kind.ASSEMBLY else "account" if _is_recorded(cited) else "written account"
    return f"{what} gathered by {asked}" if asked else what


def _medium(cited: Cited) -> str:
    recorded = {Medium.SOUND: "audio recording", Medium.VIDEO: "video recording"}.get(cited.medium, "")
    if not cited.unreviewed:
        return recorded
    return f"{recorded} with unreviewed machine transcript" if recorded else "unreviewed machine transcript"


def _is_recorded(cited: Cited) -> bool:
    return cited.medium is not Medium.WRITTEN


def _label(cited: Cited) -> str:
    return one_line(cited.label).rstrip(".")


def _american(text: str | None) -> str:
    """Return a date as Chicago writes it: `May 3, 1984`; other text as it is."""
    year, month, day = (*read_date(text), None, None, None)[:3]
    if month is None:
        return one_line(text)
    return f"{_MONTHS[month - 1]} {f'{day}, ' if day else ''}{year}"


def _european(text: str | None) -> str:
    """Return a date as MLA writes it: `3 May 1984`; other text as it is."""
    year, month, day = (*read_date(text), None, None, None)[:3]
    if month is None:
        return one_line(text)
    return f"{f'{day} ' if day else ''}{_MONTHS_IN_MLA[month - 1]} {year}"


def _listed(names: Sequence[str], *, most: int, comma: bool) -> str:
    """Return names as a style lists them: `Ana and Luz`, `Ana, Luz, and Inés`; more than `most`: `Ana et al.`"""
    known = _parts(*names)
    if len(known) < 2:
        return "".join(known)
    if len(known) > most:
        return f"{known[0]}{'' if comma else ','} et al."
    return f"{', '.join(known[:-1])}{',' if len(known) > 2 else ''} and {known[-1]}"


def _parts(*parts: str | None) -> list[str]:
    """Return those that say anything, each on one line and without a comma of its own at the end."""
    cleaned: Iterable[str] = (one_line(part).strip(" ,;:") for part in parts)
    return [part for part in cleaned if part]


def _inside_quotes(title: str) -> str:
    """Return a title with its own quotation marks as the inner ones."""
    return title.translate(_INNER_QUOTES)


def _closed(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!", "…")) else f"{text}."
