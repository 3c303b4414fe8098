"""Turns of speech in written text: who speaks (`NAME:`), from when (`[00:15:31]`), and the passages of what is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from transcripts.labels import find_labels, take_label
from transcripts.model import Segment, Transcript
from transcripts.sentences import passages
from transcripts.timecode import format_timecode, parse_timecode

_TIME = r"(?:[0-9]{1,3}:)?[0-9]{1,3}:[0-9]{2}(?:[.,][0-9]{1,3})?"
_BRACKETED = re.compile(rf"(?:\[\s*({_TIME})\s*\]|\(\s*({_TIME})\s*\)|#({_TIME})#)\s*")
_BARE = re.compile(rf"({_TIME})(?:\s+(?!(?:[ap]\.?\s?m\b|o['’]clock|hours?\b|uhr\b))|$)", re.IGNORECASE)
# "Speaker 1  0:03" or "Mary Jones [0:03]" alone on a line, as Otter and Rev write it
_NAME_AND_TIME = re.compile(rf"([^\W\d_][\w .'’-]{{0,39}}?)\s*(?:[\[(]({_TIME})[\])]|(?:\s\s|\t)({_TIME}))\s*:?")
_ASIDE = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_UNSPACED = re.compile("[\u3001-\u301f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff60]")
_FEWEST_TURNS = 3  # labelled turns that make a text a conversation, if all have the same label
_BEGINNING = 5  # seconds; a code before that, after others, begins another recording
_LONGEST_TURN = 10  # paragraphs, on average


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph as it was written, in lines; a heading is nobody's speech."""

    lines: tuple[str, ...]
    heading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """What follows a time code, a label or the start of a paragraph.

    `code` is the time code as it is written; with no `start` it belongs to the text.
    """

    text: str
    code: str = ""
    start: float | None = None
    label: str | None = None
    heading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Habits:
    """What this text does throughout: a time without brackets, or behind a name, is meant if it occurs twice."""

    labels: frozenset[str]
    bare_times: bool
    names_with_times: bool


def read_turns(paragraphs: Iterable[Paragraph]) -> Transcript:
    """Return the passages of these paragraphs, with the speakers and the starts that are written before them.

    A paragraph without a label goes on with the same speaker, unless labels are rare in the text. A time code on its
    own belongs to what follows. Ends are not known. Codes that do not run forwards stay in the text, with a remark.
    """
    paragraphs = tuple(paragraphs)
    habits = _find_habits(paragraphs)
    turns, remarks = _settle_times([turn for paragraph in paragraphs for turn in _read_paragraph(paragraph, habits)])
    segments = [
        Segment(text=passage, start=turn.start if at == 0 else None, speaker=turn.label)
        for turn in _carry_on(tuple(_join_openings(turns)))
        for at, passage in enumerate(passages(turn.text))
    ]
    return Transcript(segments=tuple(segments), remarks=remarks)


def join_lines(lines: Iterable[str]) -> str:
    """Return the lines as one, with a space between them, but none between two Chinese or Japanese signs."""
    joined: list[str] = []
    for line in (" ".join(line.split()) for line in lines):
        if joined and line and not (_UNSPACED.match(joined[-1][-1]) and _UNSPACED.match(line[0])):
            joined.append(" ")
        if line:
            joined.append(line)
    return "".join(joined)


def _find_habits(paragraphs: Sequence[Paragraph]) -> _Habits:
    lines = [line.strip() for paragraph in paragraphs if not paragraph.heading for line in paragraph.lines]
    bare = [found for line in lines if (found := _BARE.match(line))]
    codes = ((line, _BRACKETED.match(line) or _BARE.match(line)) for line in lines)
    return _Habits(
        labels=find_labels(line[found.end() :] if found else line for line, found in codes),
        bare_times=len(bare) > 1,
        names_with_times=sum(1 for line in lines if _NAME_AND_TIME.fullmatch(line)) > 1,
    )


# From paragraphs to turns


def _read_paragraph(paragraph: Paragraph, habits: _Habits) -> Iterator[_Turn]:
    if paragraph.heading:
        yield _Turn(text=join_lines(paragraph.lines), heading=True)
        return
    turn = _Turn(text="")
    said: list[str] = []
    for at, line in enumerate(paragraph.lines):
        opening = _read_opening(line.strip(), habits, first=at == 0)
        if at == 0 or opening.code or opening.label:
            if at:
                yield replace(turn, text=join_lines(said))
            turn, said = opening, []
        said.append(opening.text)
    yield replace(turn, text=join_lines(said))


def _read_opening(line: str, habits: _Habits, *, first: bool) -> _Turn:
    """Return the line with the time code and the label at its beginning, in either order, taken off."""
    if habits.names_with_times and (found := _NAME_AND_TIME.fullmatch(line)):
        code = found[2] or found[3]
        return _Turn(text="", code=code, start=_seconds(code), label=found[1])
    code, start, rest = _take_time(line, habits, first=first)
    label, rest = take_label(rest, habits.labels)
    if label and not code:
        code, start, rest = _take_time(rest, habits, first=True)
    return _Turn(text=rest, code=code, start=start, label=label)


def _take_time(line: str, habits: _Habits, *, first: bool) -> tuple[str, float | None, str]:
    """Return the time code that the line begins with ('' for none), its seconds, and the rest of the line.

    Without brackets it counts at the start of a paragraph or alone on its line.
    """
    found = _BRACKETED.match(line)
    if not found and habits.bare_times:
        found = _BARE.match(line)
        if found and not first and found.end() < len(line):
            found = None
    if not found:
        return "", None, line
    seconds = _seconds(next(time for time in found.groups() if time))
    return ("", None, line) if seconds is None else (found[0].strip(), seconds, line[found.end() :])


def _seconds(code: str) -> float | None:
    try:
        return parse_timecode(code)
    except ValueError:
        return None


# Times, openings on lines of their own, speakers


def _settle_times(turns: Sequence[_Turn]) -> tuple[Sequence[_Turn], tuple[str, ...]]:
    """Take back the starts that do not run forwards; their codes stay in the text."""
    timed = [(at, turn.start) for at, turn in enumerate(turns) if turn.start is not None]
    forwards = _find_forwards([start for _, start in timed])
    wrong = [(at, start) for place, (at, start) in enumerate(timed) if place not in forwards]
    if not wrong:
        return turns, ()
    backwards = {at for at, _ in wrong}
    settled = [replace(turn, start=None) if at in backwards else turn for at, turn in enumerate(turns)]
    return settled, (
        f"{len(wrong)} time code(s) do not run forwards and are left in the text, the first of them"
        f" {format_timecode(wrong[0][1])}: a slip, or another recording",
    )


def _find_forwards(times: Sequence[float]) -> frozenset[int]:
    """Return the places of the times that run forwards.

    One that is too high or too low is left out (24:20:00 written for 24 minutes). Where they start again, a second
    recording begins: its times would be wrong in the first, so none of them counts.
    """
    kept: list[int] = []
    for at, (time, following) in enumerate(zip(times, [*times[1:], -1.0], strict=False)):
        if kept and time < times[kept[-1]]:
            if len(kept) > 1 and time < _BEGINNING:
                break
            if following >= times[kept[-1]]:
                continue  # this one is too low
            if len(kept) > 1 and time < times[kept[-2]]:
                break
            kept.pop()  # the one before was too high
        kept.append(at)
    return frozenset(kept)


def _join_openings(turns: Iterable[_Turn]) -> Iterator[_Turn]:
    """Give a time code or a label that stands alone to the turn that follows; a label without one stays as text."""
    opening = _Turn(text="")
    for turn in turns:
        if opening.label and (turn.label or turn.heading):
            yield _Turn(text=f"{opening.text} {opening.label}:".strip())
            opening = _Turn(text="", start=opening.start)
        left = turn.code if turn.code and turn.start is None else ""
        said = " ".join(part for part in (opening.text, left, turn.text) if part)
        start = opening.start if turn.start is None else turn.start
        opening = replace(turn, text=said, start=start, label=turn.label or opening.label)
        if turn.text:
            yield opening
            opening = _Turn(text="")
    if opening.label or opening.text:
        yield _Turn(text=f"{opening.text} {opening.label or ''}{':' if opening.label else ''}".strip())


def _carry_on(turns: Sequence[_Turn]) -> Iterator[_Turn]:
    """Give turns without a label to the last speaker, if this is a conversation at all."""
    conversation = _is_conversation(turns)
    speaker: str | None = None
    for turn in turns:
        if turn.label or turn.heading or not conversation:
            speaker = turn.label
            yield turn
        else:
            yield turn if _ASIDE.fullmatch(turn.text) else replace(turn, label=speaker)


def _is_conversation(turns: Sequence[_Turn]) -> bool:
    """Whether labels are used throughout, and not once or twice in an account."""
    labels = [turn.label for turn in turns if turn.label]
    first = next((at for at, turn in enumerate(turns) if turn.label), len(turns))
    several = len(labels) >= _FEWEST_TURNS or len(set(labels)) > 1
    return several and len(labels) * _LONGEST_TURN >= len(turns) - first
