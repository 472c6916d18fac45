"""Go through one clip's pictures, forward only, and learn on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from giflab_core.boxes import NOTHING, Box, enclosing, slices
from giflab_core.config import Config
from giflab_core.decoding import is_changed, pictures
from giflab_core.decoding.picture import Shown, Still
from giflab_core.errors import DecodeError
from giflab_core.kernels.same import same
from giflab_core.model import Clip
from giflab_core.order import Printer
from giflab_core.text import printable

if TYPE_CHECKING:
    from giflab_core.model import Pixels
    from giflab_core.order import Print


@dataclass(frozen=True, slots=True)
class Track:
    """What decoding one file to its end showed.

    `damage` is why it stopped early, None where it did not; `prints` are the fingerprints of its whole frames;
    `moving`: the picture changed.
    """

    damage: str | None
    prints: tuple[Print, ...]
    moving: bool


class Cursor:
    """One clip's pictures at a size (width, height).

    `shown` is the picture on screen; `fresh` the box that the last `seek()` changed, `NOTHING` where it did not.
    """

    def __init__(self, clip: Clip, config: Config, size: tuple[int, int]) -> None:
        self._pictures = pictures(clip.path, limits=config.decode_limits)
        self._clip = clip
        self._size = size
        self._before: Pixels | None = None
        self._printer = Printer(*size)
        self._prints: list[Print] = []
        self._damage: str | None = None
        self._moving = False
        self.fresh: Box = NOTHING
        self.shown: Shown

    def seek(self, index: int) -> bool:
        """Go to a frame that is not behind; False where the file does not have it."""
        self.fresh = NOTHING
        while len(self._prints) <= index:
            if not self._take_next():
                return False
        return True

    def drain(self) -> Track:
        """Decode what is left, and tell how it went."""
        while self._take_next():
            pass
        if is_changed(self._clip):
            raise DecodeError(f"{printable(self._clip.path)} changed while it was read; validate it again")
        return Track(self._damage, tuple(self._prints), self._moving)

    def _take_next(self) -> bool:
        try:
            picture = next(self._pictures, None)
        except DecodeError as error:
            self._damage = str(error)
            return False
        if picture is None:
            return False
        is_sized = (self._clip.width, self._clip.height) == self._size
        self.shown = picture if is_sized else Still(_scaled(picture.rgba(), self._size))
        if self._is_new():
            self._moving = self._moving or bool(self._prints)
            self.fresh = enclosing(self.fresh, self.shown.changed)
            self._prints.append(self._printer.take(self.shown))
        else:
            self._prints.append(self._prints[-1])
        return True

    def _is_new(self) -> bool:
        """Whether the picture is another one than before: images are also drawn over with what is there already."""
        pixels, box = self.shown.pixels(), self.shown.changed
        if self._before is None:
            self._before = pixels.copy()
            return True
        if same(pixels, self._before, box):
            return False
        self._before[slices(box)] = pixels[slices(box)]
        return True


def _scaled(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """RGBA pixels at `size` (width, height): bicubic, transparency again 0 or 255 as GIF has it."""
    scaled = np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))
    hidden = scaled[..., 3] < 128
    scaled[..., 3] = 255
    scaled[hidden] = 0
    return scaled
