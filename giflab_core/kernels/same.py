"""Whether two pictures are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.boxes import slices
from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    Picture: TypeAlias = npt.NDArray[np.uint32] | npt.NDArray[np.uint8]
    from giflab_core.kernels.boxes import Box


def same(x: Picture, y: Picture, box: Box | None = None) -> bool:
    """Whether all pixels of two pictures are equal within a box (top, bottom, left, right); None: everywhere.

    `x`, `y`: C-contiguous, of one shape and type: uint32 (height, width) or uint8 (height, width, 4).
    """
    box = box or (0, x.shape[0], 0, x.shape[1])
    if NATIVE:
        return NATIVE.same(x, y, box)
    return np.array_equal(x[slices(box)], y[slices(box)])
