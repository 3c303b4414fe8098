"""Numbers, dates, durations and languages in plain words, as the pages say them."""

from __future__ import annotations

import re
from datetime import date

from archive.browse import Branch, Entry, Recording
from archive.reading import Making
from transcripts.languages import LANGUAGES
from transcripts.timecode import format_timecode

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MORE_LANGUAGES = {  # spoken in struggles, unknown to Whisper
    "an": "Aragonese", "ast": "Asturian", "ay": "Aymara", "ckb": "Sorani Kurdish", "eo": "Esperanto", "ga": "Irish",
    "gd": "Scottish Gaelic", "gn": "Guaraní", "jv": "Javanese", "kmr": "Kurmanji Kurdish", "ku": "Kurdish",
    "nah": "Nahuatl", "om": "Oromo", "qu": "Quechua", "sc": "Sardinian", "ti": "Tigrinya", "tzh": "Tseltal",
    "tzo": "Tsotsil", "ug": "Uyghur", "wo": "Wolof", "zgh": "Tamazight", "zu": "Zulu",
}  # fmt: skip
RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
UNSURE = 0.5  # below this confidence a passage says that the machine was unsure


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: `1 passage`, `1,204 passages`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def long_duration(seconds: float) -> str:
    """Return a duration as one would say it: `3 hours 12 minutes`, `48 seconds`."""
    if 0 < seconds < 60:
        return count(max(1, round(seconds)), "second")
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    parts = [count(hours, "hour")] if hours else []
    if minutes or not hours:
        parts.append(count(minutes, "minute"))
    return " ".join(parts)


def written_date(text: str | None) -> str:
    """Return an ISO date, whole or partial, written out: `3 July 1969`, `July 1969`; other text stays as it is."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text or "")
    if not found or not found[2] or not 1 <= int(found[2]) <= 12:
        return text or ""
    month_and_year = f"{MONTHS[int(found[2]) - 1]} {found[1]}"
    if not found[3]:
        return month_and_year
    try:
        day = date.fromisoformat(found[0]).day
    except ValueError:
        return text or ""
    return f"{day} {month_and_year}"


def language_name(code: str | None) -> str:
    """Return the language's English name, or the code itself where we know none."""
    if not code:
        return ""
    plain = code.lower().replace("_", "-").split("-")[0]
    return LANGUAGES.get(plain) or MORE_LANGUAGES.get(plain, code)


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
    spoken = entry.duration is not None
    return {"account": "Account, read aloud" if spoken else "Written account"}.get(entry.kind, entry.kind.capitalize())


def listed(names: tuple[str, ...]) -> str:
    """Return names as a sentence has them: `Ana, Luz and Inés`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def years(branch: Branch) -> str:
    """Return the years of a term: `1969–1980`, `from 1994`, `until 1945`."""
    if branch.from_year and branch.until_year:
        same = branch.from_year == branch.until_year
        return str(branch.from_year) if same else f"{branch.from_year}–{branch.until_year}"
    if branch.from_year:
        return f"from {branch.from_year}"
    return f"until {branch.until_year}" if branch.until_year else ""


def how_made(making: Making, passages: int) -> str:
    """Return one sentence on how the text came to be, and whether anyone has checked it."""
    if making.kind == "imported":
        return "The text came with the testimony and stands here as it came."
    if making.kind == "translation":
        return "A translation."
    tools = ", ".join(tool for tool in (making.engine, making.model) if tool)
    made = f"Transcribed by machine{f' ({tools})' if tools else ''}"
    if making.kind == "corrected":
        return "Transcribed and corrected by people."
    if making.reviewed == 0:
        return f"{made}, not reviewed: it will hold mistakes. Listen before you quote."
    if making.reviewed < passages:
        return f"{made}; people have checked {making.reviewed:,} of {count(passages, 'passage')}."
    return f"{made}, checked by people."


def waiting(recording: Recording) -> str | None:
    """Return what is missing where a recording has no text yet, or None."""
    if recording.state == "failed":
        return f"This recording could not be transcribed: {recording.remark or 'no reason was noted'}."
    if recording.state != "waiting":
        return None
    if recording.heard_until:
        until, whole = timecode(recording.heard_until), timecode(recording.duration)
        return f"This recording has been heard up to {until} of {whole}. The text appears when all of it is."
    return "This recording waits to be transcribed. You can listen to it already."
