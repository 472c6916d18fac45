"""How far two pictures are apart, and its colours."""

from __future__ import annotations

import numpy as np
import pytest

from giflab_core.pages.difference import GAIN, RAMP, apart, heat


@pytest.mark.parametrize(
    ("one", "other", "levels"),
    [
        ((10, 20, 30, 255), (10, 20, 30, 255), 0),
        ((10, 20, 30, 255), (13, 15, 31, 255), 5),
        ((0, 255, 0, 255), (0, 0, 0, 255), 255),
        ((0, 0, 0, 0), (0, 0, 0, 0), 0),
        ((0, 0, 0, 0), (255, 255, 255, 255), 255),  # on black
        ((100, 150, 128, 255), (0, 0, 0, 0), 155),  # on white red differs by that
    ],
)
def test_it_is_the_largest_of_the_channels_on_white_or_on_black(
    one: tuple[int, ...], other: tuple[int, ...], levels: int
) -> None:
    a, b = (np.array([[each]], np.uint8) for each in (one, other))
    assert apart(a, b).tolist() == [[levels]]
    assert apart(b, a).tolist() == [[levels]]


def test_equal_is_black_and_far_apart_nearly_white() -> None:
    found = heat(np.array([[0, 32, 255]], np.uint8))
    assert found[0].tolist() == [[0, 0, 0], [255, 255, 235], [255, 255, 235]]


def test_what_is_further_apart_is_lighter() -> None:
    lightness = heat(np.arange(0, 33, dtype=np.uint8)[None])[0].astype(int).sum(axis=1)
    assert (np.diff(lightness) > 0).all()
    assert len(np.unique(RAMP[::GAIN], axis=0)) == 32
