"""A testimony's passages as HTML, made here and not by a template: five hours have thousands of them.

Each has its second, who speaks where that changes, its words, what is doubtful, its terms, and the way to cite it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from markupsafe import Markup

from archive.browse import TermLink
from archive.excerpts import Excerpt
from archive.reading import Line, Testimony
from archive.records import VocabularyName
from archive.web import languages, wording
from archive.web.choices import link
from archive.web.languages import gettext as _
from archive.web.layout import Site

LONG = 150  # passages, beyond which browsers lay out only the sheets that are in sight
SHEET = 30  # passages
Range = tuple[int, int]  # characters of a text: from and to


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What all passages of one page share: words in the reader's language, and whose voices are named."""

    accession: str
    site: Site
    hits: Mapping[int, Sequence[Range]]
    anchors: tuple[str, ...]  # of the passages with hits, in order
    names_voices: bool
    by_machine: bool
    cited: Mapping[int, Range]
    place: str  # what the address calls what is cited, where that is not one passage
    is_anchor: bool  # whether a passage's own second is called so
    exact: str  # the words cited, where the times in the address do not say which
    citable: bool
    spoken: str = field(default_factory=languages.language)
    side: str = field(default_factory=languages.direction)
    unsure_here: str = field(default_factory=lambda: escape(_("The machine was unsure here")))
    unsure_word: str = field(default_factory=lambda: escape(_("The machine was unsure of this word")))
    cite: str = field(default_factory=lambda: escape(_("cite")))
    kinds: Mapping[VocabularyName, str] = field(
        default_factory=lambda: {
            VocabularyName.PLACE: escape(_("place")),
            VocabularyName.MOVEMENT: escape(_("movement")),
            VocabularyName.THEME: escape(_("theme")),
        }
    )
    links: dict[TermLink, str] = field(default_factory=dict)  # made once a term


def transcript(
    testimony: Testimony,
    hits: Mapping[int, Sequence[Range]],
    site: Site,
    excerpt: Excerpt | None = None,
    place: str = "",
    *,
    citable: bool = True,
) -> Markup:
    """Return all passages of a testimony; `hits` are the places in them that say the words looked for.

    The words of the excerpt are marked too, and `place`, by which the address names it, leads to its first passage.
    """
    voices = {line.who for line in testimony.lines if line.who}
    page = Page(
        accession=testimony.entry.accession,
        site=site,
        hits=hits,
        anchors=tuple(anchor(line) for line in testimony.lines if line.position in hits),
        names_voices=len(voices) > 1,
        citable=citable,
        by_machine=testimony.making is not None and testimony.making.kind == "machine",
        cited={position: (first, last) for position, first, last in excerpt.spans} if excerpt else {},
        place=place,
        is_anchor=place in map(anchor, testimony.lines),
        exact=excerpt.places if excerpt else "",
    )
    made = list(_passages(testimony.lines, page))
    if len(made) > LONG:
        made = [
            f'<div class="sheet">{"".join(made[first : first + SHEET])}</div>' for first in range(0, len(made), SHEET)
        ]
    return Markup("\n".join(made))  # noqa: S704 - every text in it is escaped below


def anchor(line: Line) -> str:
    """Return where a passage stands in its page: at its second, else by its number."""
    return f"p{line.position}" if line.start is None else f"t={wording.second(line.start)}"


def said(text: str, marks: Sequence[Range], doubts: Sequence[Range], unsure_word: str) -> str:
    """Return the text as HTML; marks and doubts may lie over each other."""
    if not marks and not doubts:
        return escape(text, quote=False)
    bounds = sorted({0, len(text), *(place for one in (*marks, *doubts) for place in one)})
    parts = []
    for first, last in pairwise(bounds):
        part = escape(text[first:last], quote=False)
        if _within(doubts, first):
            part = f'<span class="unsure-word" title="{unsure_word}">{part}</span>'
        parts.append(f"<mark>{part}</mark>" if _within(marks, first) else part)
    return "".join(parts)


def _passages(lines: Sequence[Line], page: Page) -> Iterator[str]:
    speaking, started, hit = "", "", 0
    begins = next(iter(page.cited), None)
    for number, line in enumerate(lines):
        turns = bool(line.who) and line.who != speaking
        cited = page.cited.get(line.position)
        # where the words looked for are marked, marking all that is around them would hide them
        marks = page.hits.get(line.position) or ((cited,) if cited else ())
        low = line.confidence is not None and line.confidence < wording.UNSURE and not line.reviewed
        start = "" if line.start is None else wording.second(line.start)
        kinds = {
            "turn": number > 0 and line.who != speaking,
            "unsure": low and not line.doubts,
            "reviewed": page.by_machine and line.reviewed,
            "hit": line.position in page.hits,
        }
        yield "".join(
            (
                f'<div class="{" ".join(("passage", *(kind for kind, holds in kinds.items() if holds)))}" ',
                f'id="p{line.position}"',
                _times(line, start),
                f' data-who="{escape(line.who or "")}">' if turns else ">",
                f'<p class="who"><bdi>{escape(line.who or "")}</bdi></p>' if turns and page.names_voices else "",
                _cited_here(page) if page.place and line.position == begins else "",
                _time(line, start, is_first=start != started),
                f'<p class="words">{said(line.text, marks, line.doubts, page.unsure_word)}</p>',
                _doubt(page, is_low=low) if low or line.doubts else "",
                _steps(page, hit) if kinds["hit"] else "",
                _notes(page, line.tags) if line.tags else "",
                _cite(page, line, start) if page.citable else "",
                "</div>",
            )
        )
        speaking, started, hit = line.who or "", start, hit + kinds["hit"]


def _times(line: Line, start: str) -> str:
    if not start:
        return ""
    return f' data-start="{start}"' + ("" if line.end is None else f' data-end="{wording.second(line.end)}"')


def _time(line: Line, start: str, *, is_first: bool) -> str:
    """Return the passage's second as a link; where two have the same, the first is its anchor."""
    if line.start is None:
        return ""
    identity = f' id="t={start}"' if is_first else ""
    return f'<a class="time"{identity} href="#t={start}">{wording.timecode(line.start)}</a>'


def _cited_here(page: Page) -> str:
    """Return the place to which the address of what is cited leads; no second element has an anchor's name."""
    identity = "" if page.is_anchor else f' id="{page.place}"'
    words = f' data-words="{page.exact}"' if page.exact else ""
    return f'<span class="cited-here"{identity} data-place="{page.place}"{words}></span>'


def _doubt(page: Page, *, is_low: bool) -> str:
    unseen = "" if is_low else " unseen"
    return f'<p class="doubt{unseen}" lang="{page.spoken}" dir="{page.side}">{page.unsure_here}</p>'


def _steps(page: Page, hit: int) -> str:
    """Return the ways from one passage with a hit to those before and after it."""
    whole = len(page.anchors)
    parts = [escape(_("%(number)s of %(whole)s") % {"number": hit + 1, "whole": whole})]
    before, after = escape(_("previous")), escape(_("next"))  # not inside the f-strings, where no string is gathered
    if hit:
        parts.append(f'<a href="#{page.anchors[hit - 1]}">{before}</a>')
    if hit + 1 < whole:
        parts.append(f'<a href="#{page.anchors[hit + 1]}">{after}</a>')
    return f'<p class="hit-steps" lang="{page.spoken}" dir="{page.side}">{" ".join(parts)}</p>'


def _notes(page: Page, tags: Sequence[TermLink]) -> str:
    return f'<ul class="notes">{"".join(page.links.get(term) or _note(page, term) for term in tags)}</ul>'


def _note(page: Page, term: TermLink) -> str:
    address, kind = escape(page.site.path(link(term))), page.kinds[term.vocabulary]
    made = f'<li><a class="{term.vocabulary}" href="{address}" title="{kind}">{escape(term.preferred)}</a></li>'
    return page.links.setdefault(term, made)


def _cite(page: Page, line: Line, start: str) -> str:
    if start and line.end is not None:
        asked = f"start={start}&amp;end={wording.second(line.end)}"
    else:
        asked = f"from={line.position}&amp;until={line.position}"
    return f'<a class="cite" href="{page.accession}/cite?{asked}">{page.cite}</a>'


def _within(ranges: Sequence[Range], place: int) -> bool:
    return any(first <= place < last for first, last in ranges)
