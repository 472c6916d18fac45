"""Whether anybody sees a fault."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.ciede2000 import ciede2000
from giflab_core.kernels.lab import lab
from tests.helpers.local_faults.scenes import Box, Footage, Pixels, Span

SIDE = 8
LEAST_DIFFERENCE = 12.0
LEAST_SHARE_OF_TIME = 0.9


def is_visible(
    footage: Footage,
    faulty: tuple[Pixels, ...],
    box: Box,
    span: Span,
    least: float = LEAST_DIFFERENCE,
    share: float = LEAST_SHARE_OF_TIME,
) -> bool:
    """Whether for this share of the span a cell that the box touches differs so much on average."""
    shown = footage.durations_ms
    numbers = range(span.first, span.end)
    seen = [shown[n] for n in numbers if difference(footage.frames[n], faulty[n], box) >= least]
    return sum(seen) >= share * sum(shown[span.first : span.end]) > 0


def difference(original: Pixels, faulty: Pixels, box: Box) -> float:
    """How different two frames look at the worst place.

    CIEDE2000 pixel by pixel, its mean over each cell of 8x8 pixels, the largest mean. The cells lie on a grid from the
    canvas's corner, are whole, and touch the box; on a canvas without one it is 0. On white and on black: the larger.
    """
    top, left = box.y // SIDE * SIDE, box.x // SIDE * SIDE
    bottom = min(-(-(box.y + box.height) // SIDE), original.shape[0] // SIDE) * SIDE
    right = min(-(-(box.x + box.width) // SIDE), original.shape[1] // SIDE) * SIDE
    if bottom <= top or right <= left:
        return 0.0
    cut = slice(top, bottom), slice(left, right)
    return float(means(original[cut], faulty[cut]).max())


def means(original: Pixels, faulty: Pixels) -> npt.NDArray[np.float64]:
    """CIEDE2000 of the pixels, the mean of each whole cell, on white or on black: the larger; shape (rows, columns)."""
    grounds = [_means(_on(original, ground), _on(faulty, ground)) for ground in (255, 0)]
    return np.maximum(*grounds)


def _on(pixels: Pixels, ground: int) -> Pixels:
    return np.where(pixels[..., 3:] > 0, pixels, np.array([ground, ground, ground, 255], np.uint8))


def _means(original: Pixels, faulty: Pixels) -> npt.NDArray[np.float64]:
    """The mean of each cell: float64, shape (rows, columns)."""
    differs = (original != faulty).any(axis=-1)
    each = np.zeros(differs.shape)
    each[differs] = ciede2000(*(lab(np.ascontiguousarray(pixels[differs])) for pixels in (original, faulty)))
    rows, columns = each.shape[0] // SIDE, each.shape[1] // SIDE
    means: npt.NDArray[np.float64] = each.reshape(rows, SIDE, columns, SIDE).mean(axis=(1, 3))
    return means
