"""Tell whether a clip moves as the original does, where the original moves.

Complements `order`: a small thing that moves in a large picture shows in no fingerprint of the whole, and coarse
colours hide which moment a picture is from. Here small cells are followed over time instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.boxes import pixels_in
from giflab_core.kernels.change import integrate, terms

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Plane

# A transparent pixel counts as this grey, so that both black and white things on a transparent ground move.
MATTE = 128
# A cell moves where its variance over time is above this (grey levels squared): four levels of deviation.
MOVING_VARIANCE = 16.0
# Cells of so many pixels are followed if the shorter side of the canvas is at least that long: this averages away the
# noise of dithering, which is not a motion, and keeps what moves.
CELL, LEAST_SIDE = 3, 64
# Larger canvases are averaged down: 22 bytes are kept for each pixel, and 40 more from the second minute on.
MOST_PIXELS = 1 << 19
# Within so many milliseconds 32 bits hold the integrals: 2 * 128**2 * LONGEST_MS < 2**31.
LONGEST_MS = 65535
# Worked on at once in the end, so that this takes next to no memory.
BAND_PIXELS = 1 << 15


class MotionCorrelation:
    """Pearson's correlation of two clips' luma about each cell's own mean over time, over cells and time.

    1 for equal clips, near 0 for pictures in another order. Call `add()` for every pair of frames, then `value()`. The
    sums are exact integers, which only change where a picture does: the integral of f over time is the sum of (f before
    - f after) t over its changes, and of f in the end times the time of the end.
    """

    def __init__(self, width: int, height: int) -> None:
        cell = CELL if min(width, height) >= LEAST_SIDE else 1
        self._shrink = max(cell, ceil(sqrt(width * height / MOST_PIXELS)))
        shape = ceil(height / self._shrink), ceil(width / self._shrink)
        self._cells = np.zeros((2, *shape), np.uint8)
        # Since `_settled_ms`, at which time the integrals were those in `_settled`.
        self._sums = np.zeros((5, *shape), np.int32)
        self._ms = 0
        self._settled: npt.NDArray[np.int64] | None = None
        self._settled_ms = 0

    def add(self, x: Plane, y: Plane, box: Box | None, duration_ms: int) -> None:
        """Both planes were on screen together for `duration_ms`.

        `x`, `y`: luma on the grey `MATTE`, uint8, shape (height, width). `box`: (top, bottom, left, right), half open,
        outside of which both are what they were when last added; None for everywhere.
        """
        if self._ms > LONGEST_MS:
            self._settle()
        if box is None or not self._total_ms:
            box = (0, x.shape[0], 0, x.shape[1])
        if pixels_in(box):
            integrate(x, y, box, self._ms, self._shrink, self._cells, self._sums)
        self._ms += duration_ms

    def value(self, earlier: MotionCorrelation | None = None) -> float | None:
        """The correlation, -1 to 1; None where the original does not move, or the compressed clip does not there.

        `earlier`: of the same clips over the time before.
        """
        parts = [each for each in (self, earlier) if each and each._total_ms]
        if not parts:
            return None
        total_ms = sum(each._total_ms for each in parts)
        spread_x = spread_y = shared = 0.0
        for rows in self._bands():
            integrals = parts[0]._integrals(rows)
            for other in parts[1:]:
                integrals += other._integrals(rows)
            x, y, xx, yy, xy = integrals / total_ms
            variance_x = xx - x * x
            moving = variance_x > MOVING_VARIANCE
            if not moving.any():
                continue
            spread_x += float(variance_x[moving].sum())
            spread_y += float((yy - y * y)[moving].sum())
            shared += float((xy - x * y)[moving].sum())
        if spread_x <= 0 or spread_y <= MOVING_VARIANCE:
            return None
        return shared / sqrt(spread_x * spread_y)

    @property
    def _total_ms(self) -> int:
        return self._settled_ms + self._ms

    def _bands(self) -> Iterator[slice]:
        """All rows, so many at once."""
        _, height, width = self._cells.shape
        step = max(1, BAND_PIXELS // width)
        return (slice(top, top + step) for top in range(0, height, step))

    def _integrals(self, rows: slice) -> npt.NDArray[np.int64]:
        """The integrals over all time of x, y, x², y², x y about `MATTE`: shape (5, rows, width)."""
        result = terms(*self._cells[:, rows]).astype(np.int64) * self._ms + self._sums[:, rows]
        return result if self._settled is None else result + self._settled[:, rows]

    def _settle(self) -> None:
        """Keep what was so far in 64 bits, and begin anew."""
        settled = np.zeros(self._sums.shape, np.int64) if self._settled is None else self._settled
        for rows in self._bands():
            settled[:, rows] = self._integrals(rows)
        self._settled, self._settled_ms = settled, self._total_ms
        self._sums[:], self._ms = 0, 0
