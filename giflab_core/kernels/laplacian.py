"""The variance of a plane's Laplacian, a measure of how sharp it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.model import Plane


def laplacian_variance(plane: Plane) -> float:
    """The variance, over all pixels, of a pixel's four neighbours less four times itself, in grey levels squared.

    `plane`: uint8, (height, width), of any size; beyond the border it is mirrored at its last pixels, which are not
    repeated (but a single row or column is its own neighbour). Sums are exact. Pech-Pacheco et al. 2000, "Diatom
    autofocusing in brightfield microscopy: a comparative study"; borders as OpenCV's `Laplacian`.
    """
    total, squares = NATIVE.laplacian_sums(plane) if NATIVE else laplacian_sums_numpy(plane)
    return float((squares * plane.size - total * total) / plane.size**2)


def laplacian_sums_numpy(plane: Plane) -> tuple[int, int]:
    """The twin of the native function: the sum of the Laplacian, and of its squares."""
    wide = np.pad(plane.astype(np.int32), 1, "reflect")
    here = wide[1:-1, 1:-1]
    laplacian = wide[:-2, 1:-1] + wide[2:, 1:-1] + wide[1:-1, :-2] + wide[1:-1, 2:] - 4 * here
    return int(laplacian.sum(dtype=np.int64)), int((laplacian * laplacian).sum(dtype=np.int64))
