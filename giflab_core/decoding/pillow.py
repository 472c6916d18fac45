"""The decoder's arithmetic by Pillow and NumPy: what `native` does in C, for where there is no C."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from giflab_core.errors import DecodeError

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Plane

NAME = "pillow"


def scan(data: bytes, start: int) -> tuple[int, bool]:
    """As `native.scan`."""
    position, size = start, len(data)
    while position < size:
        length = data[position]
        position += length + 1
        if not length:
            return position, True
    return position, False


def decompress(
    blocks: bytes, code_size: int, width: int, height: int, *, interlaced: bool, out: Plane | None = None
) -> tuple[Plane, bytes]:
    """As `native.decompress`."""
    try:
        decoded = Image.frombytes("P", (width, height), _whole(blocks), "gif", code_size, interlaced)
    except Exception as error:  # Pillow raises ValueError, OSError, IndexError, MemoryError ...
        why = "they are damaged, or end before the last pixel"
        raise DecodeError(f"LZW data of a {width}x{height} image do not decode: {why}") from error
    plane = np.asarray(decoded)
    seen = np.zeros(256, np.uint8)
    seen[plane.ravel()] = 1
    if out is None:
        return plane, seen.tobytes()
    out[...] = plane
    return out, seen.tobytes()


def _whole(blocks: bytes) -> bytes:
    """The sub-blocks before the terminator, the last as long as it is: Pillow reads on, and reads none that is cut."""
    position = 0
    while position < len(blocks) and blocks[position]:
        length, rest = blocks[position], len(blocks) - position - 1
        if length > rest:
            return blocks[:position] + bytes([rest]) + blocks[position + 1 :]
        position += 1 + length
    return blocks[:position]


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
    """As `native.paint`."""
    drawn = plane[:rows, :columns]
    region = canvas[top : top + rows, left : left + columns]
    if transparent is None:
        region[...] = table[drawn]
    else:
        np.copyto(region, table[drawn], where=drawn != transparent)


def translate(
    plane: Plane, box: Box, table: Plane, transparent: int | None, canvas: Plane, left: int, top: int
) -> None:
    """As `native.translate`."""
    drawn = plane[box[0] : box[1], box[2] : box[3]]
    region = canvas[top : top + drawn.shape[0], left : left + drawn.shape[1]]
    if transparent is None:
        region[...] = table[drawn]
    else:
        np.copyto(region, table[drawn], where=drawn != transparent)
