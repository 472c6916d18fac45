"""Tell whether what moves moves as in the original, cell by cell.

One correlation over the whole canvas, or a look at whole pictures, hides a small thing that moves otherwise than the
large ones. Cells are averages, so that the noise of dithering does not move.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.kernels.boxes import Box
from giflab_core.kernels.courses import course_sums
from giflab_core.sequence.fingerprint import grid
from giflab_core.sequence.levels import batches
from giflab_core.sequence.matching import Matching

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.sequence.runs import Whole

    Weights = npt.NDArray[np.float64]

# A cell moves if it deviates from its mean by so many tolerances, in the original and in the compressed clip.
MOVES, STILL_MOVES = 2.0, 1.0
LEAST_CORRELATION = 0.2
# Fewer cells than this may be the noise of a coarse palette; of fewer pictures a correlation says nothing.
LEAST_CELLS, LEAST_PICTURES = 3, 4


@dataclass(frozen=True, slots=True)
class Strayed:
    """Where what moves does not move as in the original: `box` in pixels, `correlation` over all these cells."""

    box: Box
    correlation: float


def strayed(found: Matching, left_out: Collection[int] = ()) -> Strayed | None:
    """The cells whose course over time does not follow the original's; None if there are hardly any.

    Each picture is held against the one that is due when it comes: pictures that were dropped are no motion. Nor is one
    picture that is destroyed: the worst one does not count. Nor do those of the compressed clip that are `left_out`.
    """
    clip = found.compressed
    count = int(np.count_nonzero(clip.starts_ms < found.common_ms))
    if min(count, len(found.original)) < LEAST_PICTURES or not found.x.shape[1]:
        return None
    # Values that lie twice as far apart, or less, deviate from their mean by no more.
    moving = (found.spread >= 2 * MOVES * found.tolerance).nonzero()[0]
    if len(moving) < LEAST_CELLS:
        return None
    weights = (np.minimum(clip.ends_ms, found.common_ms) - clip.starts_ms)[:count].astype(np.float64)
    due = found.near_due[:count]
    weights[[index for index in left_out if index < count]] = 0
    if np.count_nonzero(weights) < LEAST_PICTURES:
        return None
    astray, _ = _astray(found, due, weights, moving)
    if len(astray) < LEAST_CELLS:
        return None
    errors = ((found.x[np.ix_(due, astray)] - found.y[:count, astray]) ** 2).sum(axis=1) * weights
    weights[errors.argmax()] = 0
    still_astray, correlation = _astray(found, due, weights, astray)
    return Strayed(_box(found, still_astray), correlation) if len(still_astray) >= LEAST_CELLS else None


def _astray(found: Matching, due: Whole, weights: Weights, cells: Whole) -> tuple[Whole, float]:
    """Which of these cells stray, and how they correlate; picture i counts by its weight, 0 for not at all."""
    x, y, xx, yy, xy = _course_sums(found, due, weights, cells) / weights.sum()
    spread_x, spread_y, shared = np.maximum(xx - x * x, 0), np.maximum(yy - y * y, 0), xy - x * y
    tolerance = found.tolerance[cells]
    moves = (spread_x >= (MOVES * tolerance) ** 2) & (spread_y >= (STILL_MOVES * tolerance) ** 2)
    places = np.flatnonzero(moves & (shared < LEAST_CORRELATION * np.sqrt(spread_x * spread_y)))
    if not len(places):
        return cells[places], 1.0
    return cells[places], float(shared[places].sum() / np.sqrt(spread_x[places].sum() * spread_y[places].sum()))


def _course_sums(found: Matching, due: Whole, weights: Weights, cells: Whole) -> Weights:
    """As `course_sums`, of so many cells at once that these take little memory."""
    sums = np.zeros((5, len(cells)))
    for part in batches(len(cells), len(found.x) + len(found.y)):
        x, y = found.x.of_cells(cells[part]), found.y.of_cells(cells[part])
        sums[:, part] = course_sums(x, y, due, weights, np.arange(x.shape[1]))
    return sums


def _box(found: Matching, cells: Whole) -> Box:
    (top, left), (bottom, right) = found.places[cells].min(axis=0), found.places[cells].max(axis=0) + 1
    (width, height), (rows, columns) = found.size, grid(*found.size)
    return (
        int(top * height // rows),
        int(bottom * height // rows),
        int(left * width // columns),
        int(right * width // columns),
    )
