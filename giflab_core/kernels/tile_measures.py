"""How much two pictures differ in each tile of 8x8 pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.kernels.tiles import Tiles

    Grid: TypeAlias = npt.NDArray[np.float32]
    """Shape (rows, columns)."""

# Deviations below this (grey levels) have no structure to lose.
FAINT = 10.0
# As steps to the next pixels smaller than this (grey levels, the two of a pixel together) are no detail.
FAINT_STEPS = 4.0
# What a tile must have of the mean error of a window to share its number.
OWN_ERROR = 0.25
# Fewer opaque pixels than this have no mean colour.
LEAST_PIXELS = 24


@dataclass(frozen=True, slots=True, eq=False)
class TileMeasures:
    """How much the tiles differ: float32, shape (rows, columns), but `windows`, which has one row and column less.

    A window is 2 x 2 tiles, or what there is of them. `structure`: 1 less the structural similarity of luma without its
    means, 0 to 2; `detail`: by how much the steps of x are more than those of y, as a share of both, -1 to 1, 1 if all
    detail is lost; `error`: the root mean square error of R, G and B, 0 to 255. All are those of the worst window that
    a tile is part of and has at least `OWN_ERROR` of the mean error of. `apart`: by how many levels the mean colours
    differ in the channel in which they differ most, where both are opaque; `windows`: the same of each window.
    """

    structure: Grid
    detail: Grid
    error: Grid
    apart: Grid
    windows: Grid


def measure(sums: Tiles) -> TileMeasures:
    """The measures of all tiles from their sums (see `TileSums`)."""
    rows, columns, _ = sums.shape
    out = np.empty((4, rows, columns), np.float32)
    windows = np.empty((max(1, rows - 1), max(1, columns - 1)), np.float32)
    (NATIVE.tile_measures if NATIVE else tile_measures_numpy)(
        sums, FAINT * FAINT, FAINT_STEPS, OWN_ERROR, LEAST_PIXELS, out, windows
    )
    structure, detail, error, apart = out
    return TileMeasures(structure, detail, error, apart, windows)


def window_sums(sums: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The sums over each window."""
    down = sums[:-1] + sums[1:] if len(sums) > 1 else sums
    return down[:, :-1] + down[:, 1:] if sums.shape[1] > 1 else down


def tiles_of_windows(sums: npt.NDArray[Any]) -> Iterator[tuple[slice, slice]]:
    """The upper left tile of each window, then the others that it has: parts of the tiles, in the windows' shape."""
    rows, columns, _ = sums.shape
    for top in range(min(2, rows)):
        for left in range(min(2, columns)):
            yield slice(top, top + max(1, rows - 1)), slice(left, left + max(1, columns - 1))


def tile_measures_numpy(
    sums: Tiles, faint: float, faint_steps: float, own: float, least: float, out: Grid, windows: Grid
) -> None:
    """The twin of the native function."""
    tiles, whole = sums.astype(np.float64), window_sums(sums).astype(np.float64)
    n = np.maximum(whole[..., 17], 1)
    x, y = whole[..., 10] / n, whole[..., 11] / n
    xx, yy, xy = whole[..., 12] / n - x * x, whole[..., 13] / n - y * y, whole[..., 14] / n - x * y
    steps_x, steps_y = whole[..., 15], whole[..., 16]
    differs = whole[..., 9] > 0
    structure = np.where(differs, 1 - (2 * xy + faint) / (xx + yy + faint), 0).astype(np.float32)
    detail = np.where(differs, (steps_x - steps_y) / (steps_x + steps_y + faint_steps * n), 0).astype(np.float32)
    error = np.sqrt(whole[..., 9] / (3 * n)).astype(np.float32)
    windows[:] = _apart(whole, least)
    out[:3], out[3] = 0, _apart(tiles, least)
    for part in tiles_of_windows(sums):
        has = tiles[part][..., 9] * n >= own * whole[..., 9] * tiles[part][..., 17]
        for measured, values in zip(out, (structure, detail, error), strict=False):
            measured[part] = np.where(has, np.maximum(measured[part], values), measured[part])


def _apart(sums: npt.NDArray[np.float64], least: float) -> Grid:
    visible = sums[..., 8] >= 255 * least
    one, other = (
        255 * sums[..., first : first + 3] / np.maximum(sums[..., first + 3 : first + 4], 1) for first in (0, 4)
    )
    return np.where(visible, np.abs(one - other).max(axis=-1), 0).astype(np.float32)
