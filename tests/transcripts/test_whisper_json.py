"""What recognisers write is read; what cannot be is refused with the value that is wrong."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.samples import a_segment, a_word, shared, texts
from transcripts.model import Transcript, TranscriptError
from transcripts.whisper_json import read_whisper_json


def heard(*segments: dict[str, Any], **more: Any) -> Transcript:
    return read_whisper_json(json.dumps({"segments": list(segments), **more}))


def said(text: str = " Come in.", start: Any = 0.0, end: Any = 2.0, **more: Any) -> dict[str, Any]:
    return {"id": 0, "start": start, "end": end, "text": text, **more}


OPENAI = said(
    words=[{"word": " Come", "start": 0.0, "end": 0.5, "probability": 0.9}, {"word": " in.", "start": 0.5, "end": 2.0}]
)
TIMESTAMPED = said(
    avg_logprob=-0.1,
    confidence=0.4,
    words=[{"text": "Come", "start": 0.0, "end": 0.5, "confidence": 0.9}, {"text": "in.", "start": 0.5, "end": 2.0}],
)
WORDS = (a_word("Come", 0.0, 0.5, 0.9), a_word("in.", 0.5, 2.0))


def test_openai_whisper_is_read() -> None:
    assert heard(OPENAI, language="en").segments == (a_segment("Come in.", words=WORDS),)


def test_whisper_timestamped_is_read_with_its_own_confidence() -> None:
    (segment,) = heard(TIMESTAMPED).segments
    assert segment.words == WORDS
    assert segment.confidence == 0.4


def test_the_mean_log_probability_becomes_a_confidence() -> None:
    assert heard(said(avg_logprob=-0.5)).segments[0].confidence == pytest.approx(math.exp(-0.5))
    assert heard(said(avg_logprob=0.1)).segments[0].confidence == 1.0
    assert heard(said(avg_logprob=math.nan)).segments[0].confidence is None


def test_a_bare_list_of_segments_is_read() -> None:
    assert texts(read_whisper_json(json.dumps([OPENAI, TIMESTAMPED]))) == ["Come in.", "Come in."]


def test_whisper_cpp_is_read_in_milliseconds() -> None:
    written = {
        "result": {"language": "de"},
        "transcription": [{"offsets": {"from": 1500, "to": 2750}, "text": " Kommt rein."}],
    }
    transcript = read_whisper_json(json.dumps(written))
    assert transcript == Transcript(segments=(a_segment("Kommt rein.", 1.5, 2.75),), language="de")


def test_text_alone_has_no_times() -> None:
    assert read_whisper_json('{"text": " Come in. "}').segments == (a_segment("Come in.", None, None),)


def test_the_speaker_of_a_diarised_segment_is_kept() -> None:
    assert heard(said(speaker="SPEAKER_01")).segments[0].speaker == "SPEAKER_01"


@pytest.mark.parametrize(("named", "code"), [("English", "en"), ("en", "en"), ("yue", "yue")])
def test_the_language_is_a_code(named: str, code: str) -> None:
    assert heard(said(), language=named).language == code


def test_an_unknown_language_is_named_in_a_remark() -> None:
    transcript = heard(said(), language="Klingon")
    assert transcript.language is None
    assert transcript.remarks == ("the language 'Klingon' is not known",)


def test_empty_segments_and_words_are_left_out() -> None:
    transcript = heard(said("  "), said(words=[{"word": " ", "start": 0, "end": 1}]))
    assert transcript.segments == (a_segment("Come in."),)


def test_words_outside_or_backwards_are_moved_inside_with_a_remark() -> None:
    words = [("We", -3.0, 0.5), ("went", 0.4, 0.3), ("out", 0.1, 9.0), ("on", None, None), ("strike", 5.0, 6.0)]
    (segment,) = (
        transcript := heard(
            said("We went out on strike", 0.0, 2.0, words=[{"word": w, "start": s, "end": e} for w, s, e in words])
        )
    ).segments
    assert [(word.start, word.end) for word in segment.words] == [
        (0, 0.5),
        (0.4, 0.4),
        (0.4, 2.0),
        (2.0, 2.0),
        (2.0, 2.0),
    ]
    assert transcript.remarks == (
        "in 1 segment(s) words have no times, run backwards or lie outside the segment, the first at 0:00 ('We');"
        " they were moved inside",
    )


def test_a_rounding_error_is_no_remark() -> None:
    transcript = heard(said(words=[{"word": "So", "start": 0.0, "end": 2.02}]))
    assert transcript.segments[0].words[0].end == 2.0
    assert transcript.remarks == ()


def test_an_end_before_the_start_is_left_open() -> None:
    transcript = heard(said(start=5.0, end=3.0, words=[{"word": "So", "start": 5.0, "end": 6.0}]))
    assert transcript.segments[0].end is None
    assert transcript.segments[0].words[0].end == 6.0
    assert "left open" in transcript.remarks[0]


def test_a_loop_is_named_in_a_remark() -> None:
    transcript = heard(*(said("Thanks for watching!", 10 * at, 10 * at + 9) for at in range(6)))
    assert "come 6 times in a row at 0:00" in transcript.remarks[0]


def test_halves_of_surrogate_pairs_do_not_pass() -> None:
    (segment,) = read_whisper_json(
        r'{"segments": [{"start": 0, "end": 1, "text": "a\ud800b\u0000 \ud83d\ude00"}]}'
    ).segments
    assert segment.text == "a\ufffdb 😀"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is not JSON: line 1, column 1"),
        ("WEBVTT", "this is not JSON"),
        ('"text"', "it is not an object"),
        ("[]", "it is not an object"),
        ("[1, 2]", "it is not an object"),
        ("{}", "neither 'segments' nor 'transcription'"),
        ('{"text": 5}', "the file has no text in 'text'"),
        ('{"segments": {}}', "segments is not a list"),
        ('{"segments": [7]}', r"segments\[0\] is not an object"),
        ('{"segments": [{"start": 0, "end": 1}]}', r"segments\[0\] has no text in 'text'"),
        ('{"segments": [{"text": "a", "end": 1}]}', r"segments\[0\].start is not a number"),
        ('{"segments": [{"text": "a", "start": "0", "end": 1}]}', r"segments\[0\].start is not a number"),
        ('{"segments": [{"text": "a", "start": true, "end": 1}]}', r"segments\[0\].start is not a number"),
        ('{"segments": [{"text": "a", "start": NaN, "end": 1}]}', "start is nan, which is no time"),
        ('{"segments": [{"text": "a", "start": 0, "end": Infinity}]}', "end is inf, which is no time"),
        ('{"segments": [{"text": "a", "start": 1e300, "end": 1}]}', "which is no time"),
        ('{"segments": [{"text": "a", "start": -1, "end": 1}]}', "start is -1.0, and times are not negative"),
        ('{"segments": [{"text": "a", "start": 0, "end": 1, "words": 5}]}', r"segments\[0\].words is not a list"),
        (
            '{"segments": [{"text": "a", "start": 0, "end": 1, "words": [{"word": "a", "start": NaN}]}]}',
            r"segments\[0\].words\[0\].start is nan",
        ),
        ('{"segments": [{"text": "a", "start": 0, "end": 1, "words": [{"start": 0}]}]}', r"words\[0\] has no text"),
        ('{"transcription": [{"text": "a"}]}', r"transcription\[0\].offsets is not an object"),
        ("[" * 200_000, "nested too deeply"),
        ('{"segments": ' + "9" * 5000 + "}", "a number that is too long"),
    ],
)
def test_anything_else_is_refused(text: str, message: str) -> None:
    with pytest.raises(TranscriptError, match=message):
        read_whisper_json(text)


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
OBJECTS = st.dictionaries(
    st.sampled_from(
        ["start", "end", "text", "word", "words", "avg_logprob", "confidence", "probability", "speaker", "offsets"]
    ),
    VALUES | st.lists(st.fixed_dictionaries({"word": st.text(max_size=3), "start": VALUES, "end": VALUES}), max_size=3),
)


@given(
    st.dictionaries(
        st.sampled_from(["segments", "transcription", "text", "language", "result"]),
        VALUES | st.lists(OBJECTS, max_size=3),
    )
)
def test_nothing_but_a_transcript_error_is_raised(value: dict[str, object]) -> None:
    try:
        read_whisper_json(json.dumps(value))
    except TranscriptError as error:
        assert str(error)


@pytest.mark.shared
def test_the_samples_of_whisper_timestamped_are_read() -> None:
    read = {
        f"{path.parent.name}/{path.name}": read_whisper_json(path.read_text("utf-8"))
        for path in shared("transcripts/json_asr", "*.json")
    }
    assert len(read) == 12
    assert read["corner_cases/random.nocond_apollo11.mp3.words.json"].language == "en"
    assert all(
        segment.words and segment.confidence is not None
        for transcript in read.values()
        for segment in transcript.segments
    )
    loops = {name for name, transcript in read.items() if transcript.remarks}
    assert loops == {"medium_auto/radio_short.mp3.words.json"}
    assert read["medium_auto/radio_short.mp3.words.json"].remarks[-1].startswith("the same words, '1', come 47 times")
