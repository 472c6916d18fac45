"""`temporal`: how the compressed clip's change from picture to picture follows the original's.

Range -1 to 1, higher is better, 1 for equal changes, near 0 where what moves in one stands still in the other. With dx
and dy the differences of luma from the pictures two pairs before, (2 Σ dx dy + C) / (Σ dx² + Σ dy² + C) over all
pixels: the term of SSIM (Wang et al. 2004) for contrast and structure, of differences in time instead of in space.
Encoders round delays, so that one change makes two pairs of pictures; over two it costs only while it is late.
"""

from giflab_core.kernels.change import Change
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE
from giflab_core.metrics.history import steps

# C for each pixel (grey levels squared). Noise of two levels on a still picture halves the score. Of the steps of real
# clips half are of more than 80, three quarters of more than 30; where such a motion is lost, less than 0.12 is left.
NOISE = 4.0


def _score(pair: PairView) -> float:
    return min(map(following, steps(pair)))


def following(change: Change) -> float:
    """How one step follows the original's, -1 to 1."""
    least = NOISE * change.n
    return (2 * change.xy + least) / (change.xx + change.yy + least)


TEMPORAL = Metric(CATALOGUE["temporal"], score=_score, identical=1.0, over_time=True)
