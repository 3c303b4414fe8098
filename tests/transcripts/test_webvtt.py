"""WebVTT is read by the rules of the W3C, and what is written is read back."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.samples import a_segment, a_transcript, a_word, shared, texts, turns
from tests.transcripts.strategies import TRANSCRIPTS
from transcripts.captions import collapse
from transcripts.encoding import decode
from transcripts.model import Transcript, TranscriptError
from transcripts.webvtt import read_cues, read_webvtt, write_webvtt


def cue(text: str, times: str = "00:01.000 --> 00:04.000") -> Transcript:
    return read_webvtt(f"WEBVTT\n\n{times}\n{text}\n")


INTERVIEW = """\
WEBVTT - an interview
Kind: captions
Language: en-GB

NOTE Recorded in the kitchen
--> so the kettle is heard

STYLE
::cue { color: lime }

REGION
id:fred

first
00:00:01.000 --> 00:00:02.500 align:start position:0%
<v.loud Mary Jones>We went <i>out</i>
on &lt;strike&gt; &amp; won.

00:02.500 --> 00:03.000

00:03.000 --> 00:04.000
<v Ana>When?</v>
<v Mary Jones>In 1984.
"""


def test_an_interview_is_read_with_voices_and_times() -> None:
    transcript = read_webvtt(INTERVIEW)
    assert transcript == Transcript(
        segments=(
            a_segment("We went out on <strike> & won.", 1.0, 2.5, "Mary Jones"),
            a_segment("When?", 3.0, 4.0, "Ana"),
            a_segment("In 1984.", 3.0, 4.0, "Mary Jones"),
        ),
        language="en",
    )


def test_a_file_without_its_header_is_refused() -> None:
    for text in ("", "WEBVTTX\n", "\nWEBVTT\n", "00:01.000 --> 00:02.000\nHello"):
        with pytest.raises(TranscriptError, match="the first line is not WEBVTT"):
            read_webvtt(text)


def test_a_mark_and_windows_line_ends_are_no_matter() -> None:
    assert texts(read_webvtt("\ufeffWEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nHello\r\nthere\r\n")) == ["Hello there"]


def test_inline_time_tags_become_word_times() -> None:
    (segment,) = cue("When <00:02.000>the<00:02.500> <00:03.000><c>moon</c>").segments
    assert segment.text == "When the moon"
    assert segment.words == (a_word("When", 1.0, 2.0), a_word("the", 2.0, 2.5), a_word("moon", 3.0, 4.0))


def test_time_tags_outside_the_cue_are_left_out_with_a_remark() -> None:
    transcript = cue("When <00:09.000>the moon")
    assert transcript.segments[0].words == ()
    assert texts(transcript) == ["When the moon"]
    assert transcript.remarks == (
        "word times in 1 cue(s) lie outside the cue or run backwards, the first at 0:01: left out",
    )


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ("two<br>lines", "two lines"),
        ("<ruby>base<rt>above</rt></ruby>", "baseabove"),
        ("a&nbsp;b", "a b"),
        ("<font color='red'>red</font>", "red"),
        ("he said <text not clear> and <laughs>", "he said <text not clear> and <laughs>"),
        ("5 < 6 <b>always</b>", "5 < 6 always"),
        ("<v Mary", "<v Mary"),
    ],
)
def test_tags_go_and_words_stay(payload: str, said: str) -> None:
    assert texts(cue(payload)) == [said]


def test_after_a_voice_has_ended_nobody_is_named() -> None:
    assert turns(cue("<v Joe>Hee!</v> Ha!<v>Ho!")) == [("Joe", "Hee!"), (None, "Ha!"), (None, "Ho!")]


def test_an_impossible_end_is_left_open() -> None:
    transcript = cue("So.", "00:05.000 --> 00:00.000")
    assert transcript.segments[0].end is None
    assert "left open" in transcript.remarks[0]


def test_a_cue_of_no_length_is_kept() -> None:
    assert cue("So.", "00:29.000 --> 00:29.000") == a_transcript(a_segment("So.", 29, 29))


def test_a_cue_needs_no_empty_line_before_it() -> None:
    text = "WEBVTT\n00:01.000 --> 00:02.000\nWe won.\n00:02.000 --> 00:03.000\nThey lost.\n"
    assert texts(read_webvtt(text)) == ["We won.", "They lost."]


def test_words_outside_any_cue_are_named_in_a_remark() -> None:
    transcript = read_webvtt("WEBVTT\n\n00:01.000 --> 00:02.000\n\nlost words\n\nat x --> y\nmore\n")
    assert transcript.segments == ()
    assert transcript.remarks == ("2 blocks are not cues and were left out (the first on line 5: 'lost words')",)


def test_an_unknown_language_is_named_in_a_remark() -> None:
    assert read_webvtt("WEBVTT\nLanguage: tlh\n").remarks == ("the language 'tlh' is not known",)


def test_what_is_written_is_webvtt() -> None:
    spoken = a_transcript(
        a_segment("on strike", 1.0, 3.0, "A & B", (a_word("on", 1.0, 1.5), a_word("strike", 2.0, 2.5))), language="en"
    )
    assert write_webvtt(spoken) == (
        "WEBVTT\nLanguage: en\n\n00:00:01.000 --> 00:00:03.000\n"
        "<v A &amp; B>on<00:00:01.500> <00:00:02.000>strike<00:00:02.500>\n"
    )


def test_a_single_word_that_fills_its_segment_is_read_back() -> None:
    spoken = a_transcript(a_segment("strike", 1.0, 2.0, words=(a_word("strike", 1.0, 2.0),)))
    assert read_webvtt(write_webvtt(spoken)) == spoken


def test_words_that_do_not_spell_the_text_are_not_written() -> None:
    spoken = a_transcript(a_segment("on strike", words=(a_word("on strike today"),)))
    assert "<" not in write_webvtt(spoken)


@given(TRANSCRIPTS)
def test_what_is_written_is_read_back(transcript: Transcript) -> None:
    assert read_webvtt(write_webvtt(transcript)) == transcript


def test_a_cue_made_to_be_slow_is_not() -> None:
    began = time.perf_counter()
    assert len(cue("<v a>x" * 20_000).segments) == 20_000
    assert time.perf_counter() - began < 5


CUE_TEXT = st.text(st.sampled_from("<>/vcb &;:.0123\n-ab"), max_size=60)


@given(st.text(max_size=60), CUE_TEXT)
def test_nothing_makes_the_reader_stumble(block: str, payload: str) -> None:
    read_webvtt(f"WEBVTT\n\n{block}\n\n00:01.000 --> 00:02.000\n{payload}")


# The oracles of vtt.js. Left out, with the reason:
OTHER_TIMES = {
    "cue-times/minimum-spots-over-sixty.vtt",  # vtt.js takes 120:00.000 for 120 hours, the W3C refuses it, we: minutes
}
OTHER_SEGMENTS = {
    "cuetext/voice/with-closing-span.vtt",  # words after </v> are a second segment of the same cue
}
OTHER_TEXT = {
    "cuetext/lang/no-end-gt.vtt",  # a tag that is never closed: vtt.js drops the words in it, we keep them
    "cuetext/tag-format/end-tag-no-gt.vtt",
}


def oracles(ending: str) -> dict[str, tuple[str, list[dict[str, object]]]]:
    pairs = {}
    for path in shared("tricky/vtt_js", "*.vtt"):
        oracle = path.with_name(f"{path.stem}{ending}")
        if oracle.exists():
            name = path.relative_to(next(up for up in path.parents if up.name == "vtt_js"))
            pairs[name.as_posix()] = (decode(path.read_bytes())[0], json.loads(oracle.read_text("utf-8")))
    return pairs


@pytest.mark.shared
def test_81_of_82_oracles_of_vtt_js_agree_on_every_cue() -> None:
    differing = set()
    cases = oracles(".json")
    for name, (text, oracle) in cases.items():
        cues, _ = read_cues(text)
        ours = [(cue.identifier, cue.start, cue.end, cue.text) for cue in cues]
        theirs = [(cue["id"], cue["startTime"], cue["endTime"], cue["text"]) for cue in oracle["cues"]]  # type: ignore[call-overload]
        if ours != theirs:
            differing.add(name)
    assert len(cases) == 82
    assert differing == OTHER_TIMES


@pytest.mark.shared
def test_81_of_82_oracles_of_vtt_js_have_a_segment_for_every_cue() -> None:
    cases = oracles(".json")
    differing = {
        name
        for name, (text, oracle) in cases.items()
        if len(read_webvtt(text).segments) != len(oracle["cues"])  # type: ignore[call-overload]
    }
    assert differing == OTHER_SEGMENTS


def said(text: str) -> str:
    try:
        return collapse(" ".join(texts(read_webvtt(text))))
    except TranscriptError:
        return ""


@pytest.mark.shared
def test_56_of_58_oracles_of_vtt_js_agree_on_the_words() -> None:
    """What a browser shows of a cue, without its tags; one oracle more is empty (`null`)."""
    cases = {name: case for name, case in oracles("-proc.json").items() if case[1] is not None}
    differing = {
        name
        for name, (text, oracle) in cases.items()
        if said(text) != collapse(" ".join(str(element["textContent"]) for element in oracle))
    }
    assert len(cases) == 58
    assert differing == OTHER_TEXT


@pytest.mark.shared
def test_the_samples_of_other_libraries_are_read_or_refused() -> None:
    refused = set()
    for path in [
        *shared("tricky/webvtt_py", "*.vtt"),
        *shared("tricky/pycaption", "*.vtt"),
        *shared("transcripts", "*.vtt"),
    ]:
        try:
            read_webvtt(decode(path.read_bytes())[0])
        except TranscriptError:
            refused.add(path.name)
    assert refused == {"invalid.vtt", "sample_webvtt_no_header.vtt"}
