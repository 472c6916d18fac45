"""Canny's edges, and how far those of two planes agree."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.extension import NATIVE
from giflab_core.lazy import load

if TYPE_CHECKING:
    from giflab_core.model import Mask, Plane

    Gradients: TypeAlias = npt.NDArray[np.int32]

# The tangent of 22.5 degrees in units of 2**-15; that of 67.5 degrees is larger by exactly 2.
TANGENT = 13573
# No gradient of 8-bit values is as large.
MOST = 32767


def canny(plane: Plane, low: float, high: float) -> Mask:
    """The edges of a plane: bool, shape (height, width).

    `plane`: uint8, (height, width), of any size. An edge pixel has a gradient above `low` (Sobel 3x3, |dx| + |dy| in
    grey levels, border pixels repeated) that no neighbour across the edge exceeds, and is connected to one above
    `high` by such pixels. Canny 1986, "A computational approach to edge detection", pixel for pixel as OpenCV's
    `Canny(plane, low, high)`.
    """
    thresholds = _thresholds(low, high)
    if NATIVE:
        edges: Mask = np.empty(plane.shape, np.bool_)
        NATIVE.canny(plane, *thresholds, edges)
        return edges
    return canny_numpy(plane, *thresholds)


def edge_agreement(x: Plane, y: Plane, low: float, high: float) -> float:
    """The F1 score of two planes' edges, 0 to 1, where an edge pixel counts as found within one pixel of another's.

    `x`, `y`: uint8, one shape (height, width). With the share of the edge pixels of `y` that have an edge pixel of `x`
    among themselves and their eight neighbours (precision) and the reverse (recall), the harmonic mean of both (van
    Rijsbergen 1979; the tolerance as in Martin et al. 2004, "Learning to detect natural image boundaries"). It is 1
    where neither has an edge, 0 where one has none.
    """
    thresholds = _thresholds(low, high)
    edges_x, edges_y, near_x, near_y = (
        NATIVE.edge_counts(x, y, *thresholds) if NATIVE else edge_counts_numpy(x, y, *thresholds)
    )
    if not edges_x and not edges_y:
        return 1.0
    # Of products of whole numbers, so that the order of `x` and `y` makes no difference.
    crossed = near_x * edges_y + near_y * edges_x
    return float(2 * near_x * near_y / crossed) if crossed else 0.0


def _thresholds(low: float, high: float) -> tuple[int, int]:
    """Whole numbers in order: a gradient of whole grey levels exceeds a limit if it exceeds its floor."""
    least, most = (floor(min(max(limit, 0), MOST)) for limit in sorted((low, high)))
    return least, most


def canny_numpy(plane: Plane, low: int, high: int) -> Mask:
    """The twin of the native function."""
    height, width = plane.shape
    wide = np.pad(plane.astype(np.int32), 1, "edge")
    smooth = wide[:-2] + 2 * wide[1:-1] + wide[2:]
    steps = wide[2:] - wide[:-2]
    dx: Gradients = smooth[:, 2:] - smooth[:, :-2]
    dy: Gradients = steps[:, :-2] + 2 * steps[:, 1:-1] + steps[:, 2:]
    size = abs(dx) + abs(dy)
    around = np.pad(size, 1)

    def neighbour(down: int, right: int) -> Gradients:
        return around[1 + down : 1 + down + height, 1 + right : 1 + right + width]

    slope, limit = abs(dy) << 15, abs(dx) * TANGENT
    level = slope < limit
    steep = slope > limit + (abs(dx) << 16)
    rising = (dx ^ dy) < 0
    # A tie goes to the pixel further right or down, on a diagonal to neither.
    ridge = np.select(
        [level, steep, rising],
        [
            (size > neighbour(0, -1)) & (size >= neighbour(0, 1)),
            (size > neighbour(-1, 0)) & (size >= neighbour(1, 0)),
            (size > neighbour(-1, 1)) & (size > neighbour(1, -1)),
        ],
        (size > neighbour(-1, -1)) & (size > neighbour(1, 1)),
    )
    weak = ridge & (size > low)
    labels, count = load("scipy.ndimage", "label")(weak, np.ones((3, 3), np.bool_))
    strong = np.zeros(count + 1, np.bool_)
    strong[labels[weak & (size > high)]] = True
    edges: Mask = strong[labels]
    return edges


def edge_counts_numpy(x: Plane, y: Plane, low: int, high: int) -> tuple[int, int, int, int]:
    """The twin of the native function: edge pixels of each, and those of each that are near one of the other."""
    edges_x, edges_y = canny_numpy(x, low, high), canny_numpy(y, low, high)
    near_x, near_y = edges_x & _spread(edges_y), edges_y & _spread(edges_x)
    counts = [int(np.count_nonzero(mask)) for mask in (edges_x, edges_y, near_x, near_y)]
    return counts[0], counts[1], counts[2], counts[3]


def _spread(mask: Mask) -> Mask:
    """True at each pixel of a mask and its eight neighbours."""
    wide = np.pad(mask, 1)
    rows = wide[:-2] | wide[1:-1] | wide[2:]
    spread: Mask = rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]
    return spread
