"""Colours and steps of some rows, by hand; in C as in NumPy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.joint import MULTIPLIER
from giflab_core.kernels.traits import MOST, Traits, traits, traits_numpy
from tests.helpers.kernels import needs_native

Pixels = npt.NDArray[np.uint8]
LIMITS = 24, 16, 0.9


def greys(*rows: list[int]) -> Pixels:
    """Opaque, and transparent where the grey is 0."""
    grey = np.array(rows, np.uint8)
    return np.dstack([grey, grey, grey, np.where(grey, 255, 0).astype(np.uint8)])


@pytest.mark.usefixtures("either")
def test_shares_and_steps_by_hand() -> None:
    """Of ten pixels four are 9, three 99, one is 30 and two are transparent; steps are 90, 21, 21 and 9.

    The 30 and the 9 to its right differ from both of their neighbours, of six pixels that have two.
    """
    found = traits(greys([9, 9, 99, 99, 99], [9, 30, 9, 0, 0]), *LIMITS)
    assert found == Traits(colours=4, dominant=0.4, ground=4 / 8, busy=2 / 6, soft=3 / 4, scale=1)


@pytest.mark.usefixtures("either")
def test_edges_in_every_third_column_are_a_scale_of_three() -> None:
    assert traits(greys([5, 5, 5, 60, 60, 60, 5, 5, 5, 90, 90, 90]), *LIMITS).scale == 3


@pytest.mark.usefixtures("either")
def test_a_single_pixel_has_no_steps() -> None:
    assert traits(greys([0]), *LIMITS) == Traits(colours=1, dominant=1, ground=1, busy=0, soft=0, scale=1)


@needs_native
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 60), st.integers(1, 6), st.integers(1, 120))
def test_native_and_numpy_see_the_same(seed: int, rows: int, width: int, side: int, step: int) -> None:
    assert NATIVE
    few = np.random.default_rng(seed).integers(0, 256, (rows, -(-width // side), 4), np.uint8) // step * step
    few[..., 3] = 255 * (few[..., 3] > 40)
    few[few[..., 3] == 0] = 0
    pixels = np.ascontiguousarray(few.repeat(side, axis=1)[:, :width])
    found = NATIVE.traits(pixels, MOST, *LIMITS, MULTIPLIER)
    assert Traits(*found) == traits_numpy(pixels, *LIMITS)
