"""`haarpsi`: Haar wavelet-based perceptual similarity of colour pictures (Reisenhofer et al. 2018).

Range 0 to 1, higher is better, 1 for equal frames. C 30, alpha 4.2, three scales, on pictures that are reduced by half.
"""

from giflab_core.kernels import haarpsi as kernel
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def _score(pair: PairView) -> float:
    return min(pair.follow("haarpsi", kernel.HaarpsiSum, pair.colours_on))


HAARPSI = Metric(CATALOGUE["haarpsi"], score=_score, identical=1.0, expensive=True)
