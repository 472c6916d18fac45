"""CIEDE2000 against the published pairs and scikit-image; means and percentiles by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from giflab_core.kernels import ciede2000 as kernel
from giflab_core.kernels.ciede2000 import PLACES, ColourDifferences, Spread, ciede2000, ciede2000_numpy, spread_numpy
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.joint import Joint
from giflab_core.kernels.lab import LINEAR, lab, lab_numpy
from tests.helpers.kernels import needs_native

# Table 1 of Sharma, Wu and Dalal 2005: L*, a*, b* of both colours, and the difference to four digits.
PUBLISHED = np.array(
    [
        [50.0000, 2.6772, -79.7751, 50.0000, 0.0000, -82.7485, 2.0425],
        [50.0000, 3.1571, -77.2803, 50.0000, 0.0000, -82.7485, 2.8615],
        [50.0000, 2.8361, -74.0200, 50.0000, 0.0000, -82.7485, 3.4412],
        [50.0000, -1.3802, -84.2814, 50.0000, 0.0000, -82.7485, 1.0000],
        [50.0000, -1.1848, -84.8006, 50.0000, 0.0000, -82.7485, 1.0000],
        [50.0000, -0.9009, -85.5211, 50.0000, 0.0000, -82.7485, 1.0000],
        [50.0000, 0.0000, 0.0000, 50.0000, -1.0000, 2.0000, 2.3669],
        [50.0000, -1.0000, 2.0000, 50.0000, 0.0000, 0.0000, 2.3669],
        [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0009, 7.1792],
        [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0010, 7.1792],
        [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0011, 7.2195],
        [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0012, 7.2195],
        [50.0000, -0.0010, 2.4900, 50.0000, 0.0009, -2.4900, 4.8045],
        [50.0000, -0.0010, 2.4900, 50.0000, 0.0010, -2.4900, 4.8045],
        [50.0000, -0.0010, 2.4900, 50.0000, 0.0011, -2.4900, 4.7461],
        [50.0000, 2.5000, 0.0000, 50.0000, 0.0000, -2.5000, 4.3065],
        [50.0000, 2.5000, 0.0000, 73.0000, 25.0000, -18.0000, 27.1492],
        [50.0000, 2.5000, 0.0000, 61.0000, -5.0000, 29.0000, 22.8977],
        [50.0000, 2.5000, 0.0000, 56.0000, -27.0000, -3.0000, 31.9030],
        [50.0000, 2.5000, 0.0000, 58.0000, 24.0000, 15.0000, 19.4535],
        [50.0000, 2.5000, 0.0000, 50.0000, 3.1736, 0.5854, 1.0000],
        [50.0000, 2.5000, 0.0000, 50.0000, 3.2972, 0.0000, 1.0000],
        [50.0000, 2.5000, 0.0000, 50.0000, 1.8634, 0.5757, 1.0000],
        [50.0000, 2.5000, 0.0000, 50.0000, 3.2592, 0.3350, 1.0000],
        [60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644],
        [63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630],
        [61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731],
        [35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645],
        [22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373],
        [36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146],
        [90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441],
        [90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381],
        [6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377],
        [2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082],
    ]
)
native: Any = NATIVE
FUNCTIONS = [ciede2000, ciede2000_numpy]


Function = Callable[[np.ndarray, np.ndarray], np.ndarray]


def random_colours(n: int, seed: int = 0) -> np.ndarray:
    colours = np.random.default_rng(seed).integers(0, 256, (n, 4), dtype=np.uint8)
    colours[:, 3] = 255
    return colours


def near(colours: np.ndarray, most: int, seed: int = 1) -> np.ndarray:
    steps = np.random.default_rng(seed).integers(-most, most + 1, colours.shape)
    moved = np.clip(colours + steps, 0, 255).astype(np.uint8)
    moved[:, 3] = 255
    return moved


def joint(*entries: tuple[int, int, int]) -> Joint:
    """Of greys: level in the original, in the compressed picture, how often."""
    x, y, counts = np.array(entries).T
    original, compressed = (np.stack([grey, grey, grey, 0 * grey + 255], axis=-1).astype(np.uint8) for grey in (x, y))
    return Joint(original, compressed, counts.astype(np.int64))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("row", PUBLISHED)
def test_every_published_difference_in_both_directions(function: Function, row: np.ndarray) -> None:
    one, two = np.ascontiguousarray(row[:3])[np.newaxis], np.ascontiguousarray(row[3:6])[np.newaxis]
    assert function(one, two)[0] == pytest.approx(row[6], abs=1e-4)
    assert function(two, one)[0] == pytest.approx(row[6], abs=1e-4)


@pytest.mark.parametrize("convert", [lab, lab_numpy])
def test_lab_equals_scikit_image(convert: Callable[[np.ndarray], np.ndarray]) -> None:
    colours = random_colours(20_000)
    colours[:256] = np.arange(256)[:, np.newaxis]
    assert np.abs(convert(colours) - rgb2lab(colours[:, :3])).max() < 1e-10


def test_lab_equals_its_twin_exactly() -> None:
    levels = np.array([0, 1, 2, 9, 10, 11, 12, 40, 127, 128, 200, 254, 255])
    corners = np.stack(np.meshgrid(levels, levels, levels, [0, 255]), axis=-1).reshape(-1, 4).astype(np.uint8)
    for colours in (corners, random_colours(50_000), corners[:0]):
        assert np.array_equal(lab(colours), lab_numpy(colours))


@pytest.mark.parametrize("most", [2, 30, 255])
def test_differences_equal_scikit_image(most: int) -> None:
    x = random_colours(10_000)
    y = near(x, most)
    each = Joint(x, y, np.ones(len(x), np.int64))
    expected = deltaE_ciede2000(rgb2lab(x[:, :3]), rgb2lab(y[:, :3]))
    assert np.abs(ColourDifferences().of(each) - expected).max() < 1e-9


def test_native_equals_twin_within_1e_9() -> None:
    x, y = (lab(random_colours(50_000, seed)) for seed in (0, 1))
    assert np.abs(ciede2000(x, y) - ciede2000_numpy(x, y)).max() < 1e-9


def around(hue: np.ndarray, chroma: np.ndarray) -> np.ndarray:
    return np.stack([np.full(hue.shape, 55.0), chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1)


@pytest.mark.parametrize("apart", [0.0, 1e-9, 1e-3, 1.0, np.pi - 1e-3, np.pi - 1e-6, np.pi + 1e-6, np.pi + 1e-3])
def test_native_equals_twin_for_hues_all_around(apart: float) -> None:
    """Every degree but 0: there hues begin anew, and rounding decides on which side one is."""
    hues = np.radians(np.arange(1, 360) + 0.25)
    for chroma in (1e-6, 3.0, 130.0):
        x, y = around(hues, np.full(hues.shape, chroma)), around(hues + apart, np.full(hues.shape, 40.0))
        assert np.abs(ciede2000(x, y) - ciede2000_numpy(x, y)).max() < 1e-9


def test_native_equals_twin_for_greys_and_what_has_no_hue() -> None:
    x = np.stack([np.linspace(0, 100, 200), np.zeros(200), np.zeros(200)], axis=-1)
    y = lab(random_colours(200))
    for one, two in ((x, y), (y, x), (x, x[::-1].copy())):
        assert np.abs(ciede2000(one, two) - ciede2000_numpy(one, two)).max() < 1e-9


def test_a_difference_does_not_depend_on_its_neighbours() -> None:
    x, y = lab(random_colours(300)), lab(random_colours(300, 1))
    together = ciede2000(x, y)
    assert all(ciede2000(x[place : place + 1], y[place : place + 1])[0] == together[place] for place in range(300))


def test_more_pairs_than_are_remembered_and_the_same_again() -> None:
    x, y = random_colours(2 * PLACES, 2), random_colours(2 * PLACES, 3)
    every = Joint(x, y, np.ones(len(x), np.int64))
    differences = ColourDifferences()
    first = differences.of(every)
    assert np.array_equal(differences.of(every), first)
    assert np.abs(first - ciede2000_numpy(lab(x), lab(y))).max() < 1e-9


def test_equal_colours_do_not_differ_and_black_differs_from_white_by_100() -> None:
    greys = joint(*((level, level, 1) for level in range(256)))
    assert not ColourDifferences().of(greys).any()
    assert ColourDifferences().of(joint((0, 255, 1)))[0] == pytest.approx(100, abs=1e-3)
    x = random_colours(1000)
    assert not ColourDifferences().of(Joint(x, x.copy(), np.ones(1000, np.int64))).any()


def spread(pairs: Joint, grey: int = 0) -> Spread:
    return ColourDifferences().spreads(pairs, [grey])[0]


def test_spread_is_weighted_by_pixels() -> None:
    found = spread(joint((0, 255, 1), (7, 7, 3)))
    assert found.mean == pytest.approx(100 / 4, abs=1e-3)
    assert found.p95 == pytest.approx(100, abs=1e-3)


@pytest.mark.parametrize(
    ("differing", "of", "reached"),
    [(5, 100, False), (6, 100, True), (1, 20, False), (1, 19, True), (0, 1, False), (1, 1, True)],
)
def test_p95_is_the_least_difference_that_95_percent_do_not_exceed(differing: int, of: int, reached: bool) -> None:
    entries = [(0, 255, differing)] * bool(differing) + [(7, 7, of - differing)] * bool(of - differing)
    assert (spread(joint(*entries)).p95 > 0) == reached


def test_spread_does_not_depend_on_how_pairs_are_split_up() -> None:
    together = spread(joint((10, 30, 9), (50, 50, 11)))
    apart = spread(joint((10, 30, 4), (50, 50, 5), (10, 30, 5), (50, 50, 6)))
    assert apart.mean == pytest.approx(together.mean, abs=1e-12)
    assert apart.p95 == together.p95


@pytest.mark.parametrize("n", [1, 7, 8, 100, 500, 3000])
def test_the_twin_gives_the_same_spread(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x = random_colours(n)
    each = Joint(x, near(x, 20), np.random.default_rng(n).integers(1, 1000, n))
    differences = ColourDifferences()
    expected = differences.spreads(each, [255, 77])[1]
    found = spread_numpy(differences.of(each.on(77)), each.counts)
    assert found == pytest.approx((expected.mean, expected.p95), rel=1e-14)
    monkeypatch.setattr(kernel, "NATIVE", None)
    twin = spread(each, 77)
    assert twin.mean == pytest.approx(expected.mean, abs=1e-9)
    assert twin.p95 == pytest.approx(expected.p95, abs=1e-9)


def test_the_memory_grows_with_the_pairs() -> None:
    differences, x = ColourDifferences(), random_colours(40_000)
    each = Joint(x, near(x, 20), np.ones(len(x), np.int64))
    first = differences.spreads(Joint(x[:9], each.compressed[:9], each.counts[:9]), [0])
    found = [differences.spreads(each, [0]) for _ in range(2)]
    np.testing.assert_array_equal(differences.of(each), ColourDifferences().of(each))
    assert found[0] == found[1] != first


@pytest.mark.usefixtures("either")
def test_what_is_transparent_shows_the_grey() -> None:
    clear, black, white = (0, 0, 0, 0), (0, 0, 0, 255), (255, 255, 255, 255)
    pairs = Joint(np.array([clear, white], np.uint8), np.array([black, clear], np.uint8), np.array([1, 3], np.int64))
    on_black, on_white = ColourDifferences().spreads(pairs, (0, 255))
    assert on_black.mean == pytest.approx(75, abs=1e-3)
    assert (on_white.mean, on_white.p95) == pytest.approx((25, 100), abs=1e-3)


@needs_native
@pytest.mark.parametrize(
    "arguments",
    [
        (np.zeros((2, 3)), np.zeros((3, 3)), np.zeros(2)),
        (np.zeros((2, 3)), np.zeros((2, 3)), np.zeros(1)),
        (np.zeros((2, 4)), np.zeros((2, 4)), np.zeros(2)),
        (np.zeros((2, 3), np.float32), np.zeros((2, 3), np.float32), np.zeros(2)),
        (np.zeros((2, 3)), np.zeros((2, 3)), b"\0" * 16),
    ],
)
def test_arrays_that_do_not_fit_are_refused(arguments: tuple[object, ...]) -> None:
    with pytest.raises((ValueError, TypeError, BufferError)):
        native.ciede2000(*arguments)


@needs_native
@pytest.mark.parametrize(
    ("changed", "to"),
    [
        (0, np.zeros((2, 3), np.uint8)),
        (1, np.zeros((3, 4), np.uint8)),
        (2, LINEAR[1:].copy()),
        (3, np.zeros(PLACES - 1, np.int64)),
        (4, np.zeros(PLACES // 2)),
        (5, np.zeros(3)),
    ],
)
def test_tables_that_do_not_fit_are_refused(changed: int, to: np.ndarray) -> None:
    colours = np.zeros((2, 4), np.uint8)
    arguments = [colours, colours, LINEAR, np.zeros(PLACES, np.int64), np.zeros(PLACES), np.zeros(2)]
    native.colour_differences(*arguments)
    arguments[changed] = to
    with pytest.raises((ValueError, TypeError)):
        native.colour_differences(*arguments)
