"""Tell whether a clip moves as the original does, where the original moves.

Complements `order`: a small thing that moves in a large picture shows in no print of the whole, and coarse colours hide
which moment a picture is from. Here each pixel is followed over time instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from giflab_core.kernels.luma import luma

if TYPE_CHECKING:
    from giflab_core.model import Floats, Pixels

# Transparent pixels count as this grey, so that both black and white things on a transparent ground move.
MATTE = 128
# A pixel moves where its variance over time is above this (grey levels squared): four levels of deviation.
MOVING_VARIANCE = 16.0
# Larger canvases are averaged down: five sums are kept for each pixel.
MOST_PIXELS = 1 << 20


class MotionCorrelation:
    """Pearson's correlation of two clips' luma about each pixel's own mean over time, over pixels and time.

    1 for equal clips, near 0 for pictures in another order. Call `add()` for every pair of frames, then `value()`.
    """

    def __init__(self, width: int, height: int) -> None:
        shrink = max(1, int(np.ceil(np.sqrt(width * height / MOST_PIXELS))))
        self._size = (max(1, width // shrink), max(1, height // shrink))
        self._total_ms = 0
        shape = (5, self._size[1], self._size[0])
        self._sums = np.zeros(shape, np.float32)

    def add(self, original: Pixels, compressed: Pixels, duration_ms: int) -> None:
        """Both frames were on screen together for `duration_ms`; RGBA of the size given at first."""
        x, y = self._luma(original), self._luma(compressed)
        for total, term in zip(self._sums, (x, y, x * x, y * y, x * y), strict=True):
            total += np.float32(duration_ms) * term
        self._total_ms += duration_ms

    def value(self) -> float | None:
        """The correlation, -1 to 1; None where the original does not move, or the compressed clip does not there."""
        if not self._total_ms:
            return None
        x, y, xx, yy, xy = (total / np.float32(self._total_ms) for total in self._sums)
        variance_x = xx - x * x
        moving = variance_x > MOVING_VARIANCE
        spread_x = float(variance_x[moving].sum(dtype=np.float64))
        spread_y = float((yy - y * y)[moving].sum(dtype=np.float64))
        if spread_x <= 0 or spread_y <= MOVING_VARIANCE:
            return None
        return float((xy - x * y)[moving].sum(dtype=np.float64) / np.sqrt(spread_x * spread_y))

    def _luma(self, pixels: Pixels) -> Floats:
        # About the matte, so that sums stay small and 32 bits hold them.
        image = Image.fromarray(np.where(pixels[..., 3] == 0, np.uint8(MATTE), luma(pixels)))
        if image.size != self._size:
            image = image.resize(self._size, Image.Resampling.BOX)
        result: Floats = np.asarray(image, np.float32) - MATTE
        return result
