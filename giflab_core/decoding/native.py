"""The decoder's arithmetic in C (`csrc`). Importing this fails where the extension was not built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import giflab_core.decoding._gif as _gif
from giflab_core.errors import DecodeError

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Plane

NAME = "native"


def scan(data: bytes, start: int) -> tuple[int, bool]:
    """Follow sub-blocks (GIF89a, section 15) through `data` from the length byte at `start`.

    Returns the position after their terminator and True, or the position of the next length byte, which may lie after
    the end of the data, and False.
    """
    return _gif.scan(data, start)


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
        why = "they are damaged, or end before the last pixel"
        raise DecodeError(f"LZW data of a {width}x{height} image do not decode: {why}")
    return plane, seen


def paint(
    plane: Plane,
    rows: int,
    columns: int,
    table: npt.NDArray[np.uint32],
    transparent: int | None,
    canvas: npt.NDArray[np.uint32],
    left: int,
    top: int,
) -> None:
    """Draw the upper left `rows` x `columns` indices of a plane through `table` (256 pixels) onto the canvas.

    Index `transparent` leaves what is there.
    """
    width = canvas.shape[1]
    start = top * width + left
    _gif.paint(
        plane, plane.shape[1], rows, columns, table, -1 if transparent is None else transparent, canvas, start, width
    )


def translate(
    plane: Plane, box: Box, table: Plane, transparent: int | None, canvas: Plane, left: int, top: int
) -> None:
    """Write a box of a plane through `table` (256 bytes) onto a canvas, its upper left corner at `left`, `top`.

    Both are bytes, contiguous, and have room for the box. Value `transparent` leaves what is there.
    """
    first, last, start, end = box
    width, out_width = plane.shape[1], canvas.shape[1]
    _gif.translate(
        plane,
        first * width + start,
        width,
        last - first,
        end - start,
        table,
        -1 if transparent is None else transparent,
        canvas,
        top * out_width + left,
        out_width,
    )
