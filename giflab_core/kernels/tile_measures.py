"""How much two pictures differ in each tile of 8x8 pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.boxes import slices
from giflab_core.kernels.ciede2000 import ciede2000
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.lab import LINEAR, lab
from giflab_core.kernels.tiles import near

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box
    from giflab_core.kernels.specks import Specks
    from giflab_core.kernels.tile_marks import Marks
    from giflab_core.kernels.tiles import Tiles

    Measures: TypeAlias = npt.NDArray[np.float32]
    """Shape (6, rows, columns)."""
    Singles: TypeAlias = npt.NDArray[np.float32]

# Deviations below this (grey levels) have no structure to lose.
FAINT = 10.0
# As steps to the next pixels smaller than this (grey levels, the two of a pixel together) are no detail.
FAINT_STEPS = 4.0
# What a tile must have of the mean error of a window to share its number.
OWN_ERROR = 0.25
# Fewer opaque pixels than this have no mean colour.
LEAST_PIXELS = 24


def measure(sums: Tiles, marks: Marks, part: Box, reach: int, out: Measures) -> None:
    """Write how much the tiles in a part differ, from their sums and marks (see `TileSums`).

    A window is 2 x 2 tiles, or what there is of them; only those count of which a tile is at most `reach` away from a
    marked one, all tiles of which must have sums. By plane: 0, structure: 1 less the structural similarity of luma
    without its means, 0 to 2. 1, detail: by how much the steps of x are more than those of y, as a share of both, -1
    to 1, 1 if all detail is lost. 2, error: the root mean square error of R, G and B, 0 to 255. All are those of the
    worst window that a tile is part of and has at least `OWN_ERROR` of the mean error of. 3: by how many levels the
    mean colours differ in the channel in which they differ most, where both are opaque. 4, 5: the share of pixels that
    were opaque and are transparent, and the other way.
    """
    native = NATIVE.tile_measures if NATIVE else tile_measures_numpy
    native(sums, marks, part, reach, FAINT * FAINT, FAINT_STEPS, OWN_ERROR, LEAST_PIXELS, out)


def tiles_above(values: Singles, floors: Singles, out: npt.NDArray[np.bool_]) -> None:
    """Write which tiles are above the floor of any measure.

    `values`: float32, shape (measures, tiles); `floors`: float32, one a measure; `out`: bool, one a tile.
    """
    if NATIVE:
        NATIVE.tiles_above(values, floors, out)
    else:
        np.logical_or.reduce(values > floors[:, None], axis=0, out=out)


def judge(
    values: Singles,
    specks: Specks,
    parts: tuple[Box, Box],
    measures: tuple[int, int],
    apart: float,
    floors: Singles,
    known: npt.NDArray[np.bool_],
    above: npt.NDArray[np.bool_],
) -> bool:
    """Fill in two of the measures, and write which tiles are `above` the floor of any (bool, one a tile): are some?

    `values`: float32, shape (measures, rows, columns). In the first of two parts of the tiles the first of `measures`,
    by how many levels mean colours differ, becomes infinite, which is not known yet, if that is `apart` or more, else
    0; and `known` (bool, one a tile) false. In the second part the second becomes the first number of `specks`, over
    255.
    """
    native = NATIVE.tiles_judged if NATIVE else tiles_judged_numpy
    return native(values, specks, *parts, *measures, apart, floors, known, above)


def tiles_judged_numpy(
    values: Singles,
    specks: Specks,
    part: Box,
    touched: Box,
    colour: int,
    speck: int,
    near: float,
    floors: Singles,
    known: npt.NDArray[np.bool_],
    above: npt.NDArray[np.bool_],
) -> bool:
    """The twin of the native function."""
    known.reshape(values.shape[1:])[slices(part)] = False
    apart, inside = values[colour][slices(part)], slices(touched)
    apart[:] = np.where(apart >= near, np.float32(np.inf), np.float32(0))
    np.divide(specks[inside][..., 0], 255, out=values[speck][inside], casting="same_kind")
    np.logical_or.reduce(values.reshape(len(values), -1) > floors[:, None], axis=0, out=above)
    return bool(above.any())


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
    sums: Tiles,
    marks: Marks,
    part: Box,
    reach: int,
    faint: float,
    faint_steps: float,
    own: float,
    least: float,
    out: Measures,
) -> None:
    """The twin of the native function."""
    tiles, whole = sums.astype(np.float64), window_sums(sums).astype(np.float64)
    n = np.maximum(whole[..., 17], 1)
    x, y = whole[..., 10] / n, whole[..., 11] / n
    xx, yy, xy = whole[..., 12] / n - x * x, whole[..., 13] / n - y * y, whole[..., 14] / n - x * y
    steps_x, steps_y = whole[..., 15], whole[..., 16]
    is_near = near(marks, reach)
    differs = (whole[..., 9] > 0) & np.logical_or.reduce([is_near[place] for place in tiles_of_windows(sums)])
    structure = np.where(differs, 1 - (2 * xy + faint) / (xx + yy + faint), 0).astype(np.float32)
    detail = np.where(differs, (steps_x - steps_y) / (steps_x + steps_y + faint_steps * n), 0).astype(np.float32)
    error = np.where(differs, np.sqrt(whole[..., 9] / (3 * n)), 0).astype(np.float32)
    found = np.zeros_like(out)
    found[3] = _apart(tiles, least)
    area = 255 * np.maximum(tiles[..., 17], least)
    found[4], found[5] = ((tiles[..., alpha] - tiles[..., 8]) / area for alpha in (3, 7))
    for place in tiles_of_windows(sums):
        has = tiles[place][..., 9] * n >= own * whole[..., 9] * tiles[place][..., 17]
        for measured, values in zip(found, (structure, detail, error), strict=False):
            measured[place] = np.where(has, np.maximum(measured[place], values), measured[place])
    rows, columns = slice(part[0], part[1]), slice(part[2], part[3])
    out[:, rows, columns] = found[:, rows, columns]


def _apart(sums: npt.NDArray[np.float64], least: float) -> npt.NDArray[np.float32]:
    visible = (sums[..., 8] >= 255 * least) & (sums[..., 9] > 0)
    one, other = (
        255 * sums[..., first : first + 3] / np.maximum(sums[..., first + 3 : first + 4], 1) for first in (0, 4)
    )
    return np.where(visible, np.abs(one - other).max(axis=-1), 0).astype(np.float32)


def colour_of_tiles(sums: Tiles, tiles: npt.NDArray[np.int64], apart: float) -> npt.NDArray[np.float64]:
    """How much the mean colours of some tiles differ, CIEDE2000, or those of a window with the tile if that is more.

    `tiles`: their flat indices, row by row; both pictures must have opaque pixels in each. Windows count whose mean
    colours are at least `apart` levels apart.
    """
    if not NATIVE:
        return colour_of_tiles_numpy(sums, tiles, apart)
    found: npt.NDArray[np.float64] = np.empty(len(tiles))
    NATIVE.tile_colours(sums, np.ascontiguousarray(tiles, np.int64), LEAST_PIXELS, apart, LINEAR, found)
    return found


def colour_of_tiles_numpy(sums: Tiles, tiles: npt.NDArray[np.int64], apart: float) -> npt.NDArray[np.float64]:
    """The twin of the native function, which agrees as far as that of `ciede2000`."""
    wanted, found = np.zeros(sums.shape[:2], np.bool_), np.zeros(sums.shape[:2])
    wanted.flat[tiles] = True
    places = list(tiles_of_windows(sums))
    windows = np.logical_or.reduce([wanted[place] for place in places])
    whole = np.sum([sums[place][windows] for place in places], axis=0)
    is_apart = _apart(whole.astype(np.float64), LEAST_PIXELS) >= apart
    values = _differences(np.concatenate([sums.reshape(-1, sums.shape[2])[tiles], whole[is_apart]]))
    found.flat[tiles] = values[: len(tiles)]
    of_windows, of_all = np.zeros(len(whole)), np.zeros(windows.shape)
    of_windows[is_apart] = values[len(tiles) :]
    of_all[windows] = of_windows
    for place in places:
        np.maximum(found[place], of_all, out=found[place])
    return found.ravel()[tiles]


def _differences(sums: Tiles) -> npt.NDArray[np.float64]:
    """CIEDE2000 of the mean colours of what is opaque, of each row of sums."""
    colours = np.full((2, len(sums), 4), 255, np.uint8)
    for side, first in zip(colours, (0, 4), strict=True):
        side[:, :3] = np.rint(255 * sums[:, first : first + 3] / sums[:, first + 3 : first + 4])
    return ciede2000(lab(colours[0]), lab(colours[1]))
