"""Lost colours by hand and against distances of all pairs by scikit-image."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from skimage.color import deltaE_cie76, rgb2lab

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.joint import MULTIPLIER, Joint
from giflab_core.kernels.lab import LINEAR, lab
from giflab_core.kernels.palette import JUST_NOTICEABLE, counterparts, counterparts_numpy, lost_share

if TYPE_CHECKING:
    from giflab_core.model import Mask

BOTH = [counterparts, counterparts_numpy]
both = pytest.mark.parametrize("function", BOTH)
CLEAR = (0, 0, 0, 0)
Function = Callable[[np.ndarray, np.ndarray, float], "Mask"]


def opaque(*colours: tuple[int, int, int]) -> np.ndarray:
    return np.array([(*colour, 255) for colour in colours], np.uint8).reshape(-1, 4)


def distinct(n: int, seed: int, levels: int = 256) -> np.ndarray:
    rgb = np.unique(np.random.default_rng(seed).integers(0, levels, (n, 3), dtype=np.uint8), axis=0)
    return np.ascontiguousarray(np.pad(rgb, ((0, 0), (0, 1)), constant_values=255))


def reference(colours: np.ndarray, others: np.ndarray, tolerance: float) -> Mask:
    x, y = (rgb2lab(each[:, :3]) for each in (colours, others))
    found: Mask = (deltaE_cie76(x[:, np.newaxis], y[np.newaxis]) <= tolerance).any(axis=1)
    return found


@both
@pytest.mark.parametrize(("n", "m", "levels"), [(256, 256, 256), (1, 1, 2), (900, 700, 24), (300, 2000, 64)])
@pytest.mark.parametrize("tolerance", [0.5, JUST_NOTICEABLE, 20.0])
def test_counterparts_equal_all_distances(function: Function, n: int, m: int, levels: int, tolerance: float) -> None:
    colours, others = distinct(n, 0, levels), distinct(m, 1, levels)
    assert np.array_equal(function(colours, others, tolerance), reference(colours, others, tolerance))


@both
def test_a_colour_has_itself_and_no_colour_has_any_of_none(function: Function) -> None:
    colours = distinct(500, 0)
    assert function(colours, colours, 0.01).all()
    assert not function(colours, colours[:0], JUST_NOTICEABLE).any()
    assert function(colours[:0], colours, JUST_NOTICEABLE).shape == (0,)


@both
def test_the_tolerance_itself_is_near_enough(function: Function) -> None:
    x, y = opaque((10, 20, 30)), opaque((11, 20, 30))
    distance = float(np.sqrt(np.square(lab(x) - lab(y)).sum()))
    assert function(x, y, distance * (1 + 1e-12)).all()
    assert not function(x, y, distance * (1 - 1e-12)).any()


def test_native_equals_twin_exactly() -> None:
    colours, others = distinct(60_000, 2), distinct(3000, 3)
    native, twin = (each(colours, others, JUST_NOTICEABLE) for each in BOTH)
    assert np.array_equal(native, twin)


@both
@pytest.mark.parametrize("dark", [False, True])
def test_a_million_colours_are_not_compared_with_a_million(function: Function, dark: bool) -> None:
    # Colours in slabs of lightness, those of one picture in every third slab, of the other in the next but one: many
    # have others in the neighbouring cells and none that is near. Dark colours are the densest in CIELAB.
    every = distinct(1_000_000 if function is counterparts else 60_000, 0, 100 if dark else 256)
    slab = (lab(every)[:, 0] / 2.5).astype(int) % 3
    started = time.process_time()
    found = function(every[slab == 0], every[slab == 1], JUST_NOTICEABLE)
    assert time.process_time() - started < 20  # all pairs take minutes
    assert 0 < found.sum() < len(found)


def test_the_share_is_of_pixels() -> None:
    red, pink, green = (255, 0, 0, 255), (255, 128, 128, 255), (0, 255, 0, 255)
    x, y = np.array([red, red, green], np.uint8), np.array([pink, red, pink], np.uint8)
    counts = np.array([5, 1, 4], np.int64)
    assert lost_share(Joint(x, y, counts)) == 0.4  # red is still there, if elsewhere
    assert lost_share(Joint(y, x, counts)) == 0.9
    assert lost_share(Joint(x, x, counts)) == 0.0


def test_a_colour_that_hardly_differs_is_not_lost() -> None:
    x, near, far = opaque((100, 100, 100)), opaque((103, 103, 103)), opaque((110, 110, 110))
    one = np.ones(1, np.int64)
    assert lost_share(Joint(x, near, one)) == 0.0
    assert lost_share(Joint(x, far, one)) == 1.0


def test_only_visible_colours_are_lost_and_only_visible_ones_are_there() -> None:
    black, clear = (0, 0, 0, 255), CLEAR
    counts = np.array([3, 1], np.int64)
    nothing, half = np.array([clear, clear], np.uint8), np.array([black, clear], np.uint8)
    assert lost_share(Joint(nothing, half, counts)) == 0.0
    assert lost_share(Joint(half, nothing, counts)) == 1.0
    assert lost_share(Joint(half, half[::-1].copy(), counts)) == 0.0


native: Any = NATIVE


@pytest.mark.skipif(not NATIVE, reason="the C extension is not built")
@pytest.mark.parametrize(
    ("changed", "to"),
    [
        (0, np.zeros((2, 3), np.uint8)),
        (1, np.zeros((2, 4))),
        (2, LINEAR[:5].copy()),
        (3, 0.0),
        (3, float("nan")),
        (3, 1e9),
        (5, np.zeros(3, np.bool_)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changed: int, to: object) -> None:
    colours = np.zeros((2, 4), np.uint8)
    arguments: list[object] = [colours, colours, LINEAR, JUST_NOTICEABLE, MULTIPLIER, np.zeros(2, np.bool_)]
    native.counterparts(*arguments)
    arguments[changed] = to
    with pytest.raises((ValueError, TypeError)):
        native.counterparts(*arguments)
