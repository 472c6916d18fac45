"""The correlation of motion: from its definition over all frames, whatever the boxes, durations and sizes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from giflab_core.checks.motion import LONGEST_MS, MOST_PIXELS, MOVING_VARIANCE, MotionCorrelation
from giflab_core.kernels import change
from giflab_core.kernels.boxes import NOTHING
from tests.core.kernels.test_change import Plane, Update, clip, seeds, sides
from tests.helpers.gifs import moving_frames
from tests.helpers.kernels import needs_native

# Where rounding decides what moves.
UNDECIDED = 2.0
durations = st.lists(st.sampled_from([1, 20, 100, 30000, 655350]), min_size=8, max_size=8)


def followed(updates: list[Update], durations_ms: list[int], *, boxes: bool = True) -> float | None:
    height, width = updates[0][0].shape
    motion = MotionCorrelation(width, height)
    for (x, y, box), duration_ms in zip(updates, durations_ms, strict=True):
        motion.add(x, y, box if boxes else None, duration_ms)
    return motion.value()


def by_definition(updates: list[Update], durations_ms: list[int]) -> float | None:
    x, y = (np.array([update[side] for update in updates], np.float64) for side in (0, 1))
    weights = np.array(durations_ms) / sum(durations_ms)
    x, y = (clip - np.tensordot(weights, clip, 1) for clip in (x, y))
    xx, yy, xy = (np.tensordot(weights, one * other, 1) for one, other in ((x, x), (y, y), (x, y)))
    if np.isclose(xx, MOVING_VARIANCE).any() or np.isclose(yy.sum(), MOVING_VARIANCE):
        return UNDECIDED
    moving = xx > MOVING_VARIANCE
    if not moving.any() or yy[moving].sum() <= MOVING_VARIANCE:
        return None
    return float(xy[moving].sum() / np.sqrt(xx[moving].sum() * yy[moving].sum()))


def both(frames: list[Plane], others: list[Plane]) -> list[Update]:
    return [(x, y, (0, *x.shape[:1], 0, *x.shape[1:])) for x, y in zip(frames, others, strict=True)]


@given(seeds, sides, sides, durations)
def test_it_is_pearsons_correlation_about_each_pixels_mean(
    seed: int, height: int, width: int, durations_ms: list[int]
) -> None:
    updates = clip(seed, height, width)
    expected = by_definition(updates, durations_ms)
    assume(expected != UNDECIDED)
    assert followed(updates, durations_ms) == (None if expected is None else pytest.approx(expected, abs=1e-9))


@given(seeds, sides, sides, durations)
def test_boxes_change_nothing(seed: int, height: int, width: int, durations_ms: list[int]) -> None:
    updates = clip(seed, height, width)
    assert followed(updates, durations_ms) == followed(updates, durations_ms, boxes=False)


@needs_native
@given(seeds, sides, sides, durations)
def test_numpy_computes_the_same(seed: int, height: int, width: int, durations_ms: list[int]) -> None:
    updates = clip(seed, height, width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(change, "NATIVE", None)
        twin = followed(updates, durations_ms)
    assert followed(updates, durations_ms) == twin


def test_the_longest_time_in_32_bits_does_not_overflow() -> None:
    black, white = np.zeros((3, 3), np.uint8), np.full((3, 3), 255, np.uint8)
    updates = both([white, black, white], [black, white, black])
    assert followed(updates, [LONGEST_MS // 2, LONGEST_MS // 2 + 1, LONGEST_MS // 2]) == pytest.approx(-1)


def test_an_equal_clip_has_one() -> None:
    frames = moving_frames(12)
    assert followed(both(frames, frames), [40] * 12) == pytest.approx(1)


@pytest.mark.parametrize("shift", [3, 6, 9])
def test_a_clip_in_another_order_has_next_to_nothing(shift: int) -> None:
    frames = moving_frames(12)
    value = followed(both(frames, frames[shift:] + frames[:shift]), [40] * 12)
    assert value is not None
    assert value < 0.2


def test_it_is_none_where_nothing_moves_or_nothing_was_added() -> None:
    frames, still = moving_frames(4), moving_frames(1) * 4
    assert followed(both(still, frames), [40] * 4) is None
    assert followed(both(frames, still), [40] * 4) is None
    assert MotionCorrelation(8, 8).value() is None


@pytest.mark.parametrize("size", [(1000, 800), (3, 200_000), (2001, 1001)])
def test_a_single_pixel_that_moves_in_a_large_picture_is_seen(size: tuple[int, int]) -> None:
    width, height = size
    assert width * height > MOST_PIXELS
    motion, reverse = MotionCorrelation(width, height), MotionCorrelation(width, height)
    plane, other = np.zeros((2, height, width), np.uint8)
    for shown in (0, 255, 0, 255):
        plane[-1, -1], other[-1, -1] = shown, 255 - shown
        box = (height - 1, height, width - 1, width)
        motion.add(plane, plane, box, 50)
        reverse.add(plane, other, box, 50)
    assert motion.value() == pytest.approx(1)
    assert reverse.value() == pytest.approx(-1)


def test_planes_of_another_shape_are_refused() -> None:
    motion = MotionCorrelation(8, 8)
    with pytest.raises(ValueError, match="shape"):
        motion.add(np.zeros((8, 9), np.uint8), np.zeros((8, 9), np.uint8), None, 10)


def test_an_update_of_nothing_goes_on_with_what_is_shown() -> None:
    frames = moving_frames(4)
    held = [update for x, y, box in both(frames, frames[::-1]) for update in ((x, y, box), (x, y, NOTHING))]
    assert followed(held, [10, 30] * 4) == followed(both(frames, frames[::-1]), [40] * 4)
