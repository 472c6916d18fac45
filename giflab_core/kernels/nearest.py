"""What the colours of a palette are for other colours: the nearest, and how near, kept from picture to picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.kernels.distances import squared_distances
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.lab import LINEAR, lab
from giflab_core.kernels.matches import HIDDEN

if TYPE_CHECKING:
    import numpy.typing as npt

    Keys = npt.NDArray[np.uint32]
    """Colours, 4 bytes as one number each, RGB and a byte that is not looked at."""
    Whole = npt.NDArray[np.int64]
    Doubles = npt.NDArray[np.float64]
    Spaces: TypeAlias = tuple[Doubles, Doubles, Doubles]
    """Each of shape (n, 3): CIELAB, sRGB levels, linear light."""
    Learnt: TypeAlias = tuple[Doubles, Doubles, Whole, Doubles, npt.NDArray[np.bool_]]

# A colour may become what most of it became, if in one of the spaces that encoders measure in (CIELAB, sRGB levels, and
# linear light, as gifsicle does) that is about as near as the nearest one: no red word becomes green by that.
FARTHER = 1.03
FARTHER_BY = (3.0, 6.0, 0.01)
# Colours that are farther (in levels) from all of a palette are apart.
APART = 30.0
# So many palettes are known at a time, and so many colours of each.
MOST_PALETTES, MOST_KNOWN = 4, 1 << 12
SPACES = 3
# So many distances take less time than to look up what is known of earlier pictures.
MOST_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What some colours become in a palette.

    `chosen`: the usual one if that is about as near as the nearest, else the nearest; what is `HIDDEN` stays so;
    `nearest`: int64, its place in CIELAB. `exact`: how many colours the palette has; `is_apart`: whether one that it
    does not have is apart from all that it has, `is_lost`: whether one is at least so far, in squared levels.
    """

    chosen: Keys
    nearest: Whole
    exact: int
    is_apart: bool
    is_lost: bool


def choose(known: Keys, usual: Whole, others: Keys, lost: float) -> Choice | None:
    """What colours become, without what a `Palette` keeps for the next picture; None if that would be faster.

    `known`: the colours, sorted; `usual`: for each the place in the palette of what it becomes mostly, -1 for none;
    `others`: the palette, sorted. Without the extension there is always None.
    """
    if not NATIVE or len(known) * len(others) > MOST_AT_ONCE:
        return None
    chosen: Keys = np.empty(len(known), np.uint32)
    nearest: Whole = np.empty(len(known), np.int64)
    limits = LINEAR, FARTHER, FARTHER_BY, APART, lost, HIDDEN
    return Choice(chosen, nearest, *NATIVE.palette_choose(known, usual, others, *limits, chosen, nearest))


class Palettes:
    """Those of the pictures so far. Not for several threads at once."""

    def __init__(self) -> None:
        self._known: dict[bytes, Palette] = {}

    def of(self, others: Keys) -> Palette:
        """The palette of these colours."""
        key = others.tobytes()
        if key not in self._known:
            if len(self._known) == MOST_PALETTES:
                del self._known[next(iter(self._known))]
            self._known[key] = Palette(others)
        return self._known[key]


class Palette:
    """What the colours of one palette are for those that were asked for so far.

    `nearest`: int64, which of the palette is the nearest in CIELAB; `squares`: float64, the squared distance of the
    nearest in levels; `is_apart`: bool; all by `places_of()`.
    """

    def __init__(self, others: Keys) -> None:
        self._others = others
        self._gaps: Doubles | None = None
        self._forget()

    def _forget(self) -> None:
        self._theirs = spaces(self._others)
        # By place: the distances in each space from which a colour is no longer about as near, and where the colour is.
        self._limits: Doubles = np.zeros((0, SPACES))
        self._mine: Doubles = np.zeros((0, SPACES, 3))
        self.nearest: Whole = np.zeros(0, np.int64)
        self.squares: Doubles = np.zeros(0)
        self.is_apart: npt.NDArray[np.bool_] = np.zeros(0, np.bool_)
        # The colours, sorted, and their places, which are those in the order in which they came.
        self._sorted: Keys = np.zeros(0, np.uint32)
        self._order: Whole = np.zeros(0, np.int64)

    def places_of(self, known: Keys) -> Whole:
        """The places of some colours, which are sorted, none twice; valid until the next call."""
        rank = self._rank(known)
        is_new = np.ones(len(known), np.bool_)
        if len(self._sorted):
            np.not_equal(self._sorted[rank], known, out=is_new)
        if is_new.any():
            if len(self._sorted) + np.count_nonzero(is_new) > MOST_KNOWN:
                self._forget()
                is_new[:] = True
            self._learn(known[is_new])
            rank = self._rank(known)
        return self._order[rank]

    def are_near(self, places: Whole, usual: Whole) -> npt.NDArray[np.bool_]:
        """Whether each colour is about as near to this one of the palette as to the nearest, in one of the spaces.

        None is near that has a place below 0 there.
        """
        if not NATIVE:
            return near_numpy(self._mine, self._limits, places, self._theirs, usual)
        near: npt.NDArray[np.bool_] = np.empty(len(places), np.bool_)
        NATIVE.palette_near(self._mine, self._limits, places, *self._theirs, usual, near)
        return near

    def gaps(self) -> Doubles:
        """The squared distance in levels of each colour of the palette to the nearest other one, `inf` if alone."""
        if self._gaps is None:
            squares = squared_distances(self._theirs[1], self._theirs[1])
            np.fill_diagonal(squares, np.inf)
            self._gaps = squares.min(axis=1)
        return self._gaps

    def _rank(self, known: Keys) -> Whole:
        return np.minimum(np.searchsorted(self._sorted, known), max(0, len(self._sorted) - 1))

    def _learn(self, new: Keys) -> None:
        found = learnt(new, self._theirs)
        self._mine = np.concatenate([self._mine, found[0]])
        self._limits = np.concatenate([self._limits, found[1]])
        self.nearest = np.concatenate([self.nearest, found[2]])
        self.squares = np.concatenate([self.squares, found[3]])
        self.is_apart = np.concatenate([self.is_apart, found[4]])
        colours = np.concatenate([self._sorted, new])
        order = np.argsort(colours)
        places = np.arange(len(self._order), len(colours))
        self._order = np.concatenate([self._order, places])[order]
        self._sorted = colours[order]


def learnt(new: Keys, theirs: Spaces) -> Learnt:
    """Of some colours: where they are, the limits, the nearest, its squared distance in levels, and which are apart."""
    if not NATIVE:
        return learnt_numpy(new, theirs)
    count = len(new)
    mine, limits, squares = np.empty((count, SPACES, 3)), np.empty((count, SPACES)), np.empty(count)
    nearest, is_apart = np.empty(count, np.int64), np.empty(count, np.bool_)
    lab, levels, light = theirs
    by = np.array(FARTHER_BY)
    NATIVE.palette_learn(new, lab, levels, light, LINEAR, FARTHER, by, APART, mine, limits, nearest, squares, is_apart)
    return mine, limits, nearest, squares, is_apart


def learnt_numpy(new: Keys, theirs: Spaces) -> Learnt:
    """The twin of the native function."""
    mine = spaces(new)
    squares = [squared_distances(*both) for both in zip(mine, theirs, strict=True)]
    least = np.stack([each.min(axis=1) for each in squares], axis=1)
    limits = FARTHER * np.sqrt(least) + FARTHER_BY
    return np.stack(mine, axis=1), limits, squares[0].argmin(axis=1), least[:, 1], least[:, 1] >= APART**2


def near_numpy(mine: Doubles, limits: Doubles, places: Whole, theirs: Spaces, usual: Whole) -> npt.NDArray[np.bool_]:
    """The twin of the native function."""
    away = mine[places]
    for space, their in enumerate(theirs):
        away[:, space] -= their[usual]
    away *= away
    far = np.sqrt(away[..., 0] + away[..., 1] + away[..., 2])
    near: npt.NDArray[np.bool_] = np.logical_or.reduce(far <= limits[places], axis=1) & (usual >= 0)
    return near


def foreign(known: Keys, others: Keys, usual: Whole, nearest: Whole, farthest: float) -> npt.NDArray[np.bool_]:
    """Which of the others are so far from all that are known, in squared levels: bool.

    `usual`, `nearest`: for each that is known one of the others, or -1: those that are near what they stand for are
    left out first, so that few distances are asked for. What is known and `HIDDEN` does not count.
    """
    if not NATIVE:
        return foreign_numpy(known, others, usual, nearest, farthest)
    found: npt.NDArray[np.bool_] = np.empty(len(others), np.bool_)
    NATIVE.foreign_colours(known, others, usual, nearest, HIDDEN, farthest, found)
    return found


def foreign_numpy(known: Keys, others: Keys, usual: Whole, nearest: Whole, farthest: float) -> npt.NDArray[np.bool_]:
    """The twin of the native function."""
    mine, their = (keys.view(np.uint8).reshape(-1, 4)[:, :3].astype(np.float64) for keys in (known, others))
    is_foreign = np.ones(len(others), np.bool_)
    for places in (usual, nearest):
        is_near = (places >= 0) & (known != HIDDEN)
        is_near &= ((mine - their[places]) ** 2).sum(axis=1) < farthest
        is_foreign[places[is_near]] = False
    visible = mine[known != HIDDEN]
    if is_foreign.any() and len(visible):
        is_foreign[is_foreign] = squared_distances(visible, their[is_foreign]).min(axis=0) >= farthest
    return is_foreign


def spaces(keys: Keys) -> Spaces:
    """The coordinates of colours in CIELAB, in sRGB levels and in linear light: each float64, shape (n, 3)."""
    colours = np.ascontiguousarray(keys).view(np.uint8).reshape(-1, 4)
    return lab(colours), colours[:, :3].astype(np.float64), LINEAR[colours[:, :3]]
