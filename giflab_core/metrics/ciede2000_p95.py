"""`ciede2000_p95`: the smallest colour difference that at least 95 % of the pixels do not exceed; see `ciede2000`."""

from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE
from giflab_core.metrics.ciede2000 import spreads


def _score(pair: PairView) -> float:
    return max(each.p95 for each in spreads(pair))


CIEDE2000_P95 = Metric(CATALOGUE["ciede2000_p95"], score=_score, identical=0.0)
