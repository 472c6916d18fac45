"""What two pictures show in each tile of 8x8 pixels, as exact sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Pixels, Plane

    Tiles: TypeAlias = npt.NDArray[np.int32]
    """Shape (rows, columns, FIELDS)."""

SIDE = 8
FIELDS = 18


class TileSums:
    """The sums over the tiles of two pictures, kept while these change.

    `sums`: int32, shape (rows, columns, 18); the last row and column of tiles have what pixels are left. By tile: the
    sums of R, G, B, A of the original (0 to 3) and of the compressed picture (4 to 7), of alpha that is opaque in both
    (8), of the squared differences of R, G and B (9); of luma x and y (10, 11), their squares and product (12 to 14),
    the absolute steps of x (15) and of y (16) to the next pixel in the row and in the column; and the number of pixels
    (17). All are 0 of a tile that does not differ, nor touches one that does: nobody asks for those.
    """

    def __init__(self, height: int, width: int) -> None:
        self.sums = np.zeros((-(-height // SIDE), -(-width // SIDE), FIELDS), np.int32)

    def update(self, original: Pixels, compressed: Pixels, x: Plane, y: Plane, box: Box | None = None) -> None:
        """Sum the tiles that touch a box (top, bottom, left, right), outside of which nothing changed; None: all.

        `original`, `compressed`: RGBA, uint8, shape (height, width, 4); `x`, `y`: their luma, uint8, (height, width).
        """
        height, width = x.shape
        sum_tiles = NATIVE.tile_sums if NATIVE else tile_sums_numpy
        sum_tiles(original, compressed, x, y, box or (0, height, 0, width), self.sums)


def tile_sums_numpy(original: Pixels, compressed: Pixels, x: Plane, y: Plane, box: Box, tiles: Tiles) -> None:
    """The twin of the native function: writes the tiles that touch a box, and those next to them."""
    top, bottom, left, right = box
    if top >= bottom or left >= right:
        return
    rows = slice(max(0, top // SIDE - 1), -(-bottom // SIDE) + 1)
    columns = slice(max(0, left // SIDE - 1), -(-right // SIDE) + 1)
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
            (a != b).any(axis=2, keepdims=True),
        ],
        axis=2,
    )
    down = np.add.reduceat(fields, range(0, fields.shape[0], SIDE), axis=0)
    sums = np.add.reduceat(down, range(0, fields.shape[1], SIDE), axis=1)
    marks = np.pad(sums[..., FIELDS] > 0, 1)
    marks = marks[:-2] | marks[1:-1] | marks[2:]
    marks = marks[:, :-2] | marks[:, 1:-1] | marks[:, 2:]
    tiles[rows, columns] = np.where(marks[..., None], sums[..., :FIELDS], 0)[rows, columns]


def _products(x: Tiles, y: Tiles) -> tuple[Tiles, ...]:
    return x, y, x * x, y * y, x * y


def _steps(plane: Plane) -> Tiles:
    """The absolute steps to the next pixel to the right and below, where there is one."""
    values = plane.astype(np.int32)
    steps = np.zeros_like(values)
    steps[:, :-1] += np.abs(np.diff(values, axis=1))
    steps[:-1] += np.abs(np.diff(values, axis=0))
    return steps
