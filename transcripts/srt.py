"""SRT (SubRip), the captions that every tool can write; there is no standard, so much is forgiven."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from transcripts.captions import ARROW, Cue, caption_times, collapse, is_note, read_times, settle_ends
from transcripts.encoding import normalise_newlines
from transcripts.labels import find_labels, take_label
from transcripts.model import Segment, Transcript, TranscriptError
from transcripts.timecode import format_caption_time

_TAG = re.compile(r"<([^<>]*)>|\{\\[^{}]*\}")
_SPEAKS = re.compile(r"(?:[-–—]|>>)\s*")  # before the label of a new speaker in American captions


def read_srt(text: str) -> Transcript:
    """Read captions; `NAME: text` names the speaker where the label is in capitals or occurs at least twice.

    Indices and milliseconds may be missing, and empty lines may stand inside a caption.
    Raises TranscriptError, naming the line, for what is neither a caption nor a part of one.
    """
    cues, remarks = settle_ends(_read_cues(normalise_newlines(text.removeprefix("\ufeff")).split("\n")))
    spoken = [[line for raw in cue.text.split("\n") if (line := _clean(raw))] for cue in cues]
    labels = find_labels(_SPEAKS.sub("", line, count=1) for lines in spoken for line in lines)
    segments = [
        Segment(text=said, start=cue.start, end=cue.end, speaker=speaker)
        for cue, lines in zip(cues, spoken, strict=True)
        for speaker, said in _read_turns(lines, labels)
    ]
    return Transcript(segments=tuple(segments), remarks=remarks)


def write_srt(transcript: Transcript) -> str:
    """Write captions, each with its speaker as `NAME: text`; SRT has no place for word times or a language.

    An unknown end becomes the next start. Raises TranscriptError if a segment has no start.
    """
    blocks = []
    times = caption_times(transcript)
    for index, (segment, (start, end)) in enumerate(zip(transcript.segments, times, strict=True), start=1):
        speaker = f"{collapse(segment.speaker)}: " if segment.speaker else ""
        line = f"{format_caption_time(start, decimal=',')} {ARROW} {format_caption_time(end, decimal=',')}"
        blocks.append(f"{index}\n{line}\n{speaker}{collapse(segment.text)}\n")
    return "\n".join(blocks)


def _read_cues(lines: Sequence[str]) -> tuple[Cue, ...]:
    timed = [(at, *_times_on(at, line)) for at, line in enumerate(lines) if _has_times(line)]
    first = timed[0][0] if timed else len(lines)
    before = [at for at in range(first) if lines[at].strip()]
    if not timed:
        shown = f", and line {before[0] + 1} is {lines[before[0]][:60]!r}" if before else ""
        raise TranscriptError(f"this is not SRT: no line has the times of a caption{shown}")
    indexed = bool(before) and lines[first - 1].strip().isdigit()
    if len(before) > indexed:
        raise TranscriptError(f"line {before[0] + 1} is not part of a caption: {lines[before[0]][:60]!r}")
    ends = [at for at, _, _ in timed[1:]] + [len(lines)]
    return tuple(
        Cue(start=begin, end=end, text="\n".join(_body(lines[at + 1 : stop], indexed, stop < len(lines))), line=at + 1)
        for (at, begin, end), stop in zip(timed, ends, strict=True)
    )


def _body(lines: Sequence[str], indexed: bool, followed: bool) -> Sequence[str]:
    """Return the lines of a caption without the index of the next one."""
    return lines[:-1] if indexed and followed and lines and lines[-1].strip().isdigit() else lines


def _has_times(line: str) -> bool:
    return ARROW in line and line.lstrip()[:1].isdigit()


def _times_on(at: int, line: str) -> tuple[float, float]:
    times = read_times(line)
    if times is None or times[1] is None:
        raise TranscriptError(f"line {at + 1} does not hold two times: {line[:60]!r}")
    return times[0], times[1]


def _clean(line: str) -> str:
    return collapse(_TAG.sub(_keep_note, line))


def _keep_note(tag: re.Match[str]) -> str:
    if tag[1] and is_note(tag[1]):
        return tag[0]
    return " " if tag[1] and tag[1].strip(" /").lower() == "br" else ""


def _read_turns(lines: Sequence[str], labels: frozenset[str]) -> Iterator[tuple[str | None, str]]:
    speaker: str | None = None
    said: list[str] = []
    for line in lines:
        label, rest = take_label(_SPEAKS.sub("", line, count=1), labels)
        if label:
            yield from _say(speaker, said)
            speaker, said = label, []
        said.append(rest if label else line)
    yield from _say(speaker, said)


def _say(speaker: str | None, said: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    """Yield what one speaker says; a label with nothing after it is text."""
    if text := collapse(" ".join(said)):
        yield speaker, text
    elif speaker:
        yield None, f"{speaker}:"
