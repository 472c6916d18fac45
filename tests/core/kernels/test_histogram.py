"""The Bhattacharyya distance of histograms by hand."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.histogram import BINS, SHARE_OF_BIN, SHARES, bhattacharyya, margins, margins_numpy
from giflab_core.kernels.joint import Joint

Colour = tuple[int, int, int]


def joint(*entries: tuple[Colour, Colour, int]) -> Joint:
    x, y = (
        np.pad(np.array(colours, np.uint8), ((0, 0), (0, 1)), constant_values=255)
        for colours in ([original for original, _, _ in entries], [compressed for _, compressed, _ in entries])
    )
    return Joint(x, y, np.array([entry[2] for entry in entries], np.int64))


def random_joint(n: int) -> Joint:
    rng = np.random.default_rng(0)
    x, y = (rng.integers(0, 256, (n, 4), dtype=np.uint8) for _ in range(2))
    return Joint(x, y, rng.integers(1, 10_000, n))


def test_equal_pictures_and_pictures_of_the_same_colours_elsewhere_are_at_0() -> None:
    x = random_joint(1000)
    assert bhattacharyya(Joint(x.original, x.original, x.counts)) == 0.0
    assert bhattacharyya(joint(((1, 2, 3), (200, 100, 50), 7), ((200, 100, 50), (1, 2, 3), 7))) == 0.0


def test_disjoint_histograms_are_at_1() -> None:
    assert bhattacharyya(joint(((0, 0, 0), (255, 255, 255), 12))) == pytest.approx(1, abs=1e-12)


def test_one_channel_of_three_counts_for_a_third() -> None:
    assert bhattacharyya(joint(((0, 9, 9), (255, 9, 9), 5))) == pytest.approx(sqrt(1 / 3), abs=1e-12)


def test_levels_are_shared_out_between_the_nearest_bins() -> None:
    # 8 lies 4.5 of 8 levels behind the first centre, at 3.5: sevenths of sixteen to the first bin, nine to the second.
    assert SHARE_OF_BIN[8, :3].tolist() == [7, 9, 0]
    assert SHARE_OF_BIN[0].tolist() == SHARE_OF_BIN[3].tolist() == [16] + [0] * (BINS - 1)
    assert SHARE_OF_BIN[252].tolist() == SHARE_OF_BIN[255].tolist() == [0] * (BINS - 1) + [16]
    assert (SHARE_OF_BIN.sum(axis=1) == SHARES).all()
    assert np.array_equal(SHARE_OF_BIN, SHARE_OF_BIN[::-1, ::-1])


def test_the_coefficient_by_hand() -> None:
    # Levels 8 and 9 in all channels: shares 7, 9 and 5, 11 of 16.
    expected = sqrt(1 - (sqrt(7 * 5) + sqrt(9 * 11)) / 16)
    assert bhattacharyya(joint(((8, 8, 8), (9, 9, 9), 3))) == pytest.approx(expected, abs=1e-9)


def test_one_level_is_a_small_step_wherever_it_is() -> None:
    steps = [bhattacharyya(joint(((v, v, v), (v + 1, v + 1, v + 1), 1))) for v in range(255)]
    assert max(steps) < 0.26
    assert bhattacharyya(joint(((3, 3, 3), (12, 12, 12), 1))) == pytest.approx(1, abs=1e-12)


def test_counts_matter_only_as_shares() -> None:
    x = random_joint(500)
    assert bhattacharyya(Joint(x.original, x.compressed, 1000 * x.counts)) == pytest.approx(bhattacharyya(x), abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 1000])
def test_margins_equal_their_twin(n: int) -> None:
    x = random_joint(n)
    assert np.array_equal(margins(x.original, x.counts), margins_numpy(x.original, x.counts))
    assert (margins(x.original, x.counts).sum(axis=1) == x.counts.sum()).all()


native: Any = NATIVE


@pytest.mark.skipif(not NATIVE, reason="the C extension is not built")
@pytest.mark.parametrize(
    "arguments",
    [
        (np.zeros((2, 3), np.uint8), np.zeros(2, np.int64), np.zeros((3, 256), np.int64)),
        (np.zeros((2, 4), np.uint8), np.zeros(3, np.int64), np.zeros((3, 256), np.int64)),
        (np.zeros((2, 4), np.uint8), np.zeros(2), np.zeros((3, 256), np.int64)),
        (np.zeros((2, 4), np.uint8), np.zeros(2, np.int64), np.zeros((2, 256), np.int64)),
        (np.zeros((2, 4), np.uint8), np.zeros(2, np.int64), np.zeros((3, 255), np.int64)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(arguments: tuple[np.ndarray, ...]) -> None:
    with pytest.raises((ValueError, TypeError)):
        native.margins(*arguments)
