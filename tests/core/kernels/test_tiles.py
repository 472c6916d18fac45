"""What tiles show, by hand and pixel by pixel, after changes in any boxes; in C as in NumPy."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.tile_marks import tile_marks_numpy
from giflab_core.kernels.tile_measures import (
    FAINT,
    FAINT_STEPS,
    LEAST_PIXELS,
    OWN_ERROR,
    colour_of_tiles,
    colour_of_tiles_numpy,
    judge,
    measure,
    tile_measures_numpy,
    tiles_above,
    window_sums,
)
from giflab_core.kernels.tiles import FIELDS, TileSums, tile_sums_numpy
from tests.helpers.kernels import needs_native

Pixels: TypeAlias = npt.NDArray[np.uint8]


def opaque(height: int, width: int, levels: int | tuple[int, int, int] = 0) -> Pixels:
    picture = np.empty((height, width, 4), np.uint8)
    picture[..., :3], picture[..., 3] = levels, 255
    return picture


def summed(original: Pixels, compressed: Pixels) -> TileSums:
    """With the green channel for luma; all tiles that differ are marked."""
    tiles = TileSums(*original.shape[:2])
    tiles.mark(original, compressed)
    tiles.sum(original, compressed, original[..., 1].copy(), compressed[..., 1].copy())
    return tiles


def sums_of(original: Pixels, compressed: Pixels) -> npt.NDArray[np.int32]:
    return summed(original, compressed).sums


def measured(tiles: TileSums) -> npt.NDArray[np.float32]:
    out = np.full((6, *tiles.marks.shape), np.nan, np.float32)
    measure(tiles.sums, tiles.marks, tiles.around(None, 0), 1, out)
    return out


@pytest.mark.usefixtures("either")
def test_sums_by_hand() -> None:
    """Two flat pictures of a tile; the compressed one has a pixel of another colour, and one that is transparent."""
    original, compressed = opaque(8, 8, (1, 10, 3)), opaque(8, 8, (1, 10, 3))
    compressed[0, 0, :3] = 2, 14, 3
    compressed[7, 7] = 0
    expected = [64, 640, 192, 64 * 255]  # R, G, B, A of the original
    expected += [64 + 1 - 1, 640 + 4 - 10, 192 - 3, 63 * 255]
    expected += [63 * 255, (1 + 16) + (1 + 100 + 9)]  # opaque in both; squared differences
    expected += [640, 634, 6400, 6400 + (196 - 100) - 100, 6400 + (140 - 100) - 100]  # x, y, x², y², x y
    expected += [0, 2 * 4 + 2 * 10, 64]  # steps to the next pixels: from the first, and to the last
    np.testing.assert_array_equal(sums_of(original, compressed)[0, 0], expected)


@pytest.mark.usefixtures("either")
def test_only_marked_tiles_and_those_up_to_two_away_have_sums() -> None:
    original = opaque(40, 60, 7)
    compressed = original.copy()
    compressed[0, 8, 0] = 8
    has_sums = sums_of(original, compressed)[..., 17] > 0
    expected = np.zeros((5, 8), np.bool_)
    expected[:3, :4] = True
    np.testing.assert_array_equal(has_sums, expected)


@pytest.mark.usefixtures("either")
def test_equal_pictures_differ_nowhere() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (30, 50, 4), np.uint8)
    assert not measured(summed(picture, picture)).any()


@pytest.mark.usefixtures("either")
def test_measures_by_hand() -> None:
    """Columns of 0 and 100 of which nothing is left: the luma of one tile is 50 with a deviation of 50, then 50."""
    original = opaque(8, 8)
    original[:, 1::2, :3] = 100
    structure, detail, error, apart, lost, gained = measured(summed(original, opaque(8, 8, 50)))[:, 0, 0]
    assert structure == pytest.approx(1 - FAINT**2 / (50**2 + FAINT**2))
    steps = 7 * 100 / 8
    assert detail == pytest.approx(steps / (steps + FAINT_STEPS))
    assert error == pytest.approx(50)
    assert (apart, lost, gained) == (0, 0, 0)


@pytest.mark.usefixtures("either")
def test_mean_colours_are_those_of_what_is_opaque_in_both() -> None:
    original, compressed = opaque(8, 8, (10, 20, 30)), opaque(8, 8, (10, 26, 29))
    original[:4] = 0
    assert measured(summed(original, compressed))[3, 0, 0] == pytest.approx(6)
    compressed[6:] = 0
    assert sums_of(original, compressed)[0, 0, 8] == 16 * 255  # fewer than LEAST_PIXELS
    assert measured(summed(original, compressed))[3, 0, 0] == 0


@pytest.mark.usefixtures("either")
def test_what_became_transparent_or_opaque_is_a_share_of_the_pixels() -> None:
    original, compressed = opaque(8, 8), opaque(8, 8)
    original[:2] = compressed[:, :3] = 0
    assert measured(summed(original, compressed))[4:, 0, 0].tolist() == [6 * 3 / 64, 2 * 5 / 64]


@pytest.mark.usefixtures("either")
def test_a_tile_without_error_of_its_own_does_not_share_that_of_its_window() -> None:
    original = opaque(8, 24, 50)
    compressed = original.copy()
    compressed[:, 8:16, :3] = 90
    error = measured(summed(original, compressed))[2]
    assert (error > 0).tolist() == [[False, True, False]]
    assert error[0, 1] == pytest.approx(40 / math.sqrt(2))  # in a window of two tiles


@pytest.mark.usefixtures("either")
def test_windows_far_from_each_mark_are_not_measured() -> None:
    original, compressed = opaque(8, 48, 50), opaque(8, 48, 60)
    tiles = TileSums(8, 48)
    tiles.marks[0, 0] = 1
    tiles.sum(original, compressed, original[..., 1].copy(), compressed[..., 1].copy())
    # The window of tiles 1 and 2 has one next to the mark, that of 2 and 3 has none.
    assert (measured(tiles)[2] > 0).tolist() == [[True, True, True, False, False, False]]


@pytest.mark.usefixtures("either")
def test_the_colour_of_a_tile_is_that_of_the_window_that_differs_most() -> None:
    """Lightness 0 and 100 are 100 apart; the tile itself is the same grey as before."""
    original, compressed = opaque(8, 24), opaque(8, 24)
    compressed[:, 8:16, :3] = 255
    tiles = summed(original, compressed)
    near_black, white, _ = colour_of_tiles(tiles.sums, np.arange(3), 8.0)
    assert white == pytest.approx(100, abs=0.1)
    assert 0 < near_black < white
    assert colour_of_tiles(tiles.sums, np.arange(3), 200.0).tolist() == pytest.approx([0, 100, 0], abs=0.1)


@pytest.mark.usefixtures("either")
def test_a_tile_is_above_if_one_of_its_measures_is() -> None:
    values = np.array([[1, 2, 3, 4], [9, 0, 10, 11]], np.float32)
    out = np.ones(4, np.bool_)
    tiles_above(values, np.array([3, 10], np.float32), out)
    assert out.tolist() == [False, False, False, True]


@pytest.mark.usefixtures("either")
def test_what_is_apart_is_not_known_and_specks_are_parts_of_255() -> None:
    """Of four tiles in a row: measures 0 and 1 are filled in, of the second and third tile, and of the third alone."""
    values = np.array([[[9, 9, 7, 9]], [[3, 3, 3, 3]]], np.float32)
    specks = np.full((1, 4, 4), 510, np.int32)
    known, above = np.ones(4, np.bool_), np.ones(4, np.bool_)
    floors = np.array([10, 3], np.float32)
    assert judge(values, specks, ((0, 1, 1, 3), (0, 1, 2, 3)), (0, 1), 8.0, floors, known, above)
    assert values.tolist() == [[[9, np.inf, 0, 9]], [[3, 3, 2, 3]]]
    assert known.tolist() == [True, False, False, True]
    assert above.tolist() == [False, True, False, False]
    values[0, 0, 1] = 0
    assert not judge(values, specks, ((0, 0, 0, 0), (0, 0, 0, 0)), (0, 1), 8.0, floors, known, above)
    assert not above.any()


seeds, sides = st.integers(0, 2**32 - 1), st.integers(1, 45)


@needs_native
@settings(max_examples=60)
@given(seeds, sides, sides)
def test_after_changes_native_and_numpy_know_what_all_pixels_tell(seed: int, height: int, width: int) -> None:
    chance = np.random.default_rng(seed)

    def noise() -> Pixels:
        picture = chance.integers(0, 256, (height, width, 4), np.uint8)
        picture[..., 3] = 255 * (picture[..., 3] > 60)
        picture[picture[..., 3] == 0] = 0
        return picture

    pictures = [noise(), noise()]
    pictures[1][: height // 2] = pictures[0][: height // 2]
    tiles = TileSums(height, width)
    out = np.zeros((6, *tiles.marks.shape), np.float32)
    assert NATIVE
    for step in range(4):
        box = None
        if step:
            top, bottom = sorted(chance.integers(0, height + 1, 2).tolist())
            left, right = sorted(chance.integers(0, width + 1, 2).tolist())
            box = top, bottom, left, right
            part = slice(top, bottom), slice(left, right)
            pictures[step % 2][part] = pictures[(step + 1) % 2][part] if chance.random() < 0.4 else noise()[part]
        x, y = (picture[..., 0].copy() for picture in pictures)
        tiles.mark(pictures[0], pictures[1], box)
        tiles.sum(pictures[0], pictures[1], x, y, box)
        measure(tiles.sums, tiles.marks, tiles.around(box, 3), 1, out)
        marks, anew, measures = np.zeros_like(tiles.marks), np.zeros_like(tiles.sums), np.zeros_like(out)
        whole = tiles.around(None, 0)
        tile_marks_numpy(pictures[0], pictures[1], (0, height, 0, width), 0, 0, marks)
        tile_sums_numpy(pictures[0], pictures[1], x, y, marks, whole, 2, anew)
        tile_measures_numpy(anew, marks, whole, 1, FAINT**2, FAINT_STEPS, OWN_ERROR, LEAST_PIXELS, measures)
        np.testing.assert_array_equal(tiles.marks, marks)
        np.testing.assert_array_equal(tiles.sums, anew)
        np.testing.assert_array_equal(out, measures)


@needs_native
@given(seeds, st.integers(1, 40), st.integers(1, 40), st.sampled_from([0.0, 8.0, 30.0]))
def test_native_and_numpy_see_the_same_colours(seed: int, height: int, width: int, apart: float) -> None:
    chance = np.random.default_rng(seed)
    pictures = chance.integers(0, 256, (2, height // 8 + 1, width // 8 + 1, 4), np.uint8)
    pictures[..., 3] = 255
    original, compressed = pictures.repeat(8, axis=1).repeat(8, axis=2)[:, :height, :width]
    tiles = summed(np.ascontiguousarray(original), np.ascontiguousarray(compressed))
    wanted = np.flatnonzero(chance.random(tiles.marks.size) < 0.6)
    native, numpy = (function(tiles.sums, wanted, apart) for function in (colour_of_tiles, colour_of_tiles_numpy))
    np.testing.assert_allclose(native, numpy, rtol=0, atol=1e-9)


def test_windows_are_two_by_two_tiles_or_what_there_is() -> None:
    sums = np.arange(6 * FIELDS, dtype=np.int32).reshape(2, 3, FIELDS)
    np.testing.assert_array_equal(window_sums(sums)[0, 1], sums[:, 1:].sum(axis=(0, 1)))
    np.testing.assert_array_equal(window_sums(sums[:1, :1]), sums[:1, :1])


@needs_native
@pytest.mark.parametrize("shape", [(2, 1, FIELDS), (1, 2, FIELDS), (1, 1, FIELDS - 1)])
def test_sums_of_another_size_are_refused(shape: tuple[int, int, int]) -> None:
    assert NATIVE
    picture, plane, marks = opaque(8, 8), np.zeros((8, 8), np.uint8), np.zeros((1, 1), np.uint8)
    with pytest.raises(ValueError, match="differ in size"):
        NATIVE.tile_sums(picture, picture, plane, plane, marks, (0, 1, 0, 1), 1, np.zeros(shape, np.int32))
