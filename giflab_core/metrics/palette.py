"""`palette`: colours lost: the share of the original's visible pixels whose colour the compressed frame shows nowhere.

Range 0 to 1, lower is better, 0 for equal frames. A colour is there if one at a CIELAB distance (CIE76) of at most 2.3,
the just noticeable difference (Mahy, Van Eycken and Oosterlinck 1994), is. What is transparent is for `alpha` to say.
"""

from giflab_core.kernels.palette import lost_share
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def _score(pair: PairView) -> float:
    return lost_share(pair.joint)


PALETTE = Metric(CATALOGUE["palette"], score=_score, identical=0.0)
