"""The language in which the pages speak to a reader: chosen by the reader, else the browser's, else English.

Translations are gettext catalogues in `locale/`, read as they are written (.po); docs/translating.md says how to add
one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

SOURCE = "en"  # the language in which the program is written
OFFERED = ("en", "es", "fr", "it", "ar")  # each with a whole catalogue: tests hold that
COOKIE = "language"
_spoken: ContextVar[str] = ContextVar("language", default=SOURCE)


def language() -> str:
    """Return the code of the language in which this answer is written."""
    return _spoken.get()


def locale() -> Locale:
    """Return what is known of that language: its numbers, dates, plurals, and its direction."""
    return _locale(language())


def direction() -> str:
    """Return `rtl` or `ltr`."""
    return str(locale().text_direction)


def own_name(code: str) -> str:
    """Return what a language calls itself: `English`, `Español`, `العربية`."""
    name = Locale.parse(code).get_display_name(code) or code
    return name[:1].upper() + name[1:]


def offered() -> tuple[tuple[str, str], ...]:
    """Return code and own name of each language that a reader can choose."""
    return tuple((code, own_name(code)) for code in OFFERED)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Answer in this language from here on."""
    before = _spoken.set(code if code in OFFERED else SOURCE)
    try:
        yield
    finally:
        _spoken.reset(before)


def choose(cookie: str | None, accepted: str) -> str:
    """Return the language for a reader: the one chosen, else the first that the browser accepts and we offer."""
    if cookie in OFFERED:
        return str(cookie)
    return negotiate_locale(_by_preference(accepted), OFFERED) or SOURCE


def _by_preference(accepted: str) -> list[str]:
    """Return the languages of an Accept-Language header (RFC 9110), the most wanted first; not those with `q=0`."""
    wanted = []
    for part in accepted.split(",")[:20]:
        code, _, weight = part.partition(";")
        said = weight.strip().removeprefix("q=")
        quality = float(said) if re.fullmatch(r"[01](?:\.\d{0,3})?", said) else 1.0
        wanted += [(quality, code.strip().replace("-", "_"))] if quality else []
    return [code for _, code in sorted(wanted, key=lambda one: -one[0])]


def gettext(message: str) -> str:
    """Return a message in the reader's language."""
    return _translations(language()).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """Return the message for this number in the reader's language."""
    return _translations(language()).ngettext(one, many, number)


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)


@cache
def _translations(code: str) -> NullTranslations:
    catalogue = files(__package__) / "locale" / f"{code}.po"
    if code == SOURCE or not catalogue.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with catalogue.open("rb") as text:
        write_mo(compiled, read_po(text, locale=code))
    compiled.seek(0)
    return Translations(compiled)
