"""Find the places at which one compressed picture differs from its original as no honest encoder makes it.

A judgement on one pair of frames, tile by tile of 8x8 pixels; `region` looks how long each place stays so. The numbers
behind the constants are in docs/decisions/0019-the-worst-place.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.checks.requantised import MOST_DISTANCES, Requantised, requantised
from giflab_core.checks.undithered import colour_in_light, undithered
from giflab_core.kernels.boxes import NOTHING, slices
from giflab_core.kernels.joint import packed
from giflab_core.kernels.nearest import Palettes
from giflab_core.kernels.tile_measures import colour_of_tiles, measure, tiles_above
from giflab_core.kernels.tiles import SIDE, TileSums, grid, sum_tiles

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.config import Goal
    from giflab_core.kernels.boxes import Box
    from giflab_core.metrics import PairView
    from giflab_core.model import Pixels, Plane

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
# Mean colours that differ by fewer levels look alike; by how much others do is found out if it matters.
NEAR = 8.0
NOT_APART, UNKNOWN = np.float32(0), np.float32(np.inf)
# Of more pairs of colours a palette is large.
CHEAP_JOINT = 1024
# What one byte a pixel tells apart; and how much smaller a number may be than the sums that it is made of tell.
MOST_INDICES, ROUNDING = 256, 0.999


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

    def __eq__(self, other: object) -> bool:
        return self._content() == other._content() if isinstance(other, Suspects) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._content())

    def _content(self) -> tuple[bytes, bytes]:
        return self.tiles.tobytes(), self.values.tobytes()


class _Measured:
    """The measures of the tiles of a pair, kept while it changes; `COLOUR` is `UNKNOWN` where it is not known yet."""

    def __init__(self, height: int, width: int, floor: Floor) -> None:
        self.tiles, self._floor = TileSums(height, width), floor
        self._serial = -2
        self._least, self._is_marked = (0.0, 0.0), False
        self._grid = np.zeros((MEASURES, *self.tiles.marks.shape), np.float32)
        # By the flat indices of tiles: all values, which are above, what remains of them, and of which that is known.
        self.values = self._grid.reshape(MEASURES, -1)
        self.above = np.zeros(self.values.shape[1], np.bool_)
        self._left, self._is_known = np.zeros_like(self.values), np.zeros_like(self.above)
        self._there: Requantised | None = None
        self._palettes = Palettes()

    def update(self, view: PairView) -> None:
        least = _least(view)
        changed = view.changed_since(self._serial) if least == self._least else None
        self._serial, self._least = view.serial, least
        part = slices(self.tiles.around(changed, 3))
        self._is_known.reshape(self.tiles.marks.shape)[part] = False
        left, right = (shown.pixels() for shown in view.shown)
        self.tiles.mark(left, right, changed, *least)
        was_marked, self._is_marked = self._is_marked, bool(self.tiles.marks.any())
        if not was_marked and not self._is_marked:
            return
        self.tiles.sum(left, right, *view.luma_on(0), changed)
        # A mark moves the sums of tiles that are two away, these the windows with them, and these all of their tiles.
        measure(self.tiles.sums, self.tiles.marks, self.tiles.around(changed, 3), 1, self._grid)
        colour = self._grid[COLOUR][part]
        colour[:] = np.where(colour >= NEAR, UNKNOWN, NOT_APART)
        tiles_above(self.values, self._floor, self.above)

    def left(self, view: PairView) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
        """The tiles that are above, and what a palette does not explain of their values."""
        if len(view.joint.counts) > CHEAP_JOINT:
            self._know_colours()
        tiles = np.flatnonzero(self.above)
        there = requantised(view.joint, self._palettes) if len(tiles) else None
        if not there or not self._there or not _are_alike(there, self._there):
            self._is_known[:] = False
        self._there = there
        new = tiles[~self._is_known[tiles]]
        if len(new):
            found = self.values.take(new, axis=1)
            if there:
                explain(view, there, self.tiles, new, found, self._floor)
            else:
                found[COLOUR] = _colour(self.tiles, new, found[COLOUR] > 0)
            self._left[:, new] = found
            self._is_known[new] = True
        return tiles, self._left.take(tiles, axis=1)

    def _know_colours(self) -> None:
        """Find out how much colours differ where that is not known: to ask a large palette takes longer."""
        tiles = np.flatnonzero(np.isinf(self.values[COLOUR]))
        if len(tiles):
            self.values[COLOUR, tiles] = _colour(self.tiles, tiles, np.ones(len(tiles), np.bool_))
            tiles_above(self.values, self._floor, self.above)


def _are_alike(there: Requantised, earlier: Requantised) -> bool:
    """Whether what is explained by one is explained by the other."""
    kinds = [(len(each.known) <= FEW_COLOURS, len(each.known) >= MANY_COLOURS) for each in (there, earlier)]
    return kinds[0] == kinds[1] and there.is_like(earlier)


def _least(view: PairView) -> tuple[float, float]:
    """The error and the distance of the mean colours that a tile must have, or touch a tile with, to be a suspect.

    In a picture of a palette what has a smaller error has lost no structure or detail; else any difference may be one.
    """
    if not view.shown[1].indexed() or len(view.joint.counts) * MOST_INDICES > MOST_DISTANCES:
        return 0.0, 0.0
    colours = packed(view.joint.original)
    some = colours[:: max(1, len(colours) // (8 * FEW_COLOURS))]
    if len(set(some.tolist())) <= FEW_COLOURS and len(set(colours.tolist())) <= FEW_COLOURS:
        return 0.0, 0.0
    return ROUNDING * UNEXPLAINED, ROUNDING * NEAR


def find_suspects(view: PairView, goal: Goal = "small") -> Suspects | None:
    """The tiles of a pair that differ by more than the limits of a goal, or a little less; None if there is none."""
    width, height = view.size
    floor = KEPT * np.array(PLACE_LIMITS[goal], np.float32)
    kept = view.keep(("suspects", goal), lambda: _Measured(height, width, floor))
    kept.update(view)
    if not kept.above.any():
        return None
    tiles, values = kept.left(view)
    left = np.flatnonzero(_is_above(values, floor))
    if not len(left):
        return None
    values = values.take(left, axis=1)
    return Suspects(tiles[left], np.where(values > floor[:, None], values, 0))


def _is_above(values: npt.NDArray[np.float32], floor: Floor) -> npt.NDArray[np.bool_]:
    """Which tiles are above the floor of any measure: bool, one a tile."""
    above = np.empty(values.shape[1], np.bool_)
    tiles_above(values, floor, above)
    return above


def explain(
    view: PairView,
    there: Requantised,
    found: TileSums,
    tiles: npt.NDArray[np.intp],
    part: npt.NDArray[np.float32],
    floor: Floor,
) -> None:
    """Lower the values of some tiles to what remains if the original had only the colours of the compressed picture.

    `found`: the sums of the pair; `tiles`: flat indices; `part`: float32, shape (6, tiles). An honest encoder keeps to
    the original, or (without dithering) to that.
    """
    width, height = view.size
    drawn = view.keep(("suspects", "drawn"), lambda: _Drawn(height, width))
    drawn.draw(there, view, tiles)
    erased, raw = np.zeros_like(part[:ERROR]), part[ERROR].copy()
    are_few, are_many = len(there.known) <= FEW_COLOURS, len(there.known) >= MANY_COLOURS
    if are_few:
        gone = drawn.since_original(view)
        erased = np.where(gone[ERROR] < ERASED, 0, np.minimum(part, gone)[:ERROR])
    explained = drawn.to_compressed(view)
    explained[COLOUR] = drawn.colour((part[COLOUR] > 0) & (explained[COLOUR] >= NEAR))
    np.minimum(part, explained, out=part)
    is_coloured = part[COLOUR] > floor[COLOUR]
    if is_coloured.any():
        own = _colour(found, tiles, is_coloured)
        if are_many:
            gone = drawn.since_original(view)
            own -= drawn.colour(is_coloured & (gone[COLOUR] >= NEAR))
        part[COLOUR, is_coloured] = np.minimum(part[COLOUR], own)[is_coloured]
    if (above := _is_above(part, floor)).any():
        left = undithered(view, there, drawn.places, found.sums, tiles[above])
        part[:, above] = _undithered(view, tiles[above], left, raw[above], part[:, above], floor)
    np.maximum(part[:ERROR], erased, out=part[:ERROR])


class _Drawn:
    """An original in the colours of its compressed picture, at some tiles, and how far that is from either."""

    def __init__(self, height: int, width: int) -> None:
        self._keys, self.places = (np.zeros((height, width), np.uint32) for _ in range(2))
        self._grey = np.zeros((height, width), np.uint8)
        self._pixels = self._keys.view(np.uint8).reshape(height, width, 4)
        self._sums = TileSums(height, width)
        self._values = np.zeros((MEASURES, *self._sums.marks.shape), np.float32)
        self._tiles = np.zeros(0, np.intp)
        self._part: Box = NOTHING

    def draw(self, there: Requantised, view: PairView, tiles: npt.NDArray[np.intp]) -> None:
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
        return self._values.reshape(MEASURES, -1).take(self._tiles, axis=1)

    def colour(self, where: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
        """`COLOUR` of those of the tiles, from or to what was measured last; 0 of the others."""
        return _colour(self._sums, self._tiles, where)


def _colour(found: TileSums, tiles: npt.NDArray[np.intp], where: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """`COLOUR` of those of the tiles that are wanted; 0 of the others."""
    values = np.zeros(len(tiles), np.float32)
    if where.any():
        values[where] = colour_of_tiles(found.sums, tiles[where], NEAR)
    return values


def _undithered(
    view: PairView,
    tiles: npt.NDArray[np.intp],
    left: npt.NDArray[np.float64],
    raw: npt.NDArray[np.float32],
    part: npt.NDArray[np.float32],
    floor: Floor,
) -> npt.NDArray[np.float32]:
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
