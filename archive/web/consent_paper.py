"""A signed form as a file of its own: the words that were shown, what was ticked, the signature, language and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from archive.consent_form import Form
from archive.reading import Testimony
from archive.web import consent_words as words
from archive.web import languages
from archive.web.layout import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A form that was sent: as it came (`said`), as it was read, for whom, when, and the form's own number."""

    said: Mapping[str, str]
    form: Form
    signer: str
    at: datetime
    number: str


def paper_of(datasette: Any, testimony: Testimony, signed: Signed) -> str:
    """Return the paper in the reader's language; it needs no other file, and no script."""
    template = datasette.jinja_env.pages.get_template("conricerca/consent_signed.html")
    text = template.render(
        entry=testimony.entry,
        signed=signed,
        said=signed.said,
        parts=list(words.asked_by_part(pictures=has_pictures(testimony))),
        contact=Site(datasette).contact,
        spoken=languages.language(),
        style=_style(),
    )
    return str(text)


def has_pictures(testimony: Testimony | None) -> bool:
    """Whether the form asks about pictures: where there are some, and where nobody knows."""
    return testimony is None or not testimony.recordings or any(one.is_video for one in testimony.recordings)


@cache
def _style() -> Markup:
    return Markup((files(__package__) / "static" / "signed.css").read_text(encoding="utf-8"))  # noqa: S704 - our own
