"""Tell what kind of picture a clip shows, since what is harmless in a photograph ruins a line of text.

A judgement by rule of thumb on a few frames of the original; users can override it. The numbers behind the constants
are in docs/decisions/0011-limits-by-content-type.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import astuple
from giflab_core.kernels import traits as kernel
from giflab_core.kernels.traits import Traits
from giflab_core.model import ContentType
from giflab_core.pooling import median

if TYPE_CHECKING:
    from giflab_core.decoding import Shown

# So many frames are looked at, evenly over the clip, and in each so many pixels, in whole rows.
FRAMES, PIXELS = 4, 1 << 14
# A photograph: no colour dominates, and it has many, or (dithered) hardly a pixel is like both its neighbours.
DOMINANT, MANY_COLOURS, BUSY, DITHERED_COLOURS = 0.3, 100, 0.3, 10
# Pixel art has hard edges: hardly any of them are small steps. It is scaled up by whole numbers, has no detail of one
# pixel, or is tiny with few colours.
SMALL_STEP, HARD_EDGES, NO_DETAIL = 24, 0.1, 0.003
TINY, FEW_COLOURS = 64, 32
LARGEST_SCALE, ON_GRID = 16, 0.9
# User interfaces, terminals and plots stand on one colour.
GROUND = 0.6


class ContentJudge:
    """Looks at some frames of a clip as they come, then tells what it shows."""

    def __init__(self, n_frames: int) -> None:
        step = (n_frames - 1) / (FRAMES - 1)
        self._wanted = sorted({int(number * step) for number in range(FRAMES - 1)} | {n_frames - 1})
        self._traits: list[Traits] = []
        self._side = 0

    def see(self, frame: int, shown: Shown) -> None:
        """The frame of this number, which is not below the one before, is on screen."""
        if self._wanted and frame >= self._wanted[0]:
            self._wanted = [each for each in self._wanted if each > frame]
            pixels = shown.pixels()
            self._side = max(pixels.shape[:2])
            rows = max(1, PIXELS // pixels.shape[1])
            if rows < pixels.shape[0]:
                pixels = pixels[np.linspace(0, pixels.shape[0] - 1, rows).astype(np.intp)]
            some = np.ascontiguousarray(pixels[:, :PIXELS])
            self._traits.append(kernel.traits(some, SMALL_STEP, LARGEST_SCALE, ON_GRID))

    def content_type(self) -> ContentType:
        """What most of the frames seen are like."""
        traits = Traits(*map(median, zip(*map(astuple, self._traits), strict=True)))
        is_busy = traits.busy >= BUSY and traits.colours >= DITHERED_COLOURS
        if traits.dominant < DOMINANT and (traits.colours >= MANY_COLOURS or is_busy):
            return "photo"
        is_hard = traits.soft <= HARD_EDGES
        is_tiny = self._side <= TINY and traits.colours <= FEW_COLOURS
        if traits.scale > 1 or (is_hard and (is_tiny or traits.busy <= NO_DETAIL)):
            return "pixel-art"
        return "ui" if traits.ground >= GROUND else "cartoon"
