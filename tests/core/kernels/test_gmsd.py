"""GMSD by hand and against numbers of piq, in C as in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.gmsd import GmsdSum, gmsd, gmsd_rows_numpy
from tests.helpers.kernels import needs_native, noisy_ramp

Plane = npt.NDArray[np.uint8]

Rows = npt.NDArray[np.int64]

shapes = st.tuples(st.integers(1, 40), st.integers(1, 40))
planes = shapes.flatmap(lambda shape: st.tuples(arrays(np.uint8, shape), arrays(np.uint8, shape)))


def rows_in_c(x: Plane, y: Plane) -> Rows:
    assert NATIVE
    sums = np.zeros(((x.shape[0] + 1) // 2, 3), np.int64)
    assert NATIVE.gmsd_update(x, y, sums, 0, len(sums)) == tuple(sums.sum(axis=0))
    return sums


@pytest.mark.usefixtures("either")
def test_it_equals_arithmetic_by_hand() -> None:
    # Two means of 2x2 pixels, 30 and 60; the gradient at each is a third of the other.
    x = np.array([[30, 30, 60, 60], [30, 30, 60, 60]], np.uint8)
    left, right = 170 / (20**2 + 170), 170 / (10**2 + 170)
    assert gmsd(x, np.zeros_like(x)) == pytest.approx((right - left) / 2, abs=1e-7)


@pytest.mark.usefixtures("either")
def test_behind_an_odd_last_row_and_column_is_black() -> None:
    x, _ = noisy_ramp(7, 9, 0)
    y = np.zeros_like(x)
    framed = np.zeros((8, 10), np.uint8)
    framed[:7, :9] = x
    assert gmsd(x, y) == gmsd(framed, np.zeros_like(framed)) > 0


# piq 0.8.0, gmsd(..., data_range=255), of these as float64 of shape (1, 1, height, width).
@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(
    ("height", "width", "spread", "expected"),
    [
        (1, 1, 9, 0.0),
        (3, 3, 50, 0.030358191417994267),
        (7, 7, 50, 0.036233412878774206),
        (11, 20, 30, 0.038979368223795004),
        (64, 63, 10, 0.012736443458020741),
        (200, 301, 120, 0.18324915528893554),
    ],
)
def test_it_equals_piq(height: int, width: int, spread: int, expected: float) -> None:
    assert gmsd(*noisy_ramp(height, width, spread)) == pytest.approx(expected, abs=1e-7)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (7, 7), (33, 40), (301, 200)])
def test_it_is_exactly_zero_for_equal_planes(shape: tuple[int, int]) -> None:
    x = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    assert gmsd(x, x.copy()) == 0.0


@pytest.mark.usefixtures("either")
def test_a_large_plane_does_not_overflow() -> None:
    x = np.zeros((4000, 4200), np.uint8)
    y = x.copy()
    y.reshape(4000, -1, 8)[:, ::2] = 255  # of four means of 2x2 pixels two are at an edge
    half = gmsd(x[:2000], y[:2000])
    assert 0.48 < half < 0.5
    assert gmsd(x, y) == pytest.approx(half, rel=0.01)


@needs_native
@given(planes)
def test_it_is_the_same_number_in_c_as_in_numpy(pair: tuple[Plane, Plane]) -> None:
    np.testing.assert_array_equal(rows_in_c(*pair), gmsd_rows_numpy(*pair))


@needs_native
@pytest.mark.parametrize("shape", [(1, 70), (70, 1), (131, 257), (256, 256)])
@pytest.mark.parametrize("spread", [0, 3, 40, 255])
def test_it_is_the_same_number_in_c_as_in_numpy_for_any_noise(shape: tuple[int, int], spread: int) -> None:
    x, y = noisy_ramp(*shape, spread)
    np.testing.assert_array_equal(rows_in_c(x, y), gmsd_rows_numpy(x, y))


@needs_native
@pytest.mark.parametrize("wrong", [np.zeros((9, 8)), np.zeros((8, 9), np.uint8), np.zeros((9, 8, 1), np.uint8), None])
def test_other_types_and_shapes_are_refused(wrong: Any) -> None:
    plane = np.zeros((9, 8), np.uint8)
    assert NATIVE
    for x, y in [(wrong, plane), (plane, wrong)]:
        with pytest.raises((TypeError, ValueError)):
            NATIVE.gmsd_update(x, y, np.zeros((5, 3), np.int64), 0, 5)
    with pytest.raises(ValueError, match="empty"):
        NATIVE.gmsd_update(plane[:0], plane[:0], np.zeros((0, 3), np.int64), 0, 0)
    with pytest.raises(ValueError, match="length"):
        NATIVE.gmsd_update(plane, plane, np.zeros((4, 3), np.int64), 0, 4)
    for first, last in ((-1, 2), (3, 2), (0, 6)):
        with pytest.raises(ValueError, match="no such rows"):
            NATIVE.gmsd_update(plane, plane, np.zeros((5, 3), np.int64), first, last)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(("height", "width"), [(1, 1), (2, 9), (31, 20), (64, 33)])
def test_after_changes_in_boxes_it_is_that_of_whole_planes(height: int, width: int) -> None:
    chance = np.random.default_rng(height)
    planes, kept = chance.integers(0, 256, (2, height, width), np.uint8), GmsdSum(height, width)
    x, y = planes
    kept.update(x, y)
    for step in range(40):
        top, bottom = sorted(chance.integers(0, height + 1, 2).tolist())
        left, right = sorted(chance.integers(0, width + 1, 2).tolist())
        planes[step % 2, top:bottom, left:right] = chance.integers(0, 256)
        assert kept.update(x, y, (top, bottom, left, right)) == gmsd(x, y)
