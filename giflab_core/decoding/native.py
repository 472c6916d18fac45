"""The decoder's arithmetic in C (`csrc`). Importing this fails where the extension was not built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import giflab_core.decoding._gif as _gif
from giflab_core.decoding.layers import does_not_decode

if TYPE_CHECKING:
    from giflab_core.decoding.codec import FoundImage
    from giflab_core.decoding.layers import Layers, Table
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Plane

NAME = "native"


def scan(data: bytes, start: int) -> tuple[int, bool]:
    """Follow sub-blocks (GIF89a, section 15) through `data` from the length byte at `start`.

    Returns the position after their terminator and True, or the position of the next length byte, which may lie after
    the end of the data, and False.
    """
    return _gif.scan(data, start)


def image(data: bytes, start: int, has_palette: bool, with_data: bool) -> FoundImage | bool:
    """The image that starts there, with the graphic control before it, if all is there and as nearly all files have it.

    `has_palette`: the file has one for all images. Without `with_data` its sub-blocks are left out. Where something
    else is there, or something odd, only the way that reads all kinds of blocks knows what: returns False, or True if
    it may only be that the data end too soon.
    """
    return _gif.image(data, start, has_palette, with_data)


def decompress(
    blocks: bytes, code_size: int, width: int, height: int, *, interlaced: bool, out: Plane | None = None
) -> tuple[Plane, bytes]:
    """Decompress the sub-blocks of an image (GIF89a, appendix F).

    Returns its palette indices, uint8, shape (height, width), rows in display order, in `out` where that is given, and
    256 bytes that are 1 for each index that occurs. Raises DecodeError where the data are damaged or end before the
    last pixel.
    """
    plane = np.empty((height, width), np.uint8) if out is None else out
    written, _, seen = _gif.decompress(blocks, code_size, width, height, interlaced, plane)
    if written < plane.size:
        raise does_not_decode(width, height)
    return plane, seen


def layers(pixels: Table, indices: Plane | None, colours: Table | None) -> Layers:
    """A screen without images; all of `pixels` are zeros. See `layers.Layers`."""
    return _gif.Layers(pixels, pixels.shape[1], indices, colours)


def translate(plane: Plane, box: Box, table: Plane, out: Plane) -> None:
    """Write a box of a plane through `table` (256 bytes) to the same place of another, of the same shape.

    Both are bytes, contiguous.
    """
    first, last, start, end = box
    width = plane.shape[1]
    place = first * width + start
    _gif.translate(plane, place, width, last - first, end - start, table, -1, out, place, width)
