"""The nearest colours of a palette, by hand, asked for in any order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.matches import HIDDEN
from giflab_core.kernels.nearest import (
    MOST_KNOWN,
    Palette,
    Palettes,
    choose,
    foreign,
    foreign_numpy,
    learnt,
    learnt_numpy,
    near_numpy,
    spaces,
)
from tests.helpers.kernels import needs_native


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


@pytest.mark.usefixtures("either")
def test_what_is_far_from_all_that_is_known_is_foreign() -> None:
    """White is 155 levels from grey in each channel; the hidden colour does not count."""
    known = np.sort(np.append(keys((100, 100, 100)), np.uint32(HIDDEN)))
    others, none = keys((0, 0, 0), (100, 100, 101), (255, 255, 255)), np.array([-1, -1])
    for usual in (none, np.array([1, 1])):
        assert foreign(known, others, usual, none, 3.0 * 155**2).tolist() == [False, False, True]
        assert foreign(known, others, none, usual, 3.0 * 99**2).tolist() == [True, False, True]


def some_colours(chance: np.random.Generator, most: int) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    colours = chance.integers(0, 256, (int(chance.integers(1, most)), 4), np.uint8) // 16 * 16
    return np.unique(colours.view(np.uint32)[:, 0])


@needs_native
@given(st.integers(0, 2**32 - 1))
def test_native_and_numpy_find_the_same(seed: int) -> None:
    assert NATIVE
    chance = np.random.default_rng(seed)
    new, others = (some_colours(chance, most) for most in (300, 40))
    theirs, usual = spaces(others), chance.integers(-1, len(others), len(new))
    expected = mine, limits, nearest, _, _ = learnt_numpy(new, theirs)
    for one, other in zip(learnt(new, theirs), expected, strict=True):
        np.testing.assert_array_equal(one, other)
    places = chance.permutation(len(new))
    near = np.empty(len(new), np.bool_)
    NATIVE.palette_near(mine, limits, places, *theirs, usual, near)
    np.testing.assert_array_equal(near, near_numpy(mine, limits, places, theirs, usual))
    is_foreign = np.empty(len(others), np.bool_)
    NATIVE.foreign_colours(new, others, usual, nearest, HIDDEN, 900.0, is_foreign)
    np.testing.assert_array_equal(is_foreign, foreign_numpy(new, others, usual, nearest, 900.0))


@needs_native
@given(st.integers(0, 2**32 - 1))
def test_what_is_chosen_at_once_is_what_a_palette_tells(seed: int) -> None:
    chance = np.random.default_rng(seed)
    known, others = some_colours(chance, 300), some_colours(chance, 40)
    known = np.union1d(known, chance.choice(others, 1)).astype(np.uint32)
    others = others[others != HIDDEN]
    usual = chance.integers(-1, max(1, len(others)), len(known))
    if not len(others):
        return
    found, palette = choose(known, usual, others, 144.0), Palette(others)
    assert found
    places = palette.places_of(known)
    nearest = palette.nearest[places]
    is_there, is_shown = np.isin(known, others), known != HIDDEN
    chosen = others[np.where(palette.are_near(places, usual), usual, nearest)]
    np.testing.assert_array_equal(found.nearest, nearest)
    np.testing.assert_array_equal(found.chosen, np.where(is_shown, chosen, HIDDEN))
    assert found.exact == is_there.sum()
    assert found.is_apart == (is_shown & ~is_there & palette.is_apart[places]).any()
    assert found.is_lost == (is_shown & (palette.squares[places] >= 144)).any()
