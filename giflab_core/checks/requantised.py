"""Show an original in the colours that its compressed picture has.

A small palette loses rare colours everywhere alike, which is not a fault of one place: what differs from the original,
but not from this, is left to the measures of the whole picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.joint import packed
from giflab_core.kernels.lab import LINEAR, lab

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.joint import Colours, Joint
    from giflab_core.model import Pixels

# A colour may become what most of it became, if in one of the spaces that encoders measure in (CIELAB, sRGB levels, and
# linear light, as gifsicle does) that is about as near as the nearest one: no red word becomes green by that.
FARTHER = 1.03
FARTHER_BY = (3.0, 6.0, 0.01)
# Dithering mixes a colour from about as many.
MIXED = 4
# No dithering strays farther than this from a colour that is nearly there, in squares of the distance of the nearest.
OF_NEAREST = 64.0
# Beyond that many colours, or distances, no palette explains a difference.
MOST_COLOURS, MOST_DISTANCES = 512, 1 << 23
HIDDEN = 0


@dataclass(frozen=True, slots=True, eq=False)
class Requantised:
    """A part of the original in the colours of the compressed picture: RGBA, uint8, shape (height, width, 4).

    `spread`: how far the colours are that dithering could mix each pixel of, the squared distance of R, G and B to the
    fourth nearest: float32, shape (height, width).
    """

    pixels: Pixels
    spread: npt.NDArray[np.float32]


def requantised(pixels: Pixels, joint: Joint) -> Requantised | None:
    """A part of the original with each colour replaced by what the compressed picture has for it.

    `pixels`: RGBA, uint8, (height, width, 4), C-contiguous; `joint`: the colours of the two whole pictures. None if the
    compressed picture has too many colours for a palette to be what limits it, or none.
    """
    keys = packed(pixels)
    known, places = np.unique(keys, return_inverse=True)
    theirs = packed(joint.compressed)
    others = np.unique(theirs[theirs != HIDDEN])
    if not len(others) or len(others) > MOST_COLOURS or len(others) * len(known) > MOST_DISTANCES:
        return None
    before, after = _spaces(known), _spaces(others)
    usual = _usual(known, others, joint)
    is_near = np.zeros(len(known), np.bool_)
    for mine, their, farther_by in zip(before, after, FARTHER_BY, strict=True):
        _, distance = _nearest(mine, their)
        is_near |= np.linalg.norm(mine - their[usual], axis=1) <= FARTHER * distance + farther_by
    nearest, _ = _nearest(before[0], after[0])
    is_near &= usual >= 0
    chosen = others[np.where(is_near, usual, nearest)]
    chosen[known == HIDDEN] = HIDDEN
    places = places.reshape(keys.shape)
    return Requantised(_colours(chosen[places]), _spread(before[1], after[1])[places])


def _colours(keys: npt.NDArray[np.uint32]) -> Colours:
    return np.ascontiguousarray(keys).view(np.uint8).reshape(*keys.shape, 4)


def _spaces(keys: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.float64], ...]:
    """The coordinates of colours in CIELAB, in sRGB levels and in linear light: each float64, shape (n, 3)."""
    colours = _colours(keys)
    return lab(colours), colours[:, :3].astype(np.float64), LINEAR[colours[:, :3]]


def _nearest(
    before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """For each row which of the others is nearest, and how far that is."""
    squares = _squares(before, after)
    nearest = squares.argmin(axis=1)
    return nearest, np.sqrt(squares[np.arange(len(before)), nearest])


def _spread(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """For each row the squared distance to the last of the nearest `MIXED`, if not too much for one that is near."""
    last = min(MIXED, len(after)) - 1
    sorted_squares = np.partition(_squares(before, after), last, axis=1)
    nearest = sorted_squares[:, : last + 1].min(axis=1)
    spread: npt.NDArray[np.float32] = np.minimum(sorted_squares[:, last], nearest * OF_NEAREST).astype(np.float32)
    return spread


def _squares(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The squared distances, shape (before, after)."""
    result: npt.NDArray[np.float64] = (before**2).sum(axis=1)[:, None] + (after**2).sum(axis=1) - 2 * before @ after.T
    return np.maximum(result, 0)


def _usual(known: npt.NDArray[np.uint32], others: npt.NDArray[np.uint32], joint: Joint) -> npt.NDArray[np.intp]:
    """What most pixels of each known colour became, as a place among the others; -1 if they became transparent."""
    mine, theirs = packed(joint.original), packed(joint.compressed)
    rows, columns = np.searchsorted(known, mine), np.searchsorted(others, theirs)
    rows[rows == len(known)] = 0
    columns[columns == len(others)] = 0
    counted = (known[rows] == mine) & (others[columns] == theirs)
    table = np.zeros((len(known), len(others)), np.int64)
    np.add.at(table, (rows[counted], columns[counted]), joint.counts[counted])
    return np.where(table.any(axis=1), table.argmax(axis=1), -1)
