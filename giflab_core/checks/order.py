"""Tell whether a clip shows its pictures in the order of the original.

Scores of frames on screen together cannot: where little moves, a reversed clip looks much like the original at every
moment. So each picture is looked up in the whole original, by a small fingerprint of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from giflab_core.kernels.cells import CellSums
from giflab_core.kernels.distances import squared_distances

if TYPE_CHECKING:
    from giflab_core.decoding import Shown

Fingerprint = np.ndarray[Any, np.dtype[np.float64]]

OPAQUE = 255.0
# A picture belongs elsewhere when it is less than half as far from a picture of another moment as from all near ones.
MUCH_CLOSER = 0.5
# Below this distance (grey levels, root mean square) two fingerprints are the same picture.
SAME = 1e-3
# A picture is shown near its own time where the two frames overlap by a quarter of the shorter one, or would after a
# drift of 2 % of the time gone by: encoders round delays, and the roundings add up.
NEAR_OVERLAP, NEAR_DRIFT = 0.25, 0.02
# Of longer clips every so many frames are looked up: the cost grows with the product of both lengths.
MOST_ROWS, ROWS_AT_ONCE = 2000, 250


@dataclass(frozen=True, slots=True)
class Misplaced:
    """How much of the compared clip shows pictures of another moment, 0 to 1, and when that first happens.

    The larger of two shares, of the time and of the pictures: one still picture may fill most of the time.
    """

    share: float
    first_ms: int | None


class Fingerprinter:
    """Takes fingerprints of the pictures of one clip, each the picture before but for its changed box."""

    def __init__(self, width: int, height: int) -> None:
        self._luma, self._hidden = CellSums(height, width), CellSums(height, width)
        self._serial = self._hidden_serial = 0

    def take(self, shown: Shown) -> Fingerprint:
        """Luma on black and alpha of a picture, averaged over at most 16x16 cells: float64, one dimension."""
        self._serial += 1
        self._luma.update(shown.grey(0), shown.changed if self._serial > 1 else None)
        luma, hidden = self._luma.means(), shown.hidden()
        if hidden is None:
            return np.concatenate([luma, np.full_like(luma, OPAQUE)])
        is_known = self._hidden_serial and self._hidden_serial == self._serial - 1
        self._hidden.update(hidden.view(np.uint8), shown.changed if is_known else None)
        self._hidden_serial = self._serial
        return np.concatenate([luma, OPAQUE * (1 - self._hidden.means())])


def misplaced(
    original: Sequence[Fingerprint],
    original_durations_ms: Sequence[int],
    compressed: Sequence[Fingerprint],
    compressed_durations_ms: Sequence[int],
) -> Misplaced:
    """Look up each frame of the compressed clip in the original, over the time that both last.

    Fingerprints and durations are in the order of the clip. Frames that an encoder dropped or merged leave their
    neighbours in place, so those are not misplaced.
    """
    before = np.array(original, np.float64)
    before_ends = np.cumsum(original_durations_ms)
    before_starts = before_ends - original_durations_ms
    ends = np.cumsum(compressed_durations_ms)
    starts = ends - compressed_durations_ms
    common_ms = min(before_ends[-1], ends[-1])
    shown = [row for row in range(len(compressed)) if starts[row] < common_ms and ends[row] > starts[row]]
    looked_up = np.array(shown[:: len(shown) // MOST_ROWS + 1], np.intp)

    elsewhere = np.zeros(len(compressed), np.bool_)
    for first in range(0, len(looked_up), ROWS_AT_ONCE):
        rows = looked_up[first : first + ROWS_AT_ONCE]
        start, end = starts[rows, None], ends[rows, None]
        distance = _distances(np.array([compressed[row] for row in rows], np.float64), before)
        overlap_ms = np.minimum(end, before_ends) - np.maximum(start, before_starts) + NEAR_DRIFT * start
        needed_ms = NEAR_OVERLAP * np.minimum(end - start, before_ends - before_starts)
        near = np.where(overlap_ms >= needed_ms, distance, np.inf).min(axis=1)
        elsewhere[rows] = (near > SAME) & np.isfinite(near) & (distance.min(axis=1) < MUCH_CLOSER * near)
    if not elsewhere.any():
        return Misplaced(0.0, None)
    fresh = np.array([row == 0 or compressed[row] is not compressed[row - 1] for row in looked_up])
    shown_ms = (np.minimum(ends, common_ms) - starts)[looked_up]
    found = elsewhere[looked_up]
    shares = shown_ms[found].sum() / shown_ms.sum(), np.count_nonzero(found & fresh) / np.count_nonzero(fresh)
    return Misplaced(float(max(shares)), int(starts[elsewhere.argmax()]))


def _distances(rows: Fingerprint, columns: Fingerprint) -> Fingerprint:
    """Root mean square difference of each row with each column."""
    result: Fingerprint = np.sqrt(squared_distances(rows, columns) / rows.shape[1])
    return result
