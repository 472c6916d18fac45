"""Steps between flat parts, counted by hand."""

from __future__ import annotations

import numpy as np

from giflab_core.kernels.steps import new_steps


def rows(*levels: int, height: int = 1) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.array([levels] * height, np.uint8)


def test_a_step_between_three_equal_pixels_on_both_sides_counts() -> None:
    smooth = rows(10, 12, 14, 16, 18, 20)
    assert new_steps(smooth, rows(10, 10, 10, 20, 20, 20), 8) == (1, 1)
    assert new_steps(smooth, rows(10, 10, 10, 18, 18, 18), 8) == (1, 0)
    assert new_steps(smooth, rows(10, 10, 20, 20, 20, 20), 8) == (0, 0)


def test_an_edge_of_the_original_is_not_new() -> None:
    edge = rows(10, 10, 10, 30, 30, 30)
    assert new_steps(edge, edge, 8) == (0, 0)
    assert new_steps(edge, rows(0, 0, 0, 41, 41, 41), 8) == (1, 1)


def test_steps_downwards_count_as_those_to_the_right() -> None:
    smooth = rows(10, 12, 14, 16, 18, 20, height=2)
    banded = rows(10, 10, 10, 20, 20, 20, height=2)
    assert new_steps(smooth, banded, 8) == new_steps(smooth.T, banded.T, 8) == (2, 2)
