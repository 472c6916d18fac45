"""Whether anybody sees what became of a clip."""

from __future__ import annotations

import numpy as np

from tests.helpers.local_faults.scenes import Footage, Pixels
from tests.helpers.local_faults.visibility import SIDE, means

# A fault is plain if so many cells of 8x8 pixels differ by so much (CIEDE2000, on average over each) for so long, at
# the same time on screen; what is milder differs by less.
PLAIN, MILDER = (12.0, 4), (6.0, 2)
SEEN_MS = 100


def is_seen(original: Footage, faulty: Footage, *, mild: bool) -> bool:
    """Whether the clips differ enough at some moments, all together."""
    least, cells = MILDER if mild else PLAIN
    ends = [np.cumsum(each.durations_ms) for each in (original, faulty)]
    common = min(int(each[-1]) for each in ends)
    moments = np.unique(np.concatenate([[0], *ends]))
    moments = moments[moments <= common]
    known: dict[tuple[int, int], bool] = {}
    seen_ms = 0
    for start, end in zip(moments[:-1].tolist(), moments[1:].tolist(), strict=True):
        frames = [
            each.frames[int(np.searchsorted(until, start, "right"))]
            for each, until in zip((original, faulty), ends, strict=True)
        ]
        key = id(frames[0]), id(frames[1])
        if key not in known:
            known[key] = frames[0] is not frames[1] and _differ(frames[0], frames[1], least, cells)
        seen_ms += (end - start) * known[key]
        if seen_ms >= min(SEEN_MS, common):
            return True
    return False


def _differ(original: Pixels, faulty: Pixels, least: float, cells: int) -> bool:
    rows, columns = (side // SIDE * SIDE for side in original.shape[:2])
    found = means(original[:rows, :columns], faulty[:rows, :columns])
    return int(np.count_nonzero(found >= least)) >= min(cells, found.size)
