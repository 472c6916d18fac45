"""`ciede2000`: how different the colours look, in units of CIEDE2000 (Sharma, Wu and Dalal 2005); the mean over pixels.

Lower is better, 0 for equal frames; about 1 is just noticeable, 100 is black for white. sRGB, D65, 2 degree observer,
kL = kC = kH = 1.
"""

from giflab_core.kernels.ciede2000 import ColourDifferences, Spread
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def spreads(pair: PairView) -> tuple[Spread, ...]:
    """The differences of a pair's pixels on each background that matters; also for `ciede2000_p95`."""
    return pair.once(_measure)


def _measure(pair: PairView) -> tuple[Spread, ...]:
    return pair.keep("ciede2000", ColourDifferences).spreads(pair.joint, pair.backgrounds)


def _score(pair: PairView) -> float:
    return max(each.mean for each in spreads(pair))


CIEDE2000 = Metric(CATALOGUE["ciede2000"], score=_score, identical=0.0)
