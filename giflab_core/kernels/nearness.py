"""How near a picture is to one other and to another, cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    import numpy.typing as npt

    Cells = npt.NDArray[np.float32]
    """Grey levels, 0 to 255, multiples of 1/256; shape (cells,)."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """Sums of squared differences of a picture from one other and from another, in grey levels squared, exact.

    `to_one`, `to_other`: over the cells in which those two differ by a tolerance and more; `all_to_one`,
    `all_to_other`: over all cells. `most`: by how many tolerances those two differ where they do most; 0 without cells.
    """

    most: float
    to_one: float
    to_other: float
    all_to_one: float
    all_to_other: float


def nearness(one: Cells, other: Cells, shown: Cells, tolerance: Cells) -> Nearness:
    """How near `shown` is to `one` and to `other`; `tolerance`: float32, above 0, of the same shape."""
    return Nearness(*(NATIVE.nearness if NATIVE else nearness_numpy)(one, other, shown, tolerance))


def nearness_numpy(
    one: Cells, other: Cells, shown: Cells, tolerance: Cells
) -> tuple[float, float, float, float, float]:
    """The twin of the native function."""
    times = np.abs(one - other) / tolerance
    to_one, to_other = ((shown.astype(np.float64) - each) ** 2 for each in (one, other))
    where = times >= 1
    sums = (to_one[where].sum(), to_other[where].sum(), to_one.sum(), to_other.sum())
    most, *squares = map(float, (times.max(initial=0), *sums))
    return most, squares[0], squares[1], squares[2], squares[3]
