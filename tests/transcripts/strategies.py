"""Transcripts as hypothesis makes them up: to the millisecond, without stray white space."""

from __future__ import annotations

from hypothesis import strategies as st

from transcripts.model import Segment, Transcript, Word

LETTERS = st.characters(blacklist_categories=("Cc", "Cs", "Zs", "Zl", "Zp"))
WORDS = st.text(LETTERS, min_size=1, max_size=8)
PHRASES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
MILLISECONDS = st.integers(min_value=0, max_value=400_000_000)


@st.composite
def timed_segments(draw: st.DrawFn, *, with_words: bool = True) -> Segment:
    """Return a segment with start and end, with or without word times that spell its text."""
    said = draw(st.lists(WORDS, min_size=1, max_size=5))
    begin = draw(MILLISECONDS)
    steps = draw(st.lists(st.integers(0, 900), min_size=2 * len(said) + 1, max_size=2 * len(said) + 1))
    moments = [begin]
    for step in steps:
        moments.append(moments[-1] + step)
    times = [moment / 1000 for moment in moments]
    words = tuple(Word(text=word, start=times[2 * at + 1], end=times[2 * at + 2]) for at, word in enumerate(said))
    gap = draw(st.sampled_from(["", " "]))
    return Segment(
        text=gap.join(said),
        start=times[0],
        end=times[-1],
        speaker=draw(st.none() | PHRASES),
        words=words if with_words and draw(st.booleans()) else (),
    )


TRANSCRIPTS = st.builds(
    lambda segments, language: Transcript(segments=tuple(segments), language=language),
    st.lists(timed_segments(), max_size=4),
    st.sampled_from([None, "en", "yue", "it"]),
)
