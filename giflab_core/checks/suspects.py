"""Find the places at which one compressed picture differs from its original as no honest encoder makes it.

A judgement on one pair of frames, tile by tile of 8x8 pixels; `region` looks how long each place stays so. The numbers
behind the constants are in docs/decisions/0019-the-worst-place.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.checks.explained import (
    BY_SUMS,
    COLOUR,
    FEW_COLOURS,
    MANY_COLOURS,
    MEASURES,
    NEAR,
    SPECK,
    TINT,
    UNEXPLAINED,
    are_flat,
    colour_of,
    explain,
    is_above,
)
from giflab_core.checks.requantised import MOST_DISTANCES, Requantised, requantised
from giflab_core.frozen import dataclass
from giflab_core.kernels.joint import are_few
from giflab_core.kernels.nearest import Palettes
from giflab_core.kernels.specks import NUMBERS, find_specks
from giflab_core.kernels.tile_measures import judge, measure, tiles_above, tiles_of_windows
from giflab_core.kernels.tiles import TileSums

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.checks.explained import Floor, Some, Values
    from giflab_core.config import Goal
    from giflab_core.kernels.specks import Specks
    from giflab_core.metrics import PairView

# By goal the limits of `region`, in this order: the same for all content, as what a small palette explains is left out.
PLACE_LIMITS: Mapping[Goal, tuple[float, ...]] = MappingProxyType(
    {
        "small": (0.85, 0.45, 36.0, 13.0, 0.25, 0.25, 0.5, 6.0),
        "good": (0.75, 0.40, 28.0, 9.0, 0.20, 0.20, 0.4, 5.0),
        "invisible": (0.60, 0.30, 20.0, 6.0, 0.15, 0.15, 0.3, 4.0),
        "lossless": (0.60, 0.30, 20.0, 6.0, 0.15, 0.15, 0.3, 4.0),
    }
)
# Nothing below this part of a limit is kept.
KEPT = 0.96
NOT_APART, UNKNOWN = np.float32(0), np.float32(np.inf)
# Of more pairs of colours a palette is large.
CHEAP_JOINT = 1024
# What one byte a pixel tells apart; and how much smaller a number may be than the sums that it is made of tell.
MOST_INDICES, ROUNDING = 256, 0.999


@dataclass(frozen=True, slots=True, eq=False)
class Suspects:
    """The tiles of one pair that differ much.

    `tiles`: their flat indices, row by row; `values`: by how much, float32, shape (8, tiles), by measure.
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
        self.tiles, self._floor, self._least_wanted = TileSums(height, width), floor, floor.copy()
        # What is flat may have another limit.
        self._least_wanted[COLOUR] = min(floor[COLOUR], floor[TINT])
        self._serial = -2
        self._least, self._is_marked = (0.0, 0.0), False
        self._grid = np.zeros((MEASURES, *self.tiles.marks.shape), np.float32)
        self._by_sums = self._grid[:BY_SUMS]
        self._specks: Specks = np.zeros((*self.tiles.marks.shape, NUMBERS), np.int32)
        # By the flat indices of tiles: all values, which are above, what remains of them, and of which that is known.
        self.values = self._grid.reshape(MEASURES, -1)
        self.above, self.is_above = np.zeros(self.values.shape[1], np.bool_), False
        self._left, self._is_known = np.zeros_like(self.values), np.zeros_like(self.above)
        self._there: Requantised | None = None
        self._palettes = Palettes()

    def update(self, view: PairView) -> None:
        least = _least(view)
        changed = view.changed_since(self._serial) if least == self._least else None
        self._serial, self._least = view.serial, least
        left, right = (shown.pixels() for shown in view.shown)
        was_marked, self._is_marked = self._is_marked, self.tiles.mark(left, right, changed, *least)
        if not was_marked and not self._is_marked:
            return
        self.tiles.sum(left, right, *view.luma_on(0), changed)
        # A mark moves the sums of tiles that are two away, these the windows with them, and these all of their tiles.
        part = self.tiles.around(changed, 3)
        measure(self.tiles.sums, self.tiles.marks, part, 1, self._by_sums)
        # A speck begins in a tile that is at most two away from all of its pixels, and what is around them.
        touched = self.tiles.around(changed, 2)
        find_specks(left, right, self.tiles.marks, touched, self._specks)
        parts, known = (part, touched), (self._is_known, self.above)
        self.is_above = judge(self._grid, self._specks, parts, (COLOUR, SPECK), NEAR, self._least_wanted, *known)

    def left(self, view: PairView) -> tuple[Some, Values]:
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
                numbers = self._specks.reshape(-1, NUMBERS)[new]
                explain(view, there, self.tiles, new, found, self._floor, numbers)
            else:
                found[COLOUR] = colour_of(self.tiles, new, found[COLOUR] > 0)
            self._left[:, new] = found
            self._is_known[new] = True
        values = self._left.take(tiles, axis=1)
        if (values[COLOUR] > self._floor[TINT]).any():
            flat = np.where(are_flat(self.tiles.sums, tiles), values[COLOUR], 0)
            np.maximum(values[TINT], _of_windows(tiles, flat, self.tiles.marks.shape), out=values[TINT])
        return tiles, values

    def _know_colours(self) -> None:
        """Find out how much colours differ where that is not known: to ask a large palette takes longer."""
        tiles = np.flatnonzero(np.isinf(self.values[COLOUR]))
        if len(tiles):
            values = colour_of(self.tiles, tiles, np.ones(len(tiles), np.bool_))
            matters = (values > self._floor[COLOUR]) | are_flat(self.tiles.sums, tiles)
            self.values[COLOUR, tiles] = np.where(matters, values, NOT_APART)
            tiles_above(self.values, self._least_wanted, self.above)


def _of_windows(tiles: Some, values: npt.NDArray[np.float32], shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Of some tiles the least value of a window, or 0 of the other tiles; of those with each tile, the largest."""
    of_tiles, largest = np.zeros((2, *shape), np.float32)
    of_tiles.flat[tiles] = values
    places = list(tiles_of_windows(of_tiles[..., None]))
    windows = np.minimum.reduce([of_tiles[place] for place in places])
    for place in places:
        np.maximum(largest[place], windows, out=largest[place])
    found: npt.NDArray[np.float32] = largest.ravel()[tiles]
    return found


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
    if are_few(view.joint.original, FEW_COLOURS):
        return 0.0, 0.0
    return ROUNDING * UNEXPLAINED, ROUNDING * NEAR


@cache
def _floor(goal: Goal) -> Floor:
    floor: Floor = KEPT * np.array(PLACE_LIMITS[goal], np.float32)
    floor.setflags(write=False)
    return floor


def find_suspects(view: PairView, goal: Goal = "small") -> Suspects | None:
    """The tiles of a pair that differ by more than the limits of a goal, or a little less; None if there is none."""
    floor = _floor(goal)
    kept = view.keep(("suspects", goal), lambda: _Measured(*view.size[::-1], floor))
    kept.update(view)
    if not kept.is_above:
        return None
    tiles, values = kept.left(view)
    left = np.flatnonzero(is_above(values, floor))
    if not len(left):
        return None
    values = values.take(left, axis=1)
    return Suspects(tiles[left], np.where(values > floor[:, None], values, 0))
