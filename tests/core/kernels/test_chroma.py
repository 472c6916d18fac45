"""What is kept of colours, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.kernels import chroma as kernel
from giflab_core.kernels.chroma import kept_chroma, kept_chroma_numpy
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.joint import Joint
from giflab_core.kernels.lab import LINEAR, lab
from tests.helpers.kernels import needs_native

RED, GREEN, GREY, CLEAR = (200, 60, 60, 255), (40, 160, 90, 255), (128, 128, 128, 255), (0, 0, 0, 0)


def joint(*entries: tuple[tuple[int, ...], tuple[int, ...], int]) -> Joint:
    x, y = (np.array([entry[side] for entry in entries], np.uint8) for side in (0, 1))
    return Joint(x, y, np.array([entry[2] for entry in entries], np.int64))


def squared(colour: tuple[int, ...]) -> float:
    _, a, b = lab(np.array([colour], np.uint8))[0]
    return float(a * a + b * b)


@pytest.mark.usefixtures("either")
def test_equal_pictures_keep_all() -> None:
    kept, energy = kept_chroma(joint((RED, RED, 3), (GREEN, GREEN, 2), (GREY, GREY, 9)))
    assert kept == energy
    assert energy == pytest.approx(3 * squared(RED) + 2 * squared(GREEN), rel=1e-5)


@pytest.mark.usefixtures("either")
def test_a_greyscale_copy_keeps_nothing() -> None:
    kept, energy = kept_chroma(joint((RED, GREY, 3)))
    assert kept / energy < 1e-3


@pytest.mark.usefixtures("either")
def test_an_opposite_hue_keeps_nothing() -> None:
    kept, energy = kept_chroma(joint((RED, GREEN, 3)))
    assert kept == 0
    assert energy == pytest.approx(3 * squared(RED))


@pytest.mark.usefixtures("either")
def test_paler_colours_keep_a_part() -> None:
    kept, energy = kept_chroma(joint((RED, (170, 90, 90, 255), 3)))
    assert 0.3 < kept / energy < 0.7


@pytest.mark.usefixtures("either")
def test_only_what_is_visible_in_both_counts() -> None:
    assert kept_chroma(joint((RED, CLEAR, 3), (CLEAR, RED, 2))) == (0.0, 0.0)
    assert kept_chroma(joint((RED, CLEAR, 3), (GREEN, GREEN, 2))) == kept_chroma(joint((GREEN, GREEN, 2)))


@pytest.mark.usefixtures("either")
def test_many_pairs_are_summed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    colours = np.random.default_rng(0).integers(0, 256, (1000, 4), dtype=np.uint8)
    colours[:, 3] = 255
    every = Joint(colours, colours[::-1].copy(), np.arange(1000))
    whole = kept_chroma(every)
    monkeypatch.setattr(kernel, "CHUNK", 64)
    assert kept_chroma(every) == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("palette", [((255, 0, 0, 255), (0, 128, 128, 255)), ((220, 40, 200, 255), (60, 110, 20, 255))])
def test_dithering_that_keeps_the_mean_keeps_the_colour(palette: tuple[tuple[int, ...], ...]) -> None:
    """The chroma of each pixel along the original's is summed, so that what single pixels are off by cancels out.

    Three of four pixels have one colour and one has the other; the original is their mean, to whole levels.
    """
    one, other = palette
    mean = tuple(round((3 * a + b) / 4) for a, b in zip(one, other, strict=True))
    kept, energy = kept_chroma(joint((mean, one, 3), (mean, other, 1)))
    chroma, *dithered = (lab(np.array([each], np.uint8))[0, 1:] for each in (mean, one, other))
    assert kept / energy >= float((3 * dithered[0] + dithered[1]) @ chroma / 4 / (chroma @ chroma)) - 1e-9
    assert kept / energy > 0.9


@needs_native
@given(st.integers(0, 2**32 - 1), st.integers(1, 3000))
def test_native_and_numpy_sum_the_same_pairs(seed: int, n: int) -> None:
    assert NATIVE
    chance = np.random.default_rng(seed)
    pairs = chance.integers(0, 256, (2, n, 4), np.uint8)
    pairs[..., 3] = 255 * (pairs[..., 3] > 40)
    counts = chance.integers(1, 5000, n)
    found = NATIVE.kept_chroma(pairs[0], pairs[1], counts, LINEAR)
    assert found == pytest.approx(kept_chroma_numpy(pairs[0], pairs[1], counts), rel=1e-14)
