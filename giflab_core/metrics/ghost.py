"""`ghost`: the share of pixels that show what the original has left behind: pictures not cleared, changes not drawn.

Range 0 to 1, lower is better. A pixel counts from a change of the original by at least `GHOST_STEP` grey levels after
which the compressed one is three times as close to what was there as to what is, until either changes; see `History`.
"""

from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE
from giflab_core.metrics.history import steps


def _score(pair: PairView) -> float:
    return max(change.ghosts / change.n for change in steps(pair))


GHOST = Metric(CATALOGUE["ghost"], score=_score, identical=0.0, over_time=True)
