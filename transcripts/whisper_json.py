"""JSON as speech recognisers write it: openai-whisper, faster-whisper, whisper-timestamped, whisper.cpp."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from transcripts.captions import collapse
from transcripts.languages import language_code
from transcripts.model import Segment, Transcript, TranscriptError, Word
from transcripts.repetition import remark_on_loops
from transcripts.sentences import passages
from transcripts.timecode import format_timecode

_LATEST = 1e7  # seconds: sixteen weeks; nothing that long was recorded
_ROUNDING = 0.05  # seconds that a word may stand out of its segment without a remark


def read_whisper_json(text: str) -> Transcript:
    """Read what a recogniser heard, with word times, probabilities and the language where they are there.

    `segments[].words[].word` is the shape of openai-whisper and faster-whisper, `words[].text` with `confidence` that
    of whisper-timestamped, `transcription[].offsets` in milliseconds that of whisper.cpp; `{"text": …}` has no times.
    Loops, and words outside their segment, are named in the remarks.
    Raises TranscriptError for anything else, saying which value is wrong.
    """
    heard = _load(text)
    read = tuple(_read_segments(heard))
    segments = tuple(item.segment for item in read)
    language, unknown = _read_language(heard)
    remarks = (*unknown, *_remark_on_ends(read), *_remark_on_words(read), *remark_on_loops(segments))
    return Transcript(segments=segments, language=language, remarks=remarks)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """A segment, and what had to be put right in it: an end before the start, the first word that was moved."""

    segment: Segment
    open_end: bool = False
    moved: Word | None = None


def _load(text: str) -> Mapping[str, object]:
    try:
        heard = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise TranscriptError(f"this is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise TranscriptError("this JSON is nested too deeply to be a transcript") from error
    except ValueError as error:
        # a number of more than 4,300 digits
        raise TranscriptError("this JSON cannot be read: it holds a number that is too long") from error
    if _is_list_of_segments(heard):
        return {"segments": heard}
    if not isinstance(heard, dict):
        raise TranscriptError("this JSON is not a transcript: it is not an object")
    return heard


def _is_list_of_segments(heard: object) -> bool:
    """Whether this is a bare list, as people dump faster-whisper's segments."""
    keys = {"start", "end", "text"}
    return (
        isinstance(heard, list) and bool(heard) and all(isinstance(item, dict) and keys <= set(item) for item in heard)
    )


def _read_language(heard: Mapping[str, object]) -> tuple[str | None, tuple[str, ...]]:
    places = [heard, heard.get("info"), heard.get("result")]
    named = [
        place["language"] for place in places if isinstance(place, dict) and isinstance(place.get("language"), str)
    ]
    if not named or not named[0].strip():
        return None, ()
    code = language_code(named[0])
    return code, () if code else (f"the language {named[0][:40]!r} is not known",)


# Segments


def _read_segments(heard: Mapping[str, object]) -> Iterator[_Heard]:
    """Yield the segments in which something was heard."""
    if "segments" in heard:
        read = (_read_segment(item, where) for where, item in _items(heard, "segments"))
        yield from (item for item in read if item)
    elif "transcription" in heard:
        read = (_read_offsets(item, where) for where, item in _items(heard, "transcription"))
        yield from (item for item in read if item)
    elif "text" in heard:
        yield from (_Heard(segment=Segment(text=passage)) for passage in passages(_string(heard, "text", "the file")))
    else:
        raise TranscriptError("this JSON is not a transcript: it has neither 'segments' nor 'transcription'")


def _read_segment(item: Mapping[str, object], where: str) -> _Heard | None:
    text = collapse(_string(item, "text", where))
    start = _time(item, "start", where)
    end = None if item.get("end") is None else _time(item, "end", where)
    return _make_segment(item, where, text, start, end) if text else None


def _read_offsets(item: Mapping[str, object], where: str) -> _Heard | None:
    """Read a segment of whisper.cpp: its times are `offsets` in milliseconds."""
    text = collapse(_string(item, "text", where))
    offsets = item.get("offsets")
    if not isinstance(offsets, dict):
        raise TranscriptError(f"{where}.offsets is not an object")
    start, end = (_time(offsets, name, f"{where}.offsets") / 1000 for name in ("from", "to"))
    return _make_segment(item, where, text, start, end) if text else None


def _make_segment(item: Mapping[str, object], where: str, text: str, start: float, end: float | None) -> _Heard:
    open_end = end is not None and end < start
    end = None if open_end else end
    words, moved = _fit_words(tuple(_read_words(item, where)), start, math.inf if end is None else end)
    segment = Segment(
        text=text,
        start=start,
        end=end,
        speaker=collapse(_string(item, "speaker", where)) or None if item.get("speaker") else None,
        words=words,
        confidence=_read_confidence(item),
    )
    return _Heard(segment=segment, open_end=open_end, moved=moved)


def _read_confidence(item: Mapping[str, object]) -> float | None:
    """Return the confidence from 0 to 1, or else the mean probability of a token, which is exp(avg_logprob)."""
    confidence = _probability(item.get("confidence"))
    mean = item.get("avg_logprob")
    if confidence is None and isinstance(mean, int | float) and not math.isnan(mean):
        return math.exp(min(float(mean), 0.0))
    return confidence


# Words


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A word as it stands in the file; WhisperX gives some no times."""

    text: str
    start: float | None
    end: float | None
    probability: float | None


def _read_words(item: Mapping[str, object], where: str) -> Iterator[_Said]:
    if item.get("words") is None:
        return
    for at, word in _items(item, "words", where):
        text = collapse(_string(word, "word" if "word" in word else "text", at))
        start, end = (
            None if word.get(name) is None else _seconds(word[name], f"{at}.{name}") for name in ("start", "end")
        )
        sure = (_probability(word.get(name)) for name in ("probability", "confidence", "score"))
        if text:
            yield _Said(text=text, start=start, end=end, probability=next((p for p in sure if p is not None), None))


def _fit_words(said: Sequence[_Said], start: float, end: float) -> tuple[tuple[Word, ...], Word | None]:
    """Return the words with times inside the segment that never run backwards, and the first that had to be moved."""
    words: list[Word] = []
    moved: Word | None = None
    earliest, clock = start, start
    for word in said:
        begin = min(max(clock if word.start is None else word.start, earliest), end)
        finish = min(max(begin if word.end is None else word.end, begin), end)
        words.append(Word(start=begin, end=finish, text=word.text, probability=word.probability))
        if moved is None and (_far(word.start, begin) or _far(word.end, finish)):
            moved = words[-1]
        earliest, clock = begin, finish
    return tuple(words), moved


def _far(was: float | None, now: float) -> bool:
    return was is None or abs(was - now) > _ROUNDING


# Remarks


def _remark_on_ends(read: Sequence[_Heard]) -> tuple[str, ...]:
    wrong = [item.segment.start for item in read if item.open_end]
    if not wrong:
        return ()
    return (f"{len(wrong)} segment(s) end before they start, the first {_at(wrong[0])}; their ends are left open",)


def _remark_on_words(read: Sequence[_Heard]) -> tuple[str, ...]:
    moved = [item.moved for item in read if item.moved]
    if not moved:
        return ()
    return (
        f"in {len(moved)} segment(s) words have no times, run backwards or lie outside the segment, the first"
        f" {_at(moved[0].start)} ({moved[0].text[:40]!r}); they were moved inside",
    )


def _at(seconds: float | None) -> str:
    return f"at {format_timecode(seconds or 0.0)}"


# Values of JSON


def _items(parent: Mapping[str, object], name: str, where: str = "") -> Iterator[tuple[str, Mapping[str, object]]]:
    where = f"{where}.{name}" if where else name
    items = parent[name]
    if not isinstance(items, list):
        raise TranscriptError(f"{where} is not a list")
    for at, item in enumerate(items):
        if not isinstance(item, dict):
            raise TranscriptError(f"{where}[{at}] is not an object")
        yield f"{where}[{at}]", item


def _string(item: Mapping[str, object], name: str, where: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise TranscriptError(f"{where} has no text in {name!r}")
    # JSON can hold halves of surrogate pairs, which no file and no database can
    return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _time(item: Mapping[str, object], name: str, where: str) -> float:
    seconds = _seconds(item.get(name), f"{where}.{name}")
    if seconds < 0:
        raise TranscriptError(f"{where}.{name} is {seconds}, and times are not negative")
    return seconds


def _seconds(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TranscriptError(f"{where} is not a number")
    if not -_LATEST < value < _LATEST:
        raise TranscriptError(f"{where} is {str(value)[:20]}, which is no time in a recording")
    return float(value)


def _probability(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return None
    return min(max(float(value), 0.0), 1.0)
