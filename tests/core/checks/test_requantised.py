"""What an original looks like in the colours of its compressed picture, by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from giflab_core.checks.requantised import MOST_COLOURS, Requantised, requantised
from giflab_core.decoding import Still
from giflab_core.kernels.joint import joint_of_pixels
from giflab_core.kernels.luma import luma

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


def test_what_is_transparent_stays_so() -> None:
    assert seen(row(None, RED, BLACK), row(BLACK, PINK, None)) == [None, PINK, BLACK]


def test_a_compressed_picture_without_a_pixel_explains_nothing() -> None:
    original = row(RED)
    assert requantised(joint_of_pixels(original, row(None))) is None


def test_nor_does_one_of_many_colours() -> None:
    many = np.arange(MOST_COLOURS + 1, dtype=np.uint32)[None]
    compressed = np.ascontiguousarray((many << 8 | 0xFF000000).view(np.uint8).reshape(1, -1, 4))
    assert requantised(joint_of_pixels(compressed, compressed)) is None


@pytest.mark.parametrize(("original", "spread"), [(BLACK, 0.0), ((3, 0, 0), 9.0 * 64), ((128, 128, 128), 1e9)])
def test_only_what_is_not_there_may_be_dithered(original: tuple[int, int, int], spread: float) -> None:
    """Of black, white and two reds: far from the nearest one, the fourth nearest; near it not that much."""
    before, after = row(original, WHITE, BLACK, RED, (200, 0, 0)), row(BLACK, WHITE, BLACK, RED, (200, 0, 0))
    found = requantised(joint_of_pixels(before, after))
    assert found
    colours = BLACK, WHITE, RED, (200, 0, 0)
    fourth = max(sum((a - b) ** 2 for a, b in zip(original, each, strict=True)) for each in colours)
    places, spreads = np.zeros((2, 1, 5), np.uint32)
    found.draw(Still(before), np.ones((1, 1), np.uint8), places, spreads, np.zeros((1, 5), np.uint8))
    found.spreads(Still(before), np.ones((1, 1), np.uint8), places, spreads)
    assert spreads[0, 0] == min(fourth, spread)
