"""`haarpsi`: Haar wavelet-based perceptual similarity of colour pictures (Reisenhofer et al. 2018).

Range 0 to 1, higher is better, 1 for equal frames. C 30, alpha 4.2, three scales, on pictures that are reduced by half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.kernels import haarpsi as kernel
from giflab_core.kernels.boxes import LARGE_PIXELS, NOTHING, Box, pixels_in
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE

if TYPE_CHECKING:
    from giflab_core.model import Mask, Pixels

# So many pixels of a large picture are put on a background at a time, and what they depend on: so many rows around.
BAND_PIXELS, HALO = 1 << 20, 32


def _score(pair: PairView) -> float:
    width, height = pair.size
    if width * height <= LARGE_PIXELS or pair.is_opaque:
        return min(pair.follow("haarpsi", kernel.HaarpsiSum, pair.colours_on))
    return min(pair.follow("haarpsi on", _LargeSum, lambda grey: (_On(pair, 0, grey), _On(pair, 1, grey))))


@dataclass(frozen=True, slots=True)
class _On:
    """One of the pictures of a pair on a grey."""

    pair: PairView
    side: int
    grey: int

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pixels.shape

    @property
    def pixels(self) -> Pixels:
        """RGBA, without the grey: what is transparent is black."""
        return self.pair.shown[self.side].pixels()

    def rows(self, part: slice) -> Pixels:
        """RGB of some rows, with the grey; the fourth byte is none."""
        hidden: Mask | None = self.pair.hidden[self.side]
        pixels = self.pixels[part]
        return pixels if hidden is None else np.where(hidden[part, :, None], np.uint8(self.grey), pixels)


class _LargeSum:
    """`HaarpsiSum` of large pictures on a grey, of which no copies are made but of the rows that are looked at."""

    def __init__(self, height: int, width: int) -> None:
        self._sum = kernel.HaarpsiSum(height, width)
        self._whole: Box = 0, height, 0, width
        self._is_new = True

    def update(self, x: _On, y: _On, box: Box | None) -> float:
        """As `HaarpsiSum.update`."""
        if not x.grey:
            return self._sum.update(x.pixels, y.pixels, box)
        if self._is_new:
            # All black: memory that nobody wrote to takes none.
            self._sum.update(np.zeros(x.shape, np.uint8), np.zeros(y.shape, np.uint8))
        top, bottom, left, right = self._whole if box is None or self._is_new else box
        self._is_new = False
        found = self._sum.update(x.pixels, y.pixels, NOTHING)
        rows = max(HALO, BAND_PIXELS // self._whole[3])
        for first in range(top, bottom if pixels_in((top, bottom, left, right)) else top, rows):
            last = min(first + rows, bottom)
            part = slice(max(0, first - HALO), last + HALO)
            found = self._sum.update(_only(x, part), _only(y, part), (first, last, left, right))
        return found


def _only(picture: _On, part: slice) -> Pixels:
    """The whole picture, of which nothing but these rows is there, and takes memory."""
    pixels = np.zeros(picture.shape, np.uint8)
    pixels[part] = picture.rows(part)
    return pixels


HAARPSI = Metric(CATALOGUE["haarpsi"], score=_score, identical=1.0, expensive=True)
