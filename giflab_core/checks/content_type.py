"""Tell what kind of picture a clip shows, since what is harmless in a photograph ruins a line of text.

A judgement by rule of thumb on a few frames of the original; users can override it. The numbers behind the constants
are in docs/decisions/0011-limits-by-content-type.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import astuple, dataclass
from giflab_core.model import ContentType
from giflab_core.pooling import median

if TYPE_CHECKING:
    import numpy.typing as npt

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


@dataclass(frozen=True, slots=True)
class Traits:
    """What rows of one frame are like.

    `colours`: how many cover 95 % of it; `dominant`: the share of the most frequent one, `ground`: the same of visible
    pixels; `busy`: the share of pixels that differ from both neighbours in their row; `soft`: the share of small steps
    among all between neighbours; `scale`: the largest whole number of pixels that all edges are multiples of.
    """

    colours: float
    dominant: float
    ground: float
    busy: float
    soft: float
    scale: float


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
            picked = np.linspace(0, pixels.shape[0] - 1, min(rows, pixels.shape[0])).astype(np.intp)
            self._traits.append(_traits(np.ascontiguousarray(pixels[picked, :PIXELS])))

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


def _traits(rows: npt.NDArray[np.uint8]) -> Traits:
    """`rows`: RGBA, shape (rows, width, 4), contiguous."""
    pixels = rows.view(np.uint32)[..., 0]
    colours, counts = np.unique(pixels, return_counts=True)
    visible = counts[colours != 0]
    shares = np.sort(counts)[::-1] / pixels.size
    differs = pixels[:, 1:] != pixels[:, :-1]
    channels = rows[..., :3].astype(np.int16)
    steps = np.abs(channels[:, 1:] - channels[:, :-1]).max(axis=2)[differs]
    return Traits(
        colours=float(np.searchsorted(np.cumsum(shares), 0.95) + 1),
        dominant=float(shares[0]),
        ground=float(visible.max() / visible.sum()) if visible.size else 1.0,
        busy=float((differs[:, 1:] & differs[:, :-1]).mean()) if differs.shape[1] > 1 else 0.0,
        soft=float((steps <= SMALL_STEP).mean()) if steps.size else 0.0,
        scale=float(_scale(differs.sum(axis=0))),
    )


def _scale(edges: npt.NDArray[np.int_]) -> int:
    """The largest number of pixels that nearly all edges are multiples of; `edges[i]` of them are right of column i."""
    total = edges.sum()
    scales = range(2, min(LARGEST_SCALE, edges.size // 2) + 1) if total else range(0)
    on_grid = {scale: max(edges[start::scale].sum() for start in range(scale)) for scale in scales}
    return max((scale for scale, count in on_grid.items() if count > ON_GRID * total), default=1)
