"""Small fingerprints of planes: the means of their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.model import Floats, Plane

    Sums: TypeAlias = npt.NDArray[np.int64]
    Prints: TypeAlias = npt.NDArray[np.uint16]
    from giflab_core.kernels.boxes import Box

SIDE = 16
OPAQUE = 255.0


def cells(plane: Plane, rows: int = SIDE, columns: int = SIDE) -> Floats:
    """The mean of each cell of a plane: float64, shape (rows, columns), less where the plane has fewer pixels.

    `plane`: uint8, (height, width), of at least a pixel. Cell i of n begins at i * length // n.
    """
    height, width = plane.shape
    sums = CellSums(height, width, rows, columns)
    sums.update(plane)
    return sums.means().reshape(sums.shape)


class CellSums:
    """The sums over the cells of a plane, kept while it changes; see `cells`."""

    def __init__(self, height: int, width: int, rows: int = SIDE, columns: int = SIDE) -> None:
        self.shape = min(rows, height), min(columns, width)
        self._size = height, width
        self._whole: Box = 0, height, 0, width
        self._sums = np.zeros(self.shape, np.int64)

    def update(self, plane: Plane, box: Box | None = None) -> None:
        """Sum the cells that touch a box (top, bottom, left, right), outside of which nothing changed; None: all."""
        self._check(plane)
        (NATIVE.cell_sums if NATIVE else cell_sums_numpy)(plane, box or self._whole, self._sums)

    def write(self, plane: Plane, box: Box | None, parts: float, prints: Prints, *, is_share: bool = False) -> None:
        """As `update()`, then write the mean of each cell, in so many parts of a level, rounded, 16 bits.

        `is_share`: the plane is 0 or 1, and what the mean lacks to 1 is written, times 255. `prints`: uint16, one
        dimension, row by row.
        """
        self._check(plane)
        function = NATIVE.cell_prints if NATIVE else cell_prints_numpy
        function(plane, box or self._whole, self._sums, parts, is_share, prints)

    def means(self) -> Floats:
        """The mean of each cell, row by row: float64, one dimension, a new array each time."""
        means: Floats = (self._sums / _areas(*self._size, *self.shape)).ravel()
        return means

    def _check(self, plane: Plane) -> None:
        if plane.shape != self._size:
            raise ValueError(f"the plane has shape {plane.shape}, not {self._size}")


def cell_prints_numpy(plane: Plane, box: Box, sums: Sums, parts: float, is_share: bool, prints: Prints) -> None:
    """The twin of the native function."""
    cell_sums_numpy(plane, box, sums)
    means = (sums / _areas(*plane.shape, *sums.shape)).ravel()
    prints[:] = np.rint((OPAQUE * (1 - means) if is_share else means) * parts)


def cell_sums_numpy(plane: Plane, box: Box, sums: Sums) -> None:
    """The twin of the native function: writes the sums of the cells that touch a box."""
    top, bottom, left, right = box
    if top >= bottom or left >= right:
        return
    (rows, tops), (columns, lefts) = (
        _touching(ends(length, count), first, last)
        for length, count, first, last in zip(plane.shape, sums.shape, (top, left), (bottom, right), strict=True)
    )
    part = plane[tops[0] : tops[-1], lefts[0] : lefts[-1]]
    bands = np.add.reduceat(part, tops[:-1] - tops[0], axis=0, dtype=np.int64)
    sums[rows, columns] = np.add.reduceat(bands, lefts[:-1] - lefts[0], axis=1)


def _areas(height: int, width: int, rows: int, columns: int) -> Sums:
    areas: Sums = np.diff(ends(height, rows))[:, None] * np.diff(ends(width, columns))
    return areas


def ends(length: int, count: int) -> Sums:
    """Where each cell begins, and where the last one ends."""
    return np.arange(count + 1, dtype=np.int64) * length // count


def _touching(ends: Sums, first: int, last: int) -> tuple[slice, Sums]:
    """The cells that have a place of first to last - 1, and their ends."""
    start, stop = int(np.searchsorted(ends, first, "right")) - 1, int(np.searchsorted(ends, last, "left"))
    return slice(start, stop), ends[start : stop + 1]
