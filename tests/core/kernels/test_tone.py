"""Sums of tones, colours and detail, against arithmetic by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.joint import MULTIPLIER, Joint
from giflab_core.kernels.tone import (
    CHANNELS,
    LEVEL_SIZE,
    LEVELS,
    MANY_LEVELS,
    NAMES,
    PLANES,
    RARE,
    SIZE,
    add_tones,
    changed_pixels,
    changed_pixels_numpy,
    detail_sums,
    detail_sums_numpy,
    level_sums,
    level_sums_numpy,
    size_of_sums,
    tone_sums,
    tone_sums_numpy,
)
from tests.helpers.kernels import needs_native


def joint(*rows: tuple[tuple[int, int, int, int], tuple[int, int, int, int], int]) -> Joint:
    original, compressed, counts = zip(*rows, strict=True)
    return Joint(np.array(original, np.uint8), np.array(compressed, np.uint8), np.array(counts, np.int64))


@pytest.mark.usefixtures("either")
def test_each_level_has_its_share_and_the_mean_of_what_it_became() -> None:
    sums = tone_sums(joint(((10, 10, 10, 255), (20, 20, 20, 255), 3), ((200, 200, 200, 255), (100, 100, 100, 255), 1)))
    assert {level: sums[level] for level in np.flatnonzero(sums[:LEVELS])} == {10: 0.75, 200: 0.25}
    assert sums[LEVELS + 10] == pytest.approx(0.75 * 20)
    named = dict(zip(NAMES, sums[2 * LEVELS :], strict=True))
    assert named["y1"] == pytest.approx(0.75 * 10 + 0.25 * 200)
    assert named["y12"] == pytest.approx(0.75 * 10 * 20 + 0.25 * 200 * 100)


@pytest.mark.usefixtures("either")
def test_chroma_is_blue_and_red_without_luma() -> None:
    named = dict(zip(NAMES, tone_sums(joint(((255, 0, 0, 255), (0, 0, 255, 255), 5)))[2 * LEVELS :], strict=True))
    red, blue = 0.299 * 255, 0.114 * 255
    assert (named["u1"], named["v1"]) == pytest.approx((-red, 255 - red), rel=1e-5)
    assert (named["u2"], named["v2"]) == pytest.approx((255 - blue, -blue), rel=1e-5)
    assert named["turn"] == pytest.approx(-red * -blue - (255 - red) * (255 - blue), rel=1e-5)


@pytest.mark.usefixtures("either")
def test_what_is_transparent_in_one_of_them_does_not_count() -> None:
    hidden, grey = (0, 0, 0, 0), (90, 90, 90, 255)
    sums = tone_sums(joint((hidden, grey, 5), (grey, hidden, 7), (grey, grey, 1)))
    assert np.flatnonzero(sums[:LEVELS]).tolist() == [90]
    assert tone_sums(joint((hidden, grey, 5))).tolist() == [0.0] * SIZE


@pytest.mark.usefixtures("either")
def test_steps_to_the_right_in_every_fourth_row() -> None:
    x = np.array([[0, 10, 10], *[[0, 99, 0]] * 3, [5, 5, 0]], np.uint8)
    y = np.array([[0, 5, 5], *[[7, 7, 7]] * 3, [5, 5, 10]], np.uint8)
    assert detail_sums(x, y, 1).tolist() == [[[100 + 25, 50 - 25, 25 + 25]]]


@pytest.mark.usefixtures("either")
def test_each_step_is_in_one_place() -> None:
    """Of 3 columns the first is left of the middle; of 9 rows the first four are above the middle but for roundings."""
    x = np.zeros((9, 3), np.uint8)
    x[::4] = (0, 1, 3), (0, 4, 0), (6, 0, 8)
    found = detail_sums(x, x, 2)[..., 0]
    assert found.tolist() == [[1, 4], [16 + 36, 16 + 64]]


@needs_native
@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 60), st.integers(1, 7))
def test_native_sums_are_those_of_numpy(seed: int, height: int, width: int, places: int) -> None:
    assert NATIVE
    x, y = np.random.default_rng(seed).integers(0, 256, (2, height, width), np.uint8)
    found, expected = np.zeros((2, places, places, 3), np.int64)
    NATIVE.detail_sums(x, y, 4, found)
    detail_sums_numpy(x, y, 4, expected)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.usefixtures("either")
def test_of_each_level_what_it_became_and_its_square_and_what_there_is_then() -> None:
    hidden = (0, 0, 0, 0)
    sums = level_sums(
        joint(((10, 20, 30, 255), (1, 2, 3, 255), 3), ((10, 0, 0, 255), (5, 2, 0, 255), 1), (hidden, hidden, 9))
    )
    before, means, squares, after = sums[:-2].reshape(PLANES, CHANNELS, LEVELS)
    assert before[0, 10] == 1
    assert (before[1, 20], before[1, 0]) == (0.75, 0.25)
    assert means[0, 10] == 0.75 * 1 + 0.25 * 5
    assert squares[0, 10] == 0.75 * 1 + 0.25 * 25
    assert (after[0, 1], after[0, 5], after[1, 2]) == (0.75, 0.25, 1)
    assert sums[-2:].tolist() == [2, 0]


@pytest.mark.usefixtures("either")
def test_many_levels_are_only_told() -> None:
    greys = [((level, level, level, 255), (level, 0, 0, 255), 1) for level in range(17)]
    assert not level_sums(joint(*greys[:16]))[-1]
    assert np.flatnonzero(level_sums(joint(*greys))).tolist() == [PLANES * CHANNELS * LEVELS + 1]


@pytest.mark.usefixtures("either")
def test_changed_pixels_are_of_another_colour_or_visible_in_one_only() -> None:
    hidden, grey, red = (0, 0, 0, 0), (90, 90, 90, 255), (90, 0, 0, 255)
    rows = (grey, grey, 1), (grey, red, 20), (red, grey, 300), (hidden, red, 4000), (grey, hidden, 50000)
    assert changed_pixels(joint(*rows, (hidden, hidden, 7))) == (320, 54000)


@needs_native
@given(st.integers(0, 2**32 - 1), st.integers(1, 3000))
def test_native_and_numpy_sum_the_same_pairs(seed: int, n: int) -> None:
    assert NATIVE
    chance = np.random.default_rng(seed)
    pairs = chance.integers(0, 256, (2, n, 4), np.uint8)
    pairs[..., 3] = 255 * (pairs[..., 3] > 40)
    pairs[pairs[..., 3] == 0] = 0
    pairs[1, ::3] = pairs[0, ::3]
    (x, y), counts = pairs, chance.integers(1, 5000, n)
    native, numpy = np.zeros((2, SIZE))
    NATIVE.tone_sums(x, y, counts, native)
    tone_sums_numpy(x, y, counts, numpy)
    np.testing.assert_allclose(native, numpy, rtol=1e-9, atol=1e-7)
    assert NATIVE.changed_pixels(x, y, counts) == changed_pixels_numpy(x, y, counts)


@needs_native
@given(st.integers(0, 2**32 - 1), st.integers(1, 3000), st.sampled_from([1, 16, 40]))
def test_native_and_numpy_sum_the_same_levels(seed: int, n: int, step: int) -> None:
    assert NATIVE
    chance = np.random.default_rng(seed)
    pairs = chance.integers(0, 256, (2, n, 4), np.uint8) // step * step
    pairs[..., 3] = 255 * (pairs[..., 3] > 40)
    (x, y), counts = pairs, chance.integers(1, 5000, n)
    native, numpy = np.ones((2, LEVEL_SIZE))
    numpy[-2:] = 0
    NATIVE.level_sums(x, y, counts, RARE, MANY_LEVELS, MULTIPLIER, native)
    level_sums_numpy(x, y, counts, numpy)
    np.testing.assert_array_equal(native, numpy)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("times", [1, 3])
def test_all_sums_of_a_pair_are_added_so_many_times(times: int) -> None:
    pairs = joint(((10, 20, 30, 255), (1, 2, 3, 255), 3), ((10, 0, 0, 255), (0, 0, 0, 0), 5))
    x, y = np.random.default_rng(1).integers(0, 256, (2, 30, 40), np.uint8)
    sums = np.ones(size_of_sums(4))
    add_tones(pairs, x, y, 4, times, sums)
    apart = tone_sums(pairs), detail_sums(x, y, 4).ravel(), [1200], changed_pixels(pairs), level_sums(pairs)
    np.testing.assert_array_equal(sums, 1 + times * np.concatenate(apart))
