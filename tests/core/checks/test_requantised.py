"""What an original looks like in the colours of its compressed picture, by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.checks import requantised as module
from giflab_core.checks.requantised import MOST_COLOURS, UNEVEN, Requantised, requantised
from giflab_core.decoding import Still
from giflab_core.kernels.joint import joint_of_pixels
from giflab_core.kernels.luma import luma
from tests.helpers.kernels import needs_native

Pixels = npt.NDArray[np.uint8]
BLACK, WHITE, RED, GREEN, PINK = (0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 160, 0), (255, 100, 110)


def row(*colours: tuple[int, int, int] | None) -> Pixels:
    """One row of pixels, None for a transparent one."""
    return np.array([[(*each, 255) if each else (0, 0, 0, 0) for each in colours]], np.uint8)


def seen(original: Pixels, compressed: Pixels) -> list[tuple[int, ...] | None]:
    found = requantised(joint_of_pixels(original, compressed))
    assert found
    pixels, grey = drawn(found, original)
    assert grey.tolist() == luma(pixels, 0).tolist()
    return [tuple(map(int, pixel[:3])) if pixel[3] else None for pixel in pixels[0]]


def becomes(colour: tuple[int, int, int], original: Pixels, compressed: Pixels) -> tuple[int, ...]:
    found = requantised(joint_of_pixels(original, compressed))
    assert found
    known, chosen = (keys.view(np.uint8).reshape(-1, 4)[:, :3].tolist() for keys in (found.known, found.chosen))
    return tuple(chosen[known.index([*colour])])


def drawn(found: Requantised, original: Pixels) -> tuple[Pixels, npt.NDArray[np.uint8]]:
    places, keys = np.zeros((2, *original.shape[:2]), np.uint32)
    grey = np.zeros(original.shape[:2], np.uint8)
    found.draw(Still(original), np.ones((1, 1), np.uint8), places, keys, grey)
    return keys.view(np.uint8).reshape(original.shape), grey


def test_what_is_there_stays() -> None:
    assert seen(row(BLACK, WHITE, RED), row(RED, BLACK, WHITE)) == [BLACK, WHITE, RED]


def test_a_colour_that_is_gone_becomes_the_nearest() -> None:
    assert seen(row(RED, WHITE, BLACK), row(BLACK, PINK, BLACK)) == [PINK, PINK, BLACK]


def test_a_colour_becomes_what_most_of_it_became_if_that_is_about_as_near() -> None:
    grey, lighter, darker = (100, 100, 100), (104, 104, 104), (95, 95, 95)
    original, compressed = row(grey, grey, grey, WHITE), row(darker, darker, lighter, WHITE)
    assert seen(original, compressed) == [darker, darker, darker, WHITE]


def test_no_red_word_becomes_green() -> None:
    assert seen(row(RED, RED, BLACK, WHITE), row(GREEN, GREEN, BLACK, WHITE))[0] != GREEN


GREYS = tuple((level, level, level) for level in (0, 80, 160, 240))


def test_a_colour_that_the_palette_had_room_for_is_erased() -> None:
    """One of five is gone."""
    assert seen(row(RED, *GREYS), row(GREYS[0], *GREYS)) == [RED, *GREYS]


def test_of_more_that_are_gone_none_is_erased() -> None:
    assert seen(row(RED, PINK, *GREYS), row(*[GREYS[1]] * 2, *GREYS))[0] in GREYS


def test_nor_is_one_that_a_new_one_stands_for() -> None:
    assert seen(row(RED, *GREYS), row(PINK, *GREYS)) == [PINK, *GREYS]


def test_a_colour_that_is_near_none_of_many_stands_for_none() -> None:
    """A word that was yellow is green, which is the nearest, and no shade of what the original has."""
    yellow, green = (255, 235, 60), (90, 255, 120)
    many = [(level, level, level) for level in range(0, 160, 2)]
    assert becomes(yellow, row(yellow, yellow, *many), row(green, green, *many)) == yellow


def test_but_of_few_it_may() -> None:
    """In a picture of few colours, or by a palette of few, it may be the mean of what other pictures have."""
    red, brown = (250, 60, 60), (190, 80, 60)
    many = [(level, level, level) for level in range(0, 160, 2)]
    assert becomes(red, row(red, *many[:20]), row(brown, *many[:20])) == brown
    assert becomes(red, row(red, *many), row(brown, *[many[20]] * len(many))) == brown


@pytest.mark.parametrize(("count", "is_erased"), [(6, False), (9, True), (2000, False)])
def test_a_palette_of_many_colours_leaves_few_pixels_far_from_all_of_them(count: int, is_erased: bool) -> None:
    """Of 100 and some pixels so many were red, which is 100 levels and more from all greys, and are other greys now."""
    before, after = (
        [(level, level, level) for level in range(first, first + 200, 2)] + [(first, first, first)] * count
        for first in (0, 1)
    )
    red = (250, 90, 90)
    original = row(*before[:100], *[red] * count)
    assert (becomes(red, original, row(*after)) == red) is is_erased


def test_what_is_transparent_stays_so() -> None:
    assert seen(row(None, RED, BLACK), row(BLACK, PINK, None)) == [None, PINK, BLACK]


def test_a_compressed_picture_without_a_pixel_explains_nothing() -> None:
    original = row(RED)
    assert requantised(joint_of_pixels(original, row(None))) is None


def test_nor_does_one_of_many_colours() -> None:
    many = np.arange(MOST_COLOURS + 1, dtype=np.uint32)[None]
    compressed = np.ascontiguousarray((many << 8 | 0xFF000000).view(np.uint8).reshape(1, -1, 4))
    assert requantised(joint_of_pixels(compressed, compressed)) is None


def grey(*levels: int) -> Pixels:
    return row(*((level, level, level) for level in levels))


def mixed(original: Pixels, compressed: Pixels) -> list[float]:
    """What dithering makes of each pixel, without the constant by which it is uneven."""
    found = requantised(joint_of_pixels(original, compressed))
    assert found
    places, keys = np.zeros((2, *original.shape[:2]), np.uint32)
    found.draw(Still(original), np.ones((1, 1), np.uint8), places, keys, np.zeros(places.shape, np.uint8))
    where = np.zeros(original.shape[1], np.intp), np.arange(original.shape[1])
    return [float(value) / UNEVEN for value in next(found.mixed(Still(original), places, [where]))]


def test_no_dithering_is_seen_of_what_is_there_or_transparent() -> None:
    assert mixed(row(BLACK, RED, None), row(RED, BLACK, WHITE)) == [0, 0, 0]


def test_what_comes_from_beside_leads_dithering_to_the_fourth_nearest() -> None:
    assert mixed(grey(*[128] * 4), grey(0, 112, 144, 255))[0] == pytest.approx(3 * 128**2 / UNEVEN)


def test_but_near_a_colour_that_is_there_not_as_far() -> None:
    assert mixed(grey(*[1] * 4), grey(0, 112, 144, 255))[0] == pytest.approx(3 * 64 / UNEVEN)


def test_a_colour_of_which_all_near_ones_are_darker_is_mixed_with_a_bright_one() -> None:
    """In sRGB: six pixels 10 too dark each make a white one, which is 127 too bright; then come 104, 104, 108."""
    expected = 3 * (6 * 10**2 + 127**2 + 2 * 24**2 + 20**2 + 2 * 10**2) / 12
    assert mixed(grey(*[128] * 6), grey(104, 108, 112, 118, 255, 118))[0] == pytest.approx(expected)


def test_dithering_in_linear_light_takes_a_dark_colour_more_often() -> None:
    """Of 0.216 three pixels of 0.254 make a black one, where in sRGB it takes six; then comes 152."""
    expected = 3 * (8 * 10**2 + 2 * 128**2 + 2 * 24**2) / 12
    assert mixed(grey(*[128] * 6), grey(0, 138, 144, 148, 152, 138))[0] == pytest.approx(expected)


def greys(count: int, *others: tuple[int, int, int]) -> Pixels:
    return row(*((each, each, each) for each in np.linspace(0, 255, count).astype(int).tolist()), *others)


@pytest.mark.parametrize(("pixels", "is_spared"), [(2, False), (3, True)])
def test_a_palette_of_many_like_greys_had_room_for_what_weighs_30000_times_as_much(
    pixels: int, is_spared: bool
) -> None:
    """Greys are a pixel each, 3 squared levels from the next; red is 170 * 170 + 2 * 85 * 85 = 43350 from its grey."""
    compressed = greys(256, *[(85, 85, 85)] * pixels)
    found = requantised(joint_of_pixels(greys(256, *[RED] * pixels), compressed))
    assert found
    assert found.spared.any() == is_spared


def test_a_palette_that_has_few_of_the_colours_exactly_had_none() -> None:
    """Of 256 greys each fourth is left: a quarter."""
    wide = np.linspace(0, 255, 256).astype(int) // 4 * 4
    compressed = row(*((each, each, each) for each in wide.tolist()), *[(85, 85, 85)] * 3000)
    found = requantised(joint_of_pixels(greys(256, *[RED] * 3000), compressed))
    assert found
    assert not found.spared.any()


@needs_native
@given(st.integers(0, 2**32 - 1), st.sampled_from([16, 48]), st.sampled_from([24, 64, 160]))
def test_what_is_soon_told_is_what_distances_that_are_kept_tell(seed: int, fine: int, coarse: int) -> None:
    original = np.random.default_rng(seed).integers(0, 256, (16, 16, 4), np.uint8) // fine * fine
    original[..., 3] = 255
    original[0, 0] = 0
    compressed = original // coarse * coarse
    compressed[..., 3] = original[..., 3]
    joint = joint_of_pixels(original, compressed)
    found = requantised(joint)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "choose", lambda *arguments: None)
        expected = requantised(joint)
    assert (found is None) == (expected is None)
    for field in Requantised.__slots__ if found else ():
        np.testing.assert_array_equal(getattr(found, field), getattr(expected, field))
