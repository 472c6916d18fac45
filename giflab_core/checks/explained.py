"""What remains of the difference in some tiles of a pair, without what a palette and dithering explain.

The numbers behind the constants are in docs/decisions/0019-the-worst-place.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.checks.undithered import colour_in_light, undithered
from giflab_core.kernels import specks
from giflab_core.kernels.boxes import NOTHING
from giflab_core.kernels.tile_measures import colour_of_tiles, measure, tiles_above
from giflab_core.kernels.tiles import SIDE, TileSums, grid, sum_tiles

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.checks.requantised import Requantised
    from giflab_core.kernels.boxes import Box
    from giflab_core.kernels.specks import Specks
    from giflab_core.kernels.tiles import Tiles
    from giflab_core.metrics import PairView
    from giflab_core.model import Pixels, Plane

    Floor = npt.NDArray[np.float32]
    """Shape (8,): what is below does not matter."""
    Some = npt.NDArray[np.intp]
    """Flat indices of tiles."""
    Values = npt.NDArray[np.float32]
    """Shape (8, tiles)."""

MEASURES, BY_SUMS = 8, 6
STRUCTURE, DETAIL, ERROR, COLOUR, LOST, GAINED, SPECK, TINT = range(MEASURES)
"""The measures. The first three: see `TileMeasures`. `COLOUR`: CIEDE2000 of the mean colours, of the tile or of a
window with it. `LOST` and `GAINED`: the share of pixels that were opaque and are transparent, and the other way.
`SPECK`: see `find_specks`, in pixels of 255 levels. `TINT`: `COLOUR`, if a window with the tile is flat in both,
or if the palette had room for what the tile has."""
# An error (in levels) that dithering does not explain; without it no structure or detail is lost, it is drawn in noise.
UNEXPLAINED = 12.0
# A picture of so few colours loses none to a palette that is so far (in levels) from its ground.
FEW_COLOURS, ERASED = 8, 40.0
# One of so many is dithered where colours are rare: its mean may stray as far as the nearest colour is.
MANY_COLOURS = 64
# Mean colours that differ by fewer levels look alike; by how much others do is found out if it matters.
NEAR = 8.0
# What is flat has a smaller deviation of luma (in levels).
FLAT = 2.0
# A ground that the compressed picture does not have to so many levels is dithered, and so may be a speck of another
# colour that it does not have exactly; if it has not even about the colour of a speck that is gone, who knows.
OWN = ((specks.ADDED, 2.0), (specks.RECOLOURED, 0.0), (specks.LOST, 12.0))


def explain(
    view: PairView, there: Requantised, found: TileSums, tiles: Some, part: Values, floor: Floor, numbers: Specks
) -> None:
    """Lower the values of some tiles to what remains if the original had only the colours of the compressed picture.

    `found`: the sums of the pair; `part`: float32, shape (8, tiles); `numbers`: of their specks, shape (tiles, 4). An
    honest encoder keeps to the original, or (without dithering) to that.
    """
    width, height = view.size
    drawn = view.keep(("suspects", "drawn"), lambda: _Drawn(height, width))
    drawn.draw(there, view, tiles)
    erased, raw = np.zeros_like(part[:ERROR]), part[ERROR].copy()
    if len(there.known) <= FEW_COLOURS:
        gone = drawn.since_original(view)
        erased = np.where(gone[ERROR] < ERASED, 0, np.minimum(part[:BY_SUMS], gone)[:ERROR])
    explained = drawn.to_compressed(view)
    is_apart = part[COLOUR] > 0
    np.minimum(part[:COLOUR], explained[:COLOUR], out=part[:COLOUR])
    np.minimum(part[LOST:BY_SUMS], explained[LOST:], out=part[LOST:BY_SUMS])
    least = np.where(are_flat(found.sums, tiles), floor[TINT], floor[COLOUR])
    part[COLOUR] = _coloured(view, there, drawn, found, tiles, is_apart, explained[COLOUR], least)
    if there.spared.any() and (left := is_apart & (part[COLOUR] <= least)).any():
        part[COLOUR, left] = part[TINT, left] = _spared(view, there, found, tiles[left], floor[TINT])
    part[SPECK] = _unexplained(there, part[SPECK], numbers, floor[SPECK])
    if (above := is_above(part, floor)).any():
        rest = undithered(view, there, drawn.places, found.sums, tiles[above])
        part[:, above] = _undithered(view, tiles[above], rest, raw[above], part[:, above], floor)
    np.maximum(part[:ERROR], erased, out=part[:ERROR])


def is_above(values: Values, floor: Floor) -> npt.NDArray[np.bool_]:
    """Which tiles are above the floor of any measure: bool, one a tile."""
    above = np.empty(values.shape[1], np.bool_)
    tiles_above(values, floor, above)
    return above


def colour_of(found: TileSums, tiles: Some, where: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """`COLOUR` of those of the tiles that are wanted; 0 of the others."""
    values = np.zeros(len(tiles), np.float32)
    if where.any():
        values[where] = colour_of_tiles(found.sums, tiles[where], NEAR)
    return values


def are_flat(sums: Tiles, tiles: Some) -> npt.NDArray[np.bool_]:
    """Which of some tiles show one level of luma in both pictures, nearly."""
    some = sums.reshape(-1, sums.shape[2])[tiles].astype(np.float64)
    count = np.maximum(some[:, 17], 1)
    spread = [some[:, square] / count - (some[:, total] / count) ** 2 for total, square in ((10, 12), (11, 13))]
    flat: npt.NDArray[np.bool_] = np.maximum(*spread) < FLAT * FLAT
    return flat


class _Drawn:
    """An original in the colours of its compressed picture, at some tiles, and how far that is from either."""

    def __init__(self, height: int, width: int) -> None:
        self._keys, self.places = (np.zeros((height, width), np.uint32) for _ in range(2))
        self._grey = np.zeros((height, width), np.uint8)
        self._pixels = self._keys.view(np.uint8).reshape(height, width, 4)
        self._sums = TileSums(height, width)
        self._values = np.zeros((BY_SUMS, *self._sums.marks.shape), np.float32)
        self._tiles = np.zeros(0, np.intp)
        self._part: Box = NOTHING

    def draw(self, there: Requantised, view: PairView, tiles: Some) -> None:
        """Draw some tiles, given by flat indices, and what the measures of them depend on."""
        marks = self._sums.marks
        marks.reshape(-1)[self._tiles] = 0
        marks.reshape(-1)[tiles] = 1
        self._tiles = tiles
        rows, columns = (np.flatnonzero(marks.any(axis=axis)) for axis in (1, 0))
        box = SIDE * int(rows[0]), SIDE * (int(rows[-1]) + 1), SIDE * int(columns[0]), SIDE * (int(columns[-1]) + 1)
        self._part = self._sums.around(box, 1)
        there.draw(view.shown[0], marks, self.places, self._keys, self._grey)

    def since_original(self, view: PairView) -> npt.NDArray[np.float32]:
        """The measures of the tiles, from the original to this; `COLOUR` in levels."""
        return self._measured(view.shown[0].pixels(), self._pixels, view.luma_on(0)[0], self._grey)

    def to_compressed(self, view: PairView) -> npt.NDArray[np.float32]:
        """The measures of the tiles, from this to the compressed picture; `COLOUR` in levels."""
        return self._measured(self._pixels, view.shown[1].pixels(), self._grey, view.luma_on(0)[1])

    def _measured(self, one: Pixels, other: Pixels, x: Plane, y: Plane) -> npt.NDArray[np.float32]:
        sums, marks = self._sums.sums, self._sums.marks
        sum_tiles(one, other, x, y, marks, self._part, 1, sums)
        measure(sums, marks, self._part, 0, self._values)
        return self._values.reshape(BY_SUMS, -1).take(self._tiles, axis=1)

    def colour(self, where: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
        """`COLOUR` of those of the tiles, from or to what was measured last; 0 of the others."""
        return colour_of(self._sums, self._tiles, where)


def _coloured(
    view: PairView,
    there: Requantised,
    drawn: _Drawn,
    found: TileSums,
    tiles: Some,
    is_apart: npt.NDArray[np.bool_],
    levels: npt.NDArray[np.float32],
    least: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]:
    """`COLOUR` of the tiles that `drawn` has, as far as it matters.

    `is_apart`: whose mean colours are apart; `levels`: by how much from what is drawn to the compressed picture, which
    was measured last; `least`: what is below does not matter.
    """
    colour = drawn.colour(is_apart & (levels >= NEAR))
    is_coloured = colour > least
    if is_coloured.any():
        own = colour_of(found, tiles, is_coloured)
        if len(there.known) >= MANY_COLOURS:
            gone = drawn.since_original(view)
            own -= drawn.colour(is_coloured & (gone[COLOUR] >= NEAR))
        colour[is_coloured] = np.minimum(colour, own)[is_coloured]
    return colour


def _spared(view: PairView, there: Requantised, found: TileSums, tiles: Some, least: float) -> npt.NDArray[np.float32]:
    """`COLOUR` of some tiles if a palette does not explain the loss of what it had room for, as far as it matters."""
    width, height = view.size
    drawn = view.keep(("suspects", "spared"), lambda: _Drawn(height, width))
    drawn.draw(there.with_spared(), view, tiles)
    levels = drawn.to_compressed(view)[COLOUR]
    least_of_all = np.full(len(tiles), least, np.float32)
    return _coloured(view, there, drawn, found, tiles, np.ones(len(tiles), np.bool_), levels, least_of_all)


def _unexplained(
    there: Requantised, values: npt.NDArray[np.float32], numbers: Specks, least: float
) -> npt.NDArray[np.float32]:
    """What remains of specks: `values` in pixels, `numbers` of shape (tiles, 4); `least`: 0 for what is less."""
    left = np.zeros_like(values)
    some = np.flatnonzero(values > least)
    if len(some):
        kinds, colours = numbers[some, 1], np.ascontiguousarray(numbers[some, 2:]).view(np.uint32)
        original, compressed = colours[:, 0], colours[:, 1]
        chosen = there.chosen_for(original)
        both = np.stack([original, chosen, chosen]), np.stack([compressed, compressed, original])
        raw, rest, own = specks.levels(*both)
        is_known = np.logical_or.reduce([(kinds == kind) & (own <= most) for kind, most in OWN])
        left[some] = np.where(is_known & (rest >= specks.FAR), values[some] * np.minimum(1, rest / raw), 0)
    return left


def _undithered(
    view: PairView,
    tiles: Some,
    left: npt.NDArray[np.float64],
    raw: npt.NDArray[np.float32],
    part: Values,
    floor: Floor,
) -> Values:
    """The values of tiles that dithering does not explain.

    `left`: the error that it does not; `raw`: without any explanation. Of what is mostly dithering the mean colour in
    linear light counts, which gifsicle keeps, and the eye sees from afar.
    """
    part[ERROR] = np.minimum(part[ERROR], left)
    part[:ERROR, part[ERROR] < UNEXPLAINED] = 0
    is_dithered = (left < UNEXPLAINED) & (raw >= 2 * UNEXPLAINED) & (part[COLOUR] > floor[COLOUR])
    if is_dithered.any():
        light = colour_in_light(view, tiles[is_dithered], grid(*view.size[::-1])[1])
        part[COLOUR, is_dithered] = np.minimum(part[COLOUR, is_dithered], light)
    return part
