"""How near a picture is to two others, by hand, and in C as in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.nearness import Nearness, nearness, nearness_numpy
from tests.helpers.kernels import needs_native


@pytest.mark.usefixtures("either")
def test_by_hand() -> None:
    """Of four cells two differ by a tolerance and more."""
    one, other, shown, tolerance = (
        np.array(each, np.float32) for each in ([0, 10, 20, 30], [1, 14, 28, 30], [0.5, 10, 26, 27], [2, 4, 4, 4])
    )
    assert nearness(one, other, shown, tolerance) == Nearness(2.0, 0 + 36, 16 + 4, 0.25 + 36 + 9, 0.25 + 16 + 4 + 9)


@pytest.mark.usefixtures("either")
def test_without_cells_nothing_differs() -> None:
    none = np.zeros(0, np.float32)
    assert nearness(none, none, none, none) == Nearness(0.0, 0.0, 0.0, 0.0, 0.0)


@needs_native
@given(st.integers(0, 2**32 - 1), st.integers(1, 70))
def test_native_and_numpy_agree(seed: int, cells: int) -> None:
    assert NATIVE
    chance = np.random.default_rng(seed)
    one, other, shown = (chance.integers(0, 255 * 256 + 1, (3, cells)) / 256).astype(np.float32)
    tolerance = chance.uniform(3, 40, cells).astype(np.float32)
    assert NATIVE.nearness(one, other, shown, tolerance) == nearness_numpy(one, other, shown, tolerance)


@needs_native
def test_rows_of_other_lengths_are_refused() -> None:
    assert NATIVE
    row, short = np.ones(3, np.float32), np.ones(2, np.float32)
    with pytest.raises(ValueError, match="shape"):
        NATIVE.nearness(row, row, row, short)
