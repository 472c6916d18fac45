"""`banding`: how much more visible bands are than in the original (CAMBI of luma, Tandon et al. 2021).

Range 0 to 69.75, lower is better, 0 for equal frames and wherever the original has as visible bands of its own. All 32
contrasts that the reference implementation has are looked for, steps of 1 to 8 levels: the 4 of its default are meant
for video, and do not see the coarser steps of small palettes. Where many of the bands are coarser still, it has no
number, since it would call them better than fine ones. The smallest width and height is 93 pixels: the window
of CAMBI grows with the picture, and below that it may be a single pixel.
"""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

from giflab_core.kernels import cambi as kernel
from giflab_core.kernels.steps import new_steps
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE

if TYPE_CHECKING:
    from giflab_core.model import Plane


LARGEST_STEP = 8
# A quarter of the steps that the original does not have, and as many as would cross the picture.
COARSE = 0.25


def _score(pair: PairView) -> float:
    if any(_is_blind(*planes) for planes in pair.luma):
        return nan
    return max(max(0.0, compressed - original) for original, compressed in pair.each("banding", _cambi))


def _is_blind(original: Plane, compressed: Plane) -> bool:
    """Whether many of the compressed picture's own bands are too far apart to be seen."""
    steps, coarse = new_steps(original, compressed, LARGEST_STEP)
    return bool(coarse >= COARSE * steps and coarse >= min(original.shape))


def _cambi(plane: Plane) -> float:
    return kernel.cambi(plane, len(kernel.WEIGHTS))


BANDING = Metric(
    CATALOGUE["banding"],
    score=_score,
    identical=0.0,
    expensive=True,
    blind=f"many bands are more than {LARGEST_STEP} grey levels apart, which CAMBI does not see",
)
