"""Which tables and columns an edition has: what is not listed here is not published.

A column that is listed under `FIXED` holds the same value in every row; every other one that the schema has is null.
"""

from __future__ import annotations

from collections.abc import Mapping

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "testimonies": (
        "id", "accession", "title", "kind", "language", "recorded_on", "place", "summary", "collection", "label",
        "sources", "transcript", "accessioned_at",
    ),
    "narrators": ("id", "name", "note"),
    "contributions": ("testimony", "narrator", "role", "position"),
    "tellers": ("narrator", "described"),
    "recordings": (
        "id", "testimony", "sha256", "media_type", "suffix", "bytes", "duration", "filename", "accessioned_at",
    ),
    "waveforms": ("recording", "peaks"),
    "transcripts": ("id", "testimony", "recording", "kind", "language", "engine", "model", "sha256"),
    "segments": (
        "id", "transcript", "position", "start", "end", "speaker", "narrator", "text", "confidence", "reviewed",
    ),
    "word_timings": ("segment", "words"),
    "content_notes": ("id", "testimony", "kind", "language", "text"),
    "vocabularies": ("name",),
    "terms": (
        "id", "vocabulary", "slug", "preferred", "scope_note", "kind", "latitude", "longitude", "precision_km",
        "from_year", "until_year", "exact_match", "retired",
    ),
    "variants": ("term", "language", "text", "label"),
    "term_parents": ("term", "parent"),
    "passages": (
        "id", "testimony", "position", "start", "end", "narrator", "language", "text", "spaced", "places", "movements",
        "themes",
    ),
    "catalogue": (
        "id", "accession", "title", "kind", "narrators", "language", "recorded_on", "collection", "duration",
        "passages", "places", "movements", "themes",
    ),
    **{f"passage_{name}": ("passage", "term") for name in ("places", "movements", "themes")},
    **{f"testimony_{name}": ("testimony", "term") for name in ("places", "movements", "themes")},
    "term_counts": ("term", "testimonies", "passages"),
    "term_ancestors": ("term", "ancestor"),
    "term_names": ("folded", "term", "language", "text"),
    "facet_values": ("id", "facet", "key", "passages", "testimonies"),
    "passage_facets": ("passage", "testimony", "chosen"),
    "facet_passages": ("value", "passage"),
    "facet_testimonies": ("value", "testimony", "passages"),
    "facet_pairs": ("value", "other", "passages"),
    "histories": ("id", "slug", "title", "language", "status", "sha256"),
    "citations": ("id", "history", "position", "testimony", "transcript", "start", "end", "words_sha256"),
    "edition": ("id", "schema"),
    "refused_uses": ("testimony", "use"),
    "tombstones": ("accession",),
}  # fmt: skip
FIXED: Mapping[str, Mapping[str, object]] = {  # columns that must hold something and say nothing
    "recordings": {"state": "transcribed"},
    "transcripts": {"state": "complete", "heard_until": 0.0, "made_at": ""},
    "vocabularies": {"version": 0, "sha256": "", "loaded_at": ""},
    "terms": {"match_case": 0},
    "content_notes": {"actor": "", "at": ""},
}
DERIVED = frozenset({"passage_words", "passages_fts", "passages_vocabulary"})  # made of these tables by SQLite itself
