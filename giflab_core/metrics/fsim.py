"""`fsim`: feature similarity of luma (Zhang et al. 2011), in phase congruency and gradients.

Range 0 to 1, higher is better, 1 for equal frames. Four scales and four orientations, constants of the paper, on planes
that are reduced to about 256 pixels' height or width.
"""

from collections.abc import Sequence

from giflab_core.kernels import fsim as kernel
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def _score_many(pairs: Sequence[PairView]) -> list[float]:
    scores = iter(kernel.fsim_many([planes for pair in pairs for planes in pair.luma]))
    return [min(next(scores) for _ in pair.luma) for pair in pairs]


def _score(pair: PairView) -> float:
    return _score_many([pair])[0]


FSIM = Metric(CATALOGUE["fsim"], score=_score, identical=1.0, expensive=True, score_many=_score_many)
