"""The reader's pages, one module for each; each names the addresses at which it answers."""

from __future__ import annotations

from archive.web.pages import downloads, front, search, testimony, vocabularies

ROUTES = (*downloads.ROUTES, *front.ROUTES, *search.ROUTES, *testimony.ROUTES, *vocabularies.ROUTES)
