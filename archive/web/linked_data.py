"""What a testimony's page tells search engines: schema.org as JSON-LD, no more than the page itself shows."""

from __future__ import annotations

import json

from markupsafe import Markup

from archive.browse import TermLink
from archive.citations import read_date
from archive.reading import Testimony
from archive.records import VocabularyName
from archive.web.choices import link
from archive.web.layout import Site

MOST_TERMS = 50  # that a testimony is said to be about
_ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def linked_data(testimony: Testimony, site: Site, root: str) -> Markup:
    """Return the testimony as JSON-LD, safe to stand in a script element. `root` stands before every path."""
    entry = testimony.entry
    recording = testimony.recordings[0] if testimony.recordings else None
    said = {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "@id": root + site.testimony(entry.accession),
        "identifier": entry.accession,
        "name": entry.title,
        "description": entry.summary,
        "disambiguatingDescription": entry.label,
        "inLanguage": entry.language,
        "dateCreated": entry.recorded_on if read_date(entry.recorded_on) else None,  # a decade is no date
        "locationCreated": {"@type": "Place", "name": entry.place} if entry.place else None,
        "contributor": [{"@type": "Person", "name": name} for name in (*entry.narrators, *testimony.interviewers)],
        "about": [_about(term, site, root) for term in testimony.terms[:MOST_TERMS]],
        "isPartOf": {"@type": "ArchiveComponent", "name": site.title, "url": root + site.path("/")},
        "license": site.licence_url or site.licence,
        "encoding": {  # the text stands in a file of its own, not here
            "@type": "MediaObject",
            "contentUrl": f"{root}{site.testimony(entry.accession)}/transcript.txt",
            "encodingFormat": "text/plain",
        }
        if testimony.lines
        else None,
        "associatedMedia": {
            "@type": "VideoObject" if recording.is_video else "AudioObject",
            "name": entry.title,
            "contentUrl": root + site.path(f"/media/{recording.sha256}{recording.suffix}"),
            "encodingFormat": recording.media_type,
            "duration": f"PT{round(recording.duration)}S",
        }
        if recording
        else None,
    }
    text = json.dumps({key: value for key, value in said.items() if value}, ensure_ascii=False)
    return Markup(text.translate(_ESCAPED))  # noqa: S704 - nothing in it can end the element


def _about(term: TermLink, site: Site, root: str) -> dict[str, str]:
    """Return a place, or a movement or theme as a term of its vocabulary, with the page that tells of it."""
    said = {"@type": "DefinedTerm", "name": term.preferred, "url": root + site.path(link(term))}
    if term.vocabulary is VocabularyName.PLACE:
        return {**said, "@type": "Place"}
    return {**said, "inDefinedTermSet": root + site.path(f"/{term.vocabulary.plural}")}
