"""The one place that chooses who decodes: C where the extension is built, else Pillow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from giflab_core.lazy import available

if TYPE_CHECKING:
    from giflab_core.decoding.layers import Layers, Table
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Plane

FoundImage: TypeAlias = tuple[int, bytes | None, int, int, int, int, bool, bytes | None, int, bytes, int]
"""Where an image ends; the 4 bytes of the graphic control extension before it; left, top, width, height, whether it is
interlaced; its own palette; the code size; its sub-blocks, and how many bytes they are."""


class Codec(Protocol):
    """What both do alike; `native` says what."""

    NAME: str

    def scan(self, data: bytes, start: int) -> tuple[int, bool]: ...

    def image(self, data: bytes, start: int, has_palette: bool, with_data: bool) -> FoundImage | bool: ...

    def decompress(
        self, blocks: bytes, code_size: int, width: int, height: int, *, interlaced: bool, out: Plane | None = None
    ) -> tuple[Plane, bytes]: ...

    def layers(self, pixels: Table, indices: Plane | None, colours: Table | None) -> Layers: ...

    def translate(self, plane: Plane, box: Box, table: Plane, out: Plane) -> None: ...


def choose() -> Codec:
    """The native codec, or Pillow's where that cannot be loaded."""
    found = available("giflab_core.decoding.native") or available("giflab_core.decoding.pillow")
    return cast("Codec", found)


CODEC = choose()
