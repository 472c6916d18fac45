"""Two clips' pictures side by side, and which picture of the original each of the compressed clip's is most like.

Only cells in which the original changes tell its pictures apart. What compression does to a picture (noise, bands,
another tone) moves it away from all pictures of the original alike, so no distance by itself says that a picture is
another one: it has to be plainly nearer to another picture, where those two plainly differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.cells import ends
from giflab_core.kernels.distances import squared_distances
from giflab_core.kernels.nearness import nearness
from giflab_core.pooling import median
from giflab_core.sequence.fingerprint import PARTS, grid
from giflab_core.sequence.levels import Levels, batches
from giflab_core.sequence.runs import TICKS_MS, Runs

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.sequence.runs import Whole

    Cells = npt.NDArray[np.float32]

# A cell differs from so many grey levels on, and more by the second number over the square root of its pixels: the
# noise of dithering averages out in large cells only. Two pictures differ visibly where a cell does twice as much.
DIFFERS, NOISE, VISIBLE = 3.0, 48.0, 2.0
# A cell that changes less, in grey levels, tells no pictures apart.
ACTIVE = 0.5
# A picture is another one than its own if it has at most this share of the squared error against that other one, over
# the cells that differ. Coarse palettes leave more: 0.24 at 16 colours (docs/decisions/0017).
MUCH_CLOSER = 0.15
# Over all active cells, and what is odd about the others, it has at most this share: a black picture is neither.
CLOSER = 0.25
# A picture whose cells differ by less, in grey levels, shows nothing.
FLAT = 1.0
# Distances (squared grey levels, all cells) that far apart count as equal: then the nearest in time is meant.
EQUAL_SHARE, EQUAL = 1.05, 0.05
# Pictures are looked up so many at once. The work grows with the product of both lengths: they are looked up by fewer
# cells once the first number of products is exceeded, and among fewer pictures once the second one is.
ROWS_AT_ONCE, FEWEST_CELLS = 250, 64
PRODUCTS, MOST_PRODUCTS = 50_000_000, 2_000_000_000


class Matching:
    """The pictures of two clips of one canvas; indices are those of `Runs`.

    `x`, `y`: see `Levels`, shape (pictures, active cells); `tolerance`: from what difference on a cell
    differs; `spread`: how far the original's values of it lie apart; `places`: (row, column), shape (active cells, 2).
    """

    def __init__(self, original: Runs, compressed: Runs, size: tuple[int, int]) -> None:
        self.original, self.compressed = original, compressed
        self.size = size
        spread = original.prints.max(axis=0) - original.prints.min(axis=0)
        is_active = spread > ACTIVE * PARTS
        active = is_active.nonzero()[0]
        self._is_steady = ~is_active
        self.x, self.y = (Levels(runs.prints, active) for runs in (original, compressed))
        places, tolerance = _cells(*size)
        cells = active % len(places)
        self.places, self.tolerance = places.take(cells, axis=0), tolerance.take(cells)
        self.spread = spread.take(active).astype(np.float32) / np.float32(PARTS)
        self.common_ms = min(original.duration_ms, compressed.duration_ms)
        """How long both last."""

    def difference(self, one: int, other: int) -> float:
        """How much two pictures of the original differ where they do most; visibly from `VISIBLE` on."""
        return _most(np.abs(self.x[one] - self.x[other]) / self.tolerance)

    def instead(self, shown: int, other: int, own: int) -> float:
        """How visibly a picture of the compressed clip is `other` of the original instead of `own`; 0 if it is not."""
        found = nearness(self.x[other], self.x[own], self.y[shown], self.tolerance)
        if found.most < VISIBLE or found.to_one > MUCH_CLOSER * found.to_other:
            return 0.0
        if self._blank[1][shown] and not self._blank[0][other]:
            return 0.0
        foreign = float(self._foreign[shown])
        return found.most if found.all_to_one + foreign <= CLOSER * (found.all_to_other + foreign) else 0.0

    def stands_still(self, first: int, last: int) -> bool:
        """Whether these pictures of the compressed clip and all between look the same."""
        drift = np.abs(self.y[first : last + 1] - self.y[first]) / self.tolerance
        return _most(drift) < 1

    @cached_property
    def best(self) -> Whole:
        """For each picture of the compressed clip the one of the original most like it, of equals the nearest."""
        best = self.due.copy()
        others = np.flatnonzero(~self._are_due)
        if not len(others):
            return best
        work = len(self.x) * len(others)
        cells = max(FEWEST_CELLS, min(self.x.shape[1], PRODUCTS // work))
        picked = np.linspace(0, self.x.shape[1] - 1, min(cells, self.x.shape[1])).astype(np.intp)
        most = max(ROWS_AT_ONCE, MOST_PRODUCTS // (len(others) * len(picked)))
        for begin in range(0, len(others), ROWS_AT_ONCE):
            rows = others[begin : begin + ROWS_AT_ONCE]
            best[rows] = self._looked_up(rows, picked, most)
        return best

    @cached_property
    def due(self) -> Whole:
        """The picture of the original due a tick or two after each compressed one comes, or after half of its time."""
        moments = self.compressed.starts_ms + np.minimum(TICKS_MS, self.compressed.shown_ms // 2)
        return self.original.all_at(moments)

    def is_blank(self, shown: int) -> bool:
        """Whether a picture of the compressed clip shows nothing."""
        return bool(self._blank[1][shown])

    @cached_property
    def _blank(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Which pictures of both clips are of one level all over."""
        cells = self.original.prints.shape[1] // 2
        lumas = (runs.prints[:, :cells] for runs in (self.original, self.compressed))
        original, compressed = (each.max(axis=1) - each.min(axis=1) < FLAT * PARTS for each in lumas)
        return original, compressed

    @cached_property
    def near_due(self) -> Whole:
        """As `due`, or the picture that is on screen just when each comes, if that is nearer."""
        due, others = self.due.copy(), self.original.all_at(self.compressed.starts_ms)
        for index in np.flatnonzero(others != due).tolist():
            far = [float(((self.y[index] - self.x[each]) ** 2).sum()) for each in (others[index], due[index])]
            due[index] = others[index] if far[0] < far[1] else due[index]
        return due

    @property
    def is_in_step(self) -> bool:
        """Whether both change at the same moments, each time to the picture that is due, but for its tone.

        Then nothing comes late or never, or moves otherwise: in no cell pictures deviate from the original's by as much
        as half of what a cell that moves does, which leaves a correlation of 1/3 at least.
        """
        starts_ms = self.original.starts_ms
        has_time = self.compressed.duration_ms - TICKS_MS > starts_ms[-1]
        return bool(has_time and np.array_equal(starts_ms, self.compressed.starts_ms) and self._are_due.all())

    @cached_property
    def _are_due(self) -> npt.NDArray[np.bool_]:
        """Whether pictures differ in no cell from those that are due, but for their tone: these need no looking up."""
        first, *others = self._batches()
        errors = self._errors(first)
        total = np.add.reduce(errors)
        for rows in others:
            # One after the other, as they would be added all at once.
            total = np.add.reduce(np.concatenate([total[None], self._errors(rows)]))
        mean = total / np.float32(len(self.y))
        same = [(np.abs(errors - mean) < self.tolerance).all(axis=1)]
        same += [(np.abs(self._errors(rows) - mean) < self.tolerance).all(axis=1) for rows in others]
        return np.concatenate(same)

    def _errors(self, rows: slice) -> Cells:
        """How pictures differ from those that are due."""
        errors: Cells = self.y[rows] - self.x[self.due[rows]]
        return errors

    @cached_property
    def _foreign(self) -> npt.NDArray[np.float64]:
        """How much each compressed picture differs from the original where that never changes, beyond what is usual."""
        steady = np.flatnonzero(self._is_steady)
        first = Levels(self.original.prints[:1], steady)[:]
        parts = (Levels(self.compressed.prints[rows], steady)[:] for rows in self._batches())
        errors = np.concatenate([((part - first) ** 2).sum(axis=1, dtype=np.float64) for part in parts])
        excess: npt.NDArray[np.float64] = np.maximum(errors - 2 * median(errors.tolist()), 0)
        return excess

    def _batches(self) -> Iterator[slice]:
        return batches(len(self.y), self.original.prints.shape[1])

    def _looked_up(self, rows: Whole, picked: Whole, most: int) -> Whole:
        """As `best`, by some cells, among at most so many pictures."""
        starts = self.compressed.starts_ms[rows, None]
        among = self._candidates(int(starts[0, 0]), int(starts[-1, 0]), most)
        x, y = (cells.astype(np.float64) for cells in (self.x[np.ix_(among, picked)], self.y[np.ix_(rows, picked)]))
        distances = squared_distances(y, x)
        alike = distances <= EQUAL_SHARE * distances.min(axis=1, keepdims=True) + EQUAL
        away = np.abs(self.original.starts_ms[among] - starts)
        nearest: Whole = among[np.where(alike, away, np.iinfo(np.int64).max).argmin(axis=1)]
        return nearest

    def _candidates(self, first_ms: int, last_ms: int, most: int) -> Whole:
        """Pictures of the original: all, or those near this time and some of the others, evenly."""
        count = len(self.x)
        if count <= most:
            return np.arange(count)
        begin, end = self.original.at(first_ms), self.original.at(last_ms)
        near = np.arange(max(0, begin - most // 4), min(count, end + most // 4))
        return np.union1d(near, np.linspace(0, count - 1, most // 2).astype(np.int64))


@lru_cache(maxsize=8)
def _cells(width: int, height: int) -> tuple[Whole, Cells]:
    """Row and column of each cell of a canvas, shape (cells, 2), and from what difference on it differs."""
    rows, columns = grid(width, height)
    places = np.stack(np.divmod(np.arange(rows * columns), columns), axis=1)
    heights, widths = np.diff(ends(height, rows)), np.diff(ends(width, columns))
    areas = heights[places[:, 0]] * widths[places[:, 1]]
    return places, (DIFFERS + NOISE / np.sqrt(areas)).astype(np.float32)


def _most(values: npt.NDArray[np.floating]) -> float:
    return float(values.max()) if values.size else 0.0
