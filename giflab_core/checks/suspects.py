"""Find the places where one compressed picture differs from its original as no honest encoder makes it.

A judgement on one pair of frames, tile by tile of 8x8 pixels; `region` looks how long each place stays so. The numbers
behind the constants are in docs/decisions/0019-judge-places.md.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.checks.requantised import requantised
from giflab_core.kernels.ciede2000 import ciede2000
from giflab_core.kernels.lab import lab
from giflab_core.kernels.luma import luma
from giflab_core.kernels.tiles import LEAST_PIXELS, SIDE, TileSums, measure, window_sums

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.boxes import Box
    from giflab_core.kernels.tiles import TileMeasures
    from giflab_core.metrics import PairView

    Sums = npt.NDArray[np.float32]

# Mean colours that differ by fewer levels look alike.
NEAR = 4.0
ERROR = 2
# Nothing below these is kept: the strictest limits of all content types, in the units of `Measures`.
FLOOR = (0.6, 0.4, 18.0, 7.0, 0.2, 0.2)


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """How much tiles differ: float32, each of shape (rows, columns).

    `structure`, `detail` and `error`: see `TileMeasures`. `colour`: CIEDE2000 of the mean colours, of the tile or of the 16x16
    pixels with it. `lost` and `gained`: the share of pixels that were opaque and are transparent, and the other way.
    """

    structure: Sums
    detail: Sums
    error: Sums
    colour: Sums
    lost: Sums
    gained: Sums

    def stacked(self) -> Sums:
        """Shape (6, rows, columns), in the order above."""
        return np.stack([getattr(self, each.name) for each in fields(self)])


@dataclass(frozen=True, slots=True)
class Suspects:
    """The tiles of one pair that differ much: `tiles`, flat indices, and `values`, shape (6, tiles) as in `Measures`."""

    tiles: npt.NDArray[np.intp]
    values: Sums



class _Kept:
    def __init__(self, height: int, width: int) -> None:
        self.tiles = TileSums(height, width)
        self.serial = -2


def find_suspects(view: PairView) -> Suspects | None:
    """The tiles of a pair that differ more than the least limit; None if there is none."""
    width, height = view.size
    kept = view.keep(("suspects",), lambda: _Kept(height, width))
    left, right = view.shown
    kept.tiles.update(left.pixels(), right.pixels(), *view.luma_on(0), view.changed_since(kept.serial))
    kept.serial = view.serial
    values = measure_tiles(kept.tiles.sums).stacked()
    above = _above(values)
    if above.any():
        explain(view, _enclosing_tiles(above, height, width), values)
        above = _above(values)
    tiles = np.flatnonzero(above)
    return Suspects(tiles, np.ascontiguousarray(values.reshape(len(FLOOR), -1)[:, tiles])) if len(tiles) else None


def _above(values: Sums) -> npt.NDArray[np.bool_]:
    above: npt.NDArray[np.bool_] = (values > np.array(FLOOR, np.float32)[:, None, None]).any(axis=0)
    return above


def _enclosing_tiles(above: npt.NDArray[np.bool_], height: int, width: int) -> Box:
    """The box of pixels of these tiles and those next to them."""
    rows, columns = (np.flatnonzero(above.any(axis=axis)) for axis in (1, 0))
    top, bottom = SIDE * max(0, int(rows[0]) - 1), min(height, SIDE * (int(rows[-1]) + 2))
    left, right = SIDE * max(0, int(columns[0]) - 1), min(width, SIDE * (int(columns[-1]) + 2))
    return top, bottom, left, right


def explain(view: PairView, box: Box, values: Sums) -> None:
    """Within a box, take from `values` what the original would differ by if it had only the compressed colours."""
    top, bottom, left, right = box
    original, compressed = (np.ascontiguousarray(shown.pixels()[top:bottom, left:right]) for shown in view.shown)
    there = requantised(original, view.joint)
    if there is None:
        return
    tiles = TileSums(bottom - top, right - left)
    tiles.update(there.pixels, compressed, luma(there.pixels, 0), luma(compressed, 0))
    part = values[:, top // SIDE : -(-bottom // SIDE), left // SIDE : -(-right // SIDE)]
    np.minimum(part, measure_tiles(tiles.sums).stacked(), out=part)
    part[ERROR] = np.sqrt(np.maximum(part[ERROR] ** 2 - _mixed(there.spread), 0))


def _mixed(spread: Sums) -> Sums:
    """The mean square error of each channel that dithering may make, of the tile or a window with it."""
    height, width = spread.shape
    tiles = np.add.reduceat(np.add.reduceat(spread, range(0, height, SIDE), axis=0), range(0, width, SIDE), axis=1)
    areas = np.outer(*(np.diff([*range(0, length, SIDE), length]) for length in (height, width)))
    result: Sums = tiles / (3 * areas).astype(np.float32)
    return result


def measure_tiles(sums: npt.NDArray[np.int32]) -> Measures:
    """The measures of all tiles, from their sums (see `TileSums`)."""
    found = measure(sums)
    area = 255 * np.maximum(sums[..., 17], LEAST_PIXELS).astype(np.float32)
    lost, gained = ((sums[..., alpha] - sums[..., 8]) / area for alpha in (3, 7))
    return Measures(found.structure, found.detail, found.error, _colour(sums, found), lost, gained)


def _colour(sums: npt.NDArray[np.int32], found: TileMeasures) -> Sums:
    """CIEDE2000 of the mean colours of each tile, or of a window with it if that is more."""
    near = found.apart < NEAR
    colour = np.zeros_like(found.apart)
    colour[~near] = _differences(sums[~near])
    there = found.windows >= NEAR
    if there.any():
        windows = np.zeros_like(found.windows)
        windows[there] = _differences(window_sums(sums)[there])
        high, wide = windows.shape
        for top in range(min(2, len(colour))):
            for left in range(min(2, colour.shape[1])):
                part = colour[top : top + high, left : left + wide]
                np.maximum(part, windows, out=part)
        colour[near] = 0
    return colour


def _differences(sums: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """CIEDE2000 of the mean colours of what is opaque, of each row of sums."""
    colours = np.full((2, len(sums), 4), 255, np.uint8)
    for side, first in zip(colours, (0, 4), strict=True):
        side[:, :3] = np.rint(255 * sums[:, first : first + 3] / sums[:, first + 3 : first + 4])
    return ciede2000(lab(colours[0]), lab(colours[1]))
