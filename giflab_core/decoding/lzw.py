"""Decompress one image to palette indices, by Pillow's GIF codec."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from giflab_core.decoding.blocks import ImageBlock
from giflab_core.errors import DecodeError

if TYPE_CHECKING:
    from giflab_core.model import Plane


def indices(image: ImageBlock) -> Plane:
    """Palette indices of an image, uint8, shape (height, width), rows in display order.

    Raises DecodeError where the LZW data (GIF89a, appendix F) are damaged, end before the last pixel, or name a
    colour that the palette does not have.
    """
    size = (image.width, image.height)
    if not image.width or not image.height:
        return np.empty((image.height, image.width), np.uint8)
    try:
        decoded = Image.frombytes("P", size, image.data, "gif", image.code_size, image.interlaced)
    except Exception as error:  # Pillow raises ValueError, OSError, IndexError, MemoryError ...
        raise DecodeError(f"LZW data of a {image.width}x{image.height} image do not decode: {error}") from error
    result = np.asarray(decoded)
    n_colours = len(image.palette) // 3
    if n_colours < 256:
        outside = result[result >= n_colours]
        if (outside != image.control.transparent).any():
            raise DecodeError(f"a pixel names colour {outside.max()} of a palette of {n_colours}")
    return result
