"""`alpha`: the share of what is opaque in either picture whose transparency differs, 0 to 1; lower is better.

A pixel at the border of the original's silhouette counts a quarter: an edge that runs one pixel further in or out is
not a hole, and small sprites have much border for what is in it. Weighted by time on screen, the mean is a share of the
time-area (pixels times milliseconds).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE

if TYPE_CHECKING:
    from giflab_core.model import Mask

BORDER_WEIGHT = 0.25


def _score(pair: PairView) -> float:
    width, height = pair.size
    nowhere = np.zeros((height, width), np.bool_)
    original, compressed = (nowhere if mask is None else mask for mask in pair.hidden)
    differs = original != compressed
    count = int(np.count_nonzero(differs))
    if not count:
        return 0.0
    at_border = int(np.count_nonzero(differs & border(original)))
    opaque = original.size - int(np.count_nonzero(original & compressed))
    return (count - (1 - BORDER_WEIGHT) * at_border) / opaque


def border(mask: Mask) -> Mask:
    """Where one of the eight pixels around is not as the pixel itself: bool, shape (height, width), as the mask."""
    wide = np.pad(mask, 1, mode="edge")
    left, middle, right = wide[:, :-2], wide[:, 1:-1], wide[:, 2:]
    some, every = left | middle | right, left & middle & right
    is_mixed: Mask = (some[:-2] | some[1:-1] | some[2:]) & ~(every[:-2] & every[1:-1] & every[2:])
    return is_mixed


ALPHA = Metric(CATALOGUE["alpha"], score=_score, identical=0.0)
