"""Luma of RGBA pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from giflab_core.model import Pixels, Plane


def luma(pixels: Pixels) -> Plane:
    """Rec. 601 luma as Pillow's mode L computes it, whatever the alpha: uint8, shape (height, width)."""
    return np.asarray(Image.fromarray(pixels).convert("L"))
