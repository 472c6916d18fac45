"""Tones, colours and detail of a whole clip: known changes are found again, and said as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from giflab_core.checks import TONE_TOLERANCES, ToneJudge, check_tone
from giflab_core.config import Goal
from giflab_core.kernels.joint import joint_of_pixels
from giflab_core.kernels.luma import luma
from giflab_core.model import FramePair, Tone

Pixels = npt.NDArray[np.uint8]
LUMA = np.array([0.299, 0.587, 0.114])


def scene(seed: int = 0, least: int = 40, most: int = 215) -> Pixels:
    """Smooth coloured patches, within these levels, so that what is done to them is not cut off."""
    coarse = np.random.default_rng(seed).integers(least, most, (9, 9, 3), dtype=np.uint8)
    rgb = np.asarray(Image.fromarray(coarse).resize((96, 96), Image.Resampling.BICUBIC))
    return with_alpha(np.clip(rgb, least, most))


def with_alpha(rgb: npt.NDArray[Any]) -> Pixels:
    whole = np.clip(np.rint(rgb), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.dstack([whole, np.full(whole.shape[:2], 255, np.uint8)]))


def found(original: Pixels, compressed: Pixels) -> Tone:
    judge = ToneJudge(1200)
    judge.add(joint_of_pixels(original, compressed), luma(original), luma(compressed), 12)
    tone = judge.tone()
    assert tone
    return tone


def changed(pixels: Pixels, how: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]) -> Pixels:
    return with_alpha(how(pixels[..., :3].astype(np.float64)))


def grey(rgb: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray((rgb @ LUMA)[..., np.newaxis])


@given(st.floats(0.5, 2), st.integers(0, 5))
def test_a_gamma_is_recovered(power: float, seed: int) -> None:
    original = scene(seed)
    greyscale = changed(original, lambda rgb: grey(rgb).repeat(3, axis=2))
    compressed = changed(greyscale, lambda rgb: 255 * (rgb / 255) ** power)
    # So small a gamma may be told as another brightness, which explains as much.
    assert found(greyscale, compressed).gamma == pytest.approx(power, rel=0.06)


@given(st.floats(0.4, 1.0), st.integers(0, 5))
def test_a_contrast_is_recovered(factor: float, seed: int) -> None:
    original = scene(seed)
    tone = found(original, changed(original, lambda rgb: 128 + factor * (rgb - 128)))
    assert tone.contrast == pytest.approx(factor, abs=0.03)
    assert tone.saturation == pytest.approx(factor, abs=0.03)


@given(st.integers(-35, 35), st.integers(0, 5))
def test_a_brightness_is_recovered(levels: int, seed: int) -> None:
    original = scene(seed)
    assert found(original, changed(original, lambda rgb: rgb + levels)).brightness == pytest.approx(levels, abs=0.5)


@given(st.floats(0.2, 1.2), st.integers(0, 5))
def test_a_saturation_is_recovered(factor: float, seed: int) -> None:
    original = scene(seed, 70, 185)
    tone = found(original, changed(original, lambda rgb: grey(rgb) + factor * (rgb - grey(rgb))))
    assert tone.saturation == pytest.approx(factor, abs=0.03)
    assert tone.contrast == pytest.approx(1, abs=0.02)


def test_a_turned_hue_is_recovered() -> None:
    original = scene(3, 90, 165)

    def turned(rgb: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        y = grey(rgb)
        u, v = rgb[..., 2:] - y, rgb[..., :1] - y
        cosine, sine = np.cos(np.radians(25)), np.sin(np.radians(25))
        blue, red = y + cosine * u - sine * v, y + sine * u + cosine * v
        return np.concatenate([red, (y - LUMA[0] * red - LUMA[2] * blue) / LUMA[1], blue], axis=-1)

    assert found(original, changed(original, turned)).hue == pytest.approx(25, abs=1)


def test_a_blur_takes_detail_and_dithering_does_not() -> None:
    original = with_alpha(np.random.default_rng(1).integers(60, 190, (96, 96, 1)).repeat(3, axis=2))
    image = Image.fromarray(original[..., :3].copy())
    blurred = with_alpha(np.asarray(image.filter(ImageFilter.GaussianBlur(1.5))))
    dithered = with_alpha(np.asarray(image.convert("L").convert("1").convert("RGB")))
    assert found(original, blurred).detail < 0.4
    assert found(original, dithered).detail > 0.9
    assert found(original, np.roll(original, 1, axis=1)).detail == pytest.approx(1, abs=0.02)


def test_coarse_palettes_leave_the_tones_alone() -> None:
    texture = grey(scene(4, 0, 255)[..., :3].astype(np.float64)) - 128
    between = np.linspace(0, 1, 96)[:, None, None]
    original = with_alpha((1 - between) * [70, 110, 190] + between * [200, 160, 90] + 0.6 * texture)
    image = Image.fromarray(original[..., :3].copy())
    for dither in (Image.Dither.NONE, Image.Dither.FLOYDSTEINBERG):
        palette = image.quantize(16)
        fewer = with_alpha(np.asarray(image.quantize(palette=palette, dither=dither).convert("RGB")))
        assert check_tone(found(original, fewer), "small").message == ""


def test_a_thing_that_got_another_colour_is_not_said_of_the_whole() -> None:
    original = scene(2, 90, 165)
    compressed = original.copy()
    compressed[20:60, 20:60, :3] = 255, 0, 255
    tone = found(original, compressed)
    assert (tone.saturation, tone.hue, tone.contrast) == (1, 0, 1)


def test_moments_are_the_middles_of_equal_parts() -> None:
    judge = ToneJudge(1200)
    pairs = [FramePair(0, 0, start, length) for start, length in ((0, 50), (50, 100), (150, 1), (151, 1049))]
    assert [judge.moments(pair) for pair in pairs] == [0, 1, 1, 10]


def test_a_clip_that_hardly_ever_differs_is_not_judged() -> None:
    original = scene()
    judge = ToneJudge(1200)
    negative = with_alpha(255 - original[..., :3])
    judge.add(joint_of_pixels(original, negative), luma(original), luma(negative), 2)
    assert judge.tone() is None
    assert check_tone(None, "invisible").status == "pass"


def test_two_judges_of_a_part_each_are_one_of_the_whole() -> None:
    original = scene()
    other = changed(original, lambda rgb: rgb + 10)
    parts = ToneJudge(1200), ToneJudge(1200)
    for judge, shown in zip(parts, (original, other), strict=True):
        judge.add(joint_of_pixels(original, shown), luma(original), luma(shown), 6)
    tone = parts[1].tone(parts[0])
    assert tone
    assert tone.brightness == pytest.approx(5, abs=0.1)


@pytest.mark.parametrize(
    ("tone", "said"),
    [
        (Tone(contrast=0.6, saturation=0.6, detail=0.6), "contrast is 60% of the original's"),
        (Tone(gamma=1.4), "gamma is about 1.40: middle tones are darker"),
        (
            Tone(gamma=0.7, brightness=30),
            "gamma is about 0.70: middle tones are lighter",
        ),
        (Tone(saturation=0.6, cast=30), "saturation is 60% of the original's"),
        (Tone(hue=-30), "hues are turned by 30 degrees on average"),
        (Tone(cast=25), "the mean colour has moved by 25 levels"),
        (
            Tone(levels=4, detail=1.6),
            "tones are rounded to about 4 levels, without dithering, as if posterised",
        ),
        (Tone(detail=0.3), "steps between neighbours are 30% of the original's, as if blurred"),
        (Tone(), ""),
    ],
)
def test_the_change_is_named_once(tone: Tone, said: str) -> None:
    check = check_tone(tone, "small")
    assert (check.message, check.status) == (said, "fail" if said else "pass")


def test_a_clip_that_was_scaled_may_lose_detail() -> None:
    assert check_tone(Tone(detail=0.3), "good", scaled=True).status == "pass"


def test_a_change_for_a_part_of_the_time_says_so() -> None:
    said = check_tone(Tone(brightness=-53, share=0.5), "small").message
    assert said == "the mean is 53 grey levels darker, during 50% of the time; the rest is equal"


def test_what_leaves_pictures_as_they_were_is_not_called_a_blur() -> None:
    assert check_tone(Tone(detail=0.2, share=0.5), "small").status == "pass"


@pytest.mark.parametrize(("looser", "tighter"), [("small", "good"), ("good", "invisible")])
def test_each_goal_allows_less_than_the_one_before(looser: Goal, tighter: Goal) -> None:
    loose, tight = TONE_TOLERANCES[looser], TONE_TOLERANCES[tighter]
    for name in {*Tone.__slots__} - {"share"}:
        assert getattr(loose.least, name) <= getattr(tight.least, name) <= getattr(Tone(), name)
        assert getattr(Tone(), name) <= getattr(tight.most, name) <= getattr(loose.most, name)
        assert (getattr(loose.least, name), getattr(loose.most, name)) != (
            getattr(tight.least, name),
            getattr(tight.most, name),
        )


def grey_scene(seed: int) -> Pixels:
    return changed(scene(seed), lambda rgb: grey(rgb).repeat(3, axis=2))


@given(st.integers(0, 4))
def test_a_missing_line_of_text_is_no_gamma(line: int) -> None:
    original = with_alpha(np.full((96, 96, 3), 0))
    for top in range(0, 60, 12):
        original[top + 2 : top + 10, 4:80:3, :3] = 200
        original[top + 2 : top + 10, 5:80:3, :3] = 150
    compressed = original.copy()
    compressed[12 * line : 12 * line + 12, :, :3] = 0
    assert found(original, compressed).gamma == 1


@given(st.sampled_from([0, 255]), st.integers(20, 50), st.integers(0, 40), st.integers(0, 5))
def test_a_box_over_a_part_is_no_change_of_the_mean(level: int, side: int, at: int, seed: int) -> None:
    original = grey_scene(seed)
    compressed = original.copy()
    compressed[at : at + side, at : at + side, :3] = level
    tone = found(original, compressed)
    assert (tone.gamma, tone.brightness, tone.cast) == (1, 0, 0)


@given(st.integers(20, 50), st.integers(0, 40), st.integers(0, 5))
def test_a_magenta_box_is_no_cast(side: int, at: int, seed: int) -> None:
    original = scene(seed)
    compressed = original.copy()
    compressed[at : at + side, at : at + side, :3] = 255, 0, 255
    assert found(original, compressed).cast == 0


@given(st.integers(20, 38), st.sampled_from([-1, 1]), st.integers(0, 5))
def test_a_shift_of_all_levels_is_told_once(levels: int, sign: int, seed: int) -> None:
    original = scene(seed)
    check = check_tone(found(original, changed(original, lambda rgb: rgb + sign * levels)), "small")
    assert check.message == f"the mean is {levels} grey levels {'lighter' if sign > 0 else 'darker'}"


@given(st.floats(1.4, 2), st.booleans(), st.integers(0, 5))
def test_a_gamma_is_told_once(power: float, inverse: bool, seed: int) -> None:
    original = grey_scene(seed)
    exponent = 1 / power if inverse else power
    compressed = changed(original, lambda rgb: 255 * (rgb / 255) ** exponent)
    check = check_tone(found(original, compressed), "small")
    assert check.message.startswith(("gamma is about ", "contrast is "))
    assert "gamma" not in check.message or "mean" not in check.message


@given(st.floats(0, 0.2), st.integers(0, 5))
def test_what_is_nearly_grey_has_no_hue(kept: float, seed: int) -> None:
    original = scene(seed, 70, 185)
    tone = found(original, changed(original, lambda rgb: grey(rgb) + kept * (rgb - grey(rgb))[..., [1, 2, 0]]))
    assert tone.hue == 0


@pytest.mark.parametrize("order", [[1, 2, 0], [2, 0, 1], [2, 1, 0]])
@given(seed=st.integers(0, 20))
def test_channels_in_another_order_leave_a_saturation_that_is_not_negative(order: list[int], seed: int) -> None:
    original = scene(seed)
    assert found(original, np.ascontiguousarray(original[..., [*order, 3]])).saturation >= 0


def test_a_channel_rotation_of_one_colour_turns_its_hue_and_leaves_its_saturation_alone() -> None:
    """Red to green: (u, v) from (-0.299, 0.701) to (-0.587, -0.587), times 200: 113 and 225 degrees."""
    original, compressed = (with_alpha(np.full((96, 96, 3), colour)) for colour in ((200, 0, 0), (0, 200, 0)))
    tone = found(original, compressed)
    assert tone.saturation == pytest.approx(np.hypot(0.587, 0.587) / np.hypot(0.299, 0.701), rel=0.01)
    assert abs(tone.hue) == pytest.approx(112, abs=1)


@given(st.integers(0, 5), st.integers(5, 60))
def test_what_became_transparent_is_not_blurred(seed: int, at: int) -> None:
    original = with_alpha(np.random.default_rng(seed).integers(60, 190, (96, 96, 3)))
    compressed = original.copy()
    compressed[at : at + 30, at : at + 30] = 0
    assert found(original, compressed).detail == 1


@given(st.integers(0, 5), st.integers(0, 50))
def test_a_smooth_part_is_not_a_blur_of_the_whole(seed: int, at: int) -> None:
    original = with_alpha(np.random.default_rng(seed).integers(60, 190, (96, 96, 3)))
    compressed = original.copy()
    compressed[at : at + 45, at : at + 45, :3] = 125
    assert found(original, compressed).detail == 1


def test_what_is_just_beyond_a_limit_is_told_in_more_digits_than_the_limit() -> None:
    assert "are 79.6% of" in check_tone(Tone(detail=0.796), "small").message
    assert "are 79.96% of" in check_tone(Tone(detail=0.7996), "small").message
    assert "by 17.3 levels" in check_tone(Tone(cast=17.3), "small").message
    assert "about 1.253:" in check_tone(Tone(gamma=1.253), "small").message


def posterised(levels: int) -> Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]:
    return lambda rgb: np.rint(rgb / 255 * (levels - 1)) * 255 / (levels - 1)


@given(st.integers(2, 8), st.integers(0, 5))
def test_the_levels_of_a_posterised_picture_are_counted(levels: int, seed: int) -> None:
    original = scene(seed, 0, 255)
    compressed = changed(original, posterised(levels))
    used = [len(np.unique(compressed[..., channel])) for channel in range(3)]
    assert found(original, compressed).levels == max(used) <= levels


@given(st.integers(3, 8), st.integers(0, 5))
def test_they_are_counted_though_the_original_has_noise_of_its_own(levels: int, seed: int) -> None:
    clean = scene(seed, 0, 255)
    noise = np.random.default_rng(seed).normal(0, 3, clean[..., :3].shape)
    original, compressed = changed(clean, lambda rgb: rgb + noise), changed(clean, posterised(levels))
    assert found(original, compressed).levels <= levels


@given(st.integers(4, 10), st.integers(0, 99))
def test_the_levels_of_luma_that_is_rounded_alone_are_counted_about(levels: int, seed: int) -> None:
    original = scene(seed, 0, 255)

    def banded(rgb: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        luma = rgb @ LUMA
        return np.asarray(rgb + (np.rint(luma / 255 * (levels - 1)) * 255 / (levels - 1) - luma)[..., None])

    assert found(original, changed(original, banded)).levels == pytest.approx(levels, abs=1.5)


@given(st.sampled_from([0.6, 1.5]), st.integers(0, 99))
def test_another_curve_of_tones_is_not_posterised(exponent: float, seed: int) -> None:
    original = scene(seed, 0, 255)
    assert found(original, changed(original, lambda rgb: 255 * (rgb / 255) ** exponent)).levels == 256
    assert found(original, changed(original, lambda rgb: np.where(rgb < 80, 0, rgb))).levels == 256


def test_the_levels_of_greys_that_are_posterised_are_counted() -> None:
    original = changed(scene(2, 0, 255), lambda rgb: grey(rgb).repeat(3, axis=2))
    assert found(original, changed(original, posterised(5))).levels <= 5


@pytest.mark.parametrize("count", [4, 8, 16])
def test_a_palette_of_chosen_colours_is_not_posterised(count: int) -> None:
    original = scene(3, 0, 255)
    image = Image.fromarray(np.ascontiguousarray(original[..., :3]))
    chosen = image.quantize(count, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    assert found(original, with_alpha(np.asarray(chosen))).levels == 256


def test_dithering_between_few_levels_is_not_posterised() -> None:
    original = scene(1, 0, 255)
    noise = np.random.default_rng(0).uniform(-42, 42, original[..., :3].shape)
    assert found(original, changed(original, lambda rgb: posterised(4)(rgb + noise))).levels == 256


def test_a_drawing_that_had_few_levels_is_not_posterised() -> None:
    original = changed(scene(2, 0, 255), posterised(6))
    assert found(original, changed(original, posterised(4))).levels == 256


def test_one_moment_of_many_levels_is_enough_not_to_be_posterised() -> None:
    original = scene(4, 0, 255)
    judge = ToneJudge(1200)
    for compressed, moments in ((changed(original, posterised(4)), 11), (changed(original, lambda rgb: rgb * 0.9), 1)):
        judge.add(joint_of_pixels(original, compressed), luma(original), luma(compressed), moments)
    tone = judge.tone()
    assert tone
    assert tone.levels == 256
