"""`mse`: mean squared error of luma. Range 0 to 65025, lower is better."""

from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def _score(pair: PairView) -> float:
    return max(each.mse for each in pair.moments)


MSE = Metric(CATALOGUE["mse"], score=_score, identical=0.0)
