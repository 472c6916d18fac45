"""`ssim`: structural similarity of luma (Wang et al. 2004), uniform 7x7 window, as scikit-image's default.

Range -1 to 1, higher is better, 1 for equal frames. K1 0.01, K2 0.03, mean over the windows that lie wholly inside.
"""

from giflab_core.kernels import ssim as kernel
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def _score(pair: PairView) -> float:
    return min(pair.follow("ssim", kernel.follower))


SSIM = Metric(CATALOGUE["ssim"], score=_score, identical=1.0)
