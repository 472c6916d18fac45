"""What is small, and in one of two pictures only, by hand; in C as in NumPy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.joint import packed
from giflab_core.kernels.specks import (
    ADDED,
    FAR,
    FLAT,
    LOST,
    MOST,
    NEAR,
    NUMBERS,
    RECOLOURED,
    SHARE,
    find_specks,
    specks_numpy,
)
from giflab_core.kernels.tile_marks import grid
from tests.helpers.kernels import needs_native

Pixels = npt.NDArray[np.uint8]


def page(height: int = 32, width: int = 40, grey: int = 250) -> Pixels:
    picture = np.full((height, width, 4), grey, np.uint8)
    picture[..., 3] = 255
    return picture


def dotted(rows: slice, columns: slice, grey: int = 50) -> Pixels:
    picture = page()
    picture[rows, columns, :3] = grey
    return picture


DOT = slice(10, 12), slice(17, 19)


def found(original: Pixels, compressed: Pixels) -> dict[tuple[int, int], list[int]]:
    """By tile, its numbers."""
    rows, columns = grid(*original.shape[:2])
    out, marks = np.full((rows, columns, NUMBERS), -1, np.int32), np.ones((rows, columns), np.uint8)
    find_specks(original, compressed, marks, (0, rows, 0, columns), out)
    return {(int(row), int(column)): out[row, column].tolist() for row, column in np.argwhere(out[..., 0])}


@pytest.mark.usefixtures("either")
def test_a_dot_that_is_gone_is_lost_with_all_its_levels() -> None:
    ground, ink = packed(np.array([[250, 250, 250, 255], [50, 50, 50, 255]], np.uint8)).view(np.int32).tolist()
    assert found(dotted(*DOT), page()) == {(1, 2): [4 * 200, LOST, ink, ground]}


@pytest.mark.usefixtures("either")
def test_a_dot_that_came_is_added() -> None:
    ground, ink = packed(np.array([[250, 250, 250, 255], [50, 50, 50, 255]], np.uint8)).view(np.int32).tolist()
    assert found(page(), dotted(*DOT)) == {(1, 2): [4 * 200, ADDED, ground, ink]}


@pytest.mark.usefixtures("either")
def test_a_dot_of_another_colour_is_told() -> None:
    """From black to 150 levels, on 250."""
    assert found(dotted(*DOT, grey=0), dotted(*DOT, grey=150))[1, 2][:2] == [4 * 150, RECOLOURED]


@pytest.mark.usefixtures("either")
def test_a_pale_dot_is_none() -> None:
    assert found(dotted(*DOT, grey=250 - FAR + 1), page()) == {}
    assert found(dotted(*DOT, grey=250 - FAR), page())


@pytest.mark.usefixtures("either")
def test_a_long_line_is_none() -> None:
    assert found(dotted(slice(10, 11), slice(5, 5 + MOST)), page())
    assert found(dotted(slice(10, 11), slice(5, 6 + MOST)), page()) == {}


@pytest.mark.usefixtures("either")
def test_a_dot_in_noise_is_none() -> None:
    noise = page()
    noise[..., :3] = np.random.default_rng(1).integers(0, 256, (32, 40, 1))
    original = noise.copy()
    original[DOT][..., :3] = 255 - original[DOT][..., :3]
    assert found(original, noise) == {}


@pytest.mark.usefixtures("either")
def test_the_end_of_a_line_is_lost() -> None:
    assert found(dotted(slice(10, 11), slice(5, 30)), dotted(slice(10, 11), slice(5, 26)))[1, 3][:2] == [800, LOST]


@pytest.mark.usefixtures("either")
def test_a_hole_is_none() -> None:
    holed = page()
    holed[DOT] = 0
    assert found(page(), holed) == {}


@pytest.mark.usefixtures("either")
def test_only_marked_tiles_are_looked_at() -> None:
    out, marks = np.full((4, 5, NUMBERS), -1, np.int32), np.ones((4, 5), np.uint8)
    marks[1, 2] = 0
    find_specks(dotted(*DOT), page(), marks, (0, 4, 0, 4), out)
    assert not out[:, :4].any()
    assert (out[:, 4] == -1).all()


def scene(chance: np.random.Generator, height: int, width: int) -> tuple[Pixels, Pixels]:
    """Grounds of few colours with boxes of any size, of which the other picture has some more or less."""
    original = page(height, width)
    original[:, chance.integers(0, width) :, :3] = chance.integers(0, 256, 3)
    compressed = original.copy()
    for _ in range(chance.integers(0, 25)):
        top, left = chance.integers(-2, height), chance.integers(-2, width)
        box = slice(max(0, top), top + chance.integers(1, 5)), slice(max(0, left), left + chance.integers(1, 12))
        colour = (*chance.integers(0, 256, 3), 255) if chance.random() < 0.9 else (0, 0, 0, 0)
        for picture in (original, compressed):
            if chance.random() < 0.6:
                picture[box] = colour
    return original, compressed


@needs_native
@settings(max_examples=150)
@given(st.integers(0, 2**32 - 1), st.integers(1, 45), st.integers(1, 45))
def test_native_finds_what_numpy_does(seed: int, height: int, width: int) -> None:
    assert NATIVE
    chance = np.random.default_rng(seed)
    pictures = scene(chance, height, width)
    rows, columns = grid(height, width)
    marks = (chance.random((rows, columns)) < 0.8).astype(np.uint8)
    top, bottom = sorted(chance.integers(0, rows + 1, 2).tolist())
    left, right = sorted(chance.integers(0, columns + 1, 2).tolist())
    near, far, flat = (256 * each * each for each in (NEAR, FAR, FLAT))
    ways = NATIVE.specks, specks_numpy
    results = [np.full((rows, columns, NUMBERS), 7, np.int32) for _ in ways]
    for way, out in zip(ways, results, strict=True):
        way(*pictures, marks, (top, bottom, left, right), near, far, flat, SHARE, out)
    np.testing.assert_array_equal(results[0], results[1])
