"""Terms in the reader's language."""

from __future__ import annotations

from pathlib import Path

from archive.labels import labels
from archive.records import VocabularyName
from tests.builders import an_archive

PLACES = """
vocabulary: place
terms:
  - id: scotland
    labels: {en: Scotland, fr: Écosse}
  - id: turin
    labels: {en: Turin, it: Torino}
    variants: {fr: [Turin la rouge]}
"""


def test_terms_are_named_in_the_readers_language_and_otherwise_by_their_preferred_name(tmp_path: Path) -> None:
    db = an_archive(tmp_path, vocabularies={"places": PLACES}).read()
    asked = ["scotland", "turin", "nowhere"]
    named = {code: labels(db.conn, VocabularyName.PLACE, asked, code) for code in ("en", "fr", "it", "ar")}
    db.close()
    assert named == {
        "en": {"scotland": "Scotland", "turin": "Turin"},
        "fr": {"scotland": "Écosse", "turin": "Turin"},  # a variant is no label
        "it": {"scotland": "Scotland", "turin": "Torino"},
        "ar": {"scotland": "Scotland", "turin": "Turin"},
    }
