"""What a table has for each pixel of a plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.boxes import slices
from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Plane

T = TypeVar("T", np.uint8, np.uint32)


def look_up(indices: Plane, table: npt.NDArray[T], box: Box, out: npt.NDArray[T]) -> None:
    """Write `table[indices]` within a box (top, bottom, left, right).

    `indices`: uint8, shape (height, width); `table`: uint8 or uint32, shape (256,); `out`: of that type, the plane's
    shape. All C-contiguous.
    """
    if NATIVE:
        NATIVE.look_up(indices, table, box, out)
    else:
        out[slices(box)] = table[indices[slices(box)]]
