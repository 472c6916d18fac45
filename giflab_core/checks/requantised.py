"""Show an original in the colours that its compressed picture has.

A small palette loses rare colours everywhere alike, which is not a fault of one place: what differs from the original,
but not from this, is left to the measures of the whole picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.boxes import slices
from giflab_core.kernels.joint import packed
from giflab_core.kernels.lab import LINEAR, lab
from giflab_core.kernels.luma import luma

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.decoding import Shown
    from giflab_core.kernels.boxes import Box
    from giflab_core.kernels.joint import Colours, Joint
    from giflab_core.model import Pixels

    Keys = npt.NDArray[np.uint32]

# A colour may become what most of it became, if in one of the spaces that encoders measure in (CIELAB, sRGB levels, and
# linear light, as gifsicle does) that is about as near as the nearest one: no red word becomes green by that.
FARTHER = 1.03
FARTHER_BY = (3.0, 6.0, 0.01)
# Errors that come from beside lead dithering to about as many colours.
MIXED = 4
# No dithering strays farther than this from a colour that is nearly there, in squares of the distance of the nearest.
OF_NEAREST = 64.0
# So many pixels tell what dithering makes of a colour; and some places get more of the squared error than this mean.
DITHERED, UNEVEN = 12, 1.3
# Beyond that many colours, or distances, no palette explains a difference.
MOST_COLOURS, MOST_DISTANCES = 512, 1 << 21
HIDDEN = 0


@dataclass(frozen=True, slots=True, eq=False)
class Requantised:
    """What the compressed picture has for each colour of the original, as parallel arrays of shape (n,).

    `known`: the colours of the original, 4 bytes as one number each, sorted; `chosen`: what becomes of each, and `luma`
    of that, uint8. `others`: the colours of the compressed picture.
    """

    known: Keys
    chosen: Keys
    luma: npt.NDArray[np.uint8]
    others: Keys

    def places(self, shown: Shown, box: Box) -> npt.NDArray[np.intp]:
        """Which of the colours each pixel of a box of the original has, shape (height, width)."""
        part = slices(box)
        if found := shown.indexed():
            table = np.searchsorted(self.known, packed(found.colours))
            table[table == len(self.known)] = 0  # of colours that are not on screen
            return table[found.indices[part]]
        return np.searchsorted(self.known, packed(np.ascontiguousarray(shown.pixels()[part])))

    def mixed(self, places: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        """The mean squared difference that dithering may make of these colours, the sum of R, G and B; in their shape.

        0 of what is transparent, and of a colour that the compressed picture has.
        """
        found, inverse = np.unique(places, return_inverse=True)
        squares = np.zeros(len(found), np.float32)
        is_new = ~np.isin(self.known[found], np.append(self.others, np.uint32(HIDDEN)))
        squares[is_new] = _mixed(self.known[found[is_new]], self.others)
        return squares[inverse.reshape(places.shape)]

    def pixels(self, places: npt.NDArray[np.intp]) -> Pixels:
        """The picture that these places show: RGBA, uint8, shape (height, width, 4)."""
        return _colours(self.chosen[places])


def requantised(joint: Joint) -> Requantised | None:
    """What becomes of the colours of an original in a compressed picture, from how often both have which.

    None if the compressed picture has too many colours for a palette to be what limits it, or none.
    """
    theirs = packed(joint.compressed)
    known, others = np.unique(packed(joint.original)), np.unique(theirs[theirs != HIDDEN])
    if not len(others) or len(others) > MOST_COLOURS or len(others) * len(known) > MOST_DISTANCES:
        return None
    before, after = _spaces(known), _spaces(others)
    squares = [_squares(mine, their) for mine, their in zip(before, after, strict=True)]
    usual, rows = _usual(known, others, joint), np.arange(len(known))
    is_near = np.zeros(len(known), np.bool_)
    for each, farther_by in zip(squares, FARTHER_BY, strict=True):
        is_near |= np.sqrt(each[rows, usual]) <= FARTHER * np.sqrt(each.min(axis=1)) + farther_by
    chosen = others[np.where(is_near & (usual >= 0), usual, squares[0].argmin(axis=1))]
    chosen[known == HIDDEN] = HIDDEN
    return Requantised(known, chosen, luma(_colours(chosen)[None], 0)[0], others)


def _colours(keys: Keys) -> Colours:
    return np.ascontiguousarray(keys).view(np.uint8).reshape(*keys.shape, 4)


def _spaces(keys: Keys) -> tuple[npt.NDArray[np.float64], ...]:
    """The coordinates of colours in CIELAB, in sRGB levels and in linear light: each float64, shape (n, 3)."""
    colours = _colours(keys)
    return lab(colours), colours[:, :3].astype(np.float64), LINEAR[colours[:, :3]]


def _mixed(known: Keys, others: Keys) -> npt.NDArray[np.float64]:
    """The mean squared difference that dithering with the others may make of each colour.

    What it makes of one alone, or if that is more, how far the last of the nearest `MIXED` is. Most encoders dither in
    sRGB, gifsicle does in linear light, where the colours that it mixes are much farther from each other.
    """
    _, levels, light = _spaces(known)
    _, their_levels, their_light = _spaces(others)
    squares = _squares(levels, their_levels)
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
    rows, lengths = np.arange(len(wanted)), (given**2).sum(axis=1)
    error, total = np.zeros_like(wanted), np.zeros(len(wanted))
    for _ in range(DITHERED):
        now = np.clip(wanted + error, 0, most)
        taken = (lengths - 2 * now @ given.T).argmin(axis=1)
        error = now - given[taken]
        total += squares[rows, taken]
    mean: npt.NDArray[np.float64] = total / DITHERED
    return mean


def _squares(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The squared distances, shape (before, after)."""
    result: npt.NDArray[np.float64] = (before**2).sum(axis=1)[:, None] + (after**2).sum(axis=1) - 2 * before @ after.T
    return np.maximum(result, 0)


def _usual(known: Keys, others: Keys, joint: Joint) -> npt.NDArray[np.intp]:
    """What most pixels of each known colour became, as a place among the others; -1 if they became transparent."""
    mine, theirs = packed(joint.original), packed(joint.compressed)
    visible = theirs != HIDDEN
    places = np.searchsorted(known, mine[visible]) * len(others) + np.searchsorted(others, theirs[visible])
    counts = np.bincount(places, joint.counts[visible], len(known) * len(others)).reshape(len(known), len(others))
    return np.where(counts.any(axis=1), counts.argmax(axis=1), -1)
