"""How far the colour of a compressed clip goes forth and back where the original's does not, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.blocks import block_means, shape_of_blocks, touching
from giflab_core.kernels.boxes import pixels_in
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.lab import LINEAR, lab

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Pixels

    Doubles: TypeAlias = npt.NDArray[np.float64]
    History: TypeAlias = npt.NDArray[np.uint8]
    """The mean colours of the blocks of pictures, of both clips: shape (pictures, 2, rows, columns, 4)."""

# A colour that is left and taken again within so many steps goes forth and back.
STEPS = 4
TINY = 1e-9


class ColourHistory:
    """The last pictures of two clips, as the mean colours of blocks."""

    def __init__(self, height: int, width: int) -> None:
        self._whole: Box = 0, height, 0, width
        self._means: History = np.zeros((STEPS + 1, 2, *shape_of_blocks(height, width), 4), np.uint8)
        self._latest = self._count = 0

    def update(self, original: Pixels, compressed: Pixels, box: Box | None, *, equal: bool = False) -> float:
        """How far the colour turned back with these pictures, in units of CIELAB (a*, b*): 0 to about 300.

        `original`, `compressed`: RGBA, uint8, shape (height, width, 4), on screen together; `equal`: whether they are.
        `box`: (top, bottom, left, right) outside of which both are what they were at the last update, None for
        everywhere. It is a mean over the pixels that are opaque in both, of what `colour_turned` finds in their block.
        """
        box = self._whole if box is None else box
        if not pixels_in(box):
            return 0.0
        before, self._latest = self._latest, (self._latest + 1) % len(self._means)
        self._count = min(self._count + 1, len(self._means))
        now, where = self._means[self._latest], touching(box)
        now[:] = self._means[before]
        block_means(original, box, now[0])
        if equal:
            now[1][where] = now[0][where]
        else:
            block_means(compressed, box, now[1])
        if self._count < 3:
            return 0.0
        total, shares = colour_turned(self._means, self._latest, self._count, where)
        return total / max(1, shares)


def colour_turned(means: History, latest: int, count: int, where: tuple[slice, slice]) -> tuple[float, int]:
    """How far the error of chroma turned back with the last step: the sum over blocks, and by what to divide it.

    `means[latest]` are those of now; the `count` pictures (3 to 5) come before each other, in a ring. The error goes
    forth from an earlier picture to the last but one, and back to now: that is the shorter of both ways along the
    longer one, 0 where they do not go against each other. From it comes off how far the original was meanwhile from its
    own chroma of the last but one. Of the earlier pictures the one for which most is left counts, and of the blocks in
    `where` those in which the error of R, G and B turned back too. Each counts by how much of it is opaque in both.
    """
    if NATIVE:
        rows, columns = where
        part = rows.start, rows.stop, columns.start, columns.stop
        return NATIVE.colour_turned(means, latest, count, part, LINEAR)
    return colour_turned_numpy(means, latest, count, where)


def colour_turned_numpy(means: History, latest: int, count: int, where: tuple[slice, slice]) -> tuple[float, int]:
    """The twin of the native function."""
    pictures = [means[(latest - back) % len(means)] for back in range(count)]
    shares = np.minimum(pictures[0][0, ..., 3], pictures[0][1, ..., 3])
    parts = [each[:, *where].reshape(2, -1, 4) for each in pictures]
    visible = [np.minimum(*each[..., 3])[:, None] > 0 for each in parts]
    levels = [each[1, :, :3].astype(np.int32) - each[0, :, :3] for each in parts]
    turned = _ways([each * shown for each, shown in zip(levels, visible, strict=True)])
    found = np.logical_or.reduce([forth_back.sum(axis=-1) > 0 for _, _, forth_back in turned])
    own, others = ([lab(np.ascontiguousarray(each[side, found]))[:, 1:] for each in parts] for side in (0, 1))
    errors = [(y - x) * shown[found] for x, y, shown in zip(own, others, visible, strict=True)]
    moved, most = _length(own[0] - own[1]), np.zeros(int(found.sum()))
    for chroma, (forth, back, along) in zip(own[2:], _ways(errors), strict=True):
        moved = np.maximum(moved, _length(chroma - own[1]))
        longer = np.maximum(np.maximum(_length(forth), _length(back)), TINY)
        most = np.maximum(most, along.sum(axis=-1) / longer - moved)
    return float((shares[where].reshape(-1)[found] * most).sum()), int(shares.sum())


def _ways(errors: list[npt.NDArray[np.float64]]) -> list[tuple[Doubles, Doubles, Doubles]]:
    """From each of the earlier errors to the last but one, from now to that, and the product of both."""
    now, middle, *earlier = errors
    return [(middle - each, middle - now, (middle - each) * (middle - now)) for each in earlier]


def _length(way: Doubles) -> Doubles:
    return np.asarray(np.sqrt((way * way).sum(axis=-1)))
