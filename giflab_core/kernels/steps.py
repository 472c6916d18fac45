"""Where flat parts of a picture meet in a step that another picture does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.model import Plane

# So many equal pixels in a row are flat.
FLAT = 3
# A step is new where the other picture has less than half of it.
NEW = 2


def new_steps(original: Plane, compressed: Plane, limit: int) -> tuple[int, int]:
    """How many steps between flat parts of the compressed picture are new, and how many of those exceed a limit.

    `original`, `compressed`: uint8, one shape (height, width); `limit` in grey levels, 0 to 255. Steps are to the right
    neighbour and to the one below, with `FLAT` equal pixels on both sides, in line with the step.
    """
    if NATIVE:
        return NATIVE.new_steps(np.ascontiguousarray(original), np.ascontiguousarray(compressed), limit)
    return new_steps_numpy(original, compressed, limit)


def new_steps_numpy(original: Plane, compressed: Plane, limit: int) -> tuple[int, int]:
    """The twin of the native function."""
    found = [_along_rows(*planes, limit) for planes in ((original, compressed), (original.T, compressed.T))]
    return sum(each for each, _ in found), sum(each for _, each in found)


def _along_rows(original: Plane, compressed: Plane, limit: int) -> tuple[int, int]:
    width = compressed.shape[1]
    if width < 2 * FLAT:
        return 0, 0
    before, after = (np.abs(np.diff(plane.astype(np.int16), axis=1)) for plane in (original, compressed))
    steps = width - 2 * FLAT + 1
    left = [after[:, place : place + steps] for place in range(FLAT - 1)]
    right = [after[:, FLAT + place : FLAT + place + steps] for place in range(FLAT - 1)]
    step = after[:, FLAT - 1 : FLAT - 1 + steps]
    flat = np.logical_and.reduce([each == 0 for each in (*left, *right)])
    is_new = flat & (step > NEW * before[:, FLAT - 1 : FLAT - 1 + steps])
    return int(np.count_nonzero(is_new)), int(np.count_nonzero(is_new & (step > limit)))
