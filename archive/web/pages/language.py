"""The switch between languages: a link that is remembered, without a script."""

from __future__ import annotations

import re
from typing import Any

from archive.web import languages
from archive.web.answers import missing
from archive.web.languages import gettext as _

YEAR = 365 * 24 * 3600
_OWN = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")  # a path on this site: "//elsewhere" is another


async def language(request: Any, datasette: Any) -> Any:
    """Remember the language asked for in a cookie, and go back to where the reader was."""
    from datasette import Response

    wanted = request.args.get("to") or ""
    if wanted not in languages.OFFERED:
        return await missing(
            datasette, request, _("The pages do not speak the language “%(code)s”.") % {"code": wanted[:20]}
        )
    back = request.args.get("back") or ""
    answer = Response.redirect(back if _OWN.fullmatch(back) else datasette.urls.instance(), status=303)
    answer.set_cookie(
        languages.COOKIE, wanted, max_age=YEAR, path=datasette.setting("base_url"), httponly=True, samesite="lax",
        secure=request.scheme == "https",
    )  # fmt: skip
    return answer


ROUTES = ((r"^/language$", language),)
