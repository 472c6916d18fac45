"""The smallest things on flat ground that one picture shows and the other does not, or not so: a dot, a comma."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.tile_marks import SIDE

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box
    from giflab_core.kernels.tile_marks import Marks
    from giflab_core.model import Pixels

    Specks: TypeAlias = npt.NDArray[np.int32]
    """Shape (rows, columns, 4)."""
    Squares = npt.NDArray[np.int32]
    Keys = npt.NDArray[np.uint32]
    Place: TypeAlias = tuple[int, int]

NUMBERS = 4
LOST, ADDED, RECOLOURED = 1, 2, 3
# What differs by so many levels belongs to a speck, one of its pixels differs by this, and flat ground by no more.
NEAR, FAR, FLAT = 24, 80, 16
# So much (per cent) of what is beside a speck must be its ground, in the picture that does not have it; and no speck
# has more pixels in either direction than this.
SHARE, MOST = 75, 9
# What luma weighs red, green and blue by, of 256.
WEIGHTS = (77, 150, 29)
APART = np.iinfo(np.int32).max


def find_specks(original: Pixels, compressed: Pixels, marks: Marks, part: Box, out: Specks) -> None:
    """Write the largest speck of each tile in a part (of the tiles: top, bottom, left, right).

    `original`, `compressed`: RGBA, uint8, shape (height, width, 4), alpha 0 or 255; `marks`: only in marked tiles
    specks begin. Pixels that touch, corners included, and differ by `NEAR` levels and more are a speck if one differs
    by `FAR`, none in opacity, they are no more than `MOST` in either direction, and one of the pictures shows one
    colour there and in `SHARE` of the pixels around it. If neither does, but so many pixels around it have the colour
    of the first of them, and neither picture has that where they differ most, the speck has another colour. It is in
    the tile of the first of its pixels, row by row, that differs by `FAR`. Levels are the root of the mean of the
    squares of R, G and B by `WEIGHTS`.

    Of each tile: by how many levels its pixels differ, all together, 0 without a speck; `LOST`, if the original has it,
    `ADDED`, or `RECOLOURED`; and the colours of both pictures, 4 bytes as one number, where it differs most.
    """
    native = NATIVE.specks if NATIVE else specks_numpy
    near, far, flat = (256 * each * each for each in (NEAR, FAR, FLAT))
    native(original, compressed, marks, part, near, far, flat, SHARE, out)


def specks_numpy(
    original: Pixels,
    compressed: Pixels,
    marks: Marks,
    part: Box,
    near: int,
    far: int,
    flat: int,
    share: int,
    out: Specks,
) -> None:
    """The twin of the native function; limits are 256 times the square of so many levels, `share` is in per cent."""
    squares = _apart(original, compressed)
    out[part[0] : part[1], part[2] : part[3]] = 0
    for row, column in _firsts((squares >= far) & (squares != APART)):
        tile = row // SIDE, column // SIDE
        if not (part[0] <= tile[0] < part[1] and part[2] <= tile[1] < part[3] and marks[tile]):
            continue
        pixels, beside = _collected(squares, (row, column), near)
        if not pixels or any(squares[place] >= far for place in pixels if place < (row, column)):
            continue
        mass = sum(int(np.sqrt(squares[place] / 256.0) + 0.5) for place in pixels)
        peak = max(sorted(pixels), key=lambda place: int(squares[place]))
        kinds = [
            kind
            for kind, picture in ((LOST, compressed), (ADDED, original))
            if _is_flat(picture, pixels, beside, peak, flat, share)
        ]
        if _is_recoloured(original, compressed, beside, peak, near, flat, share):
            kinds.append(RECOLOURED)
        if kinds and mass > out[tile][0]:
            colours = np.stack([original[peak], compressed[peak]])
            out[tile] = mass, kinds[0], *colours.view(np.int32)[:, 0]


def _apart(one: Pixels, other: Pixels) -> Squares:
    steps = one.astype(np.int32) - other
    squares = (steps[..., :3] ** 2 * np.array(WEIGHTS, np.int32)).sum(axis=-1, dtype=np.int32)
    return np.where(steps[..., 3] != 0, APART, squares).astype(np.int32)


def _firsts(is_far: npt.NDArray[np.bool_]) -> list[Place]:
    """Where nothing far is before a pixel, to its left or in the row above."""
    padded = np.pad(is_far, 1)
    before = padded[1:-1, :-2] | padded[:-2, :-2] | padded[:-2, 1:-1] | padded[:-2, 2:]
    return [(row, column) for row, column in np.argwhere(is_far & ~before).tolist()]


def _collected(squares: Squares, first: Place, near: int) -> tuple[set[Place], set[Place]]:
    """The pixels that touch the first one and differ, and those beside them; none if these are no speck."""
    pixels, beside, border = {first}, set[tuple[int, int]](), [first]
    while border:
        row, column = border.pop()
        for y in range(max(0, row - 1), min(squares.shape[0], row + 2)):
            for x in range(max(0, column - 1), min(squares.shape[1], column + 2)):
                if squares[y, x] < near:
                    beside.add((y, x))
                elif (y, x) not in pixels:
                    pixels.add((y, x))
                    border.append((y, x))
        sides = ({place[axis] for place in pixels} for axis in (0, 1))
        if any(max(each) - min(each) >= MOST for each in sides) or any(squares[place] == APART for place in pixels):
            return set(), set()
    return pixels, beside


def _is_flat(picture: Pixels, pixels: set[Place], beside: set[Place], peak: Place, flat: int, share: int) -> bool:
    """Whether a picture shows one colour where the speck is, and in most of what is beside it."""
    alike = [bool(_apart(picture[place], picture[peak]) <= flat) for place in (*pixels, *beside)]
    return all(alike[: len(pixels)]) and 100 * sum(alike[len(pixels) :]) >= share * len(beside)


def _is_recoloured(
    original: Pixels, compressed: Pixels, beside: set[Place], peak: Place, near: int, flat: int, share: int
) -> bool:
    """Whether most of what is beside a speck has one colour, which neither picture has where they differ most."""
    if not beside:
        return False
    ground = compressed[min(beside)]
    alike = sum(bool(_apart(compressed[place], ground) <= flat) for place in beside)
    is_other = all(_apart(picture[peak], ground) >= near for picture in (original, compressed))
    return is_other and 100 * alike >= share * len(beside)


def levels(one: Keys, other: Keys) -> npt.NDArray[np.float64]:
    """By how many levels colours of 4 bytes differ, as those of pixels do, in any shape; `inf` if one is opaque."""
    squares = _apart(*(np.ascontiguousarray(each).view(np.uint8).reshape(*each.shape, 4) for each in (one, other)))
    return np.where(squares == APART, np.inf, np.sqrt(squares / 256.0))
