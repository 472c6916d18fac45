"""Steps between flat parts, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.steps import new_steps, new_steps_numpy
from tests.helpers.kernels import needs_native

Plane = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
levels = st.sampled_from([0, 1, 8, 9, 10, 128, 255])
shapes = st.tuples(st.integers(1, 14), st.integers(1, 14))
pairs = shapes.flatmap(
    lambda shape: st.tuples(arrays(np.uint8, shape, elements=levels), arrays(np.uint8, shape, elements=levels))
)


def rows(*levels: int, height: int = 1) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.array([levels] * height, np.uint8)


@pytest.mark.usefixtures("either")
def test_a_step_between_three_equal_pixels_on_both_sides_counts() -> None:
    smooth = rows(10, 12, 14, 16, 18, 20)
    assert new_steps(smooth, rows(10, 10, 10, 20, 20, 20), 8) == (1, 1)
    assert new_steps(smooth, rows(10, 10, 10, 18, 18, 18), 8) == (1, 0)
    assert new_steps(smooth, rows(10, 10, 20, 20, 20, 20), 8) == (0, 0)


@pytest.mark.usefixtures("either")
def test_an_edge_of_the_original_is_not_new() -> None:
    edge = rows(10, 10, 10, 30, 30, 30)
    assert new_steps(edge, edge, 8) == (0, 0)
    assert new_steps(edge, rows(0, 0, 0, 41, 41, 41), 8) == (1, 1)


@pytest.mark.usefixtures("either")
def test_steps_downwards_count_as_those_to_the_right() -> None:
    smooth = rows(10, 12, 14, 16, 18, 20, height=2)
    banded = rows(10, 10, 10, 20, 20, 20, height=2)
    assert new_steps(smooth, banded, 8) == new_steps(smooth.T, banded.T, 8) == (2, 2)


@needs_native
@given(pairs, st.integers(0, 255))
def test_both_twins_count_the_same(planes: tuple[Plane, Plane], limit: int) -> None:
    original, compressed = planes
    wide = [np.repeat(np.repeat(plane, 3, axis=0), 3, axis=1) for plane in planes]  # flat parts are rare in noise
    assert new_steps(original, compressed, limit) == new_steps_numpy(original, compressed, limit)
    assert new_steps(wide[0], wide[1], limit) == new_steps_numpy(wide[0], wide[1], limit)


@needs_native
def test_more_steps_than_a_run_of_counts_holds() -> None:
    bands = np.repeat(np.arange(5000) % 2 * 100, 3).astype(np.uint8)[None]
    assert new_steps(np.zeros_like(bands), bands, 8) == (4999, 4999)


@needs_native
@pytest.mark.parametrize("limit", [-1, 256])
def test_a_limit_that_is_no_distance_of_levels_is_refused(limit: int) -> None:
    assert NATIVE is not None
    with pytest.raises(ValueError, match="0 to 255"):
        NATIVE.new_steps(rows(1), rows(1), limit)
