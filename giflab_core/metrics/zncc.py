"""`zncc`: zero-normalised cross-correlation of luma: what two pictures share, whatever their brightness and contrast.

Pearson's correlation over all pixels: 1 for equal frames, 0 for a blank or unrelated frame, -1 for a negative. On
sparse pictures (a few lines of text on black) a blank frame still has a high SSIM and PSNR; not here. On a transparent
ground the silhouette correlates whatever is drawn inside, so there what is opaque in both counts too, where it differs
by more than 40 dB. An original that is blank itself, with a variance below 4, has nothing to share and scores 1.
"""

from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE

# Where pictures differ by less than this (40 dB) and are almost flat, noise decides what they share.
NEGLIGIBLE_MSE = 6.5


def _score(pair: PairView) -> float:
    visible = pair.visible_moments
    inside = [visible] if visible and visible.mse >= NEGLIGIBLE_MSE else []
    return min(each.correlation for each in (*pair.moments, *inside))


ZNCC = Metric(CATALOGUE["zncc"], score=_score, identical=1.0)
