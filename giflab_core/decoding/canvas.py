"""Compose images into what is on screen: position, transparency, disposal.

The canvas starts transparent and never grows; what lies outside is cropped; disposal to the background clears to
transparent, as browsers do, whatever background colour the file names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.decoding.codec import CODEC
from giflab_core.decoding.copies import Copies
from giflab_core.decoding.image import ImageBlock
from giflab_core.decoding.layers import DOES_NOT_DECODE, NO_INDEX, STRAY_INDEX, does_not_decode, has_stray_index
from giflab_core.kernels.boxes import NOTHING, slices

if TYPE_CHECKING:
    from giflab_core.decoding.layers import Table
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Pixels, Plane


class Canvas:
    """The screen of one clip. Call `draw()` for each image in turn, `snapshot()` when a frame is complete.

    `indices`, uint8, shape (height, width), and `colours`, uint32, shape (256,), follow where they are given: see
    `layers.Layers`.
    """

    def __init__(self, width: int, height: int, indices: Plane | None = None, colours: Table | None = None) -> None:
        # One uint32 a pixel moves the four bytes of R, G, B, A at once; only views as bytes leave this class.
        pixels: Table = np.zeros((height, width), np.uint32)
        self._bytes = pixels.view(np.uint8).reshape(height, width, 4)
        self._bytes.flags.writeable = False
        self._copies = Copies(pixels)
        self._layers = CODEC.layers(pixels, indices, colours)

    def draw(self, image: ImageBlock) -> None:
        """Dispose of the image before, then draw this one. Raises DecodeError, and then has changed nothing."""
        self._copies.note(self._draw(image, compare=False)[1])

    def redraw(self, image: ImageBlock) -> tuple[int, Box]:
        """As `draw()`. Returns flags, see `layers`, and a box that all changes are in.

        That is `NOTHING` where the picture is what it was.
        """
        flags, changed = self._draw(image, compare=True)
        if changed != NOTHING:
            self._copies.note(changed)
        return flags, changed

    def put(self, image: ImageBlock, drawn: Plane) -> Box:
        """As `draw()`, an image whose indices are known. Returns a box that all changes are in."""
        control, place = image.control, (image.left, image.top, image.width, image.height)
        transparent = NO_INDEX if control.transparent is None else control.transparent
        _, changed = self._layers.put(drawn, *place, image.palette, transparent, control.disposal, False)
        self._copies.note(changed)
        return changed

    def _draw(self, image: ImageBlock, *, compare: bool) -> tuple[int, Box]:
        control = image.control
        flags, changed = self._layers.draw(
            image.data,
            image.code_size,
            image.interlaced,
            image.left,
            image.top,
            image.width,
            image.height,
            image.palette,
            NO_INDEX if control.transparent is None else control.transparent,
            control.disposal,
            compare,
        )
        if flags == DOES_NOT_DECODE:
            raise does_not_decode(image.width, image.height)
        if flags < 0:
            raise has_stray_index(STRAY_INDEX - flags, image.palette)
        return flags, changed

    def is_hiding(self) -> bool:
        """Whether any pixel is transparent."""
        return self._layers.is_hiding()

    def snapshot(self) -> Pixels:
        """What is on screen: uint8, shape (height, width, 4), RGBA, read-only, its own."""
        return self._copies.make()

    def view(self, box: Box | None = None) -> Pixels:
        """A part of the screen, RGBA, which the next image may change; None: all."""
        return self._bytes[slices(box)] if box else self._bytes


def shown(image: ImageBlock, screen: tuple[int, ...]) -> Box:
    """The part of an image that lies within a screen of this height and width."""
    bottom, right = min(image.top + image.height, screen[0]), min(image.left + image.width, screen[1])
    return (image.top, bottom, image.left, right) if image.top < bottom and image.left < right else NOTHING
