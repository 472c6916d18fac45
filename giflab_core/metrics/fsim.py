"""`fsim`: feature similarity of luma (Zhang et al. 2011), in phase congruency and gradients.

Range 0 to 1, higher is better, 1 for equal frames. Four scales and four orientations, constants of the paper, on planes
that are reduced to about 256 pixels' height or width.
"""

from giflab_core.kernels import fsim as kernel
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def _score(pair: PairView) -> float:
    return min(kernel.fsim(x, y) for x, y in pair.luma)


FSIM = Metric(CATALOGUE["fsim"], score=_score, identical=1.0, expensive=True)
