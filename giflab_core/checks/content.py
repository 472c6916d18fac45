"""Tell whether a frame shows anything of the original's picture.

A judgement on one pair of frames, for frames that are destroyed: blank, noise, a negative, or from another clip. The
numbers behind the constants are in docs/decisions/0004-default-limits.md.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from giflab_core.kernels.moments import BLANK, Moments, moments
from giflab_core.metrics import NEGLIGIBLE_MSE, PairView

# An original that is blank itself has no picture to lose, but may get one that is not its own (below 30 dB).
BLANK_MSE = 65.0
# Unrelated pictures correlate about 0, and up to 0.4 where both are sparse and laid out alike; then the error is large
# too (below 22 dB), which it is not for honest dithering of dark gradients.
UNRELATED = 0.2
ALIKE, LARGE_MSE = 0.5, 410.0
# A quarter of a picture is lost below 18 dB; of a picture of 32 pixels and more.
RUINED_MSE, SMALLEST = 1000.0, 32


def is_lost(pair: PairView) -> bool:
    """Whether the compressed frame, or a quarter of it, shows nothing of the original.

    Judged where both are opaque: on a transparent ground the silhouette alone correlates, whatever is drawn inside, and
    what happens to transparency has checks of its own. On the mattes where hardly anything is opaque in both.
    """
    if pair.visible_moments:
        return _is_lost(pair.visible_moments)
    if any(map(_is_lost, pair.moments)):
        return True
    width, height = pair.size
    if not pair.is_opaque or min(width, height) < SMALLEST:
        return False
    # The error of a quarter is not larger than that of all of it.
    may_be_ruined = pair.moments[0].error > RUINED_MSE * (height // 2) * (width // 2)
    return may_be_ruined and any(map(_is_ruined, _quarters(pair)))


def _is_lost(found: Moments) -> bool:
    error = found.mse
    if error < NEGLIGIBLE_MSE:
        return False
    if found.variance_x < BLANK:
        return error > BLANK_MSE
    return found.correlation < UNRELATED or (found.correlation < ALIKE and error > LARGE_MSE)


def _is_ruined(found: Moments) -> bool:
    """A part of a picture has less to share than the whole: only a large error makes it a lost one."""
    return found.mse > RUINED_MSE and found.correlation < UNRELATED


def _quarters(pair: PairView) -> Iterator[Moments]:
    """The upper and the lower, the left and the right of a picture."""
    width, height = pair.size
    middle, centre = height // 2, width // 2
    for rows in (slice(0, middle), slice(middle, height)):
        for columns in (slice(0, centre), slice(centre, width)):
            original, compressed = (np.ascontiguousarray(plane[rows, columns]) for plane in pair.luma[0])
            yield moments(original, compressed)
