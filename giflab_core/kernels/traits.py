"""What tells a photograph from a drawing: the colours of some pixels, and the steps between neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.joint import MULTIPLIER

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.model import Pixels

# What most pixels are.
MOST = 0.95


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


def traits(rows: Pixels, small: int, largest: int, on_grid: float) -> Traits:
    """`rows`: RGBA, uint8, shape (rows, width, 4), contiguous; at least a pixel, and few enough for 32 bits.

    `small`: the largest step that is; `largest`: the largest scale that is looked for, and `on_grid`: which share of
    the edges must be on it.
    """
    if NATIVE:
        return Traits(*NATIVE.traits(rows, MOST, small, largest, on_grid, MULTIPLIER))
    return traits_numpy(rows, small, largest, on_grid)


def traits_numpy(rows: Pixels, small: int, largest: int, on_grid: float) -> Traits:
    """The twin of the native function."""
    pixels = rows.view(np.uint32)[..., 0]
    colours, counts = np.unique(pixels, return_counts=True)
    visible = counts[colours != 0]
    shares = np.sort(counts)[::-1] / pixels.size
    differs = pixels[:, 1:] != pixels[:, :-1]
    channels = rows[..., :3].astype(np.int16)
    steps = np.abs(channels[:, 1:] - channels[:, :-1]).max(axis=2)[differs]
    return Traits(
        colours=float(np.searchsorted(np.cumsum(shares), MOST) + 1),
        dominant=float(shares[0]),
        ground=float(visible.max() / visible.sum()) if visible.size else 1.0,
        busy=float((differs[:, 1:] & differs[:, :-1]).mean()) if differs.shape[1] > 1 else 0.0,
        soft=float((steps <= small).mean()) if steps.size else 0.0,
        scale=float(_scale(differs.sum(axis=0), largest, on_grid)),
    )


def _scale(edges: npt.NDArray[np.int_], largest: int, share: float) -> int:
    """The largest number of pixels that nearly all edges are multiples of; `edges[i]` of them are right of column i."""
    total = edges.sum()
    scales = range(2, min(largest, edges.size // 2) + 1) if total else range(0)
    on_grid = {scale: max(edges[start::scale].sum() for start in range(scale)) for scale in scales}
    return max((scale for scale, count in on_grid.items() if count > share * total), default=1)
