"""The variance of the Laplacian: by hand, against SciPy and OpenCV's numbers, in C as in NumPy."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import laplace

from giflab_core.kernels import laplacian as module
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.laplacian import laplacian_sums_numpy, laplacian_variance
from tests.helpers.kernels import needs_native, ways

Plane: TypeAlias = npt.NDArray[np.uint8]


# Variances of cv2.Laplacian(plane, CV_64F, ksize=1), opencv-python-headless 5.0.0, for planes of `noise`.
OPENCV = {
    (1, 1): 0.0,
    (1, 5): 33217.36,
    (5, 1): 33217.36,
    (2, 2): 163168.0,
    (3, 3): 110889.2098765432,
    (60, 80): 111968.57422899303,
}


def noise(shape: tuple[int, int], seed: int = 1) -> Plane:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def use(monkeypatch: pytest.MonkeyPatch, *, native: bool) -> None:
    if not native:
        monkeypatch.setattr(module, "NATIVE", None)


@ways
@pytest.mark.parametrize("shape", OPENCV)
def test_variance_is_that_of_opencv(shape: tuple[int, int], native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, native=native)
    assert laplacian_variance(noise(shape)) == pytest.approx(OPENCV[shape], rel=1e-12)


@ways
def test_variance_by_hand(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A point of 1 has a Laplacian of -4; its neighbours, all at the border, see it on two sides."""
    use(monkeypatch, native=native)
    plane = np.zeros((3, 3), np.uint8)
    plane[1, 1] = 1
    laplacian = [0, 2, 0, 2, -4, 2, 0, 2, 0]
    assert laplacian_variance(plane) == sum(value**2 for value in laplacian) / 9 - (sum(laplacian) / 9) ** 2


@ways
def test_the_variance_of_a_flat_plane_is_exactly_zero(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, native=native)
    assert laplacian_variance(np.full((40, 30), 255, np.uint8)) == 0.0


@ways
def test_variance_is_that_of_scipy_within_the_border(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, native=native)
    plane = noise((50, 70))
    assert laplacian_variance(plane) == pytest.approx(float(laplace(plane.astype(float), mode="mirror").var()))


@ways
def test_sums_do_not_overflow(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chessboard has the largest Laplacians, 1020 and -1020."""
    use(monkeypatch, native=native)
    plane = (np.indices((40, 5000)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert laplacian_variance(plane) == 1020**2


@needs_native
@given(st.integers(0, 2**32 - 1), st.integers(1, 70), st.integers(1, 70))
def test_native_sums_are_those_of_the_twin(seed: int, height: int, width: int) -> None:
    plane = noise((height, width), seed)
    plane.setflags(write=False)
    assert NATIVE
    assert NATIVE.laplacian_sums(plane) == laplacian_sums_numpy(plane)


@needs_native
@pytest.mark.parametrize(
    ("plane", "error"),
    [
        (np.zeros((3, 3), np.int32), TypeError),
        (np.zeros(3, np.uint8), TypeError),
        (np.zeros((3, 0), np.uint8), ValueError),
        (np.zeros((3, 6), np.uint8)[:, ::2], (BufferError, ValueError)),
    ],
)
def test_the_native_function_takes_nothing_else(plane: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        laplacian_variance(plane)
