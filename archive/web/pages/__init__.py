"""The reader's pages, one module for each; each names the addresses at which it answers."""

from __future__ import annotations

from archive.web.answers import guarded
from archive.web.pages import (
    citation,
    compare,
    concordance,
    consent,
    downloads,
    front,
    language,
    machines,
    maps,
    network,
    search,
    similar,
    terms,
    testimony,
    timeline,
    together,
    vocabularies,
)

_PAGES = (
    citation,
    consent,
    downloads,
    front,
    language,
    machines,
    search,
    terms,
    testimony,
    vocabularies,
    similar,
    concordance,
    maps,
    timeline,
    network,
    together,
    compare,
)

ROUTES = tuple((pattern, guarded(view)) for module in _PAGES for pattern, view in module.ROUTES)
