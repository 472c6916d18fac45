"""Distances against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from giflab_core.kernels.distances import squared_distances, squared_distances_numpy
from giflab_core.kernels.extension import NATIVE
from tests.helpers.tools import miss


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 5, 15), (7, 2, 16), (4, 4, 512), (0, 3, 8)])
@pytest.mark.parametrize("function", [squared_distances, squared_distances_numpy])
def test_they_equal_scipys(function: object, shape: tuple[int, int, int]) -> None:
    rows, columns, length = shape
    random = np.random.default_rng(length)
    x, y = random.uniform(0, 255, (rows, length)), random.uniform(0, 255, (columns, length))
    assert callable(function)
    assert function(x, y) == pytest.approx(cdist(x, y, "sqeuclidean"), rel=1e-9, abs=1e-6)


def test_arrays_that_do_not_fit_raise() -> None:
    native = NATIVE or miss("the C extension is not built")
    with pytest.raises(ValueError, match="fit"):
        native.squared_distances(np.zeros((2, 3)), np.zeros((2, 4)), np.zeros((2, 2)))
    with pytest.raises(TypeError):
        native.squared_distances(np.zeros((2, 3), np.float32), np.zeros((2, 3)), np.zeros((2, 2)))
