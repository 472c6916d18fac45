"""Weighted sums of cells over time, by hand, and in C as in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from giflab_core.kernels.courses import course_sums, course_sums_numpy
from giflab_core.kernels.extension import NATIVE
from tests.helpers.kernels import needs_native


@pytest.mark.usefixtures("either")
def test_by_hand() -> None:
    """Two moments of weights 2 and 3; of three cells the first and the last are wanted."""
    x, y = np.array([[1, 9, 2], [3, 9, 4]], np.float32), np.array([[5, 9, 6], [7, 9, 8]], np.float32)
    sums = course_sums(x, y, np.array([1, 0]), np.array([2.0, 3.0]), np.array([0, 2]))
    expected = [
        [2 * 3 + 3 * 1, 2 * 4 + 3 * 2],
        [2 * 5 + 3 * 7, 2 * 6 + 3 * 8],
        [2 * 9 + 3 * 1, 2 * 16 + 3 * 4],
        [2 * 25 + 3 * 49, 2 * 36 + 3 * 64],
        [2 * 15 + 3 * 7, 2 * 24 + 3 * 16],
    ]
    np.testing.assert_array_equal(sums, expected)


@needs_native
def test_native_and_numpy_agree() -> None:
    assert NATIVE
    chance = np.random.default_rng(1)
    x, y = (chance.uniform(0, 255, (moments, 50)).astype(np.float32) for moments in (20, 1000))
    due, weights = chance.integers(0, 20, 1000), chance.integers(0, 300, 1000) / 7
    cells = np.flatnonzero(chance.random(50) < 0.6)
    native, numpy = np.empty((2, 5, len(cells)))
    NATIVE.course_sums(x, y, due, weights, cells, native)
    course_sums_numpy(x, y, due, weights, cells, numpy)
    np.testing.assert_array_equal(native, numpy)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(("due", "cell"), [(2, 0), (0, 3)])
def test_a_picture_or_a_cell_that_is_not_there_is_refused(due: int, cell: int) -> None:
    x = np.zeros((2, 3), np.float32)
    with pytest.raises(IndexError):
        course_sums(x, x, np.array([due]), np.ones(1), np.array([cell]))


@needs_native
def test_sums_of_another_shape_are_refused() -> None:
    assert NATIVE
    x = np.zeros((2, 3), np.float32)
    with pytest.raises(ValueError, match="fit"):
        NATIVE.course_sums(x, x, np.zeros(1, np.int64), np.ones(1), np.zeros(1, np.int64), np.empty((5, 2)))
