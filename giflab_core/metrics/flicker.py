"""`flicker`: how much of the compressed clip trembles where the original stands still, in grey levels a pixel.

Range 0 to 255, lower is better. How far luma has turned back, the smaller of its last two steps where one went up and
the other down, as a mean over the pixels that are the same in the last three pictures of the original; 0 where there is
none. Neither a drift nor a change that comes late is flicker.
"""

from giflab_core.kernels.change import Change
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE
from giflab_core.metrics.history import steps


def _score(pair: PairView) -> float:
    return max(map(trembling, steps(pair)))


def trembling(change: Change) -> float:
    """How far still pixels have turned back on average, 0 to 255."""
    return change.wobble / change.still if change.still else 0.0


FLICKER = Metric(CATALOGUE["flicker"], score=_score, identical=0.0, over_time=True)
