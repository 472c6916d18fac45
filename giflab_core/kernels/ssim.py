"""SSIM of two 8-bit planes with a uniform window, in exact integer sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.model import Floats, Plane

    Sums = npt.NDArray[np.int32]

WINDOW = 7
AREA = WINDOW * WINDOW
C1 = (0.01 * 255) ** 2
C2 = (0.03 * 255) ** 2
# Sample covariance (divided by n - 1), as scikit-image does by default.
UNBIASED = AREA / (AREA - 1)
# Rows worked on at once, so that the intermediate planes stay in the processor's cache.
BAND_PIXELS = 1 << 15


def ssim(x: Plane, y: Plane) -> float:
    """Mean structural similarity over all windows that lie wholly inside.

    `x`, `y`: uint8, one shape (height, width), both sides at least `WINDOW`. Wang et al. 2004, "Image quality
    assessment: from error visibility to structural similarity", with a 7x7 uniform window, K1 0.01, K2 0.03.
    """
    height, width = x.shape
    rows = max(1, BAND_PIXELS // width)
    valid = height - WINDOW + 1
    total = 0.0
    for top in range(0, valid, rows):
        band = slice(top, min(top + rows, valid) + WINDOW - 1)
        total += float(_ssim_map(x[band], y[band]).sum())
    return float(total / (valid * (width - WINDOW + 1)))


def _ssim_map(x: Plane, y: Plane) -> Floats:
    # Every product of sums stays below 49 * 49 * 2 * 255**2 < 2**31, so int32 holds them exactly.
    a, b = x.astype(np.int32), y.astype(np.int32)
    sum_a, sum_b = _window_sums(a), _window_sums(b)
    squares = AREA * _window_sums(a * a + b * b)
    product = 2 * sum_a * sum_b
    covariance = 2 * AREA * _window_sums(a * b) - product
    means = sum_a * sum_a + sum_b * sum_b
    c1, c2 = C1 * AREA**2, C2 * AREA**2
    numerator = (product + c1) * (UNBIASED * covariance + c2)
    denominator = (means + c1) * (UNBIASED * (squares - means) + c2)
    result: Floats = numerator / denominator
    return result


def _window_sums(plane: Sums) -> Sums:
    """Sums over each 7x7 window: shape (height - 6, width - 6)."""
    two = plane[:-1] + plane[1:]
    four = two[:-2] + two[2:]
    columns = four[:-3] + two[4:-1] + plane[6:]
    two = columns[:, :-1] + columns[:, 1:]
    four = two[:, :-2] + two[:, 2:]
    sums: Sums = four[:, :-3] + two[:, 4:-1] + columns[:, 6:]
    return sums
