"""`gmsd`: gradient magnitude similarity deviation of luma (Xue et al. 2014).

Range 0 to 0.5, lower is better, 0 for equal frames: the standard deviation of how alike the frames' gradients are, so
that damage to a part of a frame counts more than the same everywhere.
"""

from giflab_core.kernels.gmsd import GmsdSum
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def _score(pair: PairView) -> float:
    return max(pair.follow("gmsd", GmsdSum))


GMSD = Metric(CATALOGUE["gmsd"], score=_score, identical=0.0)
