"""`r2`: the share of the original picture that is left: 1 - MSE / variance of the original's luma, never below 0.

Known in statistics as the coefficient of determination. 1 for equal frames; 0 when a blank frame of the mean grey would
do as well. On sparse pictures (a few lines of text on black) a blank frame still has a high SSIM and PSNR; not here.
For originals that are almost blank themselves the variance counts as at least SSIM's C2 = (0.03 * 255)².
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.mse import mse
from giflab_core.kernels.ssim import C2
from giflab_core.metrics.base import Metric, PairView

if TYPE_CHECKING:
    from giflab_core.model import Plane


def _score(pair: PairView) -> float:
    return min(_r2(x, y) for x, y in pair.luma)


def _r2(original: Plane, compressed: Plane) -> float:
    variance = float(np.var(original, dtype=np.float64))
    return max(0.0, 1 - mse(original, compressed) / max(variance, C2))


R2 = Metric("r2", version="1", unit="", better="higher", score=_score, identical=1.0)
