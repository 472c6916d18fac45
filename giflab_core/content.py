"""Tell whether a frame shows anything of the original's picture.

A judgement on one pair of frames, for frames that are destroyed: blank, noise, a negative, or from another clip. The
numbers behind the constants are in docs/decisions/0004-default-limits.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.mse import mse
from giflab_core.metrics.base import PairView
from giflab_core.metrics.zncc import BLANK, correlation

if TYPE_CHECKING:
    from giflab_core.model import Plane

# Errors below this are never a lost picture (40 dB): correlation means little where both pictures are almost flat.
NEGLIGIBLE_MSE = 6.5
# An original that is blank itself has no picture to lose, but may get one that is not its own (below 30 dB).
BLANK_MSE = 65.0
# Unrelated pictures correlate about 0, and up to 0.4 where both are sparse and laid out alike; then the error is large
# too (below 22 dB), which it is not for honest dithering of dark gradients.
UNRELATED = 0.2
ALIKE, LARGE_MSE = 0.5, 410.0
# Fewer opaque pixels than this are no picture.
LEAST_PIXELS = 64


def is_lost(pair: PairView) -> bool:
    """Whether the compressed frame shows nothing of the original.

    Judged where both are opaque: on a transparent ground the silhouette alone correlates, whatever is drawn inside, and
    what happens to transparency has checks of its own. On the mattes where hardly anything is opaque in both.
    """
    opaque = ~(pair.hidden[0] | pair.hidden[1])
    if opaque.all() or np.count_nonzero(opaque) < LEAST_PIXELS:
        return any(_is_lost(x, y) for x, y in pair.luma)
    original, compressed = pair.bare_luma
    return _is_lost(original[opaque], compressed[opaque])


def _is_lost(original: Plane, compressed: Plane) -> bool:
    error = mse(original, compressed)
    if error < NEGLIGIBLE_MSE:
        return False
    if np.var(original) < BLANK:
        return bool(error > BLANK_MSE)
    shared = correlation(original, compressed)
    return bool(shared < UNRELATED or (shared < ALIKE and error > LARGE_MSE))
