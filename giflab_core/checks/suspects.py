"""Find the places at which one compressed picture differs from its original as no honest encoder makes it.

A judgement on one pair of frames, tile by tile of 8x8 pixels; `region` looks how long each place stays so. The numbers
behind the constants are in docs/decisions/0019-the-worst-place.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.checks.requantised import Requantised, requantised
from giflab_core.kernels.boxes import slices
from giflab_core.kernels.ciede2000 import ciede2000
from giflab_core.kernels.lab import LINEAR, lab
from giflab_core.kernels.tile_measures import LEAST_PIXELS, OWN_ERROR, measure, tiles_of_windows, window_sums
from giflab_core.kernels.tiles import SIDE, TileSums

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.config import Goal
    from giflab_core.decoding import Shown
    from giflab_core.kernels.boxes import Box
    from giflab_core.kernels.tiles import Tiles
    from giflab_core.metrics import PairView
    from giflab_core.model import Pixels, Plane, Region

    Values = npt.NDArray[np.float32]
    """Shape (6, rows, columns) of tiles, by measure as below."""
    Floor = npt.NDArray[np.float32]
    """Shape (6,): what is below does not matter."""

MEASURES = 6
STRUCTURE, DETAIL, ERROR, COLOUR, LOST, GAINED = range(MEASURES)
"""The measures. The first three: see `TileMeasures`. `COLOUR`: CIEDE2000 of the mean colours, of the tile or of a
window with it. `LOST` and `GAINED`: the share of pixels that were opaque and are transparent, and the other way."""
# By goal the limits of `region`, in this order: the same for all content, as what a small palette explains is left out.
PLACE_LIMITS: Mapping[Goal, tuple[float, float, float, float, float, float]] = MappingProxyType(
    {
        "small": (0.85, 0.45, 36.0, 13.0, 0.25, 0.25),
        "good": (0.75, 0.40, 28.0, 9.0, 0.20, 0.20),
        "invisible": (0.60, 0.30, 20.0, 6.0, 0.15, 0.15),
        "lossless": (0.60, 0.30, 20.0, 6.0, 0.15, 0.15),
    }
)
# Nothing below this part of a limit is kept.
KEPT = 0.96
# An error (in levels) that dithering does not explain; without it no structure or detail is lost, it is drawn in noise.
UNEXPLAINED = 12.0
# A picture of so few colours loses none to a palette that is so far (in levels) from its ground.
FEW_COLOURS, ERASED = 8, 40.0
# One of so many is dithered where colours are rare: its mean may stray as far as the nearest colour is.
MANY_COLOURS = 64
# Mean colours that differ by fewer levels look alike.
NEAR = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Suspects:
    """The tiles of one pair that differ much.

    `tiles`: their flat indices, row by row; `values`: by how much, float32, shape (6, tiles), by measure.
    """

    tiles: npt.NDArray[np.intp]
    values: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        self.tiles.setflags(write=False)
        self.values.setflags(write=False)

    def share_in(self, region: Region, width: int) -> float:
        """Which share of the tiles is in a part of the picture; `width`: of the whole."""
        rows, columns = np.divmod(self.tiles, -(-width // SIDE))
        down = (rows * SIDE < region.y + region.height) & (region.y < (rows + 1) * SIDE)
        across = (columns * SIDE < region.x + region.width) & (region.x < (columns + 1) * SIDE)
        return float((down & across).mean())

    def __eq__(self, other: object) -> bool:
        return self._content() == other._content() if isinstance(other, Suspects) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._content())

    def _content(self) -> tuple[bytes, bytes]:
        return self.tiles.tobytes(), self.values.tobytes()


class _Measured:
    """The measures of the tiles of a pair, kept while it changes."""

    def __init__(self, height: int, width: int, floor: Floor) -> None:
        self._tiles, self._floor = TileSums(height, width), floor
        self._serial = -2
        rows, columns, _ = self._tiles.sums.shape
        self.values = np.zeros((MEASURES, rows, columns), np.float32)
        self.above = np.zeros((rows, columns), np.bool_)

    def update(self, view: PairView) -> None:
        changed = view.changed_since(self._serial)
        self._serial = view.serial
        left, right = view.shown
        self._tiles.update(left.pixels(), right.pixels(), *view.luma_on(0), changed)
        # A change moves the sums of the tiles next to it, these the windows with them, and these all of their tiles.
        inner = self._around(changed, 2)
        outer = self._around(changed, 3)
        found = measure_tiles(self._tiles.sums[outer])
        part = tuple(slice(i.start - o.start, i.stop - o.start) for i, o in zip(inner, outer, strict=True))
        self.values[:, *inner] = found[:, *part]
        self.above[inner] = is_above(self.values[:, *inner], self._floor)

    def _around(self, box: Box | None, tiles: int) -> tuple[slice, slice]:
        """The tiles of a box, and so many more in each direction."""
        rows, columns = self.above.shape
        if box is None:
            return slice(0, rows), slice(0, columns)
        return (
            slice(max(0, box[0] // SIDE - tiles), min(rows, -(-box[1] // SIDE) + tiles)),
            slice(max(0, box[2] // SIDE - tiles), min(columns, -(-box[3] // SIDE) + tiles)),
        )


def find_suspects(view: PairView, goal: Goal = "small") -> Suspects | None:
    """The tiles of a pair that differ by more than the limits of a goal, or a little less; None if there is none."""
    width, height = view.size
    floor = KEPT * np.array(PLACE_LIMITS[goal], np.float32)
    kept = view.keep(("suspects", goal), lambda: _Measured(height, width, floor))
    kept.update(view)
    if not kept.above.any():
        return None
    values = kept.values.copy()
    if there := requantised(view.joint):
        for box in _bands(kept.above, height, width):
            explain(view, there, box, values, floor)
    tiles = np.flatnonzero(is_above(values, floor))
    return Suspects(tiles, values.reshape(MEASURES, -1)[:, tiles]) if len(tiles) else None


def is_above(values: Values, floor: Floor) -> npt.NDArray[np.bool_]:
    """Which tiles are above the floor of any measure: bool, shape (rows, columns)."""
    above: npt.NDArray[np.bool_] = np.logical_or.reduce(values > floor[:, None, None], axis=0)
    return above


def explain(view: PairView, there: Requantised, box: Box, values: Values, floor: Floor) -> None:
    """Lower `values` within a box to those that remain if the original had only the colours of the compressed picture.

    `box`: of whole tiles. An honest encoder keeps to the original, or (without dithering) to that.
    """
    original, compressed = view.shown
    places = there.places(original, box)
    pixels, grey = there.pixels(places), there.luma[places]
    greys = [np.ascontiguousarray(plane[slices(box)]) for plane in view.luma_on(0)]
    part = values[:, box[0] // SIDE : -(-box[1] // SIDE), box[2] // SIDE : -(-box[3] // SIDE)]
    erased = np.zeros_like(part[:ERROR])
    raw = part[ERROR].copy()
    are_few, are_many = len(there.known) <= FEW_COLOURS, len(there.known) >= MANY_COLOURS
    if are_few or are_many:
        gone = _between(_cut(original, box), pixels, greys[0], grey)
        if are_few:
            erased = np.where(gone[ERROR] < ERASED, 0, np.minimum(part, gone)[:ERROR])
        else:
            part[COLOUR] -= gone[COLOUR]
    np.minimum(part, _between(pixels, _cut(compressed, box), grey, greys[1]), out=part)
    if is_above(part, floor).any():
        _explain_dithering(_cut(original, box), _cut(compressed, box), there.mixed(places), raw, part)
    np.maximum(part[:ERROR], erased, out=part[:ERROR])


def _cut(shown: Shown, box: Box) -> Pixels:
    return np.ascontiguousarray(shown.pixels()[slices(box)])


def _between(one: Pixels, other: Pixels, x: Plane, y: Plane) -> Values:
    """The measures of all tiles of two pictures, of which these are the luma."""
    tiles = TileSums(*x.shape)
    tiles.update(one, other, x, y)
    return measure_tiles(tiles.sums)


def _bands(above: npt.NDArray[np.bool_], height: int, width: int) -> Iterator[Box]:
    """Boxes of pixels that all these tiles are in, and those next to them: one for rows of tiles that follow."""
    rows = np.flatnonzero(above.any(axis=1))
    for band in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        columns = np.flatnonzero(above[band[0] : band[-1] + 1].any(axis=0))
        top, bottom = SIDE * max(0, int(band[0]) - 1), min(height, SIDE * (int(band[-1]) + 2))
        left, right = SIDE * max(0, int(columns[0]) - 1), min(width, SIDE * (int(columns[-1]) + 2))
        yield top, bottom, left, right


def _explain_dithering(
    one: Pixels, other: Pixels, mixed: npt.NDArray[np.float32], raw: npt.NDArray[np.float32], part: Values
) -> None:
    """Lower the values of tiles to those that dithering does not explain.

    `mixed`: see `Requantised.mixed`; `raw`: the error (in levels) without any explanation. Of what is mostly dithering
    the mean colour in linear light counts, which gifsicle keeps, and the eye sees from afar.
    """
    left = _undithered(one, other, mixed)
    np.minimum(part[ERROR], left, out=part[ERROR])
    part[:ERROR, part[ERROR] < UNEXPLAINED] = 0
    is_dithered = (left < UNEXPLAINED) & (raw >= 2 * UNEXPLAINED)
    if is_dithered.any():
        part[COLOUR, is_dithered] = np.minimum(part[COLOUR], _colour_in_light(one, other))[is_dithered]


def _colour_in_light(one: Pixels, other: Pixels) -> npt.NDArray[np.float64]:
    """CIEDE2000 of the mean colours in linear light, of each tile or of a window with it: the larger."""
    fields = [LINEAR[each[..., :3]] * (each[..., 3:] > 0) for each in (one, other)]
    tiles = _sums_of_tiles(np.concatenate([fields[0], one[..., 3:] > 0, fields[1], other[..., 3:] > 0], axis=2))
    colour, windows = _differences_in_light(tiles), _differences_in_light(window_sums(tiles))
    for part in tiles_of_windows(tiles):
        np.maximum(colour[part], windows, out=colour[part])
    return colour


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


def _undithered(one: Pixels, other: Pixels, mixed: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """The error (root mean square, in levels) that dithering does not explain, of the worst window with each tile.

    `mixed`: the squared difference of R, G and B that it does, shape (height, width). As in `measure` a tile shares the
    number of a window if it has enough of its error: that of a tile beside what is dithered is not its own.
    """
    squares = ((one[..., :3].astype(np.float64) - other[..., :3]) ** 2).sum(axis=2)
    tiles = _sums_of_tiles(np.stack([squares, mixed, np.full(mixed.shape, 3.0)], axis=2))
    error, explained, size = np.moveaxis(window_sums(tiles), 2, 0)
    left = np.sqrt(np.maximum(error - explained, 0) / size)
    result = np.zeros(tiles.shape[:2])
    for part in tiles_of_windows(tiles):
        has = tiles[part][..., 0] * size >= OWN_ERROR * error * tiles[part][..., 2]
        result[part] = np.where(has, np.maximum(result[part], left), result[part])
    return result


def measure_tiles(sums: Tiles) -> Values:
    """The measures of all tiles, from their sums (see `TileSums`)."""
    found = measure(np.ascontiguousarray(sums))
    values = np.zeros((MEASURES, *sums.shape[:2]), np.float32)
    values[STRUCTURE], values[DETAIL], values[ERROR] = found.structure, found.detail, found.error
    if (found.apart >= NEAR).any():
        values[COLOUR] = _colour(sums, found.apart >= NEAR, found.windows >= NEAR)
    if (sums[..., 3] != sums[..., 7]).any() or (sums[..., 3] != sums[..., 8]).any():
        area = 255 * np.maximum(sums[..., 17], LEAST_PIXELS)
        values[LOST], values[GAINED] = ((sums[..., alpha] - sums[..., 8]) / area for alpha in (3, 7))
    return values


def _colour(sums: Tiles, apart: npt.NDArray[np.bool_], windows_apart: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """CIEDE2000 of the mean colours of each tile that is apart, or of a window with it that is, if that is more."""
    colour, windows = np.zeros(apart.shape), np.zeros(windows_apart.shape)
    colour[apart] = _differences(sums[apart])
    if windows_apart.any():
        windows[windows_apart] = _differences(window_sums(sums)[windows_apart])
        for part in tiles_of_windows(sums):
            np.maximum(colour[part], windows, out=colour[part])
    return np.where(apart, colour, 0)


def _differences(sums: Tiles) -> npt.NDArray[np.float64]:
    """CIEDE2000 of the mean colours of what is opaque, of each row of sums."""
    colours = np.full((2, len(sums), 4), 255, np.uint8)
    for side, first in zip(colours, (0, 4), strict=True):
        side[:, :3] = np.rint(255 * sums[:, first : first + 3] / sums[:, first + 3 : first + 4])
    return ciede2000(lab(colours[0]), lab(colours[1]))
