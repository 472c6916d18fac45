"""Frames that show nothing of the original, and frames that do though the numbers are bad."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from giflab_core.checks.content import is_lost
from giflab_core.metrics import PairView

Pixels = npt.NDArray[np.uint8]
RNG = np.random.default_rng(0)


def opaque(luma: npt.NDArray[np.uint8]) -> Pixels:
    return np.dstack([luma] * 3 + [np.full_like(luma, 255)])


def sprite(inside: npt.NDArray[np.uint8], side: int = 64) -> Pixels:
    """A picture in the middle of a transparent ground."""
    pixels = np.zeros((side, side, 4), np.uint8)
    start = (side - len(inside)) // 2
    area = slice(start, start + len(inside))
    pixels[area, area] = opaque(inside)
    return pixels


def lost(original: Pixels, compressed: Pixels) -> bool:
    return is_lost(PairView.of(original, compressed))


TEXTURE = RNG.integers(40, 200, (24, 24)).astype(np.uint8)
DESTROYED = {
    "black": np.zeros_like(TEXTURE),
    "grey": np.full_like(TEXTURE, 120),
    "white": np.full_like(TEXTURE, 255),
    "noise": RNG.integers(0, 256, TEXTURE.shape).astype(np.uint8),
    "negative": 255 - TEXTURE,
    "shuffled": RNG.permutation(TEXTURE.ravel()).reshape(TEXTURE.shape),
}


@pytest.mark.parametrize("kind", DESTROYED)
def test_a_destroyed_picture_is_lost(kind: str) -> None:
    assert lost(opaque(TEXTURE), opaque(DESTROYED[kind]))


@pytest.mark.parametrize("kind", DESTROYED)
def test_a_picture_destroyed_within_its_silhouette_is_lost(kind: str) -> None:
    assert lost(sprite(TEXTURE), sprite(DESTROYED[kind]))


def test_a_picture_that_vanished_is_lost() -> None:
    assert lost(sprite(TEXTURE), np.zeros((64, 64, 4), np.uint8))


def test_coarse_colours_are_not_lost() -> None:
    assert not lost(opaque(TEXTURE), opaque(TEXTURE // 64 * 64 + 32))


def test_a_filled_ground_is_no_lost_picture() -> None:
    filled = sprite(TEXTURE)
    filled[filled[..., 3] == 0] = 128, 128, 128, 255
    assert not lost(sprite(TEXTURE), filled)


def test_noise_on_an_almost_flat_picture_is_negligible() -> None:
    flat = np.full((24, 24), 100, np.uint8)
    assert not lost(opaque(flat + RNG.integers(0, 6, flat.shape).astype(np.uint8)), opaque(flat + 2))


def test_a_picture_where_there_was_none_is_lost() -> None:
    assert lost(opaque(np.full_like(TEXTURE, 100)), opaque(TEXTURE))
    assert not lost(opaque(np.full_like(TEXTURE, 100)), opaque(np.full_like(TEXTURE, 107)))


def test_another_sparse_picture_of_the_same_layout_is_lost() -> None:
    def screen(seed: int) -> npt.NDArray[np.uint8]:
        lines = np.zeros((120, 160), np.uint8)
        letters = np.random.default_rng(seed).random((10, 160)) < 0.5
        for row in range(10):
            lines[12 * row : 12 * row + 6, :90] = 220 * letters[row, :90]
        return lines

    assert lost(opaque(screen(1)), opaque(screen(2)))


@pytest.mark.parametrize("part", [(slice(32), slice(32)), (slice(32, 64), slice(None)), (slice(None), slice(32, 64))])
def test_a_quarter_that_is_black_is_lost(part: tuple[slice, slice]) -> None:
    picture = RNG.integers(60, 220, (64, 64)).astype(np.uint8)
    compressed = picture.copy()
    compressed[part] = 0
    assert lost(opaque(picture), opaque(compressed))


def test_a_quarter_in_coarse_colours_is_not_lost() -> None:
    picture = RNG.integers(60, 220, (64, 64)).astype(np.uint8)
    compressed = picture.copy()
    compressed[:32, :32] = compressed[:32, :32] // 64 * 64 + 32
    assert not lost(opaque(picture), opaque(compressed))
