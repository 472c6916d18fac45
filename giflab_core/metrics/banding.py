"""`banding`: how much more visible bands are than in the original (CAMBI of luma, Tandon et al. 2021).

Range 0 to 69.75, lower is better, 0 for equal frames and wherever the original has as visible bands of its own. All 32
contrasts that the reference implementation has are looked for, steps of 1 to 8 levels: the 4 of its default are meant
for video, and do not see the coarser steps of small palettes. The smallest width and height is 93 pixels: the window
of CAMBI grows with the picture, and below that it may be a single pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from giflab_core.kernels import cambi as kernel
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE

if TYPE_CHECKING:
    from giflab_core.model import Plane


def _score(pair: PairView) -> float:
    return max(max(0.0, compressed - original) for original, compressed in pair.each("banding", _cambi))


def _cambi(plane: Plane) -> float:
    return kernel.cambi(plane, len(kernel.WEIGHTS))


BANDING = Metric(CATALOGUE["banding"], score=_score, identical=0.0, expensive=True)
