"""Sums of two arrays, by hand and against NumPy, in C as in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.moments import CHUNK, Moments, moments, moments_numpy
from tests.helpers.kernels import needs_native

X, Y = np.array([[0, 10], [255, 7]], np.uint8), np.array([[255, 7], [0, 7]], np.uint8)


@pytest.mark.usefixtures("either")
def test_sums_equal_arithmetic_by_hand() -> None:
    squares_x, squares_y = 10**2 + 255**2 + 7**2, 255**2 + 7**2 + 7**2
    assert moments(X, Y) == Moments(4, 272, 269, squares_x, squares_y, 10 * 7 + 7 * 7)
    assert moments(X, Y).mse == (255**2 + 3**2 + 255**2 + 0) / 4


@pytest.mark.usefixtures("either")
def test_a_mask_chooses() -> None:
    mask = np.array([[True, True], [False, True]])
    assert moments(X, Y, mask) == Moments(3, 17, 269, 10**2 + 7**2, 255**2 + 7**2 + 7**2, 10 * 7 + 7 * 7)
    assert moments(X, Y, np.zeros((2, 2), np.bool_)) == Moments(0, 0, 0, 0, 0, 0)


@pytest.mark.usefixtures("either")
def test_arrays_of_one_dimension_will_do() -> None:
    assert moments(X.ravel(), Y.ravel()) == moments(X, Y)
    assert moments(X[:0], Y[:0]).n == 0


@pytest.mark.usefixtures("either")
def test_a_large_plane_does_not_overflow() -> None:
    white, n = np.full((4000, 4200), 255, np.uint8), 4000 * 4200
    assert moments(white, white) == Moments(n, 255 * n, 255 * n, 65025 * n, 65025 * n, 65025 * n)
    assert moments(white, white).mse == 0
    assert moments(white, np.zeros_like(white)).mse == 65025


@given(st.integers(0, 2**32 - 1), st.integers(2, 3 * CHUNK))
def test_statistics_equal_those_of_numpy(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 256, (2, size), np.uint8)
    x[0], x[1] = 0, 255
    found = moments(x, y)
    assert found.mse == pytest.approx(np.mean((x.astype(float) - y) ** 2))
    assert found.variance_x == pytest.approx(np.var(x, dtype=float))
    assert found.variance_y == pytest.approx(np.var(y, dtype=float), abs=1e-9)
    if found.variance_x > 4 and found.variance_y:
        assert found.correlation == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-9)


def test_a_blank_original_has_nothing_to_share() -> None:
    blank, ramp = np.full((4, 4), 9, np.uint8), np.arange(16, dtype=np.uint8).reshape(4, 4)
    assert moments(blank, ramp).correlation == moments(blank, blank).correlation == 1
    assert moments(blank + ramp // 4, ramp).correlation == 1, "a variance of 1.25 is blank, too"


def test_a_blank_copy_shares_nothing() -> None:
    ramp = np.arange(16, dtype=np.uint8).reshape(4, 4)
    assert moments(ramp, np.full((4, 4), 9, np.uint8)).correlation == 0
    assert moments(ramp, 255 - ramp).correlation == pytest.approx(-1)


def test_of_nothing_there_is_no_statistic() -> None:
    nothing = moments(X[:0], Y[:0])
    for name in ("mse", "variance_x", "variance_y"):
        with pytest.raises(ZeroDivisionError):
            getattr(nothing, name)


@needs_native
@given(
    st.tuples(st.integers(0, 70), st.integers(0, 70)).flatmap(
        lambda shape: st.tuples(*(arrays(kind, shape) for kind in (np.uint8, np.uint8, np.bool_)))
    )
)
def test_the_sums_are_the_same_in_c_as_in_numpy(three: tuple[Any, Any, Any]) -> None:
    assert NATIVE
    assert NATIVE.moments(*three[:2]) == moments_numpy(*three[:2])
    assert NATIVE.moments(*three) == moments_numpy(*three)


@needs_native
@pytest.mark.parametrize(
    "wrong", [np.zeros((9, 8)), np.zeros((9, 8), np.int32), np.zeros((8, 9), np.uint8), np.zeros(72, np.uint8), None]
)
def test_other_types_and_shapes_are_refused(wrong: Any) -> None:
    assert NATIVE
    plane = np.zeros((9, 8), np.uint8)
    for given_arrays in [(wrong, plane), (plane, wrong), (plane, plane, wrong)]:
        with pytest.raises((TypeError, ValueError)):
            NATIVE.moments(*given_arrays)
