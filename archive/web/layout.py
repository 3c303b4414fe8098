"""What every page of ours shares: the archive's name, where things lie, and the words that templates need."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from archive.citations import between
from archive.configuration import is_address
from archive.excerpts import Excerpt
from archive.records import VocabularyName
from archive.web import languages, wording
from archive.web.amended_templates import amend_templates
from archive.web.datasette_versions import said_of_the_archive
from archive.web.notes import note_language
from archive.web.scripts import address_of
from archive.web.security import is_private

UNNAMED = "An archive without a name"


@dataclass(frozen=True, slots=True)
class Site:
    """The archive as its pages name it and link to it."""

    datasette: Any

    @property
    def title(self) -> str:
        """What the collective calls its archive, from metadata.yml."""
        return said_of_the_archive(self.datasette, "title") or UNNAMED

    @property
    def description(self) -> str:
        """What the archive is for, from metadata.yml."""
        return said_of_the_archive(self.datasette, "description")

    @property
    def licence(self) -> str:
        """The licence of the whole archive, from metadata.yml."""
        return said_of_the_archive(self.datasette, "license")

    @property
    def licence_url(self) -> str:
        """Where the licence stands; only an address of the web, never a script."""
        address = said_of_the_archive(self.datasette, "license_url")
        return address if address.startswith(("https://", "http://", "/")) else ""

    @property
    def database(self) -> str:
        """The database that the pages read: `archive`, or the first one that is served."""
        names = [name for name in self.datasette.databases if not name.startswith("_")]
        return "archive" if "archive" in names else names[0]

    @property
    def private(self) -> bool:
        """Whether this is the working archive; those who read an edition can change nothing and run no command."""
        return is_private(self.datasette)

    @property
    def tables(self) -> str:
        """The address of Datasette's own page of tables."""
        return str(self.datasette.urls.database(self.database))

    def path(self, path: str) -> str:
        """Return the address of one of our pages, below the base URL."""
        return str(self.datasette.urls.path(path))

    def static(self, name: str) -> str:
        """Return the address of a style sheet or script; it changes when the file does, so that it may be kept."""
        if name.endswith(".js") and "/" not in name:  # those in folders import nothing and are named by their page
            return self.path(address_of(name))
        return f"{self.datasette.urls.static_plugins('conricerca', name)}?v={_digest(name)}"

    @property
    def lasting_address(self) -> str:
        """Where others find the archive, from metadata.yml; empty while it has no such address."""
        said = str((self.datasette.plugin_config("conricerca") or {}).get("address") or "")
        # the paths of our pages begin with what the setting base_url adds
        return said.rstrip("/").removesuffix(self.datasette.setting("base_url").rstrip("/")) if is_address(said) else ""

    @property
    def contact(self) -> str:
        """How the group can be reached, from metadata.yml."""
        return str((self.datasette.plugin_config("conricerca") or {}).get("contact") or "")

    def within(self, path: str) -> str:
        """Return the path of a request without what the setting base_url adds."""
        base = self.datasette.setting("base_url")
        return "/" + path.removeprefix(base) if base != "/" else path

    def root(self, request: Any) -> str:
        """Return what stands before the path in addresses for programs: scheme and host."""
        return self.lasting_address or f"{request.scheme}://{request.host}"

    def lasting(self, request: Any, path: str) -> str:
        """Return an address to be cited; empty where nobody else could open it: that of a private archive."""
        return "" if is_private(self.datasette) and not self.lasting_address else self.root(request) + path

    def testimony(
        self, accession: str, start: float | None = None, position: int | None = None, words: str = ""
    ) -> str:
        """Return the address of a testimony, or of a second or passage in it; with `words` these are marked there.

        It names the second twice, as that of an excerpt does: without scripts the server lets the sound begin there.
        """
        asked = {"q": words} if words else {}
        place = f"#p{position}" if position is not None else ""
        if start is not None:
            asked["t"] = wording.second(start)
            place = f"#{moment(start)}"
        return self.path(f"/testimonies/{accession}{'?' if asked else ''}{urlencode(asked)}{place}")

    def excerpt(self, accession: str, excerpt: Excerpt) -> str:
        """Return the address of a stretch of a testimony.

        It names the stretch twice: with the question mark for the server, which marks the words, and after the # for
        the browser, which goes there; without scripts neither can know what the other is told.
        """
        asked, place = "", stretch(excerpt)
        if excerpt.start is not None:
            asked = f"?{place}" + (f"&words={excerpt.places}" if excerpt.exact else "")
        elif excerpt.first != excerpt.last:
            asked = f"?p={excerpt.first}-{excerpt.last}"
        return self.path(f"/testimonies/{accession}{asked}#{place}")


def moment(seconds: float) -> str:
    """Return what an address calls a moment: `t=723.4`."""
    return f"t={wording.second(seconds)}"


def stretch(excerpt: Excerpt) -> str:
    """Return what an address calls a stretch: `t=723.4,741`, `p12`, `p12-p15`; `t=741` where it has no length."""
    if excerpt.start is not None:
        start, end = wording.second(excerpt.start), wording.second(excerpt.end or excerpt.start)
        return f"t={start}" + (f",{end}" if end != start else "")
    return f"p{excerpt.first}" + (f"-p{excerpt.last}" if excerpt.last != excerpt.first else "")


def prepare_environment(env: Any, datasette: Any) -> None:
    """Give templates the site, the three vocabularies and plain words; error pages have nothing else to go by."""
    amend_templates(env)
    env.globals["site"] = Site(datasette)
    env.globals["vocabularies"] = tuple(VocabularyName)
    env.globals["between"] = between  # two moments, as citations name them
    env.globals["say"] = wording
    env.globals["note_language"] = note_language
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(languages.gettext, languages.ngettext, newstyle=True)
    env.globals["ngettext"] = _counted  # with the number as the reader's language writes it
    env.globals["languages"] = languages
    env.globals["spoken_language"] = languages.language
    env.globals["spoken_direction"] = languages.direction
    env.globals["offered_languages"] = languages.offered
    env.globals["urls"] = datasette.urls
    # Datasette renders with await in every expression, which takes twice as long; our pages have nothing to wait for
    env.extend(pages=env.overlay(enable_async=False))


def _counted(one: str, many: str, num: float, **values: Any) -> Markup:
    """Return the message for a number, safe to stand in HTML; values are escaped."""
    return Markup(languages.ngettext(one, many, int(num))) % {"num": wording.number(num), **values}  # noqa: S704 - our own catalogues


@cache
def _digest(name: str) -> str:
    file = files(__package__) / "static" / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10]
