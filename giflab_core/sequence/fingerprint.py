"""A small copy of each picture of a clip, by which it is known again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from giflab_core.kernels.cells import CellSums

if TYPE_CHECKING:
    from giflab_core.decoding import Shown

Fingerprint = np.ndarray[Any, np.dtype[np.uint16]]

# Rows and columns of cells. On a canvas of 400 pixels a letter fills a good part of one.
SIDE = 32
# Of a grey level, so that 16 bits hold it: a quarter of the memory of a float64.
PARTS = 256
OPAQUE = 255.0


class Fingerprinter:
    """Takes fingerprints of the pictures of one clip, each the picture before but for its changed box."""

    def __init__(self, width: int, height: int) -> None:
        self._luma, self._hidden = (CellSums(height, width, SIDE, SIDE) for _ in range(2))
        rows, columns = self._luma.shape
        self._cells = rows * columns
        self._serial = self._hidden_serial = 0

    def take(self, shown: Shown) -> Fingerprint:
        """Luma on black, then opacity, of at most 32x32 cells: uint16, one dimension, in 1/256 of a grey level."""
        self._serial += 1
        cells, packed = self._cells, np.empty(2 * self._cells, np.uint16)
        self._luma.write(shown.grey(0), shown.changed if self._serial > 1 else None, PARTS, packed[:cells])
        hidden = shown.hidden()
        if hidden is None:
            packed[cells:] = OPAQUE * PARTS
            return packed
        is_known = self._hidden_serial and self._hidden_serial == self._serial - 1
        box = shown.changed if is_known else None
        self._hidden.write(hidden.view(np.uint8), box, PARTS, packed[cells:], is_share=True)
        self._hidden_serial = self._serial
        return packed


def grid(width: int, height: int) -> tuple[int, int]:
    """How many rows and columns of cells a canvas has."""
    return min(SIDE, height), min(SIDE, width)
