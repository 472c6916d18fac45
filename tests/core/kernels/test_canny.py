"""Canny's edges against OpenCV's (numbers below; tests/peers has the rest), their agreement by hand, C as NumPy."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.kernels import canny as module
from giflab_core.kernels.canny import canny, canny_numpy, edge_agreement, edge_counts_numpy
from giflab_core.kernels.extension import NATIVE
from tests.helpers.kernels import needs_native, ways

Plane: TypeAlias = npt.NDArray[np.uint8]

seeds = st.integers(0, 2**32 - 1)
sides = st.one_of(st.integers(1, 20), st.integers(60, 132))
limits = st.integers(0, 1100)


def use(monkeypatch: pytest.MonkeyPatch, *, native: bool) -> None:
    if not native:
        monkeypatch.setattr(module, "NATIVE", None)


def noise(shape: tuple[int, int], seed: int = 1, levels: int = 256) -> Plane:
    grey = np.random.default_rng(seed).integers(0, levels, shape) * 255 // max(1, levels - 1)
    return grey.astype(np.uint8)


def line(at: int, side: int = 20) -> Plane:
    """Black to the left of a column, white from it on."""
    plane = np.zeros((side, side), np.uint8)
    plane[:, at:] = 255
    return plane


# cv2.Canny of opencv-python-headless 5.0.0 on np.random.default_rng(7).integers(0, 256, (6, 8), np.uint8).
OPENCV = {
    (50, 150): ["###..###", "..##....", "##.#.##.", "...#....", ".......#", "####.##."],
    (200, 700): ["###..###", "..##....", "##.#....", "...#....", ".......#", ".....##."],
}


@ways
@pytest.mark.parametrize("thresholds", OPENCV)
def test_edges_are_those_of_opencv(thresholds: tuple[int, int], native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, native=native)
    edges = canny(np.random.default_rng(7).integers(0, 256, (6, 8), np.uint8), *thresholds)
    assert ["".join(".#"[pixel] for pixel in row.astype(int)) for row in edges] == OPENCV[thresholds]


@ways
@pytest.mark.parametrize(
    ("low", "high", "edges"), [(50, 150, 1778), (300, 600, 1596), (600, 900, 189), (900, 300, 863)]
)
def test_as_many_edges_as_in_opencv(
    low: float, high: float, edges: int, native: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """cv2.Canny of opencv-python-headless 5.0.0 on the same plane; thresholds in either order."""
    use(monkeypatch, native=native)
    plane = np.random.default_rng(1).integers(0, 256, (60, 80), np.uint8)
    assert np.count_nonzero(canny(plane, low, high)) == edges


@ways
def test_a_weak_line_is_followed_from_a_strong_pixel_however_it_turns(
    native: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, native=native)
    plane = np.zeros((200, 200), np.uint8)
    for top in range(0, 200, 8):
        plane[top : top + 4, 4:-4] = 25
        plane[top + 4 : top + 8, slice(-8, -4) if top % 16 else slice(4, 8)] = 25
    assert not canny(plane, 50, 150).any()
    plane[:4, 10:30] = 70
    outline = canny(plane, 50, 99)
    assert canny(plane, 50, 150).sum() > 0.4 * outline.sum()  # one side of the line; the other hangs on nothing


def test_a_step_of_n_grey_levels_has_a_gradient_of_4_n() -> None:
    plane = line(10) // 255 * 30
    assert canny(plane, 119, 119).any()
    assert not canny(plane, 120, 120).any()


@needs_native
@given(seeds, sides, sides, st.sampled_from([2, 5, 256]), limits, limits)
def test_native_edges_are_those_of_the_twin(
    seed: int, height: int, width: int, levels: int, low: int, high: int
) -> None:
    x, y = noise((height, width), seed, levels), noise((height, width), seed + 1, levels)
    low, high = sorted((low, high))
    np.testing.assert_array_equal(canny(x, low, high), canny_numpy(x, low, high))
    assert NATIVE
    assert NATIVE.edge_counts(x, y, low, high) == edge_counts_numpy(x, y, low, high)


@needs_native
@pytest.mark.parametrize("shape", [(1, 1), (1, 64), (65, 1), (3, 63), (64, 64), (130, 257), (256, 256)])
@pytest.mark.parametrize("levels", [1, 2, 256])
def test_native_edges_are_those_of_the_twin_for_any_shape(shape: tuple[int, int], levels: int) -> None:
    plane = noise(shape, levels=levels)
    plane.setflags(write=False)
    np.testing.assert_array_equal(canny(plane, 50.7, 150.2), canny_numpy(plane, 50, 150))


@ways
def test_agreement_by_hand(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step has an edge in one column, a bar in two, one of which is where that of the step is."""
    use(monkeypatch, native=native)
    step = line(10)
    bar = step - line(14)
    assert canny(step, 50, 150).sum(axis=0).tolist() == [0] * 9 + [20] + [0] * 10
    assert canny(bar, 50, 150).sum(axis=0).tolist() == [0] * 9 + [20] + [0] * 3 + [20] + [0] * 6
    assert edge_agreement(step, bar, 50, 150) == edge_agreement(bar, step, 50, 150) == pytest.approx(2 / 3)


@ways
@pytest.mark.parametrize(("shift", "agreement"), [(0, 1), (1, 1), (-1, 1), (2, 0), (-2, 0)])
def test_agreement_reaches_one_pixel(
    shift: int, agreement: float, native: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, native=native)
    for at in (10, 64):  # a word of the native bits ends between the edges at 63 and 64
        assert edge_agreement(line(at, 100), line(at + shift, 100), 50, 150) == agreement
        above, below = (np.ascontiguousarray(line(each, 100).T) for each in (at, at + shift))
        assert edge_agreement(above, below, 50, 150) == agreement


@ways
def test_agreement_without_edges(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, native=native)
    flat, other, edges = np.full((20, 20), 3, np.uint8), np.full((20, 20), 200, np.uint8), line(10)
    assert edge_agreement(flat, other, 50, 150) == 1
    assert edge_agreement(flat, edges, 50, 150) == edge_agreement(edges, flat, 50, 150) == 0


@needs_native
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((np.zeros((3, 3), np.int32), np.zeros((3, 3), np.int32), 1, 2), TypeError),
        ((np.zeros((3, 3, 1), np.uint8), np.zeros((3, 3, 1), np.uint8), 1, 2), TypeError),
        ((np.zeros((3, 6), np.uint8)[:, ::2], np.zeros((3, 3), np.uint8), 1, 2), (BufferError, ValueError)),
        ((np.zeros((3, 3), np.uint8), np.zeros((3, 4), np.uint8), 1, 2), ValueError),
        ((np.zeros((0, 3), np.uint8), np.zeros((0, 3), np.uint8), 1, 2), ValueError),
        ((np.zeros((3, 3), np.uint8), np.zeros((3, 3), np.uint8), 3, 2), ValueError),
        ((np.zeros((3, 3), np.uint8), np.zeros((3, 3), np.uint8), -1, 2), ValueError),
        ((np.zeros((3, 3), np.uint8), np.zeros((3, 3), np.uint8), 1, 1 << 15), ValueError),
    ],
)
def test_native_functions_take_nothing_else(arguments: tuple[Any, ...], error: type[Exception]) -> None:
    x, y, low, high = arguments
    assert NATIVE
    with pytest.raises(error):
        NATIVE.edge_counts(x, y, low, high)
    with pytest.raises(error):
        NATIVE.canny(x, low, high, y)
