"""MS-SSIM of 8-bit planes: SSIM with a Gaussian window at five scales, each half as large as the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.model import Plane

    Singles = npt.NDArray[np.float32]

WINDOW = 11
# How much each scale counts.
EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
# The smallest side: at the last scale it must still hold a window.
SIDE = (WINDOW - 1) * 2 ** (len(EXPONENTS) - 1) + 1
# Scores of windows are multiples of 1 / ONE, so that their sum is the same in any order.
ONE = 1 << 30
# The Gaussian of standard deviation 1.5 over 11 pixels, from its middle to one end.
WEIGHTS = np.array([0.26601171, 0.21300554, 0.10936069, 0.03600077, 0.0075987582, 0.0010283801], np.float32)
# Both planes are kept as s = x + y - 255 and d = x - y: small numbers around 0 lose least in variances as differences
# of float32. What SSIM adds to both sides of its ratios becomes twice as large by it.
MIDDLE = np.float32(255)
C1, C2 = np.float32(2 * 6.5025), np.float32(2 * 58.5225)


def ms_ssim(x: Plane, y: Plane) -> float:
    """Multi-scale structural similarity: 0 to 1, exactly 1 for equal planes.

    `x`, `y`: uint8, one shape (height, width), both sides at least `SIDE`. Wang, Simoncelli and Bovik 2003,
    "Multiscale structural similarity for image quality assessment", with an 11x11 Gaussian window of standard
    deviation 1.5, windows wholly inside only, K1 0.01, K2 0.03. A scale is the mean of 2x2 pixels of the one before;
    where its side is odd, a row or column of black comes first. Scales that are unlike (below 0) count as 0.
    """
    height, width = x.shape
    result = 1.0
    for total, exponent in zip(NATIVE.ms_ssim(x, y) if NATIVE else totals_numpy(x, y), EXPONENTS, strict=True):
        windows = (height - WINDOW + 1) * (width - WINDOW + 1)
        result *= (max(0, total) / (windows * ONE)) ** exponent
        height, width = (height + 1) // 2, (width + 1) // 2
    return float(result)


def totals_numpy(x: Plane, y: Plane) -> Sequence[int]:
    """The sums over all windows, in units of 1 / ONE, of contrast and structure at each scale, at the last of SSIM."""
    if min(x.shape) < SIDE:
        raise ValueError(f"MS-SSIM needs {SIDE} x {SIDE} pixels, not {x.shape[1]} x {x.shape[0]}")
    one, other = x.astype(np.float32), y.astype(np.float32)
    s, d = one + other - MIDDLE, one - other
    totals = []
    for _ in EXPONENTS[1:]:
        totals.append(_total(s, d, whole=False))
        s, d = _half(s, -MIDDLE), _half(d, np.float32(0))
    return [*totals, _total(s, d, whole=True)]


def _total(s: Singles, d: Singles, *, whole: bool) -> int:
    ss, dd = _blur(s * s), _blur(d * d)
    s, d = _blur(s), _blur(d)
    spread_s, spread_d = ss - s * s, dd - d * d
    scores = (spread_s - spread_d + C2) / (spread_s + spread_d + C2)
    if whole:
        light = s + MIDDLE
        scores *= ((light + d) * (light - d) + C1) / (light * light + d * d + C1)
    return int((scores * np.float32(ONE)).astype(np.int32).sum(dtype=np.int64))


def _blur(values: Singles) -> Singles:
    """Shape (height - 10, width - 10)."""
    for _ in range(2):
        n = values.shape[1] - WINDOW + 1
        blurred = values[:, 5 : 5 + n] * WEIGHTS[0]
        for far, weight in enumerate(WEIGHTS[1:], 1):
            blurred += (values[:, 5 - far : 5 - far + n] + values[:, 5 + far : 5 + far + n]) * weight
        values = blurred.T
    return values


def _half(values: Singles, black: np.float32) -> Singles:
    """Means of 2x2 values, exactly: they are multiples of 1/4, 1/16 ..."""
    height, width = values.shape
    padded = np.pad(values, ((height % 2, 0), (width % 2, 0)), constant_values=black)
    halved: Singles = (padded[::2, ::2] + padded[::2, 1::2] + padded[1::2, ::2] + padded[1::2, 1::2]) * np.float32(0.25)
    return halved
