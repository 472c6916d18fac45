"""`sharpness`: how alike two frames are in sharpness, range 0 to 1 (without 0), higher is better, 1 for equal frames.

Of the variances of both frames' Laplacian (Pech-Pacheco et al. 2000), of luma, the smaller divided by the larger, each
plus `FLOOR`, so that flat frames compare. It does not tell blurring, which lowers the variance, from added noise, which
raises it. Any size.
"""

from giflab_core.kernels.laplacian import laplacian_variance
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE

FLOOR = 1.0
"""In grey levels squared."""


def _score(pair: PairView) -> float:
    return min(likeness(x, y) for x, y in pair.each("sharpness", laplacian_variance))


def likeness(x: float, y: float) -> float:
    """The smaller of two variances divided by the larger, each plus `FLOOR`."""
    return (min(x, y) + FLOOR) / (max(x, y) + FLOOR)


SHARPNESS = Metric(CATALOGUE["sharpness"], score=_score, identical=1.0)
