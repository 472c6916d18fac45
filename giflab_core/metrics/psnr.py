"""`psnr`: peak signal-to-noise ratio of luma, 10 log10(255² / MSE), in dB; higher is better.

Infinite for equal frames, so a mean of frames' PSNR is infinite as soon as one frame is unchanged, as in most GIFs.
The mean squared error is pooled over time instead, and the pooled number turned into dB ("global PSNR").
"""

from math import inf, log10

from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE

PEAK = 255


def _score(pair: PairView) -> float:
    return max(each.mse for each in pair.moments)


def decibels(mse: float) -> float:
    """The PSNR in dB of a mean squared error of 8-bit values; infinite for 0."""
    return 10 * log10(PEAK**2 / mse) if mse else inf


PSNR = Metric(CATALOGUE["psnr"], score=_score, identical=0.0, pooled_better="lower", present=decibels)
