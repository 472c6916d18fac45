"""The nearest colours of a palette, by hand, asked for in any order."""

from __future__ import annotations

import numpy as np
import pytest

from giflab_core.kernels.nearest import MOST_KNOWN, Palette, Palettes


def keys(*colours: tuple[int, int, int]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    found = np.array([(*each, 255) for each in colours], np.uint8).view(np.uint32)[:, 0]
    return np.sort(found)


GREYS = keys((0, 0, 0), (100, 100, 100), (250, 250, 250))


@pytest.mark.usefixtures("either")
def test_the_nearest_is_known_of_each_colour_whenever_it_was_asked_for() -> None:
    palette = Palette(GREYS)
    dark, middle, light, red = keys((9, 9, 9)), keys((90, 90, 90)), keys((240, 240, 240)), keys((255, 0, 0))
    for colours, nearest in ((middle, [1]), (np.sort(np.concatenate([dark, light])), [0, 2]), (dark, [0])):
        places = palette.places_of(colours)
        assert palette.nearest[places].tolist() == nearest
    places = palette.places_of(np.sort(np.concatenate([red, middle])))
    assert palette.is_apart[places].tolist() == [True, False]


@pytest.mark.usefixtures("either")
def test_another_colour_is_about_as_near_if_it_is_so_in_one_space() -> None:
    """The first is 50 levels away from black and from the grey."""
    palette = Palette(keys((0, 0, 0), (100, 100, 100), (250, 250, 250)))
    places = palette.places_of(keys((50, 50, 50), (90, 90, 90)))
    assert palette.are_near(places, np.array([0, 0])).tolist() == [True, False]
    assert palette.are_near(places, np.array([1, 1])).tolist() == [True, True]


def test_more_colours_than_are_kept_are_found() -> None:
    palette = Palette(GREYS)
    chance = np.random.default_rng(1)
    for _ in range(3):
        colours = np.unique(chance.integers(0, 256, (MOST_KNOWN - 100, 4), np.uint8).view(np.uint32)[:, 0])
        levels = colours.view(np.uint8).reshape(-1, 4)[:, :3].astype(float)
        far = np.sqrt(((levels[:, None] - [[0] * 3, [100] * 3, [250] * 3]) ** 2).sum(axis=2)).min(axis=1) >= 30
        places = palette.places_of(colours)
        np.testing.assert_array_equal(palette.is_apart[places], far)


def test_a_palette_is_kept_while_others_are_asked_for() -> None:
    palettes = Palettes()
    first = palettes.of(GREYS)
    assert palettes.of(GREYS[1:]) is not first
    assert palettes.of(GREYS.copy()) is first
