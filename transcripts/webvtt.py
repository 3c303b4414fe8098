"""WebVTT, everybody's caption format: https://www.w3.org/TR/webvtt1/, read by its own parsing rules.

Where those rules would lose words that were said (an unclosed `<`, an end that is no time), the words are kept.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from transcripts.captions import ARROW, Cue, caption_times, collapse, is_note, read_times, settle_ends
from transcripts.encoding import normalise_newlines
from transcripts.languages import language_code
from transcripts.model import Segment, Transcript, TranscriptError, Word
from transcripts.timecode import format_caption_time, format_timecode, parse_timecode

_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
_LANGUAGE = re.compile(r"Language:\s*(\S+)\s*", re.IGNORECASE)
_TAG = re.compile(r"<([^<>]*)>")
_VOICE = re.compile(r"v(?:\.[^\s]*)?(?:\s+(.*))?", re.DOTALL)
_NOT_SPOKEN = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")


def read_webvtt(text: str) -> Transcript:
    """Read cues with their voices (`<v Name>`) and inline time tags, which become word times.

    Several voices in one cue become several segments that share its times.
    Raises TranscriptError if the text does not begin with WEBVTT.
    """
    cues, remarks = read_cues(text)
    cues, open_ends = settle_ends(cues)
    segments: list[Segment] = []
    untimed: list[Cue] = []
    for cue in cues:
        pieces = tuple(_read_pieces(cue.text))
        timed = any(piece.time is not None for piece in pieces)
        in_order = _times_in_order(cue, pieces)
        if timed and not in_order:
            untimed.append(cue)
        segments += _read_voices(cue, pieces, with_words=timed and in_order)
    language, unknown = _read_language(text)
    strays = _remark_on_time_tags(untimed)
    return Transcript(segments=tuple(segments), language=language, remarks=(*remarks, *open_ends, *strays, *unknown))


def write_webvtt(transcript: Transcript) -> str:
    """Write a transcript so that `read_webvtt` gives it back to the millisecond, without probabilities and remarks.

    Word times are written where the words spell the segment's text and follow one another. An unknown end becomes the
    next start. Raises TranscriptError if a segment has no start.
    """
    header = "WEBVTT" if transcript.language is None else f"WEBVTT\nLanguage: {transcript.language}"
    blocks = [header]
    for segment, (start, end) in zip(transcript.segments, caption_times(transcript), strict=True):
        times = f"{format_caption_time(start)} {ARROW} {format_caption_time(end)}"
        voice = f"<v {_escape(collapse(segment.speaker))}>" if segment.speaker else ""
        blocks.append(f"{times}\n{voice}{_write_words(segment, start, end) or _escape(collapse(segment.text))}")
    return "\n\n".join(blocks) + "\n"


# Blocks


def read_cues(text: str) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """Return every cue as it stands, in the order of the file, and remarks about blocks that are none.

    Raises TranscriptError if the text does not begin with WEBVTT.
    """
    lines = _lines(text)
    if not _HEADER.fullmatch(lines[0]):
        raise TranscriptError("this is not WebVTT: the first line is not WEBVTT")
    cues: list[Cue] = []
    left_out: list[int] = []
    at = len(_header_lines(lines)) + 1
    while at < len(lines):
        if not lines[at]:
            at += 1
            continue
        cue, following = _read_block(lines, at)
        if cue is not None:
            cues.append(cue)
        elif not _NOT_SPOKEN.fullmatch(lines[at]):
            left_out.append(at)
        at = following
    return tuple(cues), _remark_on_blocks(lines, left_out)


def _lines(text: str) -> list[str]:
    return normalise_newlines(text.removeprefix("\ufeff")).split("\n")


def _header_lines(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines that follow WEBVTT at once: the header ends at an empty line or at the first cue."""
    end = next((at for at in range(1, len(lines)) if not lines[at] or ARROW in lines[at]), len(lines))
    return lines[1:end]


def _read_block(lines: Sequence[str], at: int) -> tuple[Cue | None, int]:
    """Return the cue that begins on line `at`, None if the block is no cue, and the line where the next block begins.

    The times stand on the first line, or on the second after an identifier; the text ends at an empty line or at the
    next line with an arrow.
    """
    second = at + 1 < len(lines) and ARROW in lines[at + 1]
    times_at = at if ARROW in lines[at] else at + 1 if second else None
    end = first = at + 1 if times_at is None else times_at + 1
    while end < len(lines) and lines[end] and ARROW not in lines[end]:
        end += 1
    times = None if times_at is None else read_times(lines[times_at])
    if times is None:
        return None, end
    identifier = "" if times_at == at else lines[at]
    text = "\n".join(lines[first:end])
    return Cue(start=times[0], end=times[1], text=text, line=at + 1, identifier=identifier), end


def _remark_on_blocks(lines: Sequence[str], left_out: Sequence[int]) -> tuple[str, ...]:
    if not left_out:
        return ()
    first = f"line {left_out[0] + 1}: {lines[left_out[0]][:60]!r}"
    if len(left_out) == 1:
        return (f"one block is not a cue and was left out ({first})",)
    return (f"{len(left_out)} blocks are not cues and were left out (the first on {first})",)


def _read_language(text: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the language that the header names, as YouTube writes it (`Language: en`)."""
    for line in _header_lines(_lines(text)):
        if found := _LANGUAGE.fullmatch(line):
            code = language_code(found[1])
            return code, () if code else (f"the language {found[1]!r} is not known",)
    return None, ()


# Text of a cue


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a cue's text between two changes of voice or time; `turn` counts the voices."""

    text: str
    time: float | None
    voice: str | None
    turn: int


def _read_pieces(text: str) -> Iterator[_Piece]:
    spoken: list[str] = []
    time: float | None = None
    voice: str | None = None
    turn = 0
    # re.split with a group gives text and tags in turn
    for at, part in enumerate(_TAG.split(text)):
        if at % 2 == 0:
            spoken.append(html.unescape(part))
            continue
        kept, new_time, new_voice = _read_tag(part)
        spoken.append(kept)
        if new_time is None and new_voice is None:
            continue
        yield _Piece("".join(spoken), time, voice, turn)
        spoken = []
        if new_time is not None:
            time = new_time
        if new_voice is not None:
            voice, turn = new_voice or None, turn + 1
    yield _Piece("".join(spoken), time, voice, turn)


def _read_tag(tag: str) -> tuple[str, float | None, str | None]:
    """Return what a tag leaves in the text, the time it sets, and the voice it sets ('' ends a voice)."""
    try:
        return "", parse_timecode(tag), None
    except ValueError:
        pass
    if found := _VOICE.fullmatch(tag):
        return "", None, collapse(html.unescape(found[1] or ""))
    if tag.strip() == "/v":
        return "", None, ""
    if tag.strip(" /").lower() == "br":
        return " ", None, None
    return (f"<{tag}>" if is_note(tag) else ""), None, None


def _read_voices(cue: Cue, pieces: Sequence[_Piece], *, with_words: bool) -> Iterator[Segment]:
    timed = _read_words(cue, pieces) if with_words else [None] * len(pieces)
    for _, turn in groupby(zip(pieces, timed, strict=True), key=lambda pair: pair[0].turn):
        said = tuple(turn)
        if text := collapse("".join(piece.text for piece, _ in said)):
            yield Segment(
                text=text,
                start=cue.start,
                end=cue.end,
                speaker=said[0][0].voice,
                words=tuple(word for _, word in said if word),
            )


def _read_words(cue: Cue, pieces: Sequence[_Piece]) -> list[Word | None]:
    """Return each piece as a word, unless it is a pause: it lasts until the next time tag or the end of the cue."""
    starts = [cue.start if piece.time is None else piece.time for piece in pieces]
    ends = [*starts[1:], starts[-1] if cue.end is None else cue.end]
    return [
        Word(start=start, end=end, text=text) if (text := collapse(piece.text)) else None
        for piece, start, end in zip(pieces, starts, ends, strict=True)
    ]


def _times_in_order(cue: Cue, pieces: Sequence[_Piece]) -> bool:
    times = [cue.start, *(piece.time for piece in pieces if piece.time is not None)]
    if cue.end is not None:
        times.append(cue.end)
    return all(earlier <= later for earlier, later in pairwise(times))


def _remark_on_time_tags(cues: Sequence[Cue]) -> tuple[str, ...]:
    if not cues:
        return ()
    first = format_timecode(cues[0].start)
    return (f"word times in {len(cues)} cue(s) lie outside the cue or run backwards, the first at {first}: left out",)


# Writing


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def _write_words(segment: Segment, start: float, end: float) -> str | None:
    """Return the text with a time tag before each word, and after it where a pause follows; None if that cannot be."""
    text = collapse(segment.text)
    spelled = [collapse(word.text) for word in segment.words]
    if not spelled or "".join(spelled).replace(" ", "") != text.replace(" ", ""):
        return None
    times = [start, *(time for word in segment.words for time in (word.start, word.end)), end]
    if any(earlier > later for earlier, later in pairwise(times)):
        return None
    written: list[str] = []
    clock, at = start, 0
    for word, letters in zip(segment.words, spelled, strict=True):
        gap = " " if text.startswith(" ", at) else ""
        if not text.startswith(letters, at + len(gap)):
            return None
        if written:
            written.append(f"{_time_tag(clock) if clock != word.start else ''}{gap}{_time_tag(word.start)}")
        elif word.start != start:
            written.append(_time_tag(word.start))
        written.append(_escape(letters))
        clock, at = word.end, at + len(gap) + len(letters)
    if clock != end:
        written.append(_time_tag(clock))
    # without any tag the word times would not be read back
    return "".join(written) if len(written) > 1 else _time_tag(start) + written[0]


def _time_tag(seconds: float) -> str:
    return f"<{format_caption_time(seconds)}>"
