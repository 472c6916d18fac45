"""Each metric on pairs whose score follows from its definition."""

from __future__ import annotations

from math import inf, log10

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from giflab_core.errors import UsageError
from giflab_core.metrics import METRICS, PairView
from giflab_core.metrics.catalogue import select

Pixels = npt.NDArray[np.uint8]


def grey(value: int, *, alpha: int = 255, side: int = 8) -> Pixels:
    pixels = np.full((side, side, 4), value, np.uint8)
    pixels[..., 3] = alpha
    pixels[pixels[..., 3] == 0] = 0
    return pixels


def score(name: str, original: Pixels, compressed: Pixels) -> float:
    metric = METRICS[name]
    return metric.present(metric.score(PairView.of(original, compressed)))


def noise(seed: int, side: int = 24) -> Pixels:
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    return pixels


def test_ssim_is_that_of_pillows_luma() -> None:
    x, y = noise(1), noise(2)
    luma = [np.asarray(Image.fromarray(pixels).convert("RGB").convert("L")) for pixels in (x, y)]
    assert score("ssim", x, y) == pytest.approx(structural_similarity(*luma, data_range=255), abs=1e-6)


def test_mse_of_two_greys_is_their_difference_squared() -> None:
    assert score("mse", grey(100), grey(90)) == 100.0


def test_psnr_equals_its_formula_by_hand() -> None:
    assert score("psnr", grey(100), grey(90)) == pytest.approx(10 * log10(255**2 / 100))


def test_psnr_equals_scikit_image() -> None:
    x, y = noise(3), noise(4)
    luma = [np.asarray(Image.fromarray(pixels).convert("RGB").convert("L")) for pixels in (x, y)]
    assert score("psnr", x, y) == pytest.approx(peak_signal_noise_ratio(*luma, data_range=255), abs=1e-9)


def test_psnr_of_equal_frames_is_infinite() -> None:
    assert score("psnr", grey(7), grey(7)) == inf


def test_transparency_is_seen_on_the_worse_matte() -> None:
    # On white a transparent pixel equals a white one; on black it is 255 away.
    assert score("mse", grey(0, alpha=0), grey(255)) == 255**2


def test_opaque_frames_are_not_matted() -> None:
    view = PairView.of(grey(1), grey(2))
    assert len(view.luma) == 1


def test_alpha_is_a_share_of_what_is_opaque_in_either() -> None:
    """Of 8x8 pixels the left half is transparent; two of the others became it, and a row of four was opaque before."""
    original, compressed = grey(10), grey(10)
    original[:, :4] = compressed[:, :4] = 0
    compressed[3:5, 6] = 0
    assert score("alpha", original, compressed) == 2 / 32
    compressed[0, :2] = 10, 10, 10, 255
    assert score("alpha", original, compressed) == 4 / 34


def test_alpha_of_the_border_counts_a_quarter() -> None:
    original, compressed = grey(10), grey(10)
    original[:, :4] = compressed[:, :4] = 0
    compressed[:, 4] = 0
    assert score("alpha", original, compressed) == 8 / 4 / 32
    compressed[:, 5] = 0
    assert score("alpha", original, compressed) == (8 + 8 / 4) / 32


def test_alpha_of_pictures_that_were_opaque_has_no_border() -> None:
    original, compressed = grey(10), grey(10)
    compressed[0, :4] = 0
    assert score("alpha", original, compressed) == 4 / 64


def test_alpha_of_nothing_but_transparency_is_nothing() -> None:
    assert score("alpha", grey(0, alpha=0), grey(0, alpha=0)) == 0
    assert score("alpha", grey(0, alpha=0), grey(10)) == 1


def test_alpha_ignores_colour() -> None:
    assert score("alpha", grey(10), grey(200)) == 0.0


def test_zncc_equals_numpys_correlation() -> None:
    x, y = noise(6), noise(7)
    y[::2] = x[::2]
    luma = [np.asarray(Image.fromarray(pixels).convert("RGB").convert("L"), np.float64).ravel() for pixels in (x, y)]
    assert score("zncc", x, y) == pytest.approx(np.corrcoef(luma[0], luma[1])[0, 1], abs=1e-12)


def test_zncc_of_a_blank_frame_is_zero() -> None:
    assert score("zncc", noise(1), grey(50, side=24)) == 0.0


def test_zncc_does_not_see_brightness_and_contrast() -> None:
    original, compressed = grey(0), grey(10)
    original[:4, :, :3] = 100
    compressed[:4, :, :3] = 30
    assert score("zncc", original, compressed) == pytest.approx(1.0)


def test_zncc_of_a_negative_is_minus_one() -> None:
    original, compressed = grey(0), grey(255)
    original[:4, :, :3] = 255
    compressed[:4, :, :3] = 0
    assert score("zncc", original, compressed) == pytest.approx(-1.0)


def test_zncc_of_a_flat_original_has_nothing_to_share() -> None:
    assert score("zncc", grey(100), grey(200)) == 1.0


@pytest.mark.parametrize("name", ["ssim", "zncc"])
def test_similarities_take_the_worse_matte(name: str) -> None:
    # The left half is transparent before and white after: the same on white, the opposite on black.
    original, compressed = grey(128, side=16), grey(128, side=16)
    original[:, :8] = 0
    compressed[:, :8] = 255
    metric = METRICS[name]
    on_white, on_black = (metric.score(PairView.of(original, compressed, (matte,))) for matte in ("white", "black"))
    assert on_white == pytest.approx(1.0)
    assert on_black < 0.6
    assert score(name, original, compressed) == on_black


@pytest.mark.parametrize("name", METRICS)
def test_the_score_of_identical_frames_is_the_declared_one(name: str) -> None:
    pixels = noise(5, side=max(24, METRICS[name].window))
    found = METRICS[name].score(PairView.of(pixels, pixels.copy()))
    assert found == pytest.approx(METRICS[name].identical, abs=1e-12)


def test_an_unknown_metric_is_named_in_the_error() -> None:
    with pytest.raises(UsageError, match=r"'sssim'.*quality, ssim"):
        select(("sssim",))
