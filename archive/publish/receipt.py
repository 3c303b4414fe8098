"""What a narrator is given when they withdraw: what was done, where it had been, and what nobody can call back."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from itertools import chain, count
from pathlib import Path

from babel.dates import format_date

from archive.publish.withdrawal import Reach, Withdrawn
from archive.web.languages import gettext as _
from archive.web.languages import locale, speaking


def reach_lines(reach: Reach, narrator: str | None = None, impossible: str | None = None) -> Iterator[str]:
    """Yield for a terminal where a testimony has been, and what withdrawing it will do.

    `narrator`: who withdraws, None for all of it; `impossible`: why no edition can be built now.
    """
    yield f"{reach.accession}  {reach.title}"
    partial = narrator is not None and reach.tellers > 1
    if reach.editions:
        number = len(reach.editions)
        yield f"  in {f'{number} editions since' if number > 1 else 'an edition of'} {reach.editions[0]}, with " + (
            ", ".join(reach.parts)
        )
        yield "  in the feeds and search results of those editions, which readers' programs may have kept"
    yield from (f"  quoted in the counter-history {title!r}" for title in reach.histories)
    if partial:
        yield f"  what will be done: the words and the name of {narrator} leave every page, the recording of all is no "
        yield "  longer heard, the words of the others stay"
    else:
        yield "  what will be done: it leaves search, catalogue and every page of this archive at once"
    if not reach.editions:
        yield "  it was never published"
    elif not reach.shown:
        yield "  it does not stand on the site now"
    elif impossible:
        yield f"  the whole public site will be taken down, because no edition can be built: {impossible}"
    else:
        rest = "without these" if partial else "without it; its address says that it is closed"
        yield f"  the public site is closed for a while, then there is a new edition {rest}"
        yield "  if no edition can be built, for instance because others could be recognised now that one narrator is"
        yield "  missing among them, the whole site stays down until that is mended"


def receipt_path(wanted: Path | None, accession: str, narrator: str | None) -> Path:
    """Return where a receipt is written: where somebody wants it, or here; with a number where a file lies there."""
    who = re.sub(r"\W+", "-", narrator.casefold()).strip("-") if narrator else ""
    first = wanted or Path(f"withdrawal-{accession}{f'-{who}' if who else ''}.txt")
    numbered = (first.with_name(f"{first.stem}-{number}{first.suffix}") for number in count(2))
    return next(path for path in chain([first], numbered) if not os.path.lexists(path))


def receipt(done: Withdrawn, language: str) -> str:
    """Return the receipt in the narrator's language, as plain text to print or to send."""
    with speaking(language):
        return "\n".join(_paragraphs(done)) + "\n"


def _paragraphs(done: Withdrawn) -> Iterator[str]:
    reach, day = done.reach, _day(done.on)
    if done.partial:
        yield _("Your part of the testimony %(accession)s is withdrawn") % {"accession": reach.accession}
    else:
        yield _("Your testimony %(accession)s is withdrawn") % {"accession": reach.accession}
    yield ""
    if done.narrator:
        yield _("On %(day)s it was recorded that you, called %(name)s, withdraw your consent.") % {
            "day": day, "name": done.narrator,
        }  # fmt: skip
    else:
        yield _("On %(day)s it was recorded that the consent for this testimony is withdrawn.") % {"day": day}
    yield ""
    yield _("What was done")
    yield from (f"- {line}" for line in _done(done))
    yield ""
    yield _("Where it had been")
    yield from (f"- {line}" for line in _been(reach))
    yield ""
    yield _("What nobody can call back")
    yield "- " + _("Copies that others have made of what was public: pages, recordings, quotations, printed paper.")
    yield "- " + _("What search engines and web archives have kept; you or we can ask them to remove it.")
    yield ""
    yield _("What is still kept")
    yield "- " + _(
        "The recording and its transcript stay locked in our own archive, so that you can have them or change your "
        "mind. If you want them destroyed, tell us: that is a decision of its own, and you need give no reason."
    )
    yield ""
    yield _("It stays withdrawn until you yourself agree anew.")


def _done(done: Withdrawn) -> Iterator[str]:
    if done.partial:
        yield _("Your words and your name left the search, the catalogue, the map and every other page of our archive.")
        yield _("The recording of all of you is no longer heard. The words of the others stay.")
    else:
        yield _("It left the search, the catalogue, the map and every other page of our archive.")
    if done.report is not None:
        yield _on_the_site(done) % {"day": _day(done.report.on)}
        if not done.partial:
            yield _("Its public address says that it is closed, without your name.")
        if "sound" in done.reach.parts:
            yield _("The recording was removed from the site.")
    elif done.faults:
        yield _("The whole public site was taken down, because it could not be built without it at once.")
    for title in done.reach.histories:
        yield _("The counter-history “%(title)s” no longer quotes it.") % {"title": title}


def _on_the_site(done: Withdrawn) -> str:
    if done.partial:
        return _("The public site was built anew without your words and your name on %(day)s, and checked.")
    return _("The public site was built anew without it on %(day)s, and checked.")


def _been(reach: Reach) -> Iterator[str]:
    if not reach.editions:
        yield _("It was never published.")
        return
    first, last = (_day(date.fromisoformat(day)) for day in (reach.editions[0], reach.editions[-1]))
    if first == last:
        yield _("On our public site, in an edition of %(day)s.") % {"day": first}
    else:
        yield _("On our public site, in editions from %(first)s to %(last)s.") % {"first": first, "last": last}
    yield _("In the feeds and search results of that site, which programs of readers may have copied.")
    for title in reach.histories:
        yield _("In the counter-history “%(title)s”.") % {"title": title}


def _day(day: date) -> str:
    return format_date(day, "long", locale())
