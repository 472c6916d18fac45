"""Scale a picture to another size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.model import Pixels


def scaled(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """RGBA pixels at `size` (width, height): bicubic, transparency again 0 or 255 as GIF has it."""
    # Loaded here, since few clips are scaled, and it takes 15 ms.
    fromarray, resampling = (lazy.load("PIL.Image", name) for name in ("fromarray", "Resampling"))
    found: Pixels = np.array(fromarray(pixels).resize(size, resampling.BICUBIC))
    hidden = found[..., 3] < 128
    found[..., 3] = 255
    found[hidden] = 0
    return found
