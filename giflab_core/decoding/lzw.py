"""Decompress one image to palette indices, and check them against its palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.decoding.blocks import ImageBlock
from giflab_core.decoding.codec import CODEC
from giflab_core.errors import DecodeError

if TYPE_CHECKING:
    from giflab_core.model import Plane


def indices(image: ImageBlock, out: Plane | None = None) -> tuple[Plane, bytes]:
    """Palette indices of an image, uint8, shape (height, width), rows in display order; 256 bytes, 1 for each found.

    They are written to `out`, of that shape and contiguous, where it is given. Raises DecodeError where the LZW data
    (GIF89a, appendix F) are damaged, end before the last pixel, or name a colour that the palette does not have.
    """
    if not image.width or not image.height:
        return np.empty((image.height, image.width), np.uint8), bytes(256)
    plane, seen = CODEC.decompress(
        image.data, image.code_size, image.width, image.height, interlaced=image.interlaced, out=out
    )
    n_colours = len(image.palette) // 3
    largest = seen.rfind(1, n_colours)
    if largest == image.control.transparent:
        largest = seen.rfind(1, n_colours, largest)
    if largest >= 0:
        raise DecodeError(f"a pixel names colour {largest} of a palette of {n_colours}")
    return plane, seen
