"""Joint histograms against counting pixel by pixel; both ways to make one, native and not, against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from giflab_core.kernels.joint import (
    Joint,
    are_few,
    joint_of_indices,
    joint_of_indices_numpy,
    joint_of_pixels,
    joint_of_pixels_numpy,
)
from giflab_core.kernels.luma import luma
from tests.helpers.kernels import needs_native

OF_INDICES = [joint_of_indices, joint_of_indices_numpy]
OF_PIXELS = [joint_of_pixels, joint_of_pixels_numpy]
Pair = tuple[tuple[int, ...], tuple[int, ...]]


def palette(seed: int) -> np.ndarray:
    """256 different colours, one of them transparent."""
    colours = np.random.default_rng(seed).integers(0, 256, (256, 4), dtype=np.uint8)
    colours[:, 0], colours[:, 3] = np.arange(256), 255
    colours[seed % 256] = 0
    return colours


def counted(joint: Joint) -> dict[Pair, int]:
    assert joint.original.shape == joint.compressed.shape == (len(joint.counts), 4)
    assert [part.dtype.name for part in (joint.original, joint.compressed, joint.counts)] == ["uint8", "uint8", "int64"]
    entries = zip(joint.original.tolist(), joint.compressed.tolist(), joint.counts.tolist(), strict=True)
    found = {(tuple(x), tuple(y)): count for x, y, count in entries}
    assert len(found) == len(joint.counts)
    return found


def by_hand(x: np.ndarray, y: np.ndarray) -> dict[Pair, int]:
    return Counter(zip(map(tuple, x.reshape(-1, 4).tolist()), map(tuple, y.reshape(-1, 4).tolist()), strict=True))


def check(x: np.ndarray, y: np.ndarray) -> None:
    """All four ways, of two planes of indices."""
    colours = palette(3), palette(7)
    pixels = colours[0][x], colours[1][y]
    expected = by_hand(*pixels)
    for of_indices in OF_INDICES:
        assert counted(of_indices(x, colours[0], y, colours[1])) == expected
    for of_pixels in OF_PIXELS:
        assert counted(of_pixels(*pixels)) == expected


shapes = st.tuples(st.integers(1, 40), st.integers(1, 40))


@given(shapes.flatmap(lambda shape: st.tuples(arrays(np.uint8, shape), arrays(np.uint8, shape))))
def test_of_any_pictures(pair: tuple[np.ndarray, np.ndarray]) -> None:
    check(*pair)


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (7, 7), (11, 11), (1, 8), (13, 17), (64, 64), (99, 301)])
def test_of_noise_of_few_and_of_many_colours(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    for colours in (2, 16, 256):
        check(*(rng.integers(0, colours, shape, dtype=np.uint8) for _ in range(2)))


@pytest.mark.parametrize("width", [7, 8, 9, 16, 63])
def test_of_flat_ground_stripes_and_steps(width: int) -> None:
    flat = np.full((5, width), 200, np.uint8)
    stripes = flat.copy()
    stripes[:, ::3] = 1
    step = flat.copy()
    step[:, width // 2 :] = 201
    for x in (flat, stripes, step):
        for y in (flat, stripes, step):
            check(x, y)


def test_every_pair_of_indices() -> None:
    y, x = np.mgrid[:256, :256].astype(np.uint8)
    check(np.ascontiguousarray(x), np.ascontiguousarray(y))


@pytest.mark.parametrize("of_pixels", OF_PIXELS)
def test_more_pairs_than_two_palettes_have(of_pixels: Callable[..., Joint]) -> None:
    numbers = np.random.default_rng(0).permutation(100_000).astype(np.uint32)
    x = (numbers | 0xFF000000).view(np.uint8).reshape(250, 400, 4)
    joint = of_pixels(x, x[::-1].copy())
    assert len(joint.counts) == 100_000
    assert (joint.counts == 1).all()
    assert counted(of_pixels(np.tile(x, (2, 1, 1)), np.tile(x, (2, 1, 1)))) == dict.fromkeys(by_hand(x, x), 2)


def test_read_only_pictures() -> None:
    x = np.random.default_rng(0).integers(0, 256, (9, 9), dtype=np.uint8)
    colours = palette(1)
    pixels = colours[x]
    for each in (x, colours, pixels):
        each.flags.writeable = False
    assert counted(joint_of_indices(x, colours, x, colours)) == counted(joint_of_pixels(pixels, pixels))


def test_sums_over_pixels_follow_exactly() -> None:
    rng = np.random.default_rng(0)
    x, y = (rng.integers(0, 256, (90, 120), dtype=np.uint8) for _ in range(2))
    colours = palette(3), palette(7)
    joint = joint_of_indices(x, colours[0], y, colours[1])
    grey = [luma(side[np.newaxis])[0].astype(np.int64) for side in (joint.original, joint.compressed)]
    plain = [luma(table[plane]).astype(np.int64) for table, plane in zip(colours, (x, y), strict=True)]
    assert int(((grey[0] - grey[1]) ** 2 * joint.counts).sum()) == int(((plain[0] - plain[1]) ** 2).sum())
    assert int((grey[0] * grey[1] * joint.counts).sum()) == int((plain[0] * plain[1]).sum())


@pytest.mark.parametrize("grey", [0, 255, 77])
def test_a_background_shows_where_colours_are_transparent(grey: int) -> None:
    clear, red, blue = [0, 0, 0, 0], [255, 0, 0, 255], [0, 0, 255, 255]
    joint = Joint(
        np.array([clear, red, red], np.uint8), np.array([blue, clear, blue], np.uint8), np.array([1, 2, 3], np.int64)
    )
    shown, ground = joint.on(grey), [grey, grey, grey, 255]
    assert shown.original.tolist() == [ground, red, red]
    assert shown.compressed.tolist() == [blue, ground, blue]
    assert shown.counts.tolist() == [1, 2, 3]
    assert joint.original.tolist() == [clear, red, red]


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("count", [7, 8, 9, 200])
def test_few_colours_are_at_most_so_many(count: int) -> None:
    assert are_few(palette(1)[np.arange(1000) % count], 8) is (count <= 8)


X, C, P = np.zeros((2, 3), np.uint8), np.zeros((256, 4), np.uint8), np.zeros((2, 3, 4), np.uint8)


@needs_native
@pytest.mark.parametrize(
    "arguments",
    [
        (X, C, X[:1], C),
        (X, C[:255], X, C),
        (X, C, X, C[:, :3].copy()),
        (X.astype(np.int32), C, X, C),
        (X[0], C, X[0], C),
        (X[:, ::2], C, X[:, ::2], C),
        (P, C, P, C),
        (None, C, X, C),
    ],
)
def test_planes_that_do_not_fit_are_refused(arguments: tuple[np.ndarray, ...]) -> None:
    with pytest.raises((ValueError, TypeError, BufferError)):
        joint_of_indices(*arguments)


@needs_native
@pytest.mark.parametrize(
    "pictures",
    [(P, P[:1]), (P[..., :3].copy(), P[..., :3].copy()), (X, X), (P.astype(np.float32), P), (P[:, ::2], P[:, ::2])],
)
def test_pictures_that_do_not_fit_are_refused(pictures: tuple[np.ndarray, np.ndarray]) -> None:
    with pytest.raises((ValueError, TypeError, BufferError)):
        joint_of_pixels(*pictures)
