"""Luma of RGBA pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core import lazy
from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.model import Pixels, Plane

NONE = -1


def luma(pixels: Pixels, background: int = NONE) -> Plane:
    """Rec. 601 luma as Pillow's mode L computes it: uint8, shape (height, width).

    `pixels`: RGBA, uint8, shape (height, width, 4). Where alpha is 0, the luma is `background`, 0 to 255; that of the
    pixel whatever the alpha for `NONE`.
    """
    if not NATIVE:
        return luma_numpy(pixels, background)
    plane = np.empty(pixels.shape[:2], np.uint8)
    NATIVE.luma(np.ascontiguousarray(pixels), background, plane)
    return plane


def luma_numpy(pixels: Pixels, background: int) -> Plane:
    """The twin of the native function, by Pillow."""
    plane = np.asarray(lazy.load("PIL.Image", "fromarray")(pixels).convert("L"))
    return plane if background == NONE else np.where(pixels[..., 3], plane, np.uint8(background))
