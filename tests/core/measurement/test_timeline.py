"""Pairing by presentation time, against a simulation that looks at every millisecond."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from giflab_core.measurement.timeline import pair
from giflab_core.model import Clip, FramePair

durations = st.lists(st.integers(1, 60), min_size=1, max_size=12).map(tuple)
durations_with_zeros = st.lists(st.integers(0, 20), min_size=1, max_size=12).map(tuple)


def clip(durations_ms: tuple[int, ...]) -> Clip:
    return Clip(Path("x.gif"), "", 1, 1, durations_ms, None)


def on_screen(durations_ms: tuple[int, ...]) -> list[int]:
    """The frame shown in each millisecond."""
    return [frame for frame, duration in enumerate(durations_ms) for _ in range(duration)]


@given(durations_with_zeros, durations_with_zeros)
def test_weights_equal_a_simulation_on_a_millisecond_grid(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    expected = Counter(zip(on_screen(a), on_screen(b), strict=False))
    found = {(each.original, each.compressed): each.duration_ms for each in pair(clip(a), clip(b))}
    assert found == dict(expected)


@given(durations, durations)
def test_there_are_at_most_n_plus_m_minus_1_pairs(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    assert len(pair(clip(a), clip(b))) <= len(a) + len(b) - 1


@given(durations, durations)
def test_pairs_follow_each_other_without_a_gap(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    now_ms = 0
    for each in pair(clip(a), clip(b)):
        assert each.start_ms == now_ms
        now_ms += each.duration_ms
    assert now_ms == min(sum(a), sum(b))


def test_a_merged_frame_is_paired_with_both_it_stands_for() -> None:
    assert pair(clip((40, 60)), clip((100,))) == (FramePair(0, 0, 0, 40), FramePair(1, 0, 40, 60))
