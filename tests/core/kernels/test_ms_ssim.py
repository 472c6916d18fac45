"""MS-SSIM against numbers of pytorch-msssim, in C as in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.ms_ssim import SIDE, ms_ssim, totals_numpy
from tests.helpers.kernels import needs_native, noisy_ramp

Plane = npt.NDArray[np.uint8]

SHAPES = [(161, 161), (161, 288), (162, 175), (200, 301), (289, 418)]


# pytorch-msssim 1.0.0, ms_ssim(..., data_range=255), of these as float64 of shape (1, 1, height, width).
@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(
    ("height", "width", "spread", "expected"),
    [
        (161, 161, 10, 0.9826687001563335),
        (162, 175, 40, 0.8650630410349114),
        (200, 301, 120, 0.6280809750867944),
        (256, 256, 5, 0.9950073400886456),
    ],
)
def test_it_equals_pytorch_msssim(height: int, width: int, spread: int, expected: float) -> None:
    assert ms_ssim(*noisy_ramp(height, width, spread)) == pytest.approx(expected, abs=3e-6)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_exactly_one_for_equal_planes(shape: tuple[int, int]) -> None:
    x, _ = noisy_ramp(*shape, 0)
    assert ms_ssim(x, x.copy()) == 1.0


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(("x", "y"), [(250, 249), (0, 255), (3, 0)])
def test_of_flat_planes_only_luminance_counts(x: int, y: int) -> None:
    # At a side of 256 = 16 * 16 no border of black gets into any scale.
    flat = np.full((256, 256), x, np.uint8), np.full((256, 256), y, np.uint8)
    luminance = (2 * x * y + 6.5025) / (x * x + y * y + 6.5025)
    assert ms_ssim(*flat) == pytest.approx(luminance**0.1333, abs=3e-5)


@pytest.mark.usefixtures("either")
def test_a_negative_scores_nothing() -> None:
    x = np.random.default_rng(0).integers(0, 256, (200, 200), dtype=np.uint8)
    assert ms_ssim(x, 255 - x) == 0.0


@needs_native
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("spread", [0, 3, 40, 255])
def test_it_is_the_same_number_in_c_as_in_numpy(shape: tuple[int, int], spread: int) -> None:
    x, y = noisy_ramp(*shape, spread)
    assert NATIVE
    assert list(NATIVE.ms_ssim(x, y)) == list(totals_numpy(x, y))


@needs_native
@pytest.mark.parametrize(("x", "y"), [(0, 255), (255, 254), (255, 255), (1, 0)])
def test_it_is_the_same_number_in_c_as_in_numpy_for_flat_planes(x: int, y: int) -> None:
    flat = np.full((161, 170), x, np.uint8), np.full((161, 170), y, np.uint8)
    assert NATIVE
    assert list(NATIVE.ms_ssim(*flat)) == list(totals_numpy(*flat))


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("shape", [(SIDE - 1, SIDE), (SIDE, SIDE - 1), (0, 0), (1, 1)])
def test_smaller_planes_have_no_number(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="161"):
        ms_ssim(np.zeros(shape, np.uint8), np.zeros(shape, np.uint8))


@needs_native
@pytest.mark.parametrize(
    "wrong",
    [np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE + 1), np.uint8), np.zeros((SIDE, SIDE, 1), np.uint8), None],
)
def test_other_types_and_shapes_are_refused(wrong: Any) -> None:
    plane = np.zeros((SIDE, SIDE), np.uint8)
    assert NATIVE
    for x, y in [(wrong, plane), (plane, wrong)]:
        with pytest.raises((TypeError, ValueError)):
            NATIVE.ms_ssim(x, y)
