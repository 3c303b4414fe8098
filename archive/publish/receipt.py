"""What a narrator is given when they withdraw: what was done, where it had been, and what nobody can call back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from babel.dates import format_date

from archive.publish.withdrawal import Reach, Withdrawn
from archive.web.languages import gettext as _
from archive.web.languages import locale, speaking


def reach_lines(reach: Reach) -> Iterator[str]:
    """Yield for a terminal where a testimony has been, and what withdrawing it will do."""
    yield f"{reach.accession}  {reach.title}"
    if not reach.editions:
        yield "  it was never published: it leaves search, catalogue and every page of this archive at once"
        return
    yield f"  in {len(reach.editions)} editions since {reach.editions[0]}, with {', '.join(reach.parts)}"
    yield "  in the feeds and search results of those editions, which readers' programs may have kept"
    yield from (f"  quoted in the counter-history {title!r}" for title in reach.histories)
    yield "  what will be done: a new edition without it, its address says that it is closed, its recording is removed"
    if not reach.shown:
        yield "  it does not stand on the site now"


def receipt(done: Withdrawn, language: str) -> str:
    """Return the receipt in the narrator's language, as plain text to print or to send."""
    with speaking(language):
        return "\n".join(_paragraphs(done)) + "\n"


def _paragraphs(done: Withdrawn) -> Iterator[str]:
    reach, day = done.reach, _day(done.on)
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
    yield _("It left the search, the catalogue, the map and every other page of our archive.")
    if done.report is not None:
        yield _("The public site was built anew without it on %(day)s, and checked.") % {"day": _day(done.report.on)}
        yield _("Its public address says that it is closed, without your name; its recording was removed.")
    elif done.faults:
        yield _("The whole public site was taken down, because it could not be built without it at once.")
    for title in done.reach.histories:
        yield _("The counter-history “%(title)s” no longer quotes it.") % {"title": title}


def _been(reach: Reach) -> Iterator[str]:
    if not reach.editions:
        yield _("It was never published.")
        return
    first, last = (_day(date.fromisoformat(day)) for day in (reach.editions[0], reach.editions[-1]))
    yield _("On our public site, in editions from %(first)s to %(last)s.") % {"first": first, "last": last}
    yield _("In the feeds and search results of that site, which programs of readers may have copied.")
    for title in reach.histories:
        yield _("In the counter-history “%(title)s”.") % {"title": title}


def _day(day: date) -> str:
    return format_date(day, "long", locale())
