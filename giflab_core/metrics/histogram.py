"""`histogram`: Bhattacharyya distance of the histograms of red, green and blue, 32 bins each, wherever the colours are.

Range 0 to 1, lower is better, 0 for equal frames: sqrt(1 - BC), with BC the mean of the channels' coefficients
(Bhattacharyya 1943; Comaniciu, Ramesh and Meer 2003). Levels are shared out between the two nearest bins.
"""

from giflab_core.kernels.histogram import bhattacharyya
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def _score(pair: PairView) -> float:
    return max(map(bhattacharyya, pair.joints))


HISTOGRAM = Metric(CATALOGUE["histogram"], score=_score, identical=0.0)
