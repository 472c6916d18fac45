"""The mean colours of a picture in blocks of 16x16 pixels: what is seen of dithering from afar."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Pixels

    Means: TypeAlias = npt.NDArray[np.uint8]
    """Shape (rows, columns, 4)."""

SIDE = 16
OPAQUE = 255


def shape_of_blocks(height: int, width: int) -> tuple[int, int]:
    """How many rows and columns of blocks there are; the last of each may be smaller."""
    return -(-height // SIDE), -(-width // SIDE)


def touching(box: Box) -> tuple[slice, slice]:
    """The blocks that touch a box (top, bottom, left, right) of pixels."""
    return slice(box[0] // SIDE, -(-box[1] // SIDE)), slice(box[2] // SIDE, -(-box[3] // SIDE))


def block_means(pixels: Pixels, box: Box, means: Means) -> None:
    """Write the means of the blocks that touch a box, which is not empty.

    `pixels`: uint8, shape (height, width, 4), RGBA, alpha is 0 or 255, and RGB is 0 where alpha is 0. `means`: R, G and
    B of what is opaque, to whole levels, 0 where nothing is; and how much of 16x16 pixels is opaque, 0 to 255, rounded
    up: less than all of it at the right and at the bottom, where a block has fewer.
    """
    (NATIVE.block_means if NATIVE else block_means_numpy)(pixels, box, means)


def block_means_numpy(pixels: Pixels, box: Box, means: Means) -> None:
    """The twin of the native function."""
    rows, columns = touching(box)
    part = pixels[rows.start * SIDE : rows.stop * SIDE, columns.start * SIDE : columns.stop * SIDE]
    down = np.add.reduceat(part, range(0, part.shape[0], SIDE), axis=0, dtype=np.int32)
    sums = np.add.reduceat(down, range(0, part.shape[1], SIDE), axis=1)
    opaque = sums[..., 3:] // OPAQUE
    means[rows, columns, :3] = np.where(opaque > 0, (sums[..., :3] + opaque // 2) // np.maximum(opaque, 1), 0)
    means[rows, columns, 3:] = -(-OPAQUE * opaque // SIDE**2)
