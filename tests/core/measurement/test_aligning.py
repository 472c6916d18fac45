"""Which pairs are scored: those whose pictures belong together."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core import Clip, pair, validate
from giflab_core.measurement.timeline import comparable
from tests.helpers.gifs import Indices, Picture, gif, write_clip
from tests.helpers.scenes import SCENES, cards

durations = st.lists(st.integers(2, 12).map(lambda ticks: 10 * ticks), min_size=1, max_size=12)


def clip(durations_ms: list[int]) -> Clip:
    return Clip(Path("x.gif"), "", 8, 8, tuple(durations_ms), 0)


def scored(original_ms: list[int], compressed_ms: list[int]) -> list[tuple[int, int]]:
    clips = clip(original_ms), clip(compressed_ms)
    return [(each.original, each.compressed) for each in comparable(pair(*clips), *clips)]


def test_a_boundary_that_is_10_ms_late_leaves_its_pair_out() -> None:
    assert scored([100, 100], [110, 90]) == [(0, 0), (1, 1)]


def test_a_boundary_that_is_20_ms_early_leaves_its_pair_out() -> None:
    assert scored([100, 100], [80, 120]) == [(0, 0), (1, 1)]


def test_a_boundary_that_is_30_ms_late_is_scored() -> None:
    assert scored([100, 100], [130, 70]) == [(0, 0), (1, 0), (1, 1)]


def test_a_boundary_moved_by_half_a_frame_leaves_its_pair_out() -> None:
    assert scored([100, 40, 100], [120, 20, 100]) == [(0, 0), (1, 1), (2, 2)]


def test_a_boundary_moved_by_more_than_half_a_frame_is_scored() -> None:
    assert scored([30, 30, 30], [50, 10, 30]) == [(0, 0), (1, 0), (1, 1), (2, 2)]


def test_a_frame_that_was_dropped_is_scored_however_short() -> None:
    assert scored([100, 20, 100], [120, 100]) == [(0, 0), (1, 0), (2, 1)]


@given(durations, durations)
def test_no_frame_is_left_out_altogether(original_ms: list[int], compressed_ms: list[int]) -> None:
    clips = clip(original_ms), clip(compressed_ms)
    pairs = pair(*clips)
    kept = comparable(pairs, *clips)
    assert set(kept) <= set(pairs)
    assert {each.original for each in kept} == {each.original for each in pairs}
    assert {each.compressed for each in kept} == {each.compressed for each in pairs}


@given(durations)
def test_clips_of_the_same_durations_are_scored_whole(shown_ms: list[int]) -> None:
    assert len(scored(shown_ms, shown_ms)) == len(shown_ms)


@pytest.mark.parametrize("kind", sorted(SCENES))
@pytest.mark.parametrize("seed", range(3))
def test_moved_boundaries_cost_nothing_and_are_told(tmp_path: Path, kind: str, seed: int) -> None:
    frames = SCENES[kind](10, seed)
    moves = np.random.default_rng(seed).choice([-1, 0, 1], 9)
    ends = [0, *(10 * number + int(move) for number, move in enumerate(moves, 1)), 100]
    delays = [after - before for before, after in pairwise(ends)]
    report = validate(write_clip(tmp_path / "a.gif", frames), write_clip(tmp_path / "b.gif", frames, delays))
    left_out_ms = 10 * int(np.abs(moves).sum())
    result = report.metrics["quality"]
    assert report.status == "pass"
    assert result.mean == 1
    assert (result.scored, result.population) == (10, 10 + int(np.count_nonzero(moves)))
    assert report.coverage == pytest.approx(1 - left_out_ms / 1000)
    timing = next(check for check in report.checks if check.name == "timing")
    assert f"{left_out_ms} ms of shifted boundaries are not in the scores" in timing.message


@pytest.mark.parametrize("place", [0, 4, 9])
@pytest.mark.parametrize("black_cs", [2, 6, 10])
def test_what_is_said_of_colour_counts_the_frames_that_are_equal(tmp_path: Path, place: int, black_cs: int) -> None:
    frames = cards(10)
    colours = bytes(value for grey in range(256) for value in (grey, 40, 255 - grey))
    delays = [10] * 10
    black = np.full_like(frames[0], 255)
    paths = []
    for name, shown in (("a", [*zip(frames, delays, strict=True)]), ("b", _with(frames, black, place, black_cs))):
        table = colours[:-3] + bytes(3)
        pictures = [Picture(frame, delay_cs=delay) for frame, delay in shown]
        paths.append(tmp_path / f"{name}.gif")
        paths[-1].write_bytes(gif(pictures, size=frames[0].shape[::-1], palette=table, loop=0))
    report = validate(*paths)
    failed = {check.name: check.message for check in report.failed}
    assert "of the colour is kept" not in failed.get("colour", "")
    assert "content" in failed


def _with(frames: list[Indices], other: Indices, place: int, other_cs: int) -> list[tuple[Indices, int]]:
    """All frames, 100 ms each, the other one in the last part of the one at its place."""
    shown = [(frame, 10) for frame in frames]
    rest = [(frames[place], 10 - other_cs)] if other_cs < 10 else []
    return [*shown[:place], *rest, (other, other_cs), *shown[place + 1 :]]
