"""What a table has for pixels near marked tiles, in C as in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from giflab_core.kernels.joint import packed
from giflab_core.kernels.look_up import find_colours, look_up

SHAPE = 20, 30
# Of three rows of four tiles the one in the second row and the last column.
MARKS = np.zeros((3, 4), np.uint8)
MARKS[1, 3] = 1


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("index", [np.uint8, np.uint32])
@pytest.mark.parametrize("value", [np.uint8, np.uint32])
@pytest.mark.parametrize(("reach", "top", "bottom", "left"), [(0, 8, 16, 24), (1, 0, 20, 16)])
def test_only_near_marked_tiles_something_is_looked_up(
    index: type[np.uint8], value: type[np.uint8], reach: int, top: int, bottom: int, left: int
) -> None:
    chance = np.random.default_rng(1)
    indices, table = chance.integers(0, 256, SHAPE).astype(index), chance.integers(0, 256, 256).astype(value)
    out = np.full(SHAPE, 7, value)
    look_up(indices, table, MARKS, reach, out)
    expected = np.full(SHAPE, 7, value)
    for row in range(top, bottom):
        for column in range(left, 30):
            expected[row, column] = table[indices[row, column]]
    np.testing.assert_array_equal(out, expected)


@pytest.mark.usefixtures("either")
def test_an_index_beyond_the_table_is_refused() -> None:
    with pytest.raises((ValueError, IndexError)):
        look_up(np.full(SHAPE, 3, np.uint32), np.zeros(3, np.uint8), MARKS, 0, np.zeros(SHAPE, np.uint8))


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("count", [1, 3, 5000])
def test_colours_are_found_again(count: int) -> None:
    chance = np.random.default_rng(count)
    colours = np.unique(chance.integers(0, 2**32, count, np.uint32))
    wanted = chance.integers(0, len(colours), SHAPE)
    out = np.zeros(SHAPE, np.uint32)
    find_colours(np.ascontiguousarray(colours[wanted]).view(np.uint8).reshape(*SHAPE, 4), colours, MARKS, 2, out)
    np.testing.assert_array_equal(out[:, 8:], wanted[:, 8:])
    assert not out[:, :8].any()


@pytest.mark.usefixtures("either")
def test_a_colour_that_is_not_among_them_is_refused() -> None:
    pixels = np.zeros((*SHAPE, 4), np.uint8)
    with pytest.raises(ValueError, match="not in the table"):
        find_colours(pixels, packed(np.full((1, 4), 9, np.uint8)), MARKS, 0, np.zeros(SHAPE, np.uint32))
