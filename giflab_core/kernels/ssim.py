"""SSIM of 8-bit pictures with a uniform window: integers up to each window's ratio, which is rounded to fixed point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.boxes import LARGE_PIXELS, pixels_in, slices
from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Plane

    Sums = npt.NDArray[np.int32]

WINDOW = 7
AREA = WINDOW * WINDOW
# Scores of windows are multiples of 1 / ONE, so that their sum is the same in any order.
ONE = 1 << 30
# SSIM's constants as they go with sums over a window, of x + y and x - y instead of x and y, which makes everything
# twice as large; the second with the sample covariance (divided by n - 1), which is scikit-image's default.
C1 = np.float32(2 * AREA * AREA * 6.5025)
C2 = np.float32(2 * AREA * (AREA - 1) * 58.5225)
# Values worked on at once in NumPy, so that the intermediate arrays stay in the processor's cache.
BAND = 1 << 15
# So many rows of windows of large planes have one sum: few enough to score again, enough that the rows that two of them
# share matter little.
BAND_ROWS = 64


def ssim(x: Plane, y: Plane) -> float:
    """Mean structural similarity over all windows that lie wholly inside: -1 to 1, exactly 1 for equal pictures.

    `x`, `y`: uint8, one shape, (height, width), or (height, width, channels) for the mean over channels; height and
    width at least `WINDOW`. Wang et al. 2004, "Image quality assessment: from error visibility to structural
    similarity", with a 7x7 uniform window, K1 0.01, K2 0.03.
    """
    total = NATIVE.ssim(x, y) if NATIVE else total_numpy(x, y)
    height, width = x.shape[:2]
    return float(total / (x.size // (height * width) * (height - WINDOW + 1) * (width - WINDOW + 1) * ONE))


class SsimSum:
    """SSIM of two planes of which a part changes at a time: only windows that touch the part are scored again.

    `height`, `width`: of the planes, at least `WINDOW`.
    """

    __slots__ = ("_scores", "_total")

    def __init__(self, height: int, width: int) -> None:
        self._scores = np.zeros((height - WINDOW + 1, width - WINDOW + 1), np.int32)
        self._total: int | None = None

    def update(self, x: Plane, y: Plane, box: Box | None = None) -> float:
        """Exactly `ssim(x, y)` of two planes that outside of `box` are what they were at the last call.

        `box`: top, bottom, left, right, half open, within the planes. None, and at the first call any box, is all.
        """
        rows, columns = self._scores.shape
        if box is None or self._total is None:
            box = (0, rows, 0, columns)
        top, bottom = max(0, box[0] - WINDOW + 1), min(box[1], rows)
        left, right = max(0, box[2] - WINDOW + 1), min(box[3], columns)
        if box[0] < box[1] and box[2] < box[3]:
            update = NATIVE.ssim_update if NATIVE else update_numpy
            self._total = (self._total or 0) + update(x, y, self._scores, (top, bottom, left, right))
        return (self._total or 0) / (rows * columns * ONE)


class SsimBands:
    """As `SsimSum`, of large planes: the sum of every few rows of windows is kept, not the score of each window."""

    __slots__ = ("_totals", "_windows")

    def __init__(self, height: int, width: int) -> None:
        self._windows = height - WINDOW + 1, width - WINDOW + 1
        self._totals: list[int] = []

    def update(self, x: Plane, y: Plane, box: Box | None = None) -> float:
        """As `SsimSum.update`."""
        rows, columns = self._windows
        starts = range(0, rows, BAND_ROWS)
        touched = range(len(starts))
        if box and self._totals:
            first, last = max(0, box[0] - WINDOW + 1), min(box[1], rows)
            touched = range(first // BAND_ROWS, -(-last // BAND_ROWS)) if pixels_in(box) else range(0)
        self._totals = self._totals or [0] * len(starts)
        for band in touched:
            part = slice(starts[band], min(starts[band] + BAND_ROWS, rows) + WINDOW - 1)
            self._totals[band] = (NATIVE.ssim if NATIVE else total_numpy)(x[part], y[part])
        return sum(self._totals) / (rows * columns * ONE)


def follower(height: int, width: int) -> SsimSum | SsimBands:
    """What follows planes of this size."""
    return (SsimBands if height * width > LARGE_PIXELS else SsimSum)(height, width)


def total_numpy(x: Plane, y: Plane) -> int:
    """The sum of the scores of all windows, in units of 1 / ONE."""
    if min(x.shape[:2]) < WINDOW:
        raise ValueError(f"a window of {WINDOW} pixels does not fit into {x.shape[1]} x {x.shape[0]}")
    rows = max(1, BAND * x.shape[0] // x.size)
    return sum(
        int(_scores(x[top : top + rows + WINDOW - 1], y[top : top + rows + WINDOW - 1]).sum(dtype=np.int64))
        for top in range(0, x.shape[0] - WINDOW + 1, rows)
    )


def update_numpy(x: Plane, y: Plane, scores: Sums, box: Box) -> int:
    """Scores the windows of these rows and columns of `scores` again; returns by how much the sum of them changed."""
    pixels = slices((box[0], box[1] + WINDOW - 1, box[2], box[3] + WINDOW - 1))
    windows = scores[slices(box)]
    before = int(windows.sum(dtype=np.int64))
    windows[:] = _scores(x[pixels], y[pixels])
    return int(windows.sum(dtype=np.int64)) - before


def _scores(x: Plane, y: Plane) -> Sums:
    # Every sum and product stays below 49 * 49 * 510**2 < 2**30, so int32 holds them exactly. Only these quantities are
    # rounded to float32, which has 24 bits; equal windows have d = 0, and a ratio of exactly 1.
    one, other = x.astype(np.int32), y.astype(np.int32)
    s, d = one + other, one - other
    a, b = _window_sums(s) ** 2, _window_sums(d) ** 2
    spread_s, spread_d = AREA * _window_sums(s * s) - a, AREA * _window_sums(d * d) - b
    above = ((a - b).astype(np.float32) + C1) * ((spread_s - spread_d).astype(np.float32) + C2)
    below = ((a + b).astype(np.float32) + C1) * ((spread_s + spread_d).astype(np.float32) + C2)
    scores: Sums = (above / below * np.float32(ONE)).astype(np.int32)
    return scores


def _window_sums(values: Sums) -> Sums:
    """Sums over each 7x7 window of the first two dimensions: both 6 shorter."""
    two = values[:-1] + values[1:]
    four = two[:-2] + two[2:]
    columns = four[:-3] + two[4:-1] + values[6:]
    two = columns[:, :-1] + columns[:, 1:]
    four = two[:, :-2] + two[:, 2:]
    sums: Sums = four[:, :-3] + two[:, 4:-1] + columns[:, 6:]
    return sums
