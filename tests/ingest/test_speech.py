"""Speech is found, cut at pauses, and never made up of silence."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ingest.audio import RATE
from ingest.speech import Piece, find_pause, find_pieces
from tests.ingest.sounds import demo_speech, np

pytest.importorskip("faster_whisper", reason="the extra ingest is not installed")

SENTENCES = 9


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def one_sentence() -> np.ndarray:
    """The first sentence of the recording from Glasgow, without silence around it."""
    samples = demo_speech()
    audible = np.flatnonzero(np.abs(samples[: round(4.8 * RATE)]) > 0.01)
    return samples[audible[0] : audible[-1]]


def loud(samples: np.ndarray, piece: Piece) -> float:
    return float(np.abs(samples[round(piece.start * RATE) : round(piece.end * RATE)]).max())


@pytest.mark.parametrize("seconds", [0, 0.01, 1, 40])
def test_in_silence_there_are_no_pieces(seconds: float) -> None:
    assert find_pieces(silence(seconds)) == ()


def test_hum_and_hiss_are_no_speech() -> None:
    at = np.arange(20 * RATE) / RATE
    hum = 0.05 * np.sin(2 * np.pi * 50 * at) + 0.003 * np.random.default_rng(1).standard_normal(len(at))
    assert find_pieces(hum.astype(np.float32)) == ()


@pytest.mark.parametrize("longest", [5.0, 10.0, 30.0])
def test_no_piece_is_longer_than_asked_and_none_overlap(longest: float) -> None:
    pieces = find_pieces(demo_speech(), longest=longest)
    assert max(piece.end - piece.start for piece in pieces) <= longest
    assert all(before.end <= after.start for before, after in pairwise(pieces))
    assert pieces[0].start >= 0
    assert pieces[-1].end <= len(demo_speech()) / RATE


@pytest.mark.parametrize("longest", [5.0, 10.0, 30.0])
def test_nothing_audible_is_left_out(longest: float) -> None:
    samples = demo_speech().copy()
    for piece in find_pieces(samples, longest=longest):
        samples[round(piece.start * RATE) : round(piece.end * RATE)] = 0
    assert np.abs(samples).max() < 0.03


def test_pieces_are_cut_between_sentences_where_the_pauses_are_longest() -> None:
    samples = demo_speech()
    pieces = find_pieces(samples, longest=10)
    assert 1 < len(pieces) < SENTENCES
    edges = [piece.end for piece in pieces[:-1]] + [piece.start for piece in pieces[1:]]
    for edge in edges:
        assert np.abs(samples[round((edge - 0.1) * RATE) : round((edge + 0.1) * RATE)]).max() < 0.02


def test_a_cut_is_made_at_the_longest_pause_not_at_the_last_possible() -> None:
    spoken = one_sentence()
    parts = [spoken, silence(0.3), spoken, silence(1.2), spoken, silence(0.3), spoken]
    longest = (3.5 * len(spoken) + 1.8 * RATE) / RATE  # room for three sentences
    first, second = find_pieces(np.concatenate(parts), longest=longest)
    assert first.end == pytest.approx((2 * len(spoken) + 0.9 * RATE) / RATE, abs=0.5)
    assert second.start > first.end - 0.001


def test_neighbouring_stretches_are_joined_but_not_across_a_long_silence() -> None:
    spoken = one_sentence()
    near = np.concatenate([spoken, silence(2.0), spoken])
    far = np.concatenate([spoken, silence(4.5), spoken])
    assert len(find_pieces(near)) == 1
    assert len(find_pieces(far)) == 2


def test_speech_without_a_pause_is_cut_all_the_same() -> None:
    vowel = one_sentence()[8000:12000]
    pieces = find_pieces(np.tile(vowel, 100), longest=5)
    assert pieces
    assert max(piece.end - piece.start for piece in pieces) <= 5


def test_a_piece_begins_a_little_before_the_voice() -> None:
    (piece,) = find_pieces(np.concatenate([silence(2), one_sentence(), silence(2)]))
    assert 1.4 <= piece.start <= 2.0
    assert piece.end >= 2 + len(one_sentence()) / RATE - 0.1


def test_the_pause_to_cut_at_is_the_longest() -> None:
    spoken = one_sentence()
    samples = np.concatenate([spoken, silence(0.5), spoken, silence(1.5), spoken])
    middle = (2 * len(spoken) + 1.25 * RATE) / RATE
    assert find_pause(samples) / RATE == pytest.approx(middle, abs=0.4)


def test_without_any_pause_the_quietest_moment_is_taken() -> None:
    vowel = np.tile(one_sentence()[8000:12000], 40)
    vowel[70_000:78_000] *= 0.2
    assert 70_000 < find_pause(vowel) < 78_000
    assert 0 <= find_pause(vowel[:100]) <= 100
    assert find_pause(silence(0)) == 0
