"""SSIM against scikit-image, MSE by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.metrics import structural_similarity

from giflab_core.kernels.mse import mse
from giflab_core.kernels.ssim import BAND_PIXELS, ssim

shapes = st.tuples(st.integers(7, 24), st.integers(7, 24))
planes = shapes.flatmap(lambda shape: st.tuples(arrays(np.uint8, shape), arrays(np.uint8, shape)))


def reference(x: np.ndarray, y: np.ndarray) -> float:
    return float(structural_similarity(x, y, data_range=255))


@given(planes)
def test_ssim_equals_scikit_image(pair: tuple[np.ndarray, np.ndarray]) -> None:
    assert ssim(*pair) == pytest.approx(reference(*pair), abs=1e-9)


@pytest.mark.parametrize("shape", [(7, 7), (11, 300), (300, 11), (240, 320), (7, BAND_PIXELS + 1)])
def test_ssim_equals_scikit_image_for_any_shape(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, shape, dtype=np.uint8)
    y = np.clip(x + rng.integers(-20, 20, shape), 0, 255).astype(np.uint8)
    assert ssim(x, y) == pytest.approx(reference(x, y), abs=1e-9)


@pytest.mark.parametrize(("x", "y"), [(0, 255), (255, 255), (0, 0), (128, 129)])
def test_ssim_of_flat_planes_equals_scikit_image(x: int, y: int) -> None:
    flat = np.full((9, 9), x, np.uint8), np.full((9, 9), y, np.uint8)
    assert ssim(*flat) == pytest.approx(reference(*flat), abs=1e-9)


def test_ssim_of_equal_planes_is_exactly_one() -> None:
    x = np.random.default_rng(0).integers(0, 256, (300, 200), dtype=np.uint8)
    assert ssim(x, x.copy()) == 1.0


def test_mse_equals_arithmetic_by_hand() -> None:
    x = np.array([[0, 10], [255, 7]], np.uint8)
    y = np.array([[255, 7], [0, 7]], np.uint8)
    assert mse(x, y) == (255**2 + 3**2 + 255**2 + 0) / 4


def test_mse_of_a_large_plane_does_not_overflow() -> None:
    shape = (2000, 2000)
    assert mse(np.zeros(shape, np.uint8), np.full(shape, 255, np.uint8)) == 65025
