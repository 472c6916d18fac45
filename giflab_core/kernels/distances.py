"""Distances of many vectors from many others.

Not by a product of matrices: NumPy hands that to threads, which go on to wait for more and double the processor time
of a small clip's validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float64]


def squared_distances(x: Vectors, y: Vectors) -> Vectors:
    """Squared Euclidean distances: shape (n, m), of the n rows of `x` and the m rows of `y`, float64, equally long."""
    if not NATIVE:
        return squared_distances_numpy(x, y)
    result = np.empty((len(x), len(y)))
    NATIVE.squared_distances(np.ascontiguousarray(x), np.ascontiguousarray(y), result)
    return result


def squared_distances_numpy(x: Vectors, y: Vectors) -> Vectors:
    """The twin of the native function, which rounds differently."""
    squares: Vectors = (x**2).sum(axis=1)[:, None] + (y**2).sum(axis=1)[None, :] - 2 * x @ y.T
    return np.maximum(squares, 0, out=squares)
