"""Citations for programs that keep lists of sources: BibTeX, CSL-JSON (Zotero, Pandoc) and RIS.

A narrator's name is one unit in each of them: no program may make a family name out of a pseudonym.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from archive.citations import UNREVIEWED, Cited, Medium, locator, one_line, read_date
from archive.records import Kind

LONGEST_QUOTE = 1_000  # characters of the words quoted that a list of sources keeps

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# words, not signs with a backslash: BibTeX counts braces even there
_TEX = {
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%", "–": "--", "—": "---",
}  # fmt: skip
_DATE_PARTS = re.compile(r"\[\n\s+\[\n([\d,\s]+)\]\n\s+\]")  # no text in JSON holds a line's end
_KINDS = {Kind.INTERVIEW: "Interview", Kind.ACCOUNT: "Account", Kind.ASSEMBLY: "Assembly"}
_MEDIA = {Medium.SOUND: "audio recording", Medium.VIDEO: "video recording", Medium.WRITTEN: ""}
_CSL_TYPES = {Kind.INTERVIEW: "interview", Kind.ACCOUNT: "document", Kind.ASSEMBLY: "speech"}
_RIS_TYPES = {Medium.SOUND: "SOUND", Medium.VIDEO: "VIDEO", Medium.WRITTEN: "MANSCPT"}


def key(cited: Cited) -> str:
    """Return the name of this source in a list: the same stretch always has the same one."""
    where = re.sub(r"[^0-9A-Za-z.:]+", "-", cited.accession).strip("-")
    if cited.start is not None:
        ends = "-".join(f"{moment:.2f}".rstrip("0").rstrip(".") for moment in (cited.start, cited.end or cited.start))
        return f"testimony-{where}-t{ends}" + (f"-p{cited.places}" if cited.places else "")
    if cited.first is not None:
        return f"testimony-{where}-p{cited.first}-{cited.first if cited.last is None else cited.last}"
    return f"testimony-{where}"


def bibtex(cited: Cited) -> str:
    """Return an entry for BibTeX and biblatex. Braces keep names whole and titles in their own capitals."""
    fields = [f"  {name} = {value}," for name, value in _bibtex_fields(cited) if value not in ("", "{}", "{{}}")]
    return "\n".join([f"@misc{{{key(cited)},", *fields, "}"]) + "\n"


def csl(cited: Cited) -> dict[str, object]:
    """Return the item as CSL-JSON has it (schema version 1.0), without what is unknown."""
    item: dict[str, object] = {
        "id": key(cited),
        "type": _CSL_TYPES[cited.kind],
        "title": cited.named,
        "author": [{"literal": name} for name in _names(cited.narrators)],
        "interviewer": [{"literal": name} for name in _names(cited.interviewers)],
        "issued": _csl_date(cited.recorded_on),
        "event-place": one_line(cited.place),
        "genre": _KINDS[cited.kind],
        "medium": _MEDIA[cited.medium],
        "language": one_line(cited.language),
        "archive": one_line(cited.archive),
        "archive_collection": one_line(cited.collection),
        "archive_location": cited.accession,
        "locator": locator(cited),
        "URL": _address(cited),
        "accessed": _csl_date(cited.accessed.isoformat() if cited.accessed else None),
        "note": " ".join(_notes(cited)),
        "annote": _quoted(cited),
    }
    return {name: value for name, value in item.items() if value}


def csl_json(*items: Cited) -> str:
    """Return a CSL-JSON file: a list of items; a date stands on one line."""
    text = json.dumps([csl(cited) for cited in items], ensure_ascii=False, indent=2)
    return _DATE_PARTS.sub(lambda found: f"[[{', '.join(found[1].replace(',', ' ').split())}]]", text) + "\n"


def ris(cited: Cited) -> str:
    """Return a record in RIS; its lines end as the format wants them."""
    lines = [f"{name}  - {value}" for name, value in _ris_fields(cited) if value]
    return "\r\n".join([*lines, "ER  - "]) + "\r\n"


def _bibtex_fields(cited: Cited) -> Iterator[tuple[str, str]]:
    numbers = read_date(cited.recorded_on)
    how = [_KINDS[cited.kind], _MEDIA[cited.medium]]
    note = [f"Accession number {cited.accession}", one_line(cited.collection), one_line(cited.place), locator(cited)]
    yield "author", _braced(" and ".join(_braced(_tex(name)) for name in _names(cited.narrators)))
    yield "title", _braced(_braced(_tex(cited.named)))
    yield "year", _braced(str(numbers[0]) if numbers else _tex(one_line(cited.recorded_on)))
    yield "month", _MONTHS[numbers[1] - 1] if len(numbers) > 1 else ""
    yield "date", _braced(cited.recorded_on or "" if numbers else "")
    yield "howpublished", _braced(_tex(", ".join(part for part in how if part)))
    yield "organization", _braced(_braced(_tex(one_line(cited.archive))))
    asked = f"Interview by {' and '.join(_names(cited.interviewers))}." if _names(cited.interviewers) else ""
    known = f"{', '.join(part for part in note if part)}."
    yield "note", _braced(_tex(" ".join(part for part in (known, asked, *_notes(cited)) if part)))
    yield "language", _braced(_tex(one_line(cited.language)))
    yield "url", _braced(_address(cited))
    yield "urldate", _braced(cited.accessed.isoformat() if cited.accessed else "")
    yield "annote", _braced(_tex(_quoted(cited)))


def _ris_fields(cited: Cited) -> Iterator[tuple[str, str]]:
    numbers = read_date(cited.recorded_on)
    yield "TY", _RIS_TYPES[cited.medium]
    yield "ID", key(cited)
    yield from (("AU", _ris_name(name)) for name in _names(cited.narrators))
    yield from (("A2", _ris_name(name)) for name in _names(cited.interviewers))
    yield "TI", cited.named
    yield "PY", str(numbers[0]) if numbers else ""
    yield "DA", "/".join(f"{number:02}" for number in numbers) + "/" * (3 - len(numbers)) if numbers else ""
    yield "CY", one_line(cited.place)
    yield "DB", one_line(cited.archive)
    yield "AN", cited.accession
    yield "M3", _KINDS[cited.kind]
    yield "SE", locator(cited)
    yield "LA", one_line(cited.language)
    yield "UR", _address(cited)
    yield "Y2", cited.accessed.strftime("%Y/%m/%d/") if cited.accessed else ""
    yield "N1", "" if numbers else one_line(cited.recorded_on)
    yield from (("N1", note) for note in _notes(cited))
    yield "N1", _quoted(cited)


def _notes(cited: Cited) -> list[str]:
    """Return the label, and that nobody has checked a machine's words."""
    doubt = f"{UNREVIEWED[0].upper()}{UNREVIEWED[1:]}." if cited.unreviewed else ""
    return [note for note in (one_line(cited.label), doubt) if note]


def _quoted(cited: Cited) -> str:
    words = one_line(cited.words)
    return f"“{words[:LONGEST_QUOTE]}{' …' if len(words) > LONGEST_QUOTE else ''}”" if words else ""


def _names(names: tuple[str, ...]) -> list[str]:
    return [name for name in map(one_line, names) if name]


def _ris_name(name: str) -> str:
    """Return the name without commas, which RIS has no other way to keep from parting it."""
    return re.sub(r"\s*,\s*", " – ", name).strip(" –") or name.replace(",", "")


def _csl_date(text: str | None) -> dict[str, object]:
    numbers = read_date(text)
    if numbers:
        return {"date-parts": [list(numbers)]}
    return {"literal": one_line(text)} if one_line(text) else {}


def _address(cited: Cited) -> str:
    """Return the address with everything encoded that could end a field."""
    return quote(one_line(cited.address), safe=":/?#[]@!$&'()*+,;=-._%")


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in text)


def _braced(text: str) -> str:
    return f"{{{text}}}"
