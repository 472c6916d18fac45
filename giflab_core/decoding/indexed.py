"""Compose images as indices of one table of colours, for as long as that has room for what is on screen.

Each colour has one index, and transparent is a colour like others. Images under several palettes share the table: their
indices are translated.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.decoding.blocks import TO_BACKGROUND, TO_PREVIOUS, ImageBlock
from giflab_core.decoding.canvas import colours, shown
from giflab_core.decoding.codec import CODEC
from giflab_core.frozen import dataclass
from giflab_core.kernels.boxes import NOTHING, slices
from giflab_core.kernels.luma import luma

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Pixels, Plane

CLEAR = 0
"""The transparent pixel: what palettes have is opaque."""
UNKNOWN: Plane = np.empty((0, 0), np.uint8)
"""In place of indices that there are none of."""


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """A picture as `colours[indices]`.

    `indices`: uint8, shape (height, width); `colours`: uint8, shape (256, 4), RGBA. Read-only views of what the next
    picture changes.
    """

    indices: Plane
    colours: Pixels


Form = Callable[["Pixels"], "Plane"]
"""What each pixel is turned into: RGBA, shape (..., 4), to uint8, shape (...). Equal ones do alike."""


@lru_cache(maxsize=256)
def luma_on(background: int) -> Form:
    """Luma of pixels on a grey of this luma, 0 to 255: one and the same form for each."""

    def form(pixels: Pixels) -> Plane:
        return luma(pixels, background)

    return form


def transparency(pixels: Pixels) -> Plane:
    """1 where pixels are transparent, else 0."""
    hidden: Plane = (pixels[..., 3] == 0).view(np.uint8)
    return hidden


class _Table:
    """Up to 256 colours. They keep their indices, so that what was drawn before stays right."""

    def __init__(self) -> None:
        self._pixels = np.zeros(256, np.uint32)
        self._view = self._pixels.view(np.uint8).reshape(256, 4)
        self._view.flags.writeable = False
        self._known: dict[int, int] = {}  # the index of each colour
        self.is_opaque = True  # none of the colours is `CLEAR`
        self._forms: dict[Form, Plane] = {}
        self._palette = b""
        self._translation = np.zeros(256, np.uint8)
        self._translated = np.zeros(256, np.bool_)

    @property
    def pixels(self) -> npt.NDArray[np.uint32]:
        """RGBA as one number each, shape (256,), not to be written to."""
        return self._pixels

    @property
    def colours(self) -> Pixels:
        """RGBA, shape (256, 4), read-only."""
        return self._view

    def through(self, form: Form) -> Plane:
        """A form of each colour: uint8, shape (256,)."""
        found = self._forms.get(form)
        if found is None:
            found = self._forms[form] = form(self.colours[np.newaxis])[0]
        return found

    def translation(self, palette: bytes, used: npt.NDArray[np.bool_]) -> Plane | None:
        """From indices of a palette to those of this table, as far as they are used; None where there is no room."""
        if palette != self._palette:
            self._palette = palette
            self._translated[:] = False
        new = np.flatnonzero(used & ~self._translated)
        if new.size:
            found = self.find(colours(palette)[new].tolist())
            if found is None:
                return None
            self._translation[new] = found
            self._translated[new] = True
        return self._translation

    def find(self, wanted: list[int]) -> list[int] | None:
        """The indices of colours, which become part of the table; None, and no change, where there is no room."""
        known, count = self._known, len(self._known)
        new = [colour for colour in dict.fromkeys(wanted) if colour not in known]
        if count + len(new) > 256:
            return None
        if new:
            self._pixels[count : count + len(new)] = new
            self.is_opaque = self.is_opaque and CLEAR not in new
            self._forms.clear()
            known.update(zip(new, range(count, count + len(new)), strict=True))
        return [known[colour] for colour in wanted]


class IndexCanvas:
    """The screen of one clip, as `Canvas`; the table is None where one byte a pixel cannot tell what is on screen."""

    def __init__(self, width: int, height: int) -> None:
        self._plane = np.zeros((height, width), np.uint8)
        self._view = self._plane.view()
        self._view.flags.writeable = False
        self._table: _Table | None = None
        self._undo: tuple[Box, Plane | None, _Table | None] = NOTHING, None, None
        self._clear(self._whole)

    @property
    def _whole(self) -> Box:
        return 0, self._plane.shape[0], 0, self._plane.shape[1]

    def put(self, image: ImageBlock, drawn: Plane, seen: bytes) -> None:
        """Dispose of the image before, then draw this one, whose indices are `drawn`; `seen` says which occur."""
        disposed, before, table = self._undo
        if before is not None:
            if table:
                self._plane[slices(disposed)] = before
            self._table = table
        elif disposed != NOTHING:
            self._clear(disposed)
        box = shown(image, self._plane.shape)
        self._undo = NOTHING, None, None
        if box == NOTHING:
            return
        if image.control.disposal == TO_BACKGROUND:
            self._undo = box, None, None
        elif image.control.disposal == TO_PREVIOUS:
            self._undo = box, self._plane[slices(box)].copy() if self._table else UNKNOWN, self._table
        self._draw(image, drawn, seen, box)

    def before(self) -> tuple[Plane, npt.NDArray[np.uint32]] | None:
        """What the image drawn last covers and gives back when it is disposed of: indices, and RGBA of their colours.

        None if it gives nothing back, or one byte a pixel cannot tell that.
        """
        _, before, table = self._undo
        return (before, table.pixels) if table and before is not None else None

    def indexed(self) -> Indexed | None:
        """What is on screen; None where that has more colours than one byte tells apart."""
        return Indexed(self._view, self._table.colours) if self._table else None

    @property
    def is_opaque(self) -> bool:
        """Whether no pixel can be transparent; not known if there is no table."""
        return self._table is not None and self._table.is_opaque

    def write(self, form: Form, box: Box, out: Plane) -> bool:
        """Write a form of a box to the same place of `out`; False where there is no table."""
        if self._table:
            CODEC.translate(self._plane, box, self._table.through(form), None, out, box[2], box[0])
        return bool(self._table)

    def _clear(self, box: Box) -> None:
        if box == self._whole:
            self._table = _Table()
        found = self._table.find([CLEAR]) if self._table else None
        if found is None:
            self._table = None
        else:
            self._plane[slices(box)] = found[0]

    def _draw(self, image: ImageBlock, drawn: Plane, seen: bytes, box: Box) -> None:
        used, transparent = np.frombuffer(seen, np.bool_), image.control.transparent
        if transparent is not None and used[transparent]:
            used = used.copy()
            used[transparent] = False
        elif box == self._whole:
            self._table = _Table()
        translation = self._table.translation(image.palette, used) if self._table else None
        if translation is None:
            self._table = None
        else:
            top, bottom, left, right = box
            CODEC.translate(drawn, (0, bottom - top, 0, right - left), translation, transparent, self._plane, left, top)
