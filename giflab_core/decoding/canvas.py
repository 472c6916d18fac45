"""Compose images into what is on screen: position, transparency, disposal.

The canvas starts transparent and never grows; what lies outside is cropped; disposal to the background clears to
transparent, as browsers do, whatever background colour the file names.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.decoding.blocks import TO_BACKGROUND, TO_PREVIOUS, ImageBlock
from giflab_core.decoding.codec import CODEC
from giflab_core.decoding.copies import Copies
from giflab_core.decoding.lzw import indices

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.model import Pixels

Area = tuple[slice, slice]


class Canvas:
    """The screen of one clip. Call `draw()` for each image in turn, `snapshot()` when a frame is complete."""

    def __init__(self, width: int, height: int) -> None:
        # One uint32 a pixel moves the four bytes of R, G, B, A at once; only views as bytes leave this class.
        self._pixels = np.zeros((height, width), np.uint32)
        self._copies = Copies(self._pixels)
        self._undo: tuple[Area, npt.NDArray[np.uint32] | int] | None = None

    def draw(self, image: ImageBlock) -> None:
        """Dispose of the image before, then draw this one. Raises DecodeError, and then has changed nothing."""
        drawn = indices(image)
        if self._undo:
            area, before = self._undo
            self._pixels[area] = before
            self._copies.note((area[0].start, area[0].stop, area[1].start, area[1].stop))
        height, width = self._pixels.shape
        area = (slice(image.top, image.top + image.height), slice(image.left, image.left + image.width))
        rows = max(0, min(image.height, height - image.top))
        columns = max(0, min(image.width, width - image.left))
        disposal = image.control.disposal
        if disposal == TO_BACKGROUND:
            self._undo = (area, 0)
        elif disposal == TO_PREVIOUS:
            self._undo = (area, self._pixels[area].copy())
        else:
            self._undo = None
        if rows and columns:
            table, transparent = _colours(image.palette), image.control.transparent
            CODEC.paint(drawn, rows, columns, table, transparent, self._pixels, image.left, image.top)
            self._copies.note((image.top, image.top + rows, image.left, image.left + columns))

    def snapshot(self) -> Pixels:
        """What is on screen: uint8, shape (height, width, 4), RGBA, read-only, its own."""
        return self._copies.make()


@lru_cache(maxsize=64)
def _colours(palette: bytes) -> npt.NDArray[np.uint32]:
    """The palette as a table of 256 opaque RGBA pixels."""
    table = np.zeros((256, 4), np.uint8)
    table[: len(palette) // 3, :3] = np.frombuffer(palette, np.uint8).reshape(-1, 3)
    table[:, 3] = 255
    table.flags.writeable = False
    return table.view(np.uint32).reshape(256)
