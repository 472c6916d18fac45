"""HaarPSI against numbers of piq, in C as in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.haarpsi import RUN, WINDOW, HaarpsiSum, haarpsi, haarpsi_update_numpy
from tests.helpers.kernels import needs_native, noisy_slopes

Pixels = npt.NDArray[np.uint8]

shapes = st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(4))


Sums = npt.NDArray[np.int64]


def unsummed(x: Pixels, at_first: int) -> tuple[Sums, tuple[int, int, int, int]]:
    """Sums that are all this number, and the box of all."""
    rows, runs = (x.shape[0] + 1) // 2, -(-((x.shape[1] + 1) // 2) // RUN)
    return np.full((rows, runs, 2), at_first, np.int64), (0, rows, 0, runs)


def native(x: Pixels, y: Pixels) -> Sums:
    assert NATIVE is not None
    sums, whole = unsummed(x, -1)
    change = NATIVE.haarpsi_update(x, y, sums, whole)
    assert change == tuple((sums + 1).sum(axis=(0, 1)))
    return sums


def twin(x: Pixels, y: Pixels) -> Sums:
    sums, whole = unsummed(x, 0)
    assert haarpsi_update_numpy(x, y, sums, whole) == tuple(sums.sum(axis=(0, 1)))
    return sums


pictures = shapes.flatmap(lambda shape: st.tuples(arrays(np.uint8, shape), arrays(np.uint8, shape)))


# piq 0.8.0, haarpsi(..., data_range=255), of these as float64 of shape (1, 3, height, width).
@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        (16, 16, 0.91764589),
        (31, 45, 0.90106997),
        (64, 200, 0.89982387),
        (256, 256, 0.92014586),
        (400, 390, 0.92882558),
        (640, 801, 0.92152181),
    ],
)
def test_it_equals_piq(height: int, width: int, expected: float) -> None:
    assert haarpsi(*noisy_slopes(height, width)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(
    "picture", [noisy_slopes(WINDOW, WINDOW)[0], noisy_slopes(77, 300)[1], np.zeros((20, 20, 4), np.uint8)]
)
def test_equal_pictures_score_1(picture: Pixels) -> None:
    other = picture.copy()
    other[..., 3] = 77  # is not looked at
    assert haarpsi(picture, other) == 1


@needs_native
@given(pictures)
def test_c_equals_numpy(pair: tuple[Pixels, Pixels]) -> None:
    assert np.array_equal(native(*pair), twin(*pair))


@needs_native
@pytest.mark.parametrize("shape", [(1, 1), (16, 301), (257, 16), (384, 383), (700, 641)])
def test_c_equals_numpy_for_any_shape(shape: tuple[int, int]) -> None:
    assert np.array_equal(native(*noisy_slopes(*shape)), twin(*noisy_slopes(*shape)))


@needs_native
def test_c_equals_numpy_where_parts_are_equal() -> None:
    x, _ = noisy_slopes(120, 301)
    y = x.copy()
    y[40:55, 100:131] += 9
    y[119, 300] ^= 1
    assert np.array_equal(native(x, y), twin(x, y))


@pytest.mark.usefixtures("either")
@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_what_is_kept_up_to_date_equals_what_is_computed_anew(data: st.DataObject) -> None:
    height, width = data.draw(st.integers(16, 61)), data.draw(st.integers(16, 180))
    x, y = (each.copy() for each in noisy_slopes(height, width))
    kept = HaarpsiSum(height, width)
    kept.update(x, y)
    for _ in range(3):
        top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
        bottom, right = data.draw(st.integers(top, height)), data.draw(st.integers(left, width))
        for picture in (x, y):
            picture[top:bottom, left:right] += data.draw(st.integers(0, 90))
        assert kept.update(x, y, (top, bottom, left, right)) == haarpsi(x, y)


@needs_native
@pytest.mark.parametrize(
    ("x", "y", "error"),
    [
        (np.zeros((20, 20), np.uint8), np.zeros((20, 20), np.uint8), TypeError),
        (np.zeros((20, 20, 4), np.float32), np.zeros((20, 20, 4), np.float32), TypeError),
        (np.zeros((20, 20, 4), np.uint8), np.zeros((20, 21, 4), np.uint8), ValueError),
        (np.zeros((20, 20, 3), np.uint8), np.zeros((20, 20, 3), np.uint8), ValueError),
        (np.zeros((20, 0, 4), np.uint8), np.zeros((20, 0, 4), np.uint8), ValueError),
    ],
)
def test_arrays_that_do_not_fit_are_refused(x: Any, y: Any, error: type[Exception]) -> None:
    assert NATIVE is not None
    with pytest.raises(error):
        NATIVE.haarpsi_update(x, y, np.zeros((10, 1, 2), np.int64), (0, 10, 0, 1))


@needs_native
@pytest.mark.parametrize(
    ("sums", "box", "error"),
    [
        (np.zeros((10, 2), np.int64), (0, 10, 0, 2), TypeError),
        (np.zeros((10, 2, 2), np.int32), (0, 10, 0, 2), TypeError),
        (np.zeros((9, 2, 2), np.int64), (0, 9, 0, 2), ValueError),
        (np.zeros((10, 3, 2), np.int64), (0, 10, 0, 3), ValueError),
        (np.zeros((10, 2, 3), np.int64), (0, 10, 0, 2), ValueError),
        (np.zeros((10, 2, 2), np.int64), (0, 11, 0, 2), ValueError),
        (np.zeros((10, 2, 2), np.int64), (5, 5, 0, 2), ValueError),
    ],
)
def test_sums_and_boxes_that_do_not_fit_are_refused(sums: Any, box: Any, error: type[Exception]) -> None:
    picture = np.zeros((20, 2 * RUN + 1, 4), np.uint8)
    assert NATIVE is not None
    with pytest.raises(error):
        NATIVE.haarpsi_update(picture, picture, sums, box)


@pytest.mark.usefixtures("either")
def test_chroma_that_alone_differs_is_seen() -> None:
    x, _ = noisy_slopes(64, 200)
    y = x.copy()
    y[20:40, 70:90, 0] ^= 40
    y[20:40, 70:90, 2] ^= 90
    grey = [each.copy() for each in (x, y)]
    for each in grey:
        each[..., :3] = each[..., 1:2]
    assert haarpsi(*grey) == 1
    assert haarpsi(x, y) < 1


@pytest.mark.usefixtures("either")
def test_a_first_update_looks_at_all_whatever_the_box() -> None:
    x, y = noisy_slopes(40, 70)
    assert HaarpsiSum(40, 70).update(x, y, (0, 0, 0, 0)) == haarpsi(x, y)
