"""The one place that chooses who decodes: C where the extension is built, else Pillow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from giflab_core.lazy import available

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Plane


class Codec(Protocol):
    """What both do alike; `native` says what."""

    NAME: str

    def scan(self, data: bytes, start: int) -> tuple[int, bool]: ...

    def decompress(
        self, blocks: bytes, code_size: int, width: int, height: int, *, interlaced: bool, out: Plane | None = None
    ) -> tuple[Plane, bytes]: ...

    def paint(
        self,
        plane: Plane,
        rows: int,
        columns: int,
        table: npt.NDArray[np.uint32],
        transparent: int | None,
        canvas: npt.NDArray[np.uint32],
        left: int,
        top: int,
    ) -> None: ...

    def translate(
        self, plane: Plane, box: Box, table: Plane, transparent: int | None, canvas: Plane, left: int, top: int
    ) -> None: ...


def choose() -> Codec:
    """The native codec, or Pillow's where that cannot be loaded."""
    found = available("giflab_core.decoding.native") or available("giflab_core.decoding.pillow")
    return cast("Codec", found)


CODEC = choose()
