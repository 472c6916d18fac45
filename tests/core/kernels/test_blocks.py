"""The mean colours of blocks: by hand, pixel by pixel, in any boxes; in C as in NumPy."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.kernels.blocks import block_means, block_means_numpy, shape_of_blocks
from giflab_core.kernels.extension import NATIVE
from tests.helpers.kernels import needs_native

Pixels: TypeAlias = npt.NDArray[np.uint8]


def means_of(pixels: Pixels) -> Pixels:
    height, width, _ = pixels.shape
    means = np.zeros((*shape_of_blocks(height, width), 4), np.uint8)
    block_means(pixels, (0, height, 0, width), means)
    return means


def picture(seed: int, height: int, width: int) -> Pixels:
    chance = np.random.default_rng(seed)
    pixels = chance.integers(0, 256, (height, width, 4), np.uint8)
    pixels[chance.random((height, width)) < chance.random()] = 0
    pixels[..., 3] = 255 * pixels.any(axis=-1)
    return pixels


@pytest.mark.usefixtures("either")
def test_a_mean_is_of_what_is_opaque_and_counts_as_much_as_that_is_of_a_whole_block() -> None:
    pixels = np.zeros((16, 24, 4), np.uint8)
    pixels[:8, :16] = 10, 200, 30, 255
    pixels[0, :16] = 26, 200, 31, 255  # an eighth of what is opaque: 10 + 16 / 8, 30 + 1 / 8
    pixels[:, 16:] = 255
    assert means_of(pixels).tolist() == [[[12, 200, 30, 128], [255, 255, 255, 128]]]


@pytest.mark.usefixtures("either")
def test_where_nothing_is_opaque_there_is_no_colour_and_one_pixel_is_something() -> None:
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[19, 19] = 7, 8, 9, 255
    assert means_of(pixels).tolist() == [[[0, 0, 0, 0], [0, 0, 0, 0]], [[0, 0, 0, 0], [7, 8, 9, 1]]]


@needs_native
@given(st.integers(0, 2**32 - 1), st.integers(1, 50), st.integers(1, 50), st.data())
def test_numpy_writes_the_same_blocks(seed: int, height: int, width: int, data: st.DataObject) -> None:
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    box = top, data.draw(st.integers(top + 1, height)), left, data.draw(st.integers(left + 1, width))
    one, other = np.full((2, *shape_of_blocks(height, width), 4), 77, np.uint8)
    block_means(picture(seed, height, width), box, one)
    block_means_numpy(picture(seed, height, width), box, other)
    np.testing.assert_array_equal(one, other)


@needs_native
def test_what_does_not_fit_is_an_error() -> None:
    assert NATIVE
    pixels = np.zeros((20, 20, 4), np.uint8)
    with pytest.raises(ValueError, match=r"\(2, 2, 4\)"):
        NATIVE.block_means(pixels, (0, 20, 0, 20), np.zeros((1, 2, 4), np.uint8))
    with pytest.raises(ValueError, match="box"):
        NATIVE.block_means(pixels, (0, 21, 0, 20), np.zeros((2, 2, 4), np.uint8))
