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
# Looked at together, so that this takes little memory.
BAND_PIXELS = 1 << 20


def _score(pair: PairView) -> float:
    if pair.is_opaque:
        return 0.0
    width, height = pair.size
    rows = max(1, BAND_PIXELS // width)
    bands = [_counts(pair, top, min(top + rows, height)) for top in range(0, height, rows)]
    differing, at_border, hidden = map(sum, zip(*bands, strict=True))
    if not differing:
        return 0.0
    return (differing - (1 - BORDER_WEIGHT) * at_border) / (width * height - hidden)


def _counts(pair: PairView, top: int, bottom: int) -> tuple[int, int, int]:
    """How many pixels of some rows differ, how many of those are at a border, and how many are transparent in both."""
    around = slice(max(0, top - 1), bottom + 1)
    original, compressed = (_rows(mask, around, pair.size) for mask in pair.hidden)
    own = slice(top - around.start, bottom - around.start)
    differs = (original != compressed)[own]
    if not (count := int(np.count_nonzero(differs))):
        return 0, 0, int(np.count_nonzero(original[own]))
    at_border = int(np.count_nonzero(differs & border(original)[own]))
    return count, at_border, int(np.count_nonzero((original & compressed)[own]))


def _rows(mask: Mask | None, rows: slice, size: tuple[int, int]) -> Mask:
    if mask is not None:
        return mask[rows]
    width, height = size
    return np.zeros((min(rows.stop, height) - rows.start, width), np.bool_)


def border(mask: Mask) -> Mask:
    """Where one of the eight pixels around is not as the pixel itself: bool, shape (height, width), as the mask."""
    wide = np.pad(mask, 1, mode="edge")
    left, middle, right = wide[:, :-2], wide[:, 1:-1], wide[:, 2:]
    some, every = left | middle | right, left & middle & right
    is_mixed: Mask = (some[:-2] | some[1:-1] | some[2:]) & ~(every[:-2] & every[1:-1] & every[2:])
    return is_mixed


ALPHA = Metric(CATALOGUE["alpha"], score=_score, identical=0.0)
