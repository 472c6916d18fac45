"""Cells of the pictures of a clip in grey levels, kept as the parts of levels that fingerprints have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from giflab_core.sequence.fingerprint import PARTS

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.sequence.runs import Whole

    Cells = npt.NDArray[np.float32]


# Values that are worked on at once, so that they take little memory.
AT_ONCE = 1 << 20


def batches(length: int, values: int) -> Iterator[slice]:
    """All of so many things in order, as many at once as there may be of what has so many values each."""
    step = max(1, AT_ONCE // max(1, values))
    return (slice(first, first + step) for first in range(0, length, step))


class Levels:
    """Some cells of each fingerprint, as an array of float32 of shape (pictures, cells) that is made by parts."""

    def __init__(self, prints: npt.NDArray[np.uint16], cells: Whole) -> None:
        # Row by row: an index of columns alone would give the result column by column.
        self._parts = prints if len(cells) == prints.shape[1] else prints.take(cells, axis=1)

    @property
    def shape(self) -> tuple[int, int]:
        """How many pictures, and how many cells of each."""
        pictures, cells = self._parts.shape
        return pictures, cells

    def __len__(self) -> int:
        return len(self._parts)

    def __getitem__(self, index: Any) -> Cells:
        """What an index of the array gives, as a new array; of a single picture's cell a number."""
        levels: Cells = self._parts[index].astype(np.float32) / np.float32(PARTS)
        return levels

    def of_cells(self, cells: Whole) -> Cells:
        """All pictures' values of some cells, by number: shape (pictures, cells wanted), row by row."""
        levels: Cells = self._parts.take(cells, axis=1).astype(np.float32) / np.float32(PARTS)
        return levels
