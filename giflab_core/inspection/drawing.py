"""The pictures of a clip one after the other: which repeats the one before, and what each touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.decoding import KEEP, Canvas, ImageBlock, shown
from giflab_core.errors import DecodeError
from giflab_core.kernels.boxes import NOTHING

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Pixels


class Drawing:
    """The pictures one after the other: which repeats the one before, and how much of the canvas each touches."""

    def __init__(self, width: int, height: int) -> None:
        self._canvas = Canvas(width, height)
        self._size = height, width
        self._before: Pixels | None = None
        self._restored = NOTHING
        self._is_intact = True

    def draw(self, image: ImageBlock) -> bool:
        """Whether the image changes nothing on screen; after a damaged one nobody knows, and it is False.

        Raises DecodeError where its pixels are damaged.
        """
        try:
            self._canvas.draw(image)
        except DecodeError:
            self._is_intact, self._before = False, None
            raise
        if not self._is_intact:
            return False
        before, self._before = self._before, self._canvas.snapshot()
        return before is not None and np.array_equal(before, self._before)

    def cover(self, image: ImageBlock) -> int:
        """The pixels of the canvas that the image covers or that the disposal before restores."""
        covered = shown(image, self._size)
        restored = self._restored
        self._restored = NOTHING if image.control.disposal == KEEP else covered
        return _area(covered) + _area(restored) - _area(_overlap(covered, restored))


def _overlap(one: Box, other: Box) -> Box:
    return max(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), min(one[3], other[3])


def _area(box: Box) -> int:
    top, bottom, left, right = box
    return max(0, bottom - top) * max(0, right - left)
