"""GMSD of 8-bit planes, in integers up to the likeness of two gradients, which is rounded to fixed point."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.model import Plane

    Sums = npt.NDArray[np.int32]

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
    total, lower, upper = NATIVE.gmsd(x, y) if NATIVE else totals_numpy(x, y)
    n = ((x.shape[0] + 1) // 2) * ((x.shape[1] + 1) // 2)
    return float(sqrt(n * (lower + (upper << 32)) - total * total) / (n * ONE))


def totals_numpy(x: Plane, y: Plane) -> tuple[int, int, int]:
    """The sums of likenesses, in units of 1 / ONE, and of their squares: the lower and the upper 32 bits apart."""
    # Rounded to float32: the squares of gradients, and what follows. The square root of a square, even of a rounded
    # one, is what was squared: equal gradients are alike by exactly 1.
    a, b = (_steepness(plane).astype(np.float32) for plane in (x, y))
    ratio = (np.float32(2) * np.sqrt(a * b) + C) / (a + b + C)
    alike = (ratio * np.float32(ONE)).astype(np.int64)
    squares = alike * alike
    return int(alike.sum()), int((squares & 0xFFFFFFFF).sum()), int((squares >> 32).sum())


def _steepness(plane: Plane) -> Sums:
    """The square of the gradient at each sum of 2x2 pixels: at most 2 * 3060**2."""
    height, width = plane.shape
    even = np.pad(plane, ((0, height % 2), (0, width % 2))).astype(np.int32)
    p = np.pad(even[::2, ::2] + even[::2, 1::2] + even[1::2, ::2] + even[1::2, 1::2], 1)
    columns, rows = p[:-2] + p[1:-1] + p[2:], p[:, :-2] + p[:, 1:-1] + p[:, 2:]
    across, down = columns[:, 2:] - columns[:, :-2], rows[2:] - rows[:-2]
    steepness: Sums = across * across + down * down
    return steepness
