"""What facets and their values are called in the reader's language."""

from __future__ import annotations

from archive.query import Facet
from archive.web.languages import gettext as _
from archive.web.wording import language_name


def facet_name(facet: Facet) -> str:
    """Return the heading of a facet."""
    return {
        Facet.PLACE: _("Places"),
        Facet.MOVEMENT: _("Movements"),
        Facet.THEME: _("Themes"),
        Facet.NARRATOR: _("Told by"),
        Facet.TELLER: _("Who tells"),
        Facet.YEAR: _("Years spoken of"),
        Facet.RECORDED: _("Year of recording"),
        Facet.LANGUAGE: _("Language"),
        Facet.COLLECTION: _("Collection"),
        Facet.KIND: _("Kind"),
    }[facet]


def value_name(facet: Facet, key: str) -> str:
    """Return what a language, a kind or a decade is called; any other value is called by its key."""
    if facet is Facet.LANGUAGE:
        return language_name(key)
    if facet is Facet.KIND:
        return {"interview": _("Interview"), "account": _("Account"), "assembly": _("Assembly")}.get(key, key)
    if facet is Facet.YEAR and key.endswith("s"):
        return _("the %(year)ss") % {"year": key[:-1]}
    return key


def unknown_choice(facet: Facet, key: str) -> str:
    """Return the sentence that says that the archive does not know a value."""
    shown = key[:60]
    sentences = {
        Facet.PLACE: _("The archive knows no place “%(key)s”."),
        Facet.MOVEMENT: _("The archive knows no movement “%(key)s”."),
        Facet.THEME: _("The archive knows no theme “%(key)s”."),
        Facet.NARRATOR: _("The archive knows no narrator with the number “%(key)s”."),
    }
    return sentences.get(facet, _("Nothing in the archive has “%(key)s”.")) % {"key": shown}
