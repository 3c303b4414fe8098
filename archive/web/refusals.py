"""What readers are told they may not do with a testimony, in their language."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from archive.consent import Use
from archive.marks import N_
from archive.reading import Testimony
from archive.refused_uses import refused_uses
from archive.web.answers import read
from archive.web.consent_words import USES
from archive.web.languages import gettext as _
from archive.web.wording import listed

NOT_QUOTED = N_("Whoever tells here has not agreed to be quoted, so there is no citation.")
NOT_PRINTED = N_("Whoever tells here has not agreed that this be printed.")


async def refusals(datasette: Any, request: Any, testimony: Testimony) -> tuple[Use, ...]:
    """Return which uses of a testimony are refused to whoever reads here."""
    accession = testimony.entry.accession
    found = await read(datasette, request, lambda conn: refused_uses(conn, [accession]))
    return found.get(accession, ())


def refused_words(refused: Collection[Use]) -> str:
    """Return a sentence on what is refused, if anything is."""
    if not refused:
        return ""
    said = listed([_(USES[use]) for use in refused])
    return _("Whoever tells here has not agreed to this: %(uses)s. Please ask first.") % {"uses": said}
