"""`ciede2000`, `ciede2000_p95`: how different the colours look, in units of CIEDE2000 (Sharma, Wu and Dalal 2005).

The mean over the pixels, and the smallest difference that at least 95 % of the pixels do not exceed. Lower is better, 0
for equal frames; about 1 is just noticeable, 100 is black for white. sRGB, D65, 2 degree observer, kL = kC = kH = 1.
"""

from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def _mean(pair: PairView) -> float:
    return pair.colour_difference.mean


def _p95(pair: PairView) -> float:
    return pair.colour_difference.p95


CIEDE2000 = Metric(CATALOGUE["ciede2000"], score=_mean, identical=0.0)
CIEDE2000_P95 = Metric(CATALOGUE["ciede2000_p95"], score=_p95, identical=0.0)
