"""Tell what kind of picture a clip shows, since what is harmless in a photograph ruins a line of text.

A judgement by rule of thumb on a few frames of the original; users can override it. The numbers behind the constants
are in docs/decisions/0011-limits-by-content-type.md.
"""

from __future__ import annotations

from collections.abc import Sequence
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
# The colours that are counted cover so much of it.
COVERED = 0.95
# A photograph: no colour dominates, and it has many, or (dithered) hardly a pixel is like both its neighbours.
DOMINANT, MANY_COLOURS, BUSY, DITHERED_COLOURS = 0.3, 100, 0.3, 10
# Pixel art has hard edges: hardly any of them are small steps. It is scaled up by whole numbers, has no detail of one
# pixel, or is tiny with few colours.
SMALL_STEP, HARD_EDGES, NO_DETAIL = 24, 0.1, 0.003
TINY, FEW_COLOURS = 64, 32
LARGEST_SCALE, ON_GRID = 16, 0.9
PRIMES = 2, 3, 5, 7, 11, 13
# Of a pixel's bytes.
RGB = np.array([1, 1, 1, 0], np.uint8).view(np.uint32)[0]
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
        self._seen: list[npt.NDArray[np.uint8]] = []
        self._side = 0

    def see(self, frame: int, shown: Shown) -> None:
        """The frame of this number, which is not below the one before, is on screen."""
        if self._wanted and frame >= self._wanted[0]:
            self._wanted = [each for each in self._wanted if each > frame]
            pixels = shown.pixels()
            height, width, _ = pixels.shape
            self._side = max(height, width)
            rows = max(1, PIXELS // width)
            picked = slice(None) if rows >= height else np.linspace(0, height - 1, rows).astype(np.intp)
            self._seen.append(pixels[picked, :PIXELS].copy())

    def content_type(self) -> ContentType:
        """What most of the frames seen are like."""
        traits = Traits(*map(median, zip(*map(astuple, _traits(np.stack(self._seen))), strict=True)))
        is_busy = traits.busy >= BUSY and traits.colours >= DITHERED_COLOURS
        if traits.dominant < DOMINANT and (traits.colours >= MANY_COLOURS or is_busy):
            return "photo"
        is_hard = traits.soft <= HARD_EDGES
        is_tiny = self._side <= TINY and traits.colours <= FEW_COLOURS
        if traits.scale > 1 or (is_hard and (is_tiny or traits.busy <= NO_DETAIL)):
            return "pixel-art"
        return "ui" if traits.ground >= GROUND else "cartoon"


def _traits(frames: npt.NDArray[np.uint8]) -> list[Traits]:
    """Of rows of each frame: RGBA, shape (frames, rows, width, 4), contiguous."""
    pixels = frames.view(np.uint32)[..., 0]
    differs = pixels[..., 1:] != pixels[..., :-1]
    beside = differs[..., 1:] & differs[..., :-1]
    ordered = np.sort(pixels.reshape(len(pixels), -1), axis=1)
    found = []
    for number, edges in enumerate(differs.sum(axis=1).tolist()):
        colours, dominant, ground = _shares(ordered[number])
        total = sum(edges)
        found.append(
            Traits(
                colours=colours,
                dominant=dominant,
                ground=ground,
                busy=float(np.count_nonzero(beside[number]) / beside[number].size) if beside.size else 0.0,
                soft=float(np.count_nonzero(differs[number] & _is_soft(frames[number])) / total) if total else 0.0,
                scale=float(_scale(edges)),
            )
        )
    return found


def _shares(pixels: npt.NDArray[np.uint32]) -> tuple[float, float, float]:
    """How many colours cover 95 % of some pixels, which are in order, the share of the largest, and of visible ones."""
    ends = [*(np.flatnonzero(pixels[1:] != pixels[:-1]) + 1).tolist(), len(pixels)]
    counts = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    visible = counts[1:] if not pixels[0] else counts
    ground = max(visible) / sum(visible) if visible else 1.0
    counts.sort(reverse=True)
    covered, colours = 0.0, 0
    while colours < len(counts) and covered < COVERED:
        covered += counts[colours] / len(pixels)
        colours += 1
    return float(colours), counts[0] / len(pixels), ground


def _is_soft(rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Between which neighbours in their row there is a small step at most, in R, G and B: shape (rows, width - 1)."""
    left, right = rows[:, :-1], rows[:, 1:]
    is_large = np.maximum(left, right) - np.minimum(left, right) > SMALL_STEP
    soft: npt.NDArray[np.bool_] = is_large.view(np.uint32)[..., 0] & RGB == 0
    return soft


def _scale(edges: Sequence[int]) -> int:
    """The largest number of pixels that nearly all edges are multiples of; `edges[i]` of them are right of column i."""
    most = min(LARGEST_SCALE, len(edges) // 2) if any(edges) else 1
    on_grid = {1}
    for scale in range(2, most + 1):
        # What is on a grid is on those of its factors too, so that of most pictures only these are looked at.
        factor = next(each for each in PRIMES if scale % each == 0)
        if (factor == scale or {factor, scale // factor} <= on_grid) and _is_on_grid(edges, scale):
            on_grid.add(scale)
    return max(on_grid)


def _is_on_grid(edges: Sequence[int], scale: int) -> bool:
    """Whether nearly all edges are so many pixels apart, or multiples of that."""
    left = sum(edges)
    enough = ON_GRID * left
    for start in range(scale):
        count = sum(edges[start::scale])
        if count > enough:
            return True
        left -= count
        if left <= enough:
            return False
    return False
