"""Compose images into what is on screen: position, transparency, disposal.

The canvas starts transparent and never grows; what lies outside is cropped; disposal to the background clears to
transparent, as browsers do, whatever background colour the file names.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.decoding.blocks import KEEP, TO_PREVIOUS, ImageBlock
from giflab_core.decoding.codec import CODEC
from giflab_core.decoding.copies import Copies
from giflab_core.decoding.lzw import indices
from giflab_core.kernels.boxes import NOTHING, enclosing, slices

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Pixels, Plane

    Table = npt.NDArray[np.uint32]
    """RGBA, one number a pixel or colour."""


# Pictures are held against those before by so many pixels at once: what is copied for that stays in the cache.
BAND_PIXELS = 1 << 15


class _Undo:
    """How to dispose of an image: what was in a box before, as pixels or as indices of a table, or that it is cleared.

    `pixels`: uint32, of the box's shape; `before`: indices of that shape, and their table. Neither: it is cleared.
    """

    __slots__ = ("before", "box", "pixels")

    def __init__(self, image: ImageBlock | None, box: Box, before: tuple[Plane, Table] | None) -> None:
        """Of an image that is not drawn yet; `before`: what is in its box then, where that is known as indices."""
        disposal = image.control.disposal if image else KEEP
        self.box = NOTHING if disposal == KEEP else box
        self.before = before if disposal == TO_PREVIOUS else None
        self.pixels: Table | None = None
        if disposal == TO_PREVIOUS and before is None:
            self.pixels = np.empty((box[1] - box[0], box[3] - box[2]), np.uint32)

    def save(self, canvas: Table, first: int, last: int) -> None:
        """Take what is on these rows of the canvas, if that is needed."""
        top, bottom = max(first, self.box[0]), min(last, self.box[1])
        if self.pixels is not None and top < bottom:
            self.pixels[top - self.box[0] : bottom - self.box[0]] = canvas[top:bottom, self.box[2] : self.box[3]]

    def restore(self, canvas: Table, first: int, last: int) -> None:
        """Put it back on these rows of the canvas."""
        top, bottom = max(first, self.box[0]), min(last, self.box[1])
        if top >= bottom:
            return
        left, right = self.box[2:]
        rows = slice(top - self.box[0], bottom - self.box[0])
        if self.before:
            plane, table = self.before
            CODEC.paint(plane[rows], bottom - top, right - left, table, None, canvas, left, top)
        else:
            canvas[top:bottom, left:right] = 0 if self.pixels is None else self.pixels[rows]


class Canvas:
    """The screen of one clip. Call `draw()` for each image in turn, `snapshot()` when a frame is complete."""

    def __init__(self, width: int, height: int) -> None:
        # One uint32 a pixel moves the four bytes of R, G, B, A at once; only views as bytes leave this class.
        self._pixels: Table = np.zeros((height, width), np.uint32)
        self._bytes = self._pixels.view(np.uint8).reshape(height, width, 4)
        self._bytes.flags.writeable = False
        self._copies = Copies(self._pixels)
        self._undo = _Undo(None, NOTHING, None)

    def draw(self, image: ImageBlock) -> None:
        """Dispose of the image before, then draw this one. Raises DecodeError, and then has changed nothing."""
        self.put(image, indices(image)[0])

    def put(self, image: ImageBlock, drawn: Plane) -> Box:
        """As `draw()`, an image whose indices are known. Returns a box that all changes are in."""
        return self._put(image, drawn, None, is_new=True)

    def redraw(self, image: ImageBlock, drawn: Plane, before: tuple[Plane, Table] | None) -> Box:
        """As `put()`; the box is `NOTHING` where the picture is what it was.

        `before`: what is in the part that the image covers, once the image before is disposed of, as indices and a
        table of 256 pixels; None where nobody knows it so. Kept until this image is disposed of, if it is needed then.
        """
        return self._put(image, drawn, before, is_new=False)

    def _put(self, image: ImageBlock, drawn: Plane, before: tuple[Plane, Table] | None, *, is_new: bool) -> Box:
        box, undo = shown(image, self._pixels.shape), self._undo
        self._undo = _Undo(image, box, before)
        top, bottom, left, right = changed = enclosing(undo.box, box)
        step = max(1, BAND_PIXELS // max(1, right - left))
        while top < bottom:
            end = bottom if is_new else min(top + step, bottom)
            part = self._pixels[top:end, left:right]
            was = b"" if is_new else part.tobytes()
            undo.restore(self._pixels, top, end)
            self._undo.save(self._pixels, top, end)
            self._paint(image, drawn, box, top, end)
            is_new = is_new or part.tobytes() != was
            top = end
        if not is_new:
            return NOTHING
        self._copies.note(changed)
        return changed

    def _paint(self, image: ImageBlock, drawn: Plane, box: Box, first: int, last: int) -> None:
        """Draw these rows of the canvas."""
        top, bottom = max(first, box[0]), min(last, box[1])
        if top < bottom:
            rows, columns = bottom - top, box[3] - box[2]
            table, transparent = colours(image.palette), image.control.transparent
            CODEC.paint(drawn[top - box[0] :], rows, columns, table, transparent, self._pixels, box[2], top)

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


@lru_cache(maxsize=64)
def colours(palette: bytes) -> npt.NDArray[np.uint32]:
    """The palette as a table of 256 opaque RGBA pixels."""
    table = np.zeros((256, 4), np.uint8)
    table[: len(palette) // 3, :3] = np.frombuffer(palette, np.uint8).reshape(-1, 3)
    table[:, 3] = 255
    table.flags.writeable = False
    return table.view(np.uint32).reshape(256)
