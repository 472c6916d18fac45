"""Mean squared error of two 8-bit planes, in exact integer sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from giflab_core.model import Plane


def mse(x: Plane, y: Plane) -> float:
    """The mean of (x - y)² over all pixels of two planes of one shape: 0 to 65025."""
    difference = x.astype(np.int32) - y
    return int((difference * difference).sum(dtype=np.int64)) / difference.size
