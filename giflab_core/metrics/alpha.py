"""`alpha`: the share of pixels whose transparency differs, 0 to 1; lower is better.

Weighted by time on screen, its mean is the share of the time-area (pixels times milliseconds) that differs.
"""

import numpy as np

from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def _score(pair: PairView) -> float:
    width, height = pair.size
    original, compressed = (np.False_ if mask is None else mask for mask in pair.hidden)
    differs = np.broadcast_to(original != compressed, (height, width))
    return int(np.count_nonzero(differs)) / differs.size


ALPHA = Metric(CATALOGUE["alpha"], score=_score, identical=0.0)
