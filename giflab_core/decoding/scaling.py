"""Scale a picture to another size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from giflab_core.model import Pixels


def scaled(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """RGBA pixels at `size` (width, height): bicubic, transparency again 0 or 255 as GIF has it."""
    found = np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))
    hidden = found[..., 3] < 128
    found[..., 3] = 255
    found[hidden] = 0
    return found
