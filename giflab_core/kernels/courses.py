"""How cells of two clips go over time, as weighted sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    import numpy.typing as npt

    Cells = npt.NDArray[np.float32]
    Doubles = npt.NDArray[np.float64]
    Whole = npt.NDArray[np.int64]

AT_ONCE = 1024


def course_sums(x: Cells, y: Cells, due: Whole, weights: Doubles, cells: Whole) -> Doubles:
    """The sums over moments of x, y, x x, y y and x y, times the weight of each: float64, shape (5, cells wanted).

    `x`, `y`: float32, of as many cells, shape (pictures, cells); `due`: at moment i row `due[i]` of `x` is held against
    row i of `y`; `weights`: float64, one a moment; `cells`: those that are wanted, by number. Added in the order of the
    moments. Raises IndexError for a row or a cell that there is not.
    """
    sums = np.empty((5, len(cells)))
    (NATIVE.course_sums if NATIVE else course_sums_numpy)(x, y, due, weights, cells, sums)
    return sums


def course_sums_numpy(x: Cells, y: Cells, due: Whole, weights: Doubles, cells: Whole, sums: Doubles) -> None:
    """The twin of the native function."""
    sums[:] = 0
    for begin in range(0, len(due), AT_ONCE):
        rows = np.arange(len(due))[begin : begin + AT_ONCE]
        a, b = x[np.ix_(due[rows], cells)].astype(np.float64), y[np.ix_(rows, cells)].astype(np.float64)
        for total, product in zip(sums, (a, b, a * a, b * b, a * b), strict=True):
            total += (product * weights[rows, None]).sum(axis=0)
