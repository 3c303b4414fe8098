"""Who is called by name in one published testimony and not in another: who reads both knows whose words they are."""

from __future__ import annotations

from collections.abc import Mapping

from archive.consent import Attribution
from archive.publish.selection import Selection

Called = Mapping[Attribution, tuple[str, ...]]


def attribution_conflicts(selection: Selection) -> dict[int, Called]:
    """Return narrators by number who are published by their name and also otherwise, with the accessions of each."""
    called: dict[int, dict[Attribution, tuple[str, ...]]] = {}
    for one in selection.testimonies:
        for narrator, attribution in one.named.items():
            ways = called.setdefault(narrator, {})
            ways[attribution] = (*ways.get(attribution, ()), one.accession)
    return {narrator: ways for narrator, ways in sorted(called.items()) if Attribution.NAME in ways and len(ways) > 1}
