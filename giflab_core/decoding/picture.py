"""What is on screen, in each of the forms that are wanted, made only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.decoding.blocks import ImageBlock
from giflab_core.decoding.canvas import Canvas, area
from giflab_core.decoding.copies import NOTHING, enclosing
from giflab_core.decoding.indexed import IndexCanvas, Indexed, luma_on
from giflab_core.decoding.lzw import indices

if TYPE_CHECKING:
    from giflab_core.decoding.copies import Box
    from giflab_core.model import Pixels, Plane


class Screen:
    """The screen of one clip in several forms. Call `draw()` for each image, `picture()` when a frame is complete."""

    def __init__(self, width: int, height: int) -> None:
        self._pixels = Canvas(width, height)
        self._indices = IndexCanvas(width, height)
        self._whole: Box = 0, height, 0, width
        self._changed = self._whole
        # Luma on each background that was asked for, and where it is not that of the screen.
        self._greys: dict[int, tuple[Plane, Box]] = {}

    def draw(self, image: ImageBlock) -> None:
        """As `Canvas.draw`."""
        drawn, seen = indices(image)
        self._indices.put(image, drawn, seen)
        changed = self._pixels.put(image, drawn)
        self._changed = enclosing(self._changed, changed)
        self._greys = {key: (grey, enclosing(stale, changed)) for key, (grey, stale) in self._greys.items()}

    def picture(self, duration_ms: int) -> Picture:
        """What is on screen now."""
        changed, self._changed = self._changed, NOTHING
        return Picture(self, duration_ms, changed)

    def rgba(self) -> Pixels:
        return self._pixels.snapshot()

    def indexed(self) -> Indexed | None:
        return self._indices.indexed()

    def grey(self, background: int) -> Plane:
        """Kept for each background, so that only what has changed is looked up again."""
        grey, stale = self._greys.get(background) or (np.empty(self._whole[1::2], np.uint8), self._whole)
        if stale != NOTHING:
            if not self._indices.write_luma(background, stale, grey):
                grey[area(stale)] = luma_on(background, self._pixels.view(stale))
            self._greys[background] = grey, NOTHING
        view = grey.view()
        view.flags.writeable = False
        return view


class Picture:
    """What is on screen between two changes: a view that is valid until the next picture is asked for.

    `duration_ms`: how long it is shown. Outside of `changed` it is the picture before; for the first one that is all.
    """

    __slots__ = ("_screen", "changed", "duration_ms")

    def __init__(self, screen: Screen, duration_ms: int, changed: Box) -> None:
        self._screen = screen
        self.duration_ms = duration_ms
        self.changed = changed

    def rgba(self) -> Pixels:
        """The pixels of the `Frame` that `decode()` gives: they stay valid."""
        return self._screen.rgba()

    def indexed(self) -> Indexed | None:
        """As indices of one table of colours; None where it takes more than one byte to tell them apart."""
        return self._screen.indexed()

    def grey(self, background: int) -> Plane:
        """Luma (see kernels/luma.py) on a grey of this luma, 0 to 255: uint8, shape (height, width), read-only."""
        return self._screen.grey(background)
