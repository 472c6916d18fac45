"""GMSD of 8-bit planes, in integers up to the likeness of two gradients, which is rounded to fixed point."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.boxes import pixels_in
from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Plane

    Sums = npt.NDArray[np.int32]
    Totals = npt.NDArray[np.int64]

# The likeness of gradients is a multiple of 1 / ONE, so that the sums are the same in any order.
ONE = 1 << 24
# The paper's constant, for sums of 2x2 pixels instead of their means, and a Prewitt filter that is not divided by 3:
# gradients 12 times as large, squared.
C = np.float32(170 * 144)


def gmsd(x: Plane, y: Plane) -> float:
    """Gradient magnitude similarity deviation: 0 for equal planes, below 0.5; lower is better.

    `x`, `y`: uint8, one shape (height, width). Xue et al. 2014, "Gradient Magnitude Similarity Deviation: A Highly
    Efficient Perceptual Image Quality Index": the standard deviation of how alike the gradients are at each mean of 2x2
    pixels, with Prewitt's filter and a constant of 170. Around the planes, and behind odd last rows and columns, is
    black.
    """
    return GmsdSum(*x.shape).update(x, y)


class GmsdSum:
    """GMSD of two planes of which a part changes at a time: only what the part reaches is looked at again.

    `height`, `width`: of the planes.
    """

    __slots__ = ("_rows",)

    def __init__(self, height: int, width: int) -> None:
        self._rows: Totals | None = None

    def update(self, x: Plane, y: Plane, box: Box | None = None) -> float:
        """Exactly `gmsd(x, y)` of two planes that outside of `box` are what they were at the last call.

        `box`: top, bottom, left, right, half open, within the planes. None, and at the first call any box, is all.
        """
        first, last = 0, (x.shape[0] + 1) // 2
        if self._rows is None:
            self._rows = np.zeros((last, 3), np.int64)
        elif box is not None:
            # The rows of means that these pixels matter to.
            first, last = (max(0, box[0] // 2 - 1), min(-(-box[1] // 2) + 1, last)) if pixels_in(box) else (0, 0)
        update = NATIVE.gmsd_update if NATIVE else gmsd_update_numpy
        return _deviation(update(x, y, self._rows, first, last), len(self._rows) * ((x.shape[1] + 1) // 2))


def _deviation(sums: tuple[int, int, int], n: int) -> float:
    total, lower, upper = sums
    return float(sqrt(n * (lower + (upper << 32)) - total * total) / (n * ONE))


def gmsd_update_numpy(x: Plane, y: Plane, rows: Totals, first: int, last: int) -> tuple[int, int, int]:
    """The twin of the native function: makes some rows anew, and tells what all add up to."""
    if first < last:
        start = max(0, first - 1)
        part = slice(2 * start, 2 * (last + 1))  # with what they depend on
        rows[first:last] = gmsd_rows_numpy(x[part], y[part])[first - start : last - start]
    total, lower, upper = map(int, rows.sum(axis=0))
    return total, lower, upper


def gmsd_rows_numpy(x: Plane, y: Plane) -> Totals:
    """Of each row of means the sums of likenesses, in units of 1 / ONE, and of their squares, in two parts.

    The lower and the upper 32 bits of squares are apart.
    """
    # Rounded to float32: the squares of gradients, and what follows. The square root of a square, even of a rounded
    # one, is what was squared: equal gradients are alike by exactly 1.
    a, b = (_steepness(plane).astype(np.float32) for plane in (x, y))
    ratio = (np.float32(2) * np.sqrt(a * b) + C) / (a + b + C)
    alike = (ratio * np.float32(ONE)).astype(np.int64)
    squares = alike * alike
    return np.stack([each.sum(axis=1) for each in (alike, squares & 0xFFFFFFFF, squares >> 32)], axis=1)


def _steepness(plane: Plane) -> Sums:
    """The square of the gradient at each sum of 2x2 pixels: at most 2 * 3060**2."""
    height, width = plane.shape
    even = np.pad(plane, ((0, height % 2), (0, width % 2))).astype(np.int32)
    p = np.pad(even[::2, ::2] + even[::2, 1::2] + even[1::2, ::2] + even[1::2, 1::2], 1)
    columns, rows = p[:-2] + p[1:-1] + p[2:], p[:, :-2] + p[:, 1:-1] + p[:, 2:]
    across, down = columns[:, 2:] - columns[:, :-2], rows[2:] - rows[:-2]
    steepness: Sums = across * across + down * down
    return steepness
