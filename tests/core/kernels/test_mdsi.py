"""MDSI by hand and against numbers of piq, in C as in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.mdsi import mdsi, mdsi_numpy
from tests.helpers.kernels import needs_native, noisy_slopes

Pixels = npt.NDArray[np.uint8]

shapes = st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(4))
pictures = shapes.flatmap(lambda shape: st.tuples(arrays(np.uint8, shape), arrays(np.uint8, shape)))


@pytest.mark.usefixtures("either")
def test_it_equals_arithmetic_by_hand() -> None:
    # Two black pixels; a white one, of luma 0.9999 * 255 and chroma -0.01 * 255 and -0.09 * 255, left of a black one.
    y = np.array([[[255] * 4, [0] * 4]], np.uint8)
    squared = (0.9999 * 255 / 3) ** 2  # of the gradient at the right pixel; that of the mean picture is half as large
    left = 0.6 + 0.4 * 550 / (2.55**2 + 22.95**2 + 550)
    gradient = 140 / (squared + 140) + 55 / (squared / 4 + 55) - (squared + 55) / (1.25 * squared + 55)
    right = 0.6 * gradient + 0.4
    assert right < 0  # so that its fourth root is complex
    one, other = complex(left) ** 0.25, complex(right) ** 0.25
    assert mdsi(np.zeros_like(y), y) == pytest.approx((abs(one - other) / 2) ** 0.25, abs=1e-6)


# piq 0.8.0, mdsi(..., data_range=255), of these as float64 of shape (1, 3, height, width).
@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        (16, 16, 0.38842022),
        (31, 45, 0.40790367),
        (64, 200, 0.37169778),
        (256, 256, 0.33616091),
        (400, 390, 0.21357514),
        (640, 801, 0.22418094),
    ],
)
def test_it_equals_piq(height: int, width: int, expected: float) -> None:
    assert mdsi(*noisy_slopes(height, width)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (600, 500)])
def test_equal_pictures_score_0(shape: tuple[int, int]) -> None:
    x, _ = noisy_slopes(*shape)
    other = x.copy()
    other[..., 3] = 77  # is not looked at
    assert mdsi(x, other) == 0


@needs_native
@given(pictures, st.integers(1, 9))
def test_c_equals_numpy(pair: tuple[Pixels, Pixels], factor: int) -> None:
    assert NATIVE is not None
    assert NATIVE.mdsi(*pair, factor) == mdsi_numpy(*pair, factor)


@needs_native
@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (257, 3), (384, 383), (700, 641)])
def test_c_equals_numpy_for_any_shape(shape: tuple[int, int]) -> None:
    x, y = noisy_slopes(*shape)
    assert mdsi(x, y) == mdsi_numpy(x, y, max(1, round(min(shape) / 256)))


@needs_native
@pytest.mark.parametrize(
    ("x", "y", "factor", "error"),
    [
        (np.zeros((4, 4), np.uint8), np.zeros((4, 4), np.uint8), 1, TypeError),
        (np.zeros((4, 4, 4), np.int32), np.zeros((4, 4, 4), np.int32), 1, TypeError),
        (np.zeros((4, 4, 4), np.uint8), np.zeros((4, 5, 4), np.uint8), 1, ValueError),
        (np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 3), np.uint8), 1, ValueError),
        (np.zeros((0, 4, 4), np.uint8), np.zeros((0, 4, 4), np.uint8), 1, ValueError),
        (np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), 0, ValueError),
        (np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), 258, ValueError),
    ],
)
def test_arrays_that_do_not_fit_are_refused(x: Any, y: Any, factor: int, error: type[Exception]) -> None:
    assert NATIVE is not None
    with pytest.raises(error):
        NATIVE.mdsi(x, y, factor)
