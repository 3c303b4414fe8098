"""Markdown as accounts are written in it: the YAML head, and the words without their marks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from transcripts.encoding import normalise_newlines
from transcripts.model import TranscriptError
from transcripts.turns import Paragraph

_NULL = "tag:yaml.org,2002:null"
_READ = (_NULL, *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")))
_HEAD = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_DEEPEST = 10
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*)")
_CLOSING = re.compile(r"(?<=\s)#+\s*\Z")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)\s*")
_RULE = re.compile(r" {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})")
_FENCE = re.compile(r" {0,3}(?:```|~~~)~*(?P<said>[^`]*)")
_ITEM = re.compile(r"\A\s*(?:[-*+]\s+|(?=[0-9]{1,3}[.)]\s))")
_QUOTE = re.compile(r"\A {0,3}(?:>\s?)+")
_REFERENCE = re.compile(r" {0,3}\[[^\]^][^\]]*\]:\s*\S+.*")

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_PRIVATE = 0xE000  # escaped signs are kept apart there while the marks are taken out
_MARKS = (
    (re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+(?:\"[^\"]*\"|'[^']*'))?\)"), r"\1"),
    (re.compile(r"!?\[([^\[\]^][^\[\]]*)\]\[[^\[\]]*\]"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^<>\s]+)>"), r"\1"),
    (re.compile(r"<br\s*/?>", re.IGNORECASE), " "),
    (re.compile(r"</?(?:a|abbr|b|del|div|em|i|ins|mark|p|q|s|small|span|strong|sub|sup|u)(?:\s[^<>]*)?>", re.I), ""),
    (re.compile(r"(\*{1,3})(?=\S)([^*]+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w_])(_{1,3})(?=\S)([^_]+?)(?<=\S)\1(?![\w_])"), r"\2"),
    (re.compile(r"~~(?=\S)([^~]+)(?<=\S)~~"), r"\1"),
    (re.compile(r"(?<!`)(`+)(?!`)([^`]+)\1"), r"\2"),
)


class _PlainLoader(yaml.SafeLoader):
    """Reads values as they were typed: `no` is Norwegian, 2026-11-01 and 007 are text; only `~` and `null` are nothing.

    Values marked as something else (`!!bool yes`) are refused, before PyYAML stumbles over what they hold.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - as PyYAML declares it
        first: [(tag, pattern) for tag, pattern in resolvers if tag == _NULL]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    yaml_constructors = {  # noqa: RUF012
        tag: construct for tag, construct in yaml.SafeLoader.yaml_constructors.items() if tag is None or tag in _READ
    }


def split_head(text: str) -> tuple[dict[str, object], str]:
    """Return what the YAML head between two lines of `---` says, and the text after it; no head is an empty one.

    Values are text as it was typed, None, or lists and `name: value` lines of these.
    Raises TranscriptError, with the line, for a head that is not YAML or no list of `name: value` lines.
    """
    text = normalise_newlines(text.removeprefix("\ufeff"))
    found = _HEAD.match(text)
    if not found:
        return {}, text
    head = _read_head(found[1])
    if head is None:
        return {}, text[found.end() :]
    if not isinstance(head, dict):
        raise TranscriptError("the head between the '---' lines has no 'name: value' lines (line 2)")
    return {str(name): value for name, value in head.items()}, text[found.end() :]


def _read_head(head: str) -> object:
    try:
        _check_head(head)
        return yaml.load(head, Loader=_PlainLoader)  # noqa: S506 - a SafeLoader that constructs even less
    except yaml.MarkedYAMLError as error:
        line = 2 + (error.problem_mark.line if error.problem_mark else 0)
        raise TranscriptError(f"the head is not YAML: line {line}: {error.problem}") from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # a control character, or \U with the number of no character; they do not say where
        raise TranscriptError(
            f"the head between the '---' lines cannot be read: {str(error).splitlines()[0]}"
        ) from error


def _check_head(head: str) -> None:
    """Refuse what could grow without bound: aliases, and lists in lists in lists."""
    depth = 0
    for event in yaml.parse(head, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise TranscriptError("the head between the '---' lines uses aliases (*name), which are not read")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise TranscriptError("the head between the '---' lines is nested too deeply")


def read_blocks(text: str) -> Iterator[Paragraph]:
    """Yield the paragraphs of a Markdown text without its marks: headings and list items stand by themselves.

    Emphasis, links, block quotes, rules, comments and HTML tags lose their marks; numbers of lists, footnotes and
    code stay as text. A subset of CommonMark, on purpose: words are never lost, marks sometimes are not.
    """
    block: list[str] = []
    fenced = False
    for raw in _drop_comments(normalise_newlines(text)).split("\n"):
        line = _QUOTE.sub("", raw)
        fence = _FENCE.fullmatch(line)
        if fence and fenced and fence["said"].strip():
            fence = None  # what ends code says nothing more
        fenced ^= fence is not None
        heading = None if fenced else _HEADING.fullmatch(line)
        underlined = bool(block) and not fenced and bool(_UNDERLINE.fullmatch(line))
        apart = fence or underlined or heading or _is_apart(line)
        if block and (apart or _ITEM.match(line)):
            yield from _finish(block, heading=underlined)
            block = []
        if fence:
            yield from _finish([fence["said"].strip()])
        elif heading:
            yield from _finish([_CLOSING.sub("", heading[1])], heading=True)
        elif not apart:
            block.append(_ITEM.sub("", line))
    yield from _finish(block)


def _drop_comments(text: str) -> str:
    kept: list[str] = []
    at = 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin)) >= 0:
        kept.append(text[at:begin])
        at = end + len("-->")
    return "".join((*kept, text[at:]))


def _is_apart(line: str) -> bool:
    """Whether a line separates paragraphs: empty, a rule, or where a link leads."""
    return not line.strip() or bool(_RULE.fullmatch(line) or _REFERENCE.fullmatch(line))


def _finish(block: list[str], *, heading: bool = False) -> Iterator[Paragraph]:
    # marks may run over several lines, so they are taken out of the whole paragraph
    lines = tuple(line.strip() for line in strip_marks("\n".join(block)).split("\n") if line.strip())
    if lines:
        yield Paragraph(lines=lines, heading=heading)


def strip_marks(text: str) -> str:
    """Return a paragraph without the marks of emphasis, links, images, code and inline HTML."""
    text = _ESCAPED.sub(lambda found: chr(_PRIVATE + ord(found[1])), text)
    for mark, kept in _MARKS:
        text = mark.sub(kept, text)
    return re.sub("[\ue000-\ue07f]", lambda found: chr(ord(found[0]) - _PRIVATE), text)
