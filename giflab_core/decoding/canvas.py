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
from giflab_core.kernels.boxes import NOTHING, enclosing, slices

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Pixels, Plane


class Canvas:
    """The screen of one clip. Call `draw()` for each image in turn, `snapshot()` when a frame is complete.

    `whole`: what is on screen, RGBA, which the next image may change; read-only.
    """

    def __init__(self, width: int, height: int) -> None:
        # One uint32 a pixel moves the four bytes of R, G, B, A at once; only views as bytes leave this class.
        self._pixels = np.zeros((height, width), np.uint32)
        self.whole: Pixels = self.view((0, height, 0, width))
        self._copies = Copies(self._pixels)
        self._undo: tuple[Box, npt.NDArray[np.uint32] | int] = NOTHING, 0

    def draw(self, image: ImageBlock) -> None:
        """Dispose of the image before, then draw this one. Raises DecodeError, and then has changed nothing."""
        self.put(image, indices(image)[0])

    def put(self, image: ImageBlock, drawn: Plane) -> Box:
        """As `draw()`, an image whose indices are known. Returns a box that all changes are in."""
        disposed, before = self._undo
        if disposed != NOTHING:
            self._pixels[slices(disposed)] = before
        box = shown(image, self._pixels.shape)
        self._undo = NOTHING, 0
        changed = enclosing(disposed, box)
        self._copies.note(changed)
        if box == NOTHING:
            return changed
        if image.control.disposal == TO_BACKGROUND:
            self._undo = box, 0
        elif image.control.disposal == TO_PREVIOUS:
            self._undo = box, self._pixels[slices(box)].copy()
        top, bottom, left, right = box
        table, transparent = colours(image.palette), image.control.transparent
        CODEC.paint(drawn, bottom - top, right - left, table, transparent, self._pixels, left, top)
        return changed

    def snapshot(self) -> Pixels:
        """What is on screen: uint8, shape (height, width, 4), RGBA, read-only, its own."""
        return self._copies.make()

    def view(self, box: Box) -> Pixels:
        """A part of the screen, RGBA, which the next image may change."""
        height, width = self._pixels.shape
        pixels = self._pixels.view(np.uint8).reshape(height, width, 4)[slices(box)]
        pixels.flags.writeable = False
        return pixels


def shown(image: ImageBlock, screen: tuple[int, ...]) -> Box:
    """The part of an image that lies within a screen of this height and width."""
    bottom, right = min(image.top + image.height, screen[0]), min(image.left + image.width, screen[1])
    return (image.top, bottom, image.left, right) if image.top < bottom and image.left < right else NOTHING


@lru_cache(maxsize=64)
def colours(palette: bytes) -> npt.NDArray[np.uint32]:
    """The palette as a table of 256 opaque RGBA pixels."""
    table = np.zeros((256, 4), np.uint8)
    table[: len(palette) // 3, :3] = np.frombuffer(palette, np.uint8).reshape(-1, 3)
    table[:, 3] = 255
    table.flags.writeable = False
    return table.view(np.uint32).reshape(256)
