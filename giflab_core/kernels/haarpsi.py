"""Haar wavelet-based perceptual similarity of two colour pictures."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.boxes import NOTHING, pixels_in, slices
from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Floats, Pixels

    Integers: TypeAlias = npt.NDArray[np.int32]
    Sums: TypeAlias = npt.NDArray[np.int64]

WINDOW = 16
# Boxes of 2 x 2 pixels in a row that are summed together, and summed again if any of them changes.
RUN = 32
# How many boxes of 2 x 2 pixels away one may matter.
REACH = 4
# Luma in units of 1/1000, and two chroma channels in units of 1/10000, of red, green and blue.
YIQ = ((299, 587, 114), (5959, -2746, -3213), (2115, -5227, 3112))
# How many units of sums over boxes of 2 x 2 pixels a grey level is.
LUMA_UNITS, CHROMA_UNITS = 4 * 1000, 4 * 10000
C = 30.0
ALPHA = 4.2
# Deficits are summed as integers of this share of a weight's unit, so that the sum does not depend on its order.
STEPS = 256


def haarpsi(x: Pixels, y: Pixels) -> float:
    """The similarity of two pictures in edges, weighted by where edges are, and in chroma: 0 to 1, 1 for equal ones.

    `x`, `y`: uint8, one shape (height, width, 4), RGB and a byte that is ignored, both sides at least `WINDOW`.
    Reisenhofer et al. 2018, "A Haar wavelet-based perceptual similarity index for image quality assessment", with the
    constants of the paper (C 30, alpha 4.2, three scales), on pictures averaged over boxes of 2 x 2 pixels; beyond
    their borders all is black.
    """
    return HaarpsiSum(*x.shape[:2]).update(x, y)


class HaarpsiSum:
    """HaarPSI of two pictures of which a part changes at a time: only what the part reaches is looked at again.

    `height`, `width`: of the pictures.
    """

    __slots__ = ("_columns", "_deficit", "_is_empty", "_sums", "_weight")

    def __init__(self, height: int, width: int) -> None:
        self._columns = (width + 1) // 2
        self._sums: Sums = np.zeros(((height + 1) // 2, -(-self._columns // RUN), 2), np.int64)
        self._deficit = self._weight = 0
        self._is_empty = True

    def update(self, x: Pixels, y: Pixels, box: Box | None = None) -> float:
        """Exactly `haarpsi(x, y)` of two pictures that outside of `box` are what they were at the last call.

        `box`: top, bottom, left, right, half open, within the pictures. None, and at the first call any box, is all.
        """
        if box is None or self._is_empty:
            self._is_empty, part = False, (0, self._sums.shape[0], 0, self._sums.shape[1])
        else:
            part = self._reached_by(box)
        if part != NOTHING:
            function = NATIVE.haarpsi_update if NATIVE else haarpsi_update_numpy
            deficit, weight = function(x, y, self._sums, part)
            self._deficit += deficit
            self._weight += weight
        return _similarity(self._deficit, self._weight)

    def _reached_by(self, box: Box) -> Box:
        """The rows and runs that the pixels of a box matter to."""
        if not pixels_in(box):
            return NOTHING
        top, bottom = _reached(box[0], box[1], len(self._sums))
        left, right = _reached(box[2], box[3], self._columns)
        return top, bottom, left // RUN, -(-right // RUN)


def _reached(start: int, end: int, length: int) -> tuple[int, int]:
    """The boxes of 2 x 2 pixels, of so many beside each other, that pixels from one up to another matter to."""
    return max(0, start // 2 - REACH), min(-(-end // 2) + REACH, length)


def _similarity(deficit: int, weight: int) -> float:
    if deficit <= 0:  # equal, but for rounding
        return 1.0
    share = 1 / (1 + exp(-ALPHA)) - deficit / STEPS / (1.5 * weight)
    return (log(share / (1 - share)) / ALPHA) ** 2


def haarpsi_update_numpy(x: Pixels, y: Pixels, sums: Sums, box: Box) -> tuple[int, int]:
    """The twin of the native function: sums runs again, and tells by how much what they add up to changed.

    `sums`: int64, shape (rows, runs, 2), deficits and weights of each `RUN` boxes of 2 x 2 pixels in a row; `box`:
    which rows and runs of it, at least one.
    """
    columns = (x.shape[1] + 1) // 2
    first, last, left, right = box[0], box[1], box[2] * RUN, min(box[3] * RUN, columns)
    # What these depend on. Nearer to the border of that they come out wrong.
    above, beside = max(0, first - REACH), max(0, left - REACH)
    part = slice(2 * above, 2 * (last + REACH)), slice(2 * beside, 2 * (right + REACH))
    found = haarpsi_places_numpy(x[part], y[part])[first - above : last - above, left - beside : right - beside]
    runs = sums[slices(box)]
    before = runs.sum(axis=(0, 1))
    runs[:] = np.add.reduceat(found, np.arange(0, right - left, RUN), axis=1)
    deficit, weight = map(int, runs.sum(axis=(0, 1)) - before)
    return deficit, weight


def haarpsi_places_numpy(x: Pixels, y: Pixels) -> Sums:
    """For each box of 2 x 2 pixels the sums over both orientations of weights times deficits, and of weights.

    A deficit is by how much the sigmoid of a similarity falls short of that of 1. The weight of a pixel's chroma is the
    mean of its two others, so that the sum of all weights is 1.5 times that of those.
    """
    (x_luma, *x_chroma), (y_luma, *y_chroma) = _channels(x), _channels(y)
    fine, coarse, widest = ([*zip(_wavelets(x_luma, side), _wavelets(y_luma, side), strict=True)] for side in (1, 2, 4))
    similar = [
        _likeness(*near, 2 * LUMA_UNITS) + _likeness(*far, 4 * LUMA_UNITS)
        for near, far in zip(fine, coarse, strict=True)
    ]
    i, q = (_likeness(_blurred(a), _blurred(b), 4 * CHROMA_UNITS) for a, b in zip(x_chroma, y_chroma, strict=True))
    h, v = (np.maximum(abs(a), abs(b)) for a, b in widest)
    perfect = _sigmoid(np.ones(1, np.float32))
    lost = [(perfect - _sigmoid(0.5 * both)).astype(np.float64) for both in (*similar, i + q)]
    deficits = h * lost[0] + v * lost[1] + 0.5 * (h + v) * lost[2]
    return np.stack([np.rint(deficits * STEPS).astype(np.int64), (h + v).astype(np.int64)], axis=2)


def _channels(pixels: Pixels) -> list[Integers]:
    """Luma and chroma, summed over boxes of 2 x 2 pixels."""
    height, width = pixels.shape[:2]
    wide = np.pad(pixels[..., :3].astype(np.int32), [(0, height % 2), (0, width % 2), (0, 0)])
    sums = wide[::2, ::2] + wide[1::2, ::2] + wide[::2, 1::2] + wide[1::2, 1::2]
    return [sums @ np.array(weights, np.int32) for weights in YIQ]


def _doubled(squares: Integers, step: int) -> Integers:
    """Sums over squares of twice the side; each begins where its first one does."""
    rows = squares[:-step] + squares[step:]
    return rows[:, :-step] + rows[:, step:]


def _blurred(plane: Integers) -> Integers:
    return _doubled(np.pad(plane, (0, 1)), 1)


def _wavelets(plane: Integers, side: int) -> tuple[Integers, Integers]:
    """Those of four squares of this side, 1, 2 or 4: across a horizontal edge, and across a vertical one."""
    squares = np.pad(plane, (3, 4))
    for step in (1, 2):
        if step < side:
            squares = _doubled(squares, step)
    height, width = plane.shape
    first, second = 4 - side, 4
    top, bottom = squares[first : first + height], squares[second : second + height]
    left, right = slice(first, first + width), slice(second, second + width)
    falling, rising = top[:, left] - bottom[:, right], top[:, right] - bottom[:, left]
    return falling + rising, falling - rising


def _likeness(a: Integers, b: Integers, units: int) -> Floats:
    """Of absolute values, which are in this many units a grey level."""
    p, q = (abs(each.astype(np.float32) * (1 / units)) for each in (a, b))
    result: Floats = (2 * p * q + C) / (p * p + q * q + C)
    return result


def _sigmoid(similarity: Floats) -> Floats:
    """1 / (1 + exp(-ALPHA * similarity)) for 0 to 1, by the series of exp(t / 16)."""
    t = ALPHA * similarity * (-1 / 16)
    e = np.ones_like(t)
    for n in range(7, 0, -1):
        e = 1 + t * (1 / n) * e
    for _ in range(4):
        e = e * e
    result: Floats = 1 / (1 + e)
    return result
