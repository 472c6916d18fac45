"""Show an original in the colours that its compressed picture has.

A small palette loses rare colours everywhere alike, which is not a fault of one place: what differs from the original,
but not from this, is left to the measures of the whole picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.kernels.distances import squared_distances
from giflab_core.kernels.joint import packed
from giflab_core.kernels.look_up import find_colours, look_up
from giflab_core.kernels.luma import luma
from giflab_core.kernels.matches import HIDDEN, matches
from giflab_core.kernels.nearest import Palette, Palettes, choose, foreign, spaces

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.decoding import Shown
    from giflab_core.kernels.joint import Colours, Joint
    from giflab_core.kernels.tile_marks import Marks
    from giflab_core.model import Plane

    Keys = npt.NDArray[np.uint32]
    Whole = npt.NDArray[np.intp]

# Errors that come from beside lead dithering to about as many colours.
MIXED = 4
# No dithering strays farther than this from a colour that is nearly there, in squares of the distance of the nearest.
OF_NEAREST = 64.0
# So many pixels tell what dithering makes of a colour; and some places get more of the squared error than this mean.
DITHERED, UNEVEN = 12, 1.3
# Beyond that many colours, or distances, no palette explains a difference.
MOST_COLOURS, MOST_DISTANCES = 512, 1 << 21
# A palette that has all but this share of the original's colours, and not as many new ones, had room for one that is
# far from all that it has: what lost that did not lose it to a palette.
SPARED = 0.2
# Nor does one of so many colours, or of this share of as many as the original has and at least so many, leave more of
# the pixels than this so far from all that it has. If nearly all are, other checks tell it, of the whole.
SEVERAL, AS_MANY, AT_LEAST = 96, 0.8, 16
LEFT_APART, ALL = 0.06, 0.9
# A palette that has this share of the original's colours exactly had room for what is lost if that weighs so many times
# what four of its own colours do, if each of these became the nearest other one: pixels times squared levels, of all
# colours that are so far from the palette. No honest encoder chooses so badly for what it shows.
EXACT, ROOM, CHEAPEST, LEAST_LOST = 0.3, 3e4, 4, 12.0**2
# A colour that is so far (in levels) from all of many that the original has is in no palette of it; one that has less
# than this share of as many may be a whole clip's, and have means of what other pictures have, up to the second number.
FOREIGN, FOREIGN_OF_FEW, FEW, MANY = 40.0, 90.0, 0.5, 64
# Tiles from a marked one whose pixels its measures may depend on.
REACH = 2


@dataclass(frozen=True, slots=True, eq=False)
class Requantised:
    """What the compressed picture has for each colour of the original, as parallel arrays of shape (n,).

    `known`: the colours of the original, 4 bytes as one number each, sorted; `chosen`: what becomes of each, and `luma`
    of that, uint8. `others`: the colours of the compressed picture, of any number. `spared`: bool, which colours the
    palette had room for, though it does not have them.
    """

    known: Keys
    chosen: Keys
    luma: npt.NDArray[np.uint8]
    others: Keys
    spared: npt.NDArray[np.bool_]

    def is_like(self, earlier: Requantised) -> bool:
        """Whether colours of both originals become the same."""
        if len(self.others) != len(earlier.others) or (self.others != earlier.others).any():
            return False
        places = np.minimum(np.searchsorted(earlier.known, self.known), len(earlier.known) - 1)
        is_same = (earlier.chosen[places] == self.chosen) & (earlier.spared[places] == self.spared)
        return bool(((earlier.known[places] != self.known) | is_same).all())

    def with_spared(self) -> Requantised:
        """The same, if the original kept the colours that the palette had room for."""
        chosen = np.where(self.spared, self.known, self.chosen)
        return Requantised(self.known, chosen, luma(_colours(chosen)[None], 0)[0], self.others, self.spared)

    def chosen_for(self, colours: Keys) -> Keys:
        """What becomes of some of the known colours; of those that the palette had room for, themselves."""
        places = np.minimum(np.searchsorted(self.known, colours), len(self.known) - 1)
        return np.where(self.spared[places], colours, self.chosen[places])

    def draw(self, shown: Shown, marks: Marks, places: Keys, pixels: Keys, grey: Plane) -> None:
        """Write what the original becomes near the marked tiles: colours, 4 bytes as one number each, and their luma.

        All of shape (height, width). `places` is room for what `mixed()` needs.
        """
        if found := shown.indexed():
            table = self._places(found.colours)
            look_up(found.indices, self.chosen[table], marks, REACH, pixels)
            look_up(found.indices, self.luma[table], marks, REACH, grey)
        else:
            find_colours(shown.pixels(), self.known, marks, REACH, places)
            look_up(places, self.chosen, marks, REACH, pixels)
            look_up(places, self.luma, marks, REACH, grey)

    def mixed(
        self, shown: Shown, places: Keys, parts: Sequence[tuple[Whole, Whole]]
    ) -> Iterator[npt.NDArray[np.float32]]:
        """The mean squared difference that dithering may make of some pixels, the sum of R, G and B; after `draw()`.

        `parts`: their rows and columns, of shapes which the results have. 0 of what is transparent, of a colour that
        the compressed picture has, and of one that no palette took.
        """
        found = shown.indexed()
        numbers, table = (found.indices, self._places(found.colours)) if found else (places, np.arange(len(self.known)))
        is_new = np.zeros(len(self.known), np.bool_)
        for where in parts:
            is_new[table[numbers[where]]] = True
        is_new &= ~are_among(self.known, self.others) & (self.chosen != self.known) & (self.known != HIDDEN)
        squares = np.zeros(len(self.known), np.float32)
        squares[is_new] = _mixed(self.known[is_new], self.others)
        of_number = squares[table]
        return (of_number[numbers[where]] for where in parts)

    def _places(self, colours: Colours) -> Whole:
        """Which of the known colours each is; any, of those that are not on screen."""
        places = np.searchsorted(self.known, packed(colours))
        places[places == len(self.known)] = 0
        return places


def requantised(joint: Joint, palettes: Palettes | None = None) -> Requantised | None:
    """What becomes of the colours of an original in a compressed picture, from how often both have which.

    `palettes`: what is known from earlier pictures. None if the compressed picture has too many colours for a palette
    to be what limits it, or none.
    """
    found = matches(joint)
    known, others, usual = found.known, found.others, found.usual
    if not len(others) or len(others) > MOST_COLOURS or len(others) * len(known) > MOST_DISTANCES:
        return None
    if plain := _plain(known, usual, others):
        return plain
    palettes = palettes or Palettes()
    palette = palettes.of(others)
    rows = palette.places_of(known)
    is_foreign = _foreign(known, others, usual, palette.nearest[rows])
    if is_foreign.all():
        return None
    erased = _erased(known, others, palette.is_apart[rows], joint)
    if is_foreign.any():
        # What a foreign colour stands for, no other one does either.
        erased |= is_foreign[palette.nearest[rows]]
        places = np.where(is_foreign, -1, np.cumsum(~is_foreign) - 1)
        usual = np.where(usual >= 0, places[usual], -1)
        others = others[~is_foreign]
        palette = palettes.of(others)
        rows = palette.places_of(known)
    is_usual = palette.are_near(rows, usual)
    chosen = others[np.where(is_usual, usual, palette.nearest[rows])]
    if known[0] == HIDDEN:
        chosen[0] = HIDDEN
    chosen[erased] = known[erased]
    spared = _spared(known, others, palette, rows, joint)
    return Requantised(known, chosen, luma(_colours(chosen)[None], 0)[0], others, spared)


def _plain(known: Keys, usual: Whole, others: Keys) -> Requantised | None:
    """As `requantised`, if that is soon told: no colour is foreign, erased or spared."""
    found = choose(known, usual, others, LEAST_LOST)
    if not found or (found.is_apart and (_had_room(known, others, found.exact) or _is_large(known, others))):
        return None
    if found.is_lost and len(others) >= AT_LEAST and found.exact >= EXACT * len(known):
        return None
    if len(known) >= MANY and _foreign(known, others, usual, found.nearest).any():
        return None
    grey, none = luma(_colours(found.chosen)[None], 0)[0], np.zeros(len(known), np.bool_)
    return Requantised(known, found.chosen, grey, others, none)


def _foreign(known: Keys, others: Keys, usual: Whole, nearest: Whole) -> npt.NDArray[np.bool_]:
    """Which others no palette of the original has; `usual`, `nearest`: for each that is known one of the others."""
    if len(known) < MANY:
        return np.zeros(len(others), np.bool_)
    farthest = (FOREIGN if len(others) >= FEW * len(known) else FOREIGN_OF_FEW) ** 2
    return foreign(known, others, usual, nearest, farthest)


def _erased(known: Keys, others: Keys, is_apart: npt.NDArray[np.bool_], joint: Joint) -> npt.NDArray[np.bool_]:
    """Which colours are gone though no palette asked for it; `is_apart`: which are far from all others."""
    is_there = are_among(known, others)
    erased: npt.NDArray[np.bool_] = ~is_there & (known != HIDDEN) & is_apart
    if not erased.any() or _had_room(known, others, int(np.count_nonzero(is_there))):
        return erased
    return erased if _is_large(known, others) and _are_much(erased, known, joint) else np.zeros(len(known), np.bool_)


def _had_room(known: Keys, others: Keys, exact: int) -> bool:
    """Whether a palette with so many of the colours that are known had room for those that are gone."""
    gone, new = len(known) - exact - int(known[0] == HIDDEN), len(others) - exact
    return gone <= SPARED * len(known) and new < gone


def _is_large(known: Keys, others: Keys) -> bool:
    """Whether a palette is large beside the colours that are known."""
    return len(others) >= SEVERAL or len(others) >= max(AT_LEAST, AS_MANY * len(known))


def _spared(known: Keys, others: Keys, palette: Palette, rows: Whole, joint: Joint) -> npt.NDArray[np.bool_]:
    """Which colours are gone though others are there that look more alike, and are in fewer pixels.

    `rows`: the places in the palette of those that are known. What a quantiser weighs is how many pixels a colour has
    times how far it moves, squared: it would rather have made one of two like colours.
    """
    squares = palette.squares[rows]
    is_lost: npt.NDArray[np.bool_] = (squares >= LEAST_LOST) & (known != HIDDEN)
    none = np.zeros(len(known), np.bool_)
    exact = np.count_nonzero(are_among(known, others))
    if not is_lost.any() or len(others) < AT_LEAST or exact < EXACT * len(known):
        return none
    lost = _pixels(known, packed(joint.original), joint) * squares
    prices = np.sort(_pixels(others, packed(joint.compressed), joint) * palette.gaps())
    return is_lost if lost[is_lost].sum() >= ROOM * max(1.0, prices[CHEAPEST - 1]) else none


def _pixels(some: Keys, colours: Keys, joint: Joint) -> npt.NDArray[np.float64]:
    """How many pixels have each of some colours, which are sorted; `colours`: one of each entry of the histogram."""
    places = np.minimum(np.searchsorted(some, colours), len(some) - 1)
    return np.bincount(places, joint.counts * (some[places] == colours), len(some)).astype(np.float64, copy=False)


def _are_much(some: npt.NDArray[np.bool_], known: Keys, joint: Joint) -> bool:
    """Whether some of the known colours have more of the pixels than a palette leaves far from it, and not all."""
    mine = packed(joint.original)
    counts = joint.counts * (mine != HIDDEN)
    share = counts[some[np.searchsorted(known, mine)]].sum() / max(1, counts.sum())
    return bool(LEFT_APART < share <= ALL)


def are_among(some: Keys, others: Keys) -> npt.NDArray[np.bool_]:
    """Which of some colours are among others, which are sorted, and one at least."""
    found: npt.NDArray[np.bool_] = others[np.minimum(np.searchsorted(others, some), len(others) - 1)] == some
    return found


def _colours(keys: Keys) -> Colours:
    return np.ascontiguousarray(keys).view(np.uint8).reshape(*keys.shape, 4)


def _mixed(known: Keys, others: Keys) -> npt.NDArray[np.float64]:
    """The mean squared difference that dithering with the others may make of each colour.

    What it makes of one alone, or if that is more, how far the last of the nearest `MIXED` is. Most encoders dither in
    sRGB, gifsicle does in linear light, where the colours that it mixes are much farther from each other.
    """
    _, levels, light = spaces(known)
    _, their_levels, their_light = spaces(others)
    squares = squared_distances(levels, their_levels)
    last = min(MIXED, len(others)) - 1
    farthest = np.partition(squares, last, axis=1)[:, last]
    spread: npt.NDArray[np.float64] = np.minimum(farthest, squares.min(axis=1) * OF_NEAREST)
    for wanted, given, most in ((levels, their_levels, 255), (light, their_light, 1)):
        spread = np.maximum(spread, UNEVEN * _diffused(squares, wanted, given, most))
    return spread


def _diffused(
    squares: npt.NDArray[np.float64], wanted: npt.NDArray[np.float64], given: npt.NDArray[np.float64], most: float
) -> npt.NDArray[np.float64]:
    """The mean of `squares` along a row of pixels that want one colour, each with all of the error of the one before.

    Each gets the nearest that is given, in the space of both, which ends at 0 and `most`.
    """
    rows = np.arange(len(wanted))
    error, total = np.zeros_like(wanted), np.zeros(len(wanted))
    for _ in range(DITHERED):
        now = np.clip(wanted + error, 0, most)
        taken = squared_distances(now, given).argmin(axis=1)
        error = now - given[taken]
        total += squares[rows, taken]
    mean: npt.NDArray[np.float64] = total / DITHERED
    return mean
