"""Which tiles may differ by much, by hand; in C as in NumPy, and nowhere less than the windows do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.tile_marks import grid, mark_tiles, tile_marks_numpy
from giflab_core.kernels.tiles import near
from tests.helpers.kernels import needs_native

Pixels = npt.NDArray[np.uint8]


def opaque(height: int, width: int, grey: int = 100) -> Pixels:
    picture = np.full((height, width, 4), grey, np.uint8)
    picture[..., 3] = 255
    return picture


def marked(original: Pixels, compressed: Pixels, error: float, apart: float) -> list[list[int]]:
    height, width = original.shape[:2]
    marks = np.zeros(grid(height, width), np.uint8)
    is_any = mark_tiles(original, compressed, (0, height, 0, width), error, apart, marks)
    assert is_any == marks.any() == mark_tiles(original, compressed, (0, 0, 0, 0), error, apart, marks)
    return marks.tolist()


@pytest.mark.usefixtures("either")
def test_a_tile_is_marked_from_its_error_on() -> None:
    """Every second pixel is 10 levels lighter, the others as much darker: an error of 10, and no other mean."""
    original, compressed = opaque(8, 16), opaque(8, 16)
    compressed[:, :8:2, :3] += 10
    compressed[:, 1:8:2, :3] -= 10
    assert marked(original, compressed, 10, 1) == [[1, 0]]
    assert marked(original, compressed, 10.01, 1) == [[0, 0]]


@pytest.mark.usefixtures("either")
def test_a_tile_is_marked_from_a_distance_of_the_mean_on() -> None:
    original, compressed = opaque(8, 16), opaque(8, 16)
    compressed[:, 8:, 2] += 3
    assert marked(original, compressed, 50, 3) == [[0, 1]]
    assert marked(original, compressed, 50, 3.01) == [[0, 0]]


@pytest.mark.usefixtures("either")
def test_the_mean_is_that_of_the_opaque_pixels() -> None:
    original = opaque(8, 8)
    original[:, :6] = 0
    compressed = original.copy()
    compressed[:, 6:, 0] += 4
    assert marked(original, compressed, 50, 4) == [[1]]
    assert marked(original, compressed, 50, 4.01) == [[0]]


@pytest.mark.usefixtures("either")
def test_any_pixel_that_became_transparent_marks_its_tile() -> None:
    original, compressed = opaque(9, 17), opaque(9, 17)
    compressed[8, 16] = 0
    assert marked(original, compressed, 255, 255) == [[0, 0, 0], [0, 0, 1]]


@pytest.mark.usefixtures("either")
def test_without_limits_all_that_differs_is_marked() -> None:
    original, compressed = opaque(8, 24), opaque(8, 24)
    compressed[3, 9, 1] += 1
    assert marked(original, compressed, 0, 0) == [[0, 1, 0]]


def noise(chance: np.random.Generator, height: int, width: int, spread: int) -> tuple[Pixels, Pixels]:
    original = chance.integers(0, 256, (height, width, 4), np.uint8)
    shift = chance.integers(-spread, spread + 1, (height, width, 4)) + chance.integers(-12, 13)
    compressed = np.clip(original + shift, 0, 255).astype(np.uint8)
    compressed[: height // 3] = original[: height // 3]
    for picture in (original, compressed) if chance.random() < 0.5 else ():
        picture[chance.random((height, width)) < (0.5 if picture is original else 0.02)] = 0
        compressed[original[..., 3] == 0] = 0
    for picture in (original, compressed):
        picture[..., 3] = 255 * picture.any(axis=2)
    return original, compressed


seeds, sides = st.integers(0, 2**32 - 1), st.integers(1, 45)


@needs_native
@settings(max_examples=60)
@given(seeds, sides, sides, st.integers(0, 30), st.sampled_from([0.0, 7.5, 12.0]), st.sampled_from([0.0, 5.0, 8.0]))
def test_native_marks_what_numpy_does(
    seed: int, height: int, width: int, spread: int, error: float, apart: float
) -> None:
    assert NATIVE
    chance = np.random.default_rng(seed)
    pictures = noise(chance, height, width, spread)
    top, bottom = sorted(chance.integers(0, height + 1, 2).tolist())
    left, right = sorted(chance.integers(0, width + 1, 2).tolist())
    ways = NATIVE.tile_marks, tile_marks_numpy
    found = [np.full(grid(height, width), 2, np.uint8) for _ in ways]
    for way, marks in zip(ways, found, strict=True):
        way(*pictures, (top, bottom, left, right), 3 * error**2, apart, marks)
    np.testing.assert_array_equal(found[0], found[1])


def test_near_are_the_tiles_around_a_mark() -> None:
    marks = np.zeros((4, 5), np.uint8)
    marks[0, 3] = 1
    assert near(marks, 1).astype(int).tolist() == [[0, 0, 1, 1, 1], [0, 0, 1, 1, 1], [0] * 5, [0] * 5]
