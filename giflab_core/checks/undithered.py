"""What dithering does not explain of the difference in some tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.boxes import slices
from giflab_core.kernels.ciede2000 import ciede2000
from giflab_core.kernels.lab import LINEAR, lab
from giflab_core.kernels.tile_marks import SIDE
from giflab_core.kernels.tile_measures import OWN_ERROR, tiles_of_windows, window_sums
from giflab_core.kernels.tiles import near

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.checks.requantised import Requantised
    from giflab_core.kernels.tiles import Tiles
    from giflab_core.metrics import PairView
    from giflab_core.model import Pixels

    Keys = npt.NDArray[np.uint32]
    Whole = npt.NDArray[np.intp]
    Doubles = npt.NDArray[np.float64]

# What is looked at together: more takes memory, many times that of the picture.
TILES_AT_ONCE, ROWS_AT_ONCE = 4096, 8 * SIDE


def undithered(view: PairView, there: Requantised, places: Keys, sums: Tiles, tiles: Whole) -> Doubles:
    """The error (root mean square, in levels) that dithering does not explain, of the worst window with each tile.

    `places`: see `Requantised.draw`; `sums`: of the pair; `tiles`: flat indices. As in `measure` a tile shares the
    number of a window if it has enough of its error: that of a tile beside what is dithered is not its own.
    """
    wanted = np.zeros(sums.shape[:2], np.uint8)
    wanted.flat[tiles] = 1
    some = np.flatnonzero(near(wanted, 1))
    mixed = np.zeros(sums.shape[:2])
    mixed.flat[some] = _mixed_sums(view, there, places, some, sums.shape[1])
    fields = np.stack([sums[..., 9], mixed, 3.0 * sums[..., 17]], axis=2)
    error, explained, size = np.moveaxis(window_sums(fields), 2, 0)
    left = np.sqrt(np.maximum(error - explained, 0) / np.maximum(size, 1))
    result = np.zeros(mixed.shape)
    for part in tiles_of_windows(fields):
        has = fields[part][..., 0] * size >= OWN_ERROR * error * fields[part][..., 2]
        result[part] = np.where(has, np.maximum(result[part], left), result[part])
    return result.ravel()[tiles]


def _mixed_sums(view: PairView, there: Requantised, places: Keys, tiles: Whole, columns: int) -> Doubles:
    """The squared differences that dithering may make, summed over each of some tiles."""
    width, height = view.size
    lines = [SIDE * start[:, None] + np.arange(SIDE) for start in np.divmod(tiles, columns)]
    inside = lines[0] < height, lines[1] < width
    rows, along = np.minimum(lines[0], height - 1), np.minimum(lines[1], width - 1)
    parts = [slice(first, first + TILES_AT_ONCE) for first in range(0, len(tiles), TILES_AT_ONCE)]
    mixed = there.mixed(view.shown[0], places, [(rows[part, :, None], along[part, None, :]) for part in parts])
    sums = np.zeros(len(tiles))
    for part, values in zip(parts, mixed, strict=True):
        is_there = inside[0][part, :, None] & inside[1][part, None, :]
        sums[part] = np.where(is_there, values, 0).sum(axis=(1, 2), dtype=np.float64)
    return sums


def colour_in_light(view: PairView, tiles: Whole, columns: int) -> Doubles:
    """CIEDE2000 of the mean colours in linear light, of each of some tiles or of a window with it: the larger."""
    width, height = view.size
    row, column = np.divmod(tiles, columns)
    top, left = max(0, int(row.min()) - 1), max(0, int(column.min()) - 1)
    box = SIDE * top, min(height, SIDE * (int(row.max()) + 2)), SIDE * left, min(width, SIDE * (int(column.max()) + 2))
    one, other = (np.ascontiguousarray(shown.pixels()[slices(box)]) for shown in view.shown)
    found: Doubles = _colour_in_light(one, other)[row - top, column - left]
    return found


def _colour_in_light(one: Pixels, other: Pixels) -> npt.NDArray[np.float64]:
    """CIEDE2000 of the mean colours in linear light, of each tile or of a window with it: the larger."""
    bands = [slice(top, top + ROWS_AT_ONCE) for top in range(0, len(one), ROWS_AT_ONCE)]
    tiles = np.concatenate([_sums_in_light(one[band], other[band]) for band in bands])
    colour, windows = _differences_in_light(tiles), _differences_in_light(window_sums(tiles))
    for part in tiles_of_windows(tiles):
        np.maximum(colour[part], windows, out=colour[part])
    return colour


def _sums_in_light(one: Pixels, other: Pixels) -> Doubles:
    """The sums of both pictures' R, G, B in linear light and opacity over each tile: shape (rows, columns, 8)."""
    fields = [LINEAR[each[..., :3]] * (each[..., 3:] > 0) for each in (one, other)]
    return _sums_of_tiles(np.concatenate([fields[0], one[..., 3:] > 0, fields[1], other[..., 3:] > 0], axis=2))


def _differences_in_light(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    colours = np.full((2, *sums.shape[:2], 4), 255, np.uint8)
    for side, first in zip(colours, (0, 4), strict=True):
        mean = sums[..., first : first + 3] / np.maximum(sums[..., first + 3 : first + 4], 1)
        side[..., :3] = np.searchsorted(LINEAR, np.minimum(mean, 1))
    return ciede2000(*(lab(side.reshape(-1, 4)) for side in colours)).reshape(sums.shape[:2])


def _sums_of_tiles(fields: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The sums of fields of shape (height, width, n) over each tile: shape (rows, columns, n)."""
    height, width, _ = fields.shape
    down = np.add.reduceat(fields, range(0, height, SIDE), axis=0)
    sums: npt.NDArray[np.float64] = np.add.reduceat(down, range(0, width, SIDE), axis=1)
    return sums
