"""What two pictures show in each tile of 8x8 pixels, as exact sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.tile_marks import SIDE as SIDE
from giflab_core.kernels.tile_marks import grid as grid
from giflab_core.kernels.tile_marks import mark_tiles

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box
    from giflab_core.kernels.tile_marks import Marks
    from giflab_core.model import Pixels, Plane

    Tiles: TypeAlias = npt.NDArray[np.int32]
    """Shape (rows, columns, FIELDS)."""

FIELDS = 18


class TileSums:
    """The sums over the tiles of two pictures, kept while these change.

    `sums`: int32, shape (rows, columns, 18); the last row and column of tiles have what pixels are left. By tile: the
    sums of R, G, B, A of the original (0 to 3) and of the compressed picture (4 to 7), of alpha that is opaque in both
    (8), of the squared differences of R, G and B (9); of luma x and y (10, 11), their squares and product (12 to 14),
    the absolute steps of x (15) and of y (16) to the next pixel in the row and in the column; and the number of pixels
    (17). All are 0 of a tile that is farther than `reach` from each that is marked: nobody asks for those.
    `marks`: uint8, shape (rows, columns), which tiles may differ by much, see `mark_tiles`.
    """

    def __init__(self, height: int, width: int, reach: int = 2) -> None:
        self._size = height, width
        self._reach = reach
        self.marks: Marks = np.zeros(grid(height, width), np.uint8)
        self.sums: Tiles = np.zeros((*self.marks.shape, FIELDS), np.int32)

    def mark(
        self, original: Pixels, compressed: Pixels, box: Box | None = None, error: float = 0, apart: float = 0
    ) -> bool:
        """As `mark_tiles`; `box`: outside of it nothing changed, None: anywhere. The limits must be those of before."""
        height, width = self._size
        return mark_tiles(original, compressed, box or (0, height, 0, width), error, apart, self.marks)

    def sum(self, original: Pixels, compressed: Pixels, x: Plane, y: Plane, box: Box | None = None) -> None:
        """Sum the tiles that are near marked ones, after `mark()` with the same box.

        `original`, `compressed`: RGBA, uint8, shape (height, width, 4); `x`, `y`: their luma, uint8, (height, width).
        """
        sum_tiles(original, compressed, x, y, self.marks, self.around(box, self._reach), self._reach, self.sums)

    def around(self, box: Box | None, tiles: int) -> Box:
        """The tiles of a box of pixels, and so many more in each direction; None: all."""
        rows, columns = self.marks.shape
        if box is None:
            return 0, rows, 0, columns
        return (
            max(0, box[0] // SIDE - tiles),
            min(rows, -(-box[1] // SIDE) + tiles),
            max(0, box[2] // SIDE - tiles),
            min(columns, -(-box[3] // SIDE) + tiles),
        )


def sum_tiles(
    original: Pixels, compressed: Pixels, x: Plane, y: Plane, marks: Marks, part: Box, reach: int, sums: Tiles
) -> None:
    """Write the sums of the tiles in a part that are at most `reach` away from a marked one, and 0 of the others."""
    native = NATIVE.tile_sums if NATIVE else tile_sums_numpy
    native(original, compressed, x, y, marks, part, reach, sums)


def tile_sums_numpy(
    original: Pixels, compressed: Pixels, x: Plane, y: Plane, marks: Marks, part: Box, reach: int, sums: Tiles
) -> None:
    """The twin of the native function."""
    a, b = (picture.astype(np.int32) for picture in (original, compressed))
    fields = np.concatenate(
        [
            a,
            b,
            (a & b)[..., 3:],
            ((a - b)[..., :3] ** 2).sum(axis=2, keepdims=True),
            *(each[..., None] for each in _products(x.astype(np.int32), y.astype(np.int32))),
            *(_steps(plane)[..., None] for plane in (x, y)),
            np.ones((*a.shape[:2], 1), np.int32),
        ],
        axis=2,
    )
    down = np.add.reduceat(fields, range(0, fields.shape[0], SIDE), axis=0)
    whole = np.add.reduceat(down, range(0, fields.shape[1], SIDE), axis=1)
    rows, columns = slice(part[0], part[1]), slice(part[2], part[3])
    sums[rows, columns] = np.where(near(marks, reach)[..., None], whole, 0)[rows, columns]


def near(marks: Marks, reach: int) -> npt.NDArray[np.bool_]:
    """Which tiles are at most so many away from a marked one, in rows and in columns: bool, shape (rows, columns)."""
    found = marks > 0
    for axis, length in enumerate(found.shape):
        steps = np.arange(length)
        away = range(-reach, reach + 1)
        found = np.logical_or.reduce([found.take(np.clip(steps + step, 0, length - 1), axis) for step in away])
    return found


def _products(x: Tiles, y: Tiles) -> tuple[Tiles, ...]:
    return x, y, x * x, y * y, x * y


def _steps(plane: Plane) -> Tiles:
    """The absolute steps to the next pixel to the right and below, where there is one."""
    values = plane.astype(np.int32)
    steps = np.zeros_like(values)
    steps[:, :-1] += np.abs(np.diff(values, axis=1))
    steps[:-1] += np.abs(np.diff(values, axis=0))
    return steps
