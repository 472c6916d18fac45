"""`ms_ssim`: structural similarity of luma at five scales (Wang, Simoncelli and Bovik 2003).

Range 0 to 1, higher is better, 1 for equal frames. 11x11 Gaussian window, K1 0.01, K2 0.03. Frames of which a side is
shorter than 161 pixels hold no window at the last scale.
"""

from giflab_core.kernels import ms_ssim as kernel
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def _score(pair: PairView) -> float:
    return min(kernel.ms_ssim(x, y) for x, y in pair.luma)


MS_SSIM = Metric(CATALOGUE["ms_ssim"], score=_score, identical=1.0, expensive=True)
