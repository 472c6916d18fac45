"""What a table has for the pixels of some tiles, and which of some colours each of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.joint import MULTIPLIER, packed
from giflab_core.kernels.tiles import SIDE, near

if TYPE_CHECKING:
    from giflab_core.kernels.tile_marks import Marks
    from giflab_core.model import Pixels, Plane

    Keys = npt.NDArray[np.uint32]

T = TypeVar("T", np.uint8, np.uint32)


def look_up(indices: Plane | Keys, table: npt.NDArray[T], marks: Marks, reach: int, out: npt.NDArray[T]) -> None:
    """Write `table[indices]` where tiles are at most `reach` away from a marked one (see `mark_tiles`).

    `indices`: uint8 or uint32, shape (height, width); `table`: uint8 or uint32, one dimension, 256 long for uint8
    indices; `out`: of its type, and the shape of the indices. Raises ValueError (or IndexError) for an index that the
    table does not have.
    """
    if NATIVE:
        NATIVE.look_up(indices, table, marks, reach, out)
    else:
        where = pixels_near(marks, reach, indices.shape)
        out[where] = table[indices[where]]


def find_colours(pixels: Pixels, colours: Keys, marks: Marks, reach: int, out: Keys) -> None:
    """Write the place of each pixel's colour among some, where tiles are at most `reach` away from a marked one.

    `pixels`: uint8, shape (height, width, 4); `colours`: 4 bytes as one number each, sorted, none twice; `out`: uint32,
    shape (height, width). Raises ValueError for a pixel of another colour.
    """
    if NATIVE:
        NATIVE.find_colours(packed(pixels), colours, MULTIPLIER & 0xFFFFFFFF | 1, marks, reach, out)
        return
    where = pixels_near(marks, reach, out.shape)
    wanted = packed(pixels)[where]
    places = np.minimum(np.searchsorted(colours, wanted), len(colours) - 1)
    if (colours[places] != wanted).any():
        raise ValueError("a pixel is not in the table")
    out[where] = places


def pixels_near(marks: Marks, reach: int, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Which pixels of a picture are in the tiles that are at most `reach` away from a marked one: bool, its shape."""
    tiles = near(marks, reach).repeat(SIDE, axis=0).repeat(SIDE, axis=1)
    return tiles[: shape[0], : shape[1]]
