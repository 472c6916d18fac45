"""Each metric on pairs whose score follows from its definition."""

from __future__ import annotations

from math import inf, log10

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from giflab_core.errors import UsageError
from giflab_core.metrics import METRICS, PairView, select

Pixels = npt.NDArray[np.uint8]


def grey(value: int, *, alpha: int = 255, side: int = 8) -> Pixels:
    pixels = np.full((side, side, 4), value, np.uint8)
    pixels[..., 3] = alpha
    pixels[pixels[..., 3] == 0] = 0
    return pixels


def score(name: str, original: Pixels, compressed: Pixels) -> float:
    metric = METRICS[name]
    return metric.present(metric.score(PairView(original, compressed, ("white", "black"))))


def noise(seed: int, side: int = 24) -> Pixels:
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    return pixels


def test_ssim_is_that_of_pillows_luma() -> None:
    x, y = noise(1), noise(2)
    luma = [np.asarray(Image.fromarray(pixels).convert("RGB").convert("L")) for pixels in (x, y)]
    assert score("ssim", x, y) == pytest.approx(structural_similarity(*luma, data_range=255), abs=1e-9)


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
    view = PairView(grey(1), grey(2), ("white", "black"))
    assert len(view.luma) == 1


def test_alpha_is_the_share_of_pixels_that_differ() -> None:
    original, compressed = grey(10), grey(10)
    compressed[0, :4] = 0
    assert score("alpha", original, compressed) == 4 / 64


def test_alpha_ignores_colour() -> None:
    assert score("alpha", grey(10), grey(200)) == 0.0


def test_r2_of_a_blank_frame_of_the_mean_is_zero() -> None:
    original = grey(0)
    original[:4, :, :3] = 100
    assert score("r2", original, grey(50)) == 0.0


def test_r2_equals_one_minus_mse_over_variance() -> None:
    # Half 0, half 100: variance 2500. Every pixel is off by 10: mean squared error 100.
    original, compressed = grey(0), grey(10)
    original[:4, :, :3] = 100
    compressed[:4, :, :3] = 110
    assert score("r2", original, compressed) == pytest.approx(1 - 100 / 2500)


def test_r2_of_a_flat_original_forgives_small_errors() -> None:
    # The variance of a flat frame counts as (0.03 * 255)².
    assert score("r2", grey(100), grey(102)) == pytest.approx(1 - 4 / (0.03 * 255) ** 2)


@pytest.mark.parametrize("name", METRICS)
def test_the_score_of_identical_frames_is_the_declared_one(name: str) -> None:
    pixels = noise(5)
    assert METRICS[name].score(PairView(pixels, pixels.copy(), ("white", "black"))) == METRICS[name].identical


def test_an_unknown_metric_is_named_in_the_error() -> None:
    with pytest.raises(UsageError, match=r"'sssim'.*ssim, mse"):
        select(("sssim",))
