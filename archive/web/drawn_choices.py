"""The values of a facet as HTML: a page of results has hundreds of them, and templates would take too long."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from archive.web.choices import Choice
from archive.web.languages import gettext as _
from archive.web.wording import number


def draw_choices(values: Iterable[Choice], most: int, base: str) -> Markup:
    """Return a list item for each value: its name, number and bar, and a link that chooses it or leaves it out.

    `base` is what stands before every address of the archive, without its last slash.
    """
    leave_out = escape(_(", chosen: leave this out"))
    return Markup("").join(_item(value, most, base, leave_out) for value in values)


def _item(value: Choice, most: int, base: str, leave_out: str) -> Markup:
    chosen = ' class="chosen" aria-current="true"' if value.chosen else ""
    width = 100 * value.count / most if most else 0
    return Markup(  # noqa: S704 - every value is escaped or a number
        f'<li class="depth-{value.depth}"><a href="{escape(base + value.href)}" rel="nofollow"{chosen}>'
        f'<span class="counts-name" dir="auto">{escape(value.name)}</span> '
        f'<span class="counts-number">{number(value.count)}<span class="unseen">{leave_out if value.chosen else ""}'
        '</span></span><svg class="bar" aria-hidden="true" focusable="false">'
        f'<rect width="{width:.1f}%" height="100%"/></svg></a></li>\n'
    )
