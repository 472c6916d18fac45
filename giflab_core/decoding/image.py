"""One image of a file: what its blocks say, and its palette indices."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from giflab_core.decoding.codec import CODEC
from giflab_core.decoding.layers import KEEP, TO_BACKGROUND, TO_PREVIOUS, has_stray_index
from giflab_core.frozen import dataclass

if TYPE_CHECKING:
    from giflab_core.model import Plane

# Values 0 and 1 leave the image; 4 is what an early encoder wrote for 3, and browsers read it so; 5 to 7 are undefined.
DISPOSAL = (KEEP, KEEP, TO_BACKGROUND, TO_PREVIOUS, TO_PREVIOUS, KEEP, KEEP, KEEP)


@dataclass(frozen=True, slots=True)
class GraphicControl:
    """Section 23: how the next image is shown. `delay_cs` is in 1/100 s."""

    disposal: int = KEEP
    delay_cs: int = 0
    transparent: int | None = None


NO_CONTROL = GraphicControl()


class ImageBlock(NamedTuple):
    """One image of the file, still compressed. A tuple, since there is one for each image: it is made in a quarter of
    the time.

    `palette` is the colour table in force, 3 bytes a colour; `own_palette` says that it is the image's own. `data` are
    the LZW sub-blocks with their length bytes, as far as an image of that size can need them, and `data_bytes` how
    many there are; `cut` says that the file ends before their terminator.
    """

    left: int
    top: int
    width: int
    height: int
    interlaced: bool
    palette: bytes
    control: GraphicControl
    code_size: int
    data: bytes
    data_bytes: int = 0
    cut: bool = False
    own_palette: bool = False


@lru_cache(maxsize=256)
def graphic_control(data: bytes) -> GraphicControl:
    """Of its 4 bytes."""
    flags, delay_cs, transparent = struct.unpack("<BHB", data)
    return GraphicControl(DISPOSAL[flags >> 2 & 7], delay_cs, transparent if flags & 1 else None)


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
        raise has_stray_index(largest, image.palette)
    return plane, seen
