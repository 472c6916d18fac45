"""What is on screen, in each of the forms that are wanted, made only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from giflab_core import lazy
from giflab_core.decoding.canvas import Canvas
from giflab_core.decoding.image import ImageBlock
from giflab_core.decoding.indexed import Form, Indexed, Indices, luma_on, transparency
from giflab_core.decoding.layers import IS_KNOWN, IS_RENEWED
from giflab_core.kernels.boxes import LARGE_PIXELS, NOTHING, enclosing, pixels_in, slices

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Mask, Pixels, Plane


# So many forms of a large picture are kept at a time: its transparency, and luma on two greys.
MOST_FORMS = 3


class Shown(Protocol):
    """One picture on screen. What its methods give is read-only, and valid until the next picture."""

    @property
    def changed(self) -> Box:
        """Outside of this box it is the picture before."""

    def pixels(self) -> Pixels:
        """RGBA, uint8, shape (height, width, 4); alpha is 0 or 255, and RGB is 0 where alpha is 0."""

    def indexed(self) -> Indexed | None:
        """As indices of one table of colours; None where it takes more than one byte to tell them apart."""

    def grey(self, background: int) -> Plane:
        """Luma (see kernels/luma.py) on a grey of this luma, 0 to 255: uint8, shape (height, width).

        Of a picture of more than `LARGE_PIXELS` it stays valid for as long as it is held.
        """

    def hidden(self) -> Mask | None:
        """Where it is transparent: bool, shape (height, width); None where no pixel is."""


class _Plane:
    """The screen in one form, `view` for others to read, and the box within which it is not that of the screen."""

    __slots__ = ("pixels", "stale", "view")

    def __init__(self, pixels: Plane) -> None:
        self.stale: Box = 0, pixels.shape[0], 0, pixels.shape[1]
        self.go_on_in(pixels)

    def go_on_in(self, pixels: Plane) -> None:
        """Leave the pixels to those who hold them, and take these."""
        self.pixels = pixels
        self.view = pixels.view()
        self.view.flags.writeable = False


class Screen:
    """The screen of one clip in several forms. Call `draw()` for each image, `picture()` when a frame is complete."""

    def __init__(self, width: int, height: int) -> None:
        self._indices = Indices(width, height)
        self._canvas = Canvas(width, height, self._indices.plane, self._indices.table)
        self._is_indexed = True
        self._whole: Box = 0, height, 0, width
        self._is_large = width * height > LARGE_PIXELS
        self._changed = self._whole
        self._planes: dict[Form, _Plane] = {}  # those that were asked for
        self._has_hidden: bool | None = None  # whether there are transparent pixels; None: not known

    def draw(self, image: ImageBlock) -> None:
        """As `Canvas.draw`."""
        if self._is_large and 2 * image.width * image.height > pixels_in(self._whole):
            # Most of them will have to be made anew: meanwhile decompressing has their memory.
            self._planes.clear()
        flags, changed = self._canvas.redraw(image)
        self._is_indexed = bool(flags & IS_KNOWN)
        if flags & IS_RENEWED:
            self._indices.renew()
        if changed == NOTHING:
            return
        self._has_hidden = None
        self._changed = _with(self._changed, changed)
        for plane in self._planes.values():
            plane.stale = _with(plane.stale, changed)

    def picture(self, duration_ms: int) -> Picture:
        """What is on screen now."""
        changed, self._changed = self._changed, NOTHING
        return Picture(self, duration_ms, changed)

    def rgba(self) -> Pixels:
        return self._canvas.snapshot()

    def pixels(self) -> Pixels:
        return self._canvas.view()

    def indexed(self) -> Indexed | None:
        return self._indices.view if self._is_indexed else None

    def grey(self, background: int) -> Plane:
        # On an opaque picture the background shows nowhere, so that one plane does for all.
        return self._plane(luma_on(background if self._is_hiding() else 0))

    def hidden(self) -> Mask | None:
        return self._plane(transparency).view(np.bool_) if self._is_hiding() else None

    def _is_hiding(self) -> bool:
        """Whether any pixel is transparent."""
        if self._has_hidden is None:
            self._has_hidden = self._canvas.is_hiding()
        return self._has_hidden

    def _plane(self, form: Form) -> Plane:
        """Kept for each form, so that only what has changed is looked up again."""
        plane = self._planes.get(form)
        if plane is None:
            if self._is_large and len(self._planes) == MOST_FORMS:
                del self._planes[next(form for form in self._planes if form != transparency)]
            plane = self._planes[form] = _Plane(np.empty(self._whole[1::2], np.uint8))
        elif self._is_large and plane.stale != NOTHING:  # what was handed out is kept
            plane.go_on_in(np.empty_like(plane.pixels) if plane.stale == self._whole else plane.pixels.copy())
        if plane.stale != NOTHING:
            if self._is_indexed:
                self._indices.write(form, plane.stale, plane.pixels)
            else:
                plane.pixels[slices(plane.stale)] = form(self._canvas.view(plane.stale))
            plane.stale = NOTHING
        return plane.view


def _with(stale: Box, changed: Box) -> Box:
    """The box that both are in. Nearly always the first is this very `NOTHING`, or both are one."""
    return changed if stale is NOTHING or stale == changed else enclosing(stale, changed)


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

    def pixels(self) -> Pixels:
        """As `rgba()`, but a view as all else is."""
        return self._screen.pixels()

    def indexed(self) -> Indexed | None:
        """As `Shown.indexed`."""
        return self._screen.indexed()

    def grey(self, background: int) -> Plane:
        """As `Shown.grey`."""
        return self._screen.grey(background)

    def hidden(self) -> Mask | None:
        """As `Shown.hidden`."""
        return self._screen.hidden()


class Still:
    """A picture that is given as RGBA pixels, all of it changed: `Shown` without a clip."""

    def __init__(self, pixels: Pixels) -> None:
        self._pixels = np.ascontiguousarray(pixels)
        self.changed: Box = 0, pixels.shape[0], 0, pixels.shape[1]
        self._planes: dict[Form, Plane] = {}

    def pixels(self) -> Pixels:
        return self._pixels

    def indexed(self) -> Indexed | None:
        return None

    def grey(self, background: int) -> Plane:
        return self._plane(luma_on(background))

    def hidden(self) -> Mask | None:
        plane = self._plane(transparency).view(np.bool_)
        return plane if plane.any() else None

    def _plane(self, form: Form) -> Plane:
        if form not in self._planes:
            self._planes[form] = form(self._pixels)
        return self._planes[form]


def scaled(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """RGBA pixels at `size` (width, height): bicubic, transparency again 0 or 255 as GIF has it."""
    # Loaded here, since few clips are scaled, and it takes 15 ms.
    fromarray, resampling = (lazy.load("PIL.Image", name) for name in ("fromarray", "Resampling"))
    found: Pixels = np.array(fromarray(pixels).resize(size, resampling.BICUBIC))
    hidden = found[..., 3] < 128
    found[..., 3] = 255
    found[hidden] = 0
    return found
