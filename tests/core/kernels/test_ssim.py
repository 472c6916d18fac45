"""SSIM against scikit-image, in C as in NumPy, and kept up to date in any boxes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.metrics import structural_similarity

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.ssim import BAND, SsimSum, ssim, total_numpy
from tests.helpers.kernels import needs_native

Picture = npt.NDArray[np.uint8]

shapes = st.tuples(st.integers(7, 24), st.integers(7, 24))
planes = shapes.flatmap(lambda shape: st.tuples(arrays(np.uint8, shape), arrays(np.uint8, shape)))
SHAPES = [(7, 7), (11, 300), (300, 11), (240, 320), (7, BAND + 1), (7, 7, 1), (29, 31, 3), (120, 83, 3), (9, 9, 4)]


def noisy(shape: tuple[int, ...], spread: int = 20) -> tuple[Picture, Picture]:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, shape, dtype=np.uint8)
    return x, np.clip(x + rng.integers(-spread, spread + 1, shape), 0, 255).astype(np.uint8)


def reference(x: Picture, y: Picture) -> float:
    return float(structural_similarity(x, y, data_range=255, channel_axis=-1 if x.ndim == 3 else None))


@given(planes)
def test_it_equals_scikit_image(pair: tuple[Picture, Picture]) -> None:
    assert ssim(*pair) == pytest.approx(reference(*pair), abs=1e-6)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("shape", SHAPES)
def test_it_equals_scikit_image_for_any_shape_and_number_of_channels(shape: tuple[int, ...]) -> None:
    assert ssim(*noisy(shape)) == pytest.approx(reference(*noisy(shape)), abs=1e-6)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(("x", "y"), [(0, 255), (255, 255), (0, 0), (128, 129), (254, 255)])
def test_it_equals_scikit_image_for_flat_planes(x: int, y: int) -> None:
    flat = np.full((9, 9), x, np.uint8), np.full((9, 9), y, np.uint8)
    assert ssim(*flat) == pytest.approx(reference(*flat), abs=1e-6)


@pytest.mark.usefixtures("either")
def test_it_equals_scikit_image_for_the_largest_variances() -> None:
    x = (np.indices((12, 12)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert ssim(x, 255 - x) == pytest.approx(reference(x, 255 - x), abs=1e-6)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_exactly_one_for_equal_pictures(shape: tuple[int, ...]) -> None:
    x, _ = noisy(shape)
    assert ssim(x, x.copy()) == 1.0


@needs_native
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("spread", [0, 2, 30, 255])
def test_it_is_the_same_number_in_c_as_in_numpy(shape: tuple[int, ...], spread: int) -> None:
    x, y = noisy(shape, spread)
    assert NATIVE
    assert NATIVE.ssim(x, y) == total_numpy(x, y)


@needs_native
@given(planes)
def test_it_is_the_same_number_in_c_as_in_numpy_for_any_planes(pair: tuple[Picture, Picture]) -> None:
    assert NATIVE
    assert NATIVE.ssim(*pair) == total_numpy(*pair)


@pytest.mark.usefixtures("either")
def test_an_updated_number_is_exactly_that_of_the_whole() -> None:
    rng = np.random.default_rng(1)
    height, width = 40, 61
    x, y = noisy((height, width))
    kept = SsimSum(height, width)
    assert kept.update(x, y, (3, 4, 5, 6)) == ssim(x, y), "at the first call all is scored"
    for _ in range(60):
        top, bottom = sorted(rng.integers(0, height + 1, 2).tolist())
        left, right = sorted(rng.integers(0, width + 1, 2).tolist())
        changed = (x, y)[int(rng.integers(0, 2))][top:bottom, left:right]
        changed[:] = rng.integers(0, 256, changed.shape)
        assert kept.update(x, y, (top, bottom, left, right)) == ssim(x, y)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("corner", [(0, 0), (0, 12), (9, 0), (9, 12)])
def test_a_changed_pixel_in_a_corner_counts(corner: tuple[int, int]) -> None:
    x, y = noisy((10, 13))
    kept = SsimSum(10, 13)
    kept.update(x, y)
    y[corner] ^= 255
    row, column = corner
    assert kept.update(x, y, (row, row + 1, column, column + 1)) == ssim(x, y)


@pytest.mark.usefixtures("either")
def test_with_an_empty_box_nothing_is_looked_at() -> None:
    x, y = noisy((10, 13))
    kept = SsimSum(10, 13)
    before = kept.update(x, y)
    assert kept.update(y, y, (0, 0, 0, 0)) == kept.update(y, y, (3, 8, 4, 4)) == before
    assert kept.update(y, y) == 1.0


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("shape", [(6, 7), (7, 6), (0, 0), (6, 7, 3)])
def test_pictures_smaller_than_a_window_have_no_number(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="window"):
        ssim(np.zeros(shape, np.uint8), np.zeros(shape, np.uint8))


@needs_native
@pytest.mark.parametrize(
    "wrong",
    [np.zeros((9, 8)), np.zeros((9, 8), np.int32), np.zeros(72, np.uint8), np.zeros((1, 9, 8, 1), np.uint8), "text"],
)
def test_other_types_and_dimensions_are_refused(wrong: Any) -> None:
    plane = np.zeros((9, 8), np.uint8)
    for x, y in [(wrong, plane), (plane, wrong), (wrong, wrong)]:
        with pytest.raises((TypeError, ValueError)):
            ssim(x, y)


@needs_native
def test_pictures_of_different_shapes_are_refused() -> None:
    for shape in [(8, 9), (9, 8, 3), (10, 8)]:
        with pytest.raises((TypeError, ValueError)):
            ssim(np.zeros((9, 8), np.uint8), np.zeros(shape, np.uint8))


@needs_native
@pytest.mark.parametrize("box", [(0, 4, 0, 2), (-1, 2, 0, 2), (0, 3, 0, 3), (2, 2, 0, 2), (0, 3, 2, 1), (0, 3, -1, 2)])
def test_boxes_outside_of_the_windows_are_refused(box: tuple[int, int, int, int]) -> None:
    plane = np.zeros((9, 8), np.uint8)
    assert NATIVE
    assert NATIVE.ssim_update(plane, plane, np.zeros((3, 2), np.int32), (0, 3, 0, 2)) == 6 << 30
    with pytest.raises(ValueError, match="box"):
        NATIVE.ssim_update(plane, plane, np.zeros((3, 2), np.int32), box)


@needs_native
def test_scores_of_another_shape_or_type_are_refused() -> None:
    plane = np.zeros((9, 8), np.uint8)
    assert NATIVE
    unfit: list[Any] = [np.zeros((3, 3), np.int32), np.zeros((2, 2), np.int32), np.zeros((3, 2), np.int64)]
    for scores in unfit:
        with pytest.raises((TypeError, ValueError)):
            NATIVE.ssim_update(plane, plane, scores, (0, 2, 0, 2))
