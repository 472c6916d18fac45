"""In which tiles of 8x8 pixels two pictures may differ by much."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Pixels

    Marks: TypeAlias = npt.NDArray[np.uint8]
    """Shape (rows, columns) of tiles, 1 for those that are marked."""

SIDE = 8


def grid(height: int, width: int) -> tuple[int, int]:
    """How many rows and columns of tiles a picture has; the last ones have what pixels are left."""
    return -(-height // SIDE), -(-width // SIDE)


def mark_tiles(original: Pixels, compressed: Pixels, box: Box, error: float, apart: float, marks: Marks) -> bool:
    """Mark those of the tiles that touch a box (top, bottom, left, right) which may differ by much; unmark the others.

    `original`, `compressed`: RGBA, uint8, shape (height, width, 4); alpha is 0 or 255, and RGB is 0 where that is 0. A
    tile is marked if it differs in alpha, or in R, G and B by at least `error` levels (root mean square over all its
    pixels and the three), or in the sum of one of them by at least `apart` levels for each opaque pixel; with 0 for
    both, if it differs. No window of tiles has a larger error, or mean colours that are farther apart, than the one of
    its tiles in which they are largest. Returns whether any tile is marked then, of all.
    """
    native = NATIVE.tile_marks if NATIVE else tile_marks_numpy
    return native(original, compressed, box, 3 * error * error, apart, marks)


def tile_marks_numpy(original: Pixels, compressed: Pixels, box: Box, error: float, apart: float, marks: Marks) -> bool:
    """The twin of the native function; `error`: the sum of squares over the channels that a pixel has on average."""
    top, bottom, left, right = box
    if top >= bottom or left >= right:
        return bool(marks.any())
    rows, columns = slice(top // SIDE, -(-bottom // SIDE)), slice(left // SIDE, -(-right // SIDE))
    part = slice(SIDE * rows.start, SIDE * rows.stop), slice(SIDE * columns.start, SIDE * columns.stop)
    a, b = (picture[part].astype(np.int32) for picture in (original, compressed))
    fields = [a - b, (a - b) ** 2, a[..., 3:] > 0, (a != b)[..., 3:], np.ones((*a.shape[:2], 1), np.int32)]
    sums = np.concatenate(fields, axis=2).astype(np.int32)
    for axis in (0, 1):
        sums = np.add.reduceat(sums, range(0, sums.shape[axis], SIDE), axis=axis)
    errors, largest = sums[..., 4:8].sum(axis=2), np.abs(sums[..., :3]).max(axis=2)
    is_far = (errors >= error * sums[..., 10]) | ((largest > 0) & (largest >= apart * sums[..., 8]))
    marks[rows, columns] = (errors > 0) & (is_far | (sums[..., 9] > 0))
    return bool(marks.any())
