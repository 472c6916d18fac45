"""What is on a screen, image after image, as pixels and as indices: what both codecs do alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from giflab_core.errors import DecodeError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Plane

    Table = npt.NDArray[np.uint32]
    """RGBA, one number a pixel or colour."""

KEEP, TO_BACKGROUND, TO_PREVIOUS = range(3)
"""How to dispose of an image."""
NO_INDEX = -1
"""In place of the transparent index of an image without one."""
IS_KNOWN, IS_RENEWED = 1, 2
"""Flags that drawing returns: the indices tell what is on screen; the colours that they are of have changed."""
DOES_NOT_DECODE, STRAY_INDEX = -1, -2
"""In place of flags, for a damaged image; the second is less by the index that its palette does not have."""


def does_not_decode(width: int, height: int) -> DecodeError:
    """That the LZW data of an image are damaged."""
    why = "they are damaged, or end before the last pixel"
    return DecodeError(f"LZW data of a {width}x{height} image do not decode: {why}")


def has_stray_index(index: int, palette: bytes) -> DecodeError:
    """That a pixel has an index that its palette does not have."""
    return DecodeError(f"a pixel names colour {index} of a palette of {len(palette) // 3}")


class Layers(Protocol):
    """A screen, transparent at first, whose memory others have, and how to dispose of the image drawn last.

    `pixels`: uint32, shape (height, width). `indices`, uint8, of the same shape, and `colours`, uint32, shape (256,),
    follow where they are given: each colour has one index, and transparent is a colour like others. Images under
    several palettes share the table: their indices are translated. It begins anew with an image that hides all, and
    while more is on screen than one byte can tell, the indices say nothing.
    """

    def draw(
        self,
        blocks: bytes,
        code_size: int,
        interlaced: bool,
        left: int,
        top: int,
        width: int,
        height: int,
        palette: bytes,
        transparent: int,
        disposal: int,
        compare: bool,
        /,
    ) -> tuple[int, Box]:
        """Dispose of the image before, then decompress this one and draw it.

        Returns flags and a box that all changes are in, `NOTHING` where `compare` finds none; or what is wrong with
        the image, and then has changed nothing.
        """

    def put(
        self,
        indices: Plane,
        left: int,
        top: int,
        width: int,
        height: int,
        palette: bytes,
        transparent: int,
        disposal: int,
        compare: bool,
        /,
    ) -> tuple[int, Box]:
        """As `draw()`, a sound image whose indices are known: uint8, shape (height, width)."""

    def is_hiding(self) -> bool:
        """Whether any pixel is transparent."""
