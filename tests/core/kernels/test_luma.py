"""Luma against Pillow's own."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.luma import luma, luma_numpy
from tests.helpers.tools import miss


def pixels(height: int, width: int) -> np.ndarray:
    random = np.random.default_rng(height)
    found = random.integers(0, 256, (height, width, 4), dtype=np.uint8)
    found[..., 3] = 255 * random.integers(0, 2, (height, width))
    return found


def test_it_is_that_of_pillow_for_every_green_and_blue() -> None:
    grid = np.zeros((256, 256, 4), np.uint8)
    grid[..., 1], grid[..., 2] = np.mgrid[0:256, 0:256]
    for red in range(0, 256, 5):
        grid[..., 0] = red
        assert np.array_equal(luma(grid), np.asarray(Image.fromarray(grid[..., :3]).convert("L")))


@pytest.mark.parametrize("background", [0, 77, 255])
@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (64, 65)])
def test_transparent_pixels_show_the_background(shape: tuple[int, int], background: int) -> None:
    drawn = pixels(*shape)
    found = luma(drawn, background)
    assert (found[drawn[..., 3] == 0] == background).all()
    assert np.array_equal(found, luma_numpy(drawn, background))


def test_a_part_of_a_picture_need_not_be_contiguous() -> None:
    drawn = pixels(20, 30)
    assert np.array_equal(luma(drawn[3:9, 5:8], 9), luma(drawn, 9)[3:9, 5:8])


@pytest.mark.parametrize("shape", [(4, 5, 3), (5, 4, 4), (4, 5)])
def test_shapes_that_do_not_fit_raise(shape: tuple[int, ...]) -> None:
    native = NATIVE or miss("the C extension is not built")
    with pytest.raises((TypeError, ValueError)):
        native.luma(np.zeros(shape, np.uint8), 0, np.zeros((4, 5), np.uint8))
