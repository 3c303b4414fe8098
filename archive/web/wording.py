"""Numbers, dates, durations and languages in plain words, as the pages say them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal
from markupsafe import Markup

from archive.browse import Entry, Recording
from archive.reading import Making
from archive.web import languages
from archive.web.languages import gettext as _
from archive.web.languages import ngettext
from transcripts.languages import LANGUAGES
from transcripts.timecode import format_timecode

MORE_LANGUAGES = {  # spoken in struggles, unknown to Whisper
    "an": "Aragonese", "ast": "Asturian", "ay": "Aymara", "ckb": "Sorani Kurdish", "eo": "Esperanto", "ga": "Irish",
    "gd": "Scottish Gaelic", "gn": "Guaraní", "jv": "Javanese", "kmr": "Kurmanji Kurdish", "ku": "Kurdish",
    "nah": "Nahuatl", "om": "Oromo", "qu": "Quechua", "sc": "Sardinian", "ti": "Tigrinya", "tzh": "Tseltal",
    "tzo": "Tsotsil", "ug": "Uyghur", "wo": "Wolof", "zgh": "Tamazight", "zu": "Zulu",
}  # fmt: skip
RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
UNSURE = 0.5  # below this confidence a passage says that the machine was unsure


def number(value: float) -> str:
    """Return a number as the reader's language groups its digits: `1,204`, `1.204`, `1 204`."""
    if isinstance(value, int) and 0 <= value < 1000:  # most are; nothing is grouped there in any language that we offer
        return str(value)
    return str(format_decimal(value, locale=languages.locale()))


def passages(value: int) -> str:
    """Return `1 passage`, `1,204 passages`."""
    return counted("%(num)s passage", "%(num)s passages", value)


def testimonies(value: int) -> str:
    """Return `1 testimony`, `18 testimonies`."""
    return counted("%(num)s testimony", "%(num)s testimonies", value)


def counted(one: str, many: str, num: float, **values: object) -> str:
    """Return the message for this number in the reader's language, with the number as that writes it."""
    return ngettext(one, many, int(num)) % {"num": number(num), **values}


def long_duration(seconds: float) -> str:
    """Return a duration as one would say it: `3 hours 12 minutes`, `48 seconds`."""
    if 0 < seconds < 60:
        return counted("%(num)s second", "%(num)s seconds", max(1, round(seconds)))
    hours, minutes = divmod(round(seconds / 60), 60)
    parts = [counted("%(num)s hour", "%(num)s hours", hours)] if hours else []
    if minutes or not hours:
        parts.append(counted("%(num)s minute", "%(num)s minutes", minutes))
    return " ".join(parts) if languages.language() == languages.SOURCE else listed(parts)


def written_date(text: str | None) -> str:
    """Return an ISO date, whole or partial, written out: `3 July 1969`, `July 1969`; other text stays as it is."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text or "")
    if not found or not found[2]:
        return text or ""
    try:
        day = date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        return text or ""
    english = languages.language() == languages.SOURCE
    if not found[3]:
        return _in_words(day, "MMMM y") if english else str(format_skeleton("yMMMM", day, locale=languages.locale()))
    return _in_words(day, "d MMMM y") if english else str(format_date(day, "long", locale=languages.locale()))


def _in_words(day: date, pattern: str) -> str:
    return str(format_date(day, pattern, locale=languages.locale()))


def language_name(code: str | None) -> str:
    """Return what the reader's language calls a language, or the code itself where we know no name."""
    if not code:
        return ""
    plain = code.lower().replace("_", "-").split("-")[0]
    name = languages.locale().languages.get(plain) or MORE_LANGUAGES.get(plain) or LANGUAGES.get(plain)
    return name[:1].upper() + name[1:] if name else code


def direction(code: str | None) -> str:
    """Return the direction in which the language is written: `rtl` or `ltr`."""
    parts = (code or "").lower().split("-")
    return "rtl" if parts[0] in RIGHT_TO_LEFT or "arab" in parts[1:] or "hebr" in parts[1:] else "ltr"


def second(seconds: float) -> str:
    """Return a moment as addresses have it, to the hundredth of a second: `12.3`."""
    return f"{seconds:.2f}".rstrip("0").rstrip(".")


def timecode(seconds: float) -> str:
    """Return a moment as a reader meets it: `12:03`."""
    return format_timecode(seconds)


def kind_name(entry: Entry) -> str:
    """Return what a testimony is, in a word or two."""
    if entry.kind == "account":
        return _("Account, read aloud") if entry.duration is not None else _("Written account")
    return {"interview": _("Interview"), "assembly": _("Assembly")}.get(entry.kind, entry.kind)


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence has them: `Ana, Luz and Inés`."""
    if languages.language() == languages.SOURCE:  # without the comma before the last
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
    return str(format_list(names, locale=languages.locale()))


def listed_links(names: Sequence[str], addresses: Sequence[str]) -> Markup:
    """Return names as a sentence has them, each leading to its address; those without an address stand plain."""
    link, plain = Markup('<a href="{1}"><bdi>{0}</bdi></a>'), Markup("<bdi>{0}</bdi>")
    pairs = zip_longest(names, addresses[: len(names)], fillvalue="")
    parts = [str((link if address else plain).format(name, address)) for name, address in pairs]
    return Markup(listed(parts))  # noqa: S704 - escaped above


def years(term: Any) -> str:
    """Return the years of a term: `1969–1980`, `from 1994`, `until 1945`."""
    first, last = term.from_year, term.until_year
    if first and last:
        return str(first) if first == last else f"{first}–{last}"
    if first:
        return _("from %(year)s") % {"year": first}
    return _("until %(year)s") % {"year": last} if last else ""


def how_made(making: Making, passages: int) -> str:
    """Return one or two sentences on how the text came to be, and whether anyone has checked it."""
    if making.kind == "imported":
        return _("The text came with the testimony and stands here as it came.")
    if making.kind == "translation":
        return _("A translation.")
    if making.kind == "corrected":
        return _("Transcribed and corrected by people.")
    tools = ", ".join(tool for tool in (making.engine, making.model) if tool)
    made = _("Transcribed by machine (%(tools)s).") % {"tools": tools} if tools else _("Transcribed by machine.")
    if making.reviewed == 0:
        checked = _("Nobody has reviewed it: it will hold mistakes. Listen before you quote.")
    elif making.reviewed < passages:
        done = number(making.reviewed)
        checked = counted(
            "People have checked %(done)s of %(num)s passage.",
            "People have checked %(done)s of %(num)s passages.",
            passages,
            done=done,
        )
    else:
        checked = _("People have checked all of it.")
    return f"{made} {checked}"


def waiting(recording: Recording) -> str | None:
    """Return what is missing where a recording has no text yet, or None."""
    if recording.state == "failed":
        why = recording.remark or _("no reason was noted")
        return _("This recording could not be transcribed: %(why)s.") % {"why": why}
    if recording.state != "waiting":
        return None
    if recording.heard_until:
        heard = {"until": timecode(recording.heard_until), "whole": timecode(recording.duration)}
        return (
            _("This recording has been heard up to %(until)s of %(whole)s. The text appears when all of it is.") % heard
        )
    return _("This recording waits to be transcribed. You can listen to it already.")
