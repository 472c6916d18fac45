"""`alpha`: the share of pixels whose transparency differs, 0 to 1; lower is better.

Weighted by time on screen, its mean is the share of the time-area (pixels times milliseconds) that differs.
"""

import numpy as np

from giflab_core.metrics.base import Metric, PairView


def _score(pair: PairView) -> float:
    original, compressed = pair.hidden
    return int(np.count_nonzero(original != compressed)) / original.size


ALPHA = Metric("alpha", version="1", unit="", better="lower", score=_score, identical=0.0)
