"""FSIM by hand and against numbers of piq, in C as in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from math import log, pi, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.fsim import congruencies, fsim, fsim_many, fsim_numpy, make_filters, similarities
from tests.helpers.kernels import needs_native, noisy_slopes

Plane = npt.NDArray[np.uint8]

shapes = st.tuples(st.integers(2, 40), st.integers(2, 40))
planes = shapes.flatmap(lambda shape: st.tuples(arrays(np.uint8, shape), arrays(np.uint8, shape)))


def sample(height: int, width: int) -> tuple[Plane, Plane]:
    x, y = noisy_slopes(height, width)
    return np.ascontiguousarray(x[..., 0]), np.ascontiguousarray(y[..., 0])


@pytest.mark.usefixtures("either")
def test_flat_planes_are_as_alike_as_their_borders() -> None:
    # Nothing responds to a flat plane: each pixel has the same weight. In each corner of 2 x 2 pixels 3 + 10 sixteenths
    # of the level are missing in both directions.
    x, y = np.full((2, 2), 40, np.uint8), np.full((2, 2), 90, np.uint8)
    a, b = (sqrt(2) * 13 / 16 * level for level in (40, 90))
    assert fsim(x, y) == pytest.approx((2 * a * b + 160) / (a * a + b * b + 160), abs=1e-6)


# piq 0.8.0, fsim(..., data_range=255, chromatic=False), of these as float64 of shape (1, 1, height, width).
@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        (16, 16, 0.68740869),
        (31, 45, 0.65496647),
        (64, 200, 0.64874526),
        (256, 256, 0.65069323),
        (400, 390, 0.91241044),
        (640, 801, 0.90907781),
    ],
)
def test_it_equals_piq(height: int, width: int, expected: float) -> None:
    assert fsim(*sample(height, width)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("shape", [(2, 2), (5, 300), (400, 401)])
def test_equal_planes_score_1(shape: tuple[int, int]) -> None:
    _, x = sample(*shape)
    assert fsim(x, x) == 1


@pytest.mark.parametrize("shape", [(20, 30), (21, 33)])
def test_the_threshold_is_that_of_the_definition(shape: tuple[int, int]) -> None:
    filters = make_filters(*shape)
    for orientation, noise in zip(filters.orientations, filters.noise, strict=True):
        inverse = np.fft.ifft2(orientation * filters.scales).real * sqrt(shape[0] * shape[1])
        squares = (inverse**2).sum()
        products = sum((inverse[a] * inverse[b]).sum() for a in range(4) for b in range(a + 1, 4))
        power = 1 / log(2) / ((orientation * filters.scales[0]) ** 2).sum()  # of noise of the median amplitude 1
        tau = sqrt((2 * power * squares + 4 * power * products) / 2)
        expected = (tau * sqrt(pi / 2) + 2 * sqrt((2 - pi / 2) * tau**2)) / 1.7
        assert noise == pytest.approx(expected, rel=1e-5)


@needs_native
@given(planes)
def test_c_equals_numpy(pair: tuple[Plane, Plane]) -> None:
    assert fsim(*pair) == pytest.approx(fsim_numpy(*pair, 1), abs=1e-6)


# Lengths of all factors, of which 89 and 97 are the largest that are split off, and of none: 101 and 2 * 107.
@needs_native
@pytest.mark.parametrize("shape", [(64, 225), (77, 169), (2, 97), (178, 38), (101, 214), (600, 481), (700, 641)])
def test_c_equals_numpy_for_any_shape(shape: tuple[int, int]) -> None:
    x, y = sample(*shape)
    assert fsim(x, y) == pytest.approx(fsim_numpy(x, y, max(1, round(min(shape) / 256))), abs=1e-6)


@needs_native
def test_c_equals_numpy_where_most_is_flat() -> None:
    # Far from all edges a response is a millionth of that at them.
    x = np.full((281, 500), 20, np.uint8)
    x[90:140, 160:250] = 200
    y = np.where(x == 200, np.uint8(190), x)
    assert fsim(x, y) == pytest.approx(fsim_numpy(x, y, 1), abs=1e-6)


@pytest.mark.usefixtures("either")
def test_several_pairs_at_once_score_as_each_alone() -> None:
    pairs = [sample(40, 33), (np.zeros((40, 33), np.uint8),) * 2, sample(40, 33)[::-1], sample(40, 33)]
    assert fsim_many(pairs) == [fsim(*pair) for pair in pairs]
    assert fsim_many([]) == []


@pytest.mark.usefixtures("either")
def test_what_is_known_of_one_plane_serves_every_pair_that_it_is_in() -> None:
    (x, y), (z, _) = sample(40, 33), sample(40, 33)[::-1]
    known = congruencies([x])
    for other in (y, z):
        assert similarities([(x, other)], known, congruencies([other])) == [fsim(x, other)]


def arguments() -> dict[str, dict[str, Any]]:
    """Of the native functions, for planes of 8 x 10."""
    assert NATIVE is not None
    lanes = NATIVE.lanes()
    blocks = -(-10 // lanes)
    congruency = np.zeros((2, -(-8 // lanes) * lanes * 10), np.float32)
    return {
        "congruencies": {
            "planes": np.zeros((2, 8, 10), np.uint8),
            "factor": 1,
            "scales": np.zeros((4, blocks, 5, lanes), np.float32),
            "orientations": np.zeros((4, blocks, 8, lanes), np.float32),
            "noise": (1.0, 1.0, 1.0, 1.0),
            "out": congruency.copy(),
        },
        "fsim": {
            "x": np.zeros((2, 8, 10), np.uint8),
            "y": np.zeros((2, 8, 10), np.uint8),
            "factor": 1,
            "x_congruency": congruency + 1,
            "y_congruency": congruency + 1,
            "out": np.zeros(2),
        },
    }


@needs_native
@pytest.mark.parametrize(
    ("function", "name", "change", "error"),
    [
        ("congruencies", "planes", lambda x: x.astype(np.float32), TypeError),
        ("congruencies", "planes", lambda x: x[..., np.newaxis], TypeError),
        ("congruencies", "factor", lambda _: 0, ValueError),
        ("congruencies", "factor", lambda _: 2, ValueError),
        ("congruencies", "factor", lambda _: 5, ValueError),
        ("congruencies", "scales", lambda scales: scales.astype(np.float64), TypeError),
        ("congruencies", "scales", lambda scales: scales[:, 1:].copy(), ValueError),
        ("congruencies", "scales", lambda scales: scales[:, :, 1:].copy(), ValueError),
        ("congruencies", "orientations", lambda orientations: orientations[0], TypeError),
        ("congruencies", "orientations", lambda orientations: orientations[:3], ValueError),
        ("congruencies", "orientations", lambda orientations: orientations[:, :, 1:].copy(), ValueError),
        ("congruencies", "noise", lambda noise: noise[1:], TypeError),
        ("congruencies", "out", lambda out: out[1:].copy(), ValueError),
        ("congruencies", "out", lambda out: out[:, 1:].copy(), ValueError),
        ("congruencies", "out", lambda out: out.astype(np.float64), TypeError),
        ("fsim", "x", lambda x: x.astype(np.float32), TypeError),
        ("fsim", "y", lambda y: y[:, 1:], ValueError),
        ("fsim", "factor", lambda _: 0, ValueError),
        ("fsim", "factor", lambda _: 5, ValueError),
        ("fsim", "x_congruency", lambda known: known[1:].copy(), ValueError),
        ("fsim", "y_congruency", lambda known: known[:, 1:].copy(), ValueError),
        ("fsim", "y_congruency", lambda known: known.astype(np.float64), TypeError),
        ("fsim", "out", lambda out: out[1:], ValueError),
        ("fsim", "out", lambda out: out.astype(np.float32), TypeError),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    function: str, name: str, change: Callable[[Any], Any], error: type[Exception]
) -> None:
    call, fitting = getattr(NATIVE, function), arguments()[function]
    call(*fitting.values())
    assert (fitting["out"] == 1).all()
    with pytest.raises(error):
        call(*{**fitting, name: change(fitting[name])}.values())
