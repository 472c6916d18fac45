"""`zncc`: zero-normalised cross-correlation of luma: what two pictures share, whatever their brightness and contrast.

Pearson's correlation over all pixels: 1 for equal frames, 0 for a blank or unrelated frame, -1 for a negative. On
sparse pictures (a few lines of text on black) a blank frame still has a high SSIM and PSNR; not here. An original that
is blank itself, with a variance below `BLANK`, has nothing to share and scores 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.metrics.base import Metric, PairView

if TYPE_CHECKING:
    from giflab_core.model import Plane

BLANK = 4.0


def _score(pair: PairView) -> float:
    return min(correlation(x, y) for x, y in pair.luma)


def correlation(original: Plane, compressed: Plane) -> float:
    """Pearson's correlation of two 8-bit arrays of one shape; 1 where the original's variance is below `BLANK`."""
    # Python's integers, so that no product overflows and equal frames share exactly 1.
    x, y = original.astype(np.int32).ravel(), compressed.astype(np.int32).ravel()
    n, sum_x, sum_y = x.size, int(x.sum(dtype=np.int64)), int(y.sum(dtype=np.int64))
    xx, yy, xy = (int((a * b).sum(dtype=np.int64)) for a, b in ((x, x), (y, y), (x, y)))
    spread_x, spread_y = n * xx - sum_x * sum_x, n * yy - sum_y * sum_y
    if spread_x < BLANK * n * n:
        return 1.0
    return (n * xy - sum_x * sum_y) / (spread_x**0.5 * spread_y**0.5) if spread_y else 0.0


ZNCC = Metric("zncc", version="1", unit="", better="higher", score=_score, identical=1.0)
