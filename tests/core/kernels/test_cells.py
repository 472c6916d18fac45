"""Means of cells, by hand and cell by cell, in any boxes; pictures that are the same; in C as in NumPy."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.kernels import cells as cells_module
from giflab_core.kernels import same as same_module
from giflab_core.kernels.cells import CellSums, cell_prints_numpy, cell_sums_numpy, cells
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.same import same
from tests.helpers.kernels import needs_native, ways

Plane: TypeAlias = npt.NDArray[np.uint8]

seeds, sides, counts = st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 20)


def use(monkeypatch: pytest.MonkeyPatch, *, native: bool) -> None:
    if not native:
        monkeypatch.setattr(cells_module, "NATIVE", None)
        monkeypatch.setattr(same_module, "NATIVE", None)


def noise(shape: tuple[int, ...], seed: int = 1) -> Plane:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def box_within(rng: np.random.Generator, height: int, width: int) -> tuple[int, int, int, int]:
    top, bottom = sorted(rng.integers(0, height + 1, 2).tolist())
    left, right = sorted(rng.integers(0, width + 1, 2).tolist())
    return top, bottom, left, right


@ways
def test_means_by_hand(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three columns as two cells: the first is one wide, the second two."""
    use(monkeypatch, native=native)
    plane = np.array([[1, 2, 4], [3, 0, 255]], np.uint8)
    np.testing.assert_array_equal(cells(plane, 2, 2), [[1, 3], [3, 127.5]])
    np.testing.assert_array_equal(cells(plane, 1, 2), [[2, 65.25]])


@ways
@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (16, 16), (17, 31), (300, 40), (33, 700), (600, 800)])
def test_means_are_those_of_each_cell(shape: tuple[int, int], native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, native=native)
    plane = noise(shape)
    rows, columns = min(16, shape[0]), min(16, shape[1])
    rows_of, columns_of = (
        [slice(i * length // count, (i + 1) * length // count) for i in range(count)]
        for length, count in zip(shape, (rows, columns), strict=True)
    )
    expected = [[plane[row, column].mean() for column in columns_of] for row in rows_of]
    np.testing.assert_allclose(cells(plane), expected, rtol=1e-14)


@ways
def test_sums_do_not_overflow(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, native=native)
    np.testing.assert_array_equal(cells(np.full((1200, 900), 255, np.uint8), 2, 1), [[255], [255]])


@ways
def test_an_update_sums_what_touches_the_box_and_no_more(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, native=native)
    sums = CellSums(40, 40, 4, 4)
    sums.update(np.zeros((40, 40), np.uint8), None)
    sums.update(np.full((40, 40), 7, np.uint8), (9, 11, 20, 30))
    np.testing.assert_array_equal(sums.means().reshape(4, 4), [[0, 0, 7, 0], [0, 0, 7, 0], [0] * 4, [0] * 4])
    sums.update(np.full((40, 40), 9, np.uint8), (5, 5, 0, 40))
    assert sums.means().max() == 7


@ways
def test_means_stay_when_the_sums_go_on(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, native=native)
    sums = CellSums(4, 4, 2, 2)
    before = sums.means()
    sums.update(np.full((4, 4), 9, np.uint8))
    assert before.tolist() == [0] * 4
    assert sums.means().tolist() == [9] * 4
    assert before.dtype == np.float64


@ways
def test_prints_are_means_in_parts_of_a_level(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three columns as two cells, whose means are 1 and 3.25; of shares, what each lacks to 1."""
    use(monkeypatch, native=native)
    prints = np.zeros(2, np.uint16)
    CellSums(2, 3, 1, 2).write(np.array([[1, 2, 4], [1, 3, 4]], np.uint8), None, 256, prints)
    assert prints.tolist() == [256, 832]
    hidden = np.array([[1, 0, 1], [1, 0, 0]], np.uint8)
    CellSums(2, 3, 1, 2).write(hidden, None, 256, prints, is_share=True)
    assert prints.tolist() == [0, 48960]


@needs_native
@given(seeds, sides, sides, counts, counts, st.booleans())
def test_native_prints_are_those_of_the_twin(
    seed: int, height: int, width: int, rows: int, columns: int, is_share: bool
) -> None:
    rng = np.random.default_rng(seed)
    plane, box = noise((height, width), seed), box_within(rng, height, width)
    plane = (plane > 128).astype(np.uint8) if is_share else plane
    shape = min(rows, height), min(columns, width)
    sums, prints = np.zeros((2, *shape), np.int64), np.zeros((2, shape[0] * shape[1]), np.uint16)
    assert NATIVE
    NATIVE.cell_prints(plane, box, sums[0], 256, is_share, prints[0])
    cell_prints_numpy(plane, box, sums[1], 256, is_share, prints[1])
    np.testing.assert_array_equal(sums[0], sums[1])
    np.testing.assert_array_equal(prints[0], prints[1])


@needs_native
@given(seeds, sides, sides, counts, counts)
def test_native_sums_are_those_of_the_twin_in_any_box(
    seed: int, height: int, width: int, rows: int, columns: int
) -> None:
    rng = np.random.default_rng(seed)
    plane, box = noise((height, width), seed), box_within(rng, height, width)
    native, twin = np.full((2, min(rows, height), min(columns, width)), -1, np.int64)
    assert NATIVE
    NATIVE.cell_sums(plane, box, native)
    cell_sums_numpy(plane, box, twin)
    np.testing.assert_array_equal(native, twin)


@given(seeds, sides, sides)
def test_updates_within_boxes_give_the_means_of_the_whole(seed: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    plane, sums = noise((height, width), seed), CellSums(height, width)
    sums.update(plane)
    for _ in range(4):
        top, bottom, left, right = box = box_within(rng, height, width)
        plane[top:bottom, left:right] = rng.integers(0, 256)
        sums.update(plane, box)
    np.testing.assert_array_equal(sums.means(), cells(plane).ravel())


def test_a_plane_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        CellSums(5, 6).update(noise((6, 5)))
    with pytest.raises(ValueError, match="shape"):
        CellSums(5, 6).write(noise((6, 5)), None, 256, np.zeros(30, np.uint16))


@needs_native
@pytest.mark.parametrize(
    ("plane", "box", "sums", "error"),
    [
        (np.zeros((3, 3), np.int32), (0, 3, 0, 3), np.zeros((2, 2), np.int64), TypeError),
        (np.zeros((3, 3), np.uint8), (0, 3, 0, 3), np.zeros((2, 2)), TypeError),
        (np.zeros((3, 3), np.uint8), (0, 3, 0, 3), np.zeros((4, 2), np.int64), ValueError),
        (np.zeros((3, 3), np.uint8), (0, 3, 0, 3), np.zeros((0, 2), np.int64), ValueError),
        (np.zeros((3, 3), np.uint8), (0, 4, 0, 3), np.zeros((2, 2), np.int64), ValueError),
        (np.zeros((3, 3), np.uint8), (-1, 3, 0, 3), np.zeros((2, 2), np.int64), ValueError),
        (np.zeros((3, 3), np.uint8), (0, 3, 2, 1), np.zeros((2, 2), np.int64), ValueError),
        (np.zeros((0, 3), np.uint8), (0, 0, 0, 3), np.zeros((1, 1), np.int64), ValueError),
    ],
)
def test_the_native_sums_take_nothing_else(plane: Any, box: Any, sums: Any, error: type[Exception]) -> None:
    assert NATIVE
    with pytest.raises(error):
        NATIVE.cell_sums(plane, box, sums)


@ways
@pytest.mark.parametrize("packed", [False, True], ids=["rgba", "uint32"])
def test_one_pixel_makes_pictures_differ(packed: bool, native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, native=native)
    x = noise((9, 13, 4))
    y = x.copy()
    y[4, 7, 3] ^= 1
    one, other = (each.view(np.uint32)[..., 0] if packed else each for each in (x, y))
    assert same(one, one.copy())
    assert not same(one, other)
    assert not same(one, other, (4, 5, 7, 8))
    assert same(one, other, (0, 4, 0, 13))
    assert same(one, other, (5, 9, 0, 13))
    assert same(one, other, (0, 9, 0, 7))
    assert same(one, other, (0, 9, 8, 13))
    assert same(one, other, (4, 4, 7, 8))


@needs_native
@pytest.mark.parametrize(
    ("x", "y", "box", "error"),
    [
        (np.zeros((3, 3), np.uint8), np.zeros((3, 3), np.uint8), None, TypeError),
        (np.zeros((3, 3), np.uint32), np.zeros((3, 3, 4), np.uint8), None, TypeError),
        (np.zeros((3, 3), np.uint32), np.zeros((3, 4), np.uint32), None, ValueError),
        (np.zeros((3, 3), np.uint32), np.zeros((3, 3), np.uint32), (0, 3, 0, 4), ValueError),
        (np.zeros((3, 3), np.uint32), np.zeros((3, 3), np.uint32), (2, 1, 0, 3), ValueError),
    ],
)
def test_the_native_comparison_takes_nothing_else(x: Any, y: Any, box: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        same(x, y, box)
