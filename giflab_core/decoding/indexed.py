"""What is on screen as indices of one table of colours, and forms of it that are looked up colour by colour."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.decoding.codec import CODEC
from giflab_core.frozen import dataclass
from giflab_core.kernels.luma import luma

if TYPE_CHECKING:
    from giflab_core.decoding.layers import Table
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Pixels, Plane


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


class Indices:
    """Memory for a screen's indices and the table of their colours, and what they are turned into."""

    def __init__(self, width: int, height: int) -> None:
        self.plane: Plane = np.zeros((height, width), np.uint8)
        self.table: Table = np.zeros(256, np.uint32)
        views = self.plane.view(), self.table.view(np.uint8).reshape(256, 4)
        for view in views:
            view.flags.writeable = False
        self.view = Indexed(*views)
        self._forms: dict[Form, Plane] = {}

    def renew(self) -> None:
        """The table has changed."""
        self._forms.clear()

    def write(self, form: Form, box: Box, out: Plane) -> None:
        """Write a form of a box to the same place of `out`."""
        looked_up = self._forms.get(form)
        if looked_up is None:
            looked_up = self._forms[form] = form(self.view.colours[np.newaxis])[0]
        CODEC.translate(self.plane, box, looked_up, out)
