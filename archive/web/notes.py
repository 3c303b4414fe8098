"""In which language the note of a term is written, as far as that is known: vocabularies do not say it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from archive.gazetteer import ATTRIBUTION


def note_language(note: str | None) -> str:
    """Return `en` for the notes that come with the program and stand as they came, else nothing: not known."""
    said = " ".join((note or "").split())
    if not said:
        return ""
    return "en" if said in _starters() or ATTRIBUTION in said else ""


@cache
def _starters() -> frozenset[str]:
    """Return the notes of the starter vocabularies, read without parsing the files, which takes a second."""
    found = set()
    for file in (files("archive") / "starter" / "vocabularies").iterdir():
        for line in file.read_text(encoding="utf-8").splitlines():
            key, _, text = line.strip().removeprefix("- ").partition(": ")
            if key == "scope_note":
                found.add(" ".join(text.strip("\"'").replace("''", "'").split()))
    return frozenset(found)
