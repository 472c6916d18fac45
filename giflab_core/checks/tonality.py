"""Measure how the tones, the colours and the detail of a clip as a whole became others.

Each pixel alone may be off by as much in an honest palette of few colours; but those errors go both ways, and a change
of contrast goes one. So sums over the picture are taken, at moments that are evenly spread over the clip.
"""

from __future__ import annotations

from functools import cache
from math import atan2, degrees, sqrt
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.tone import (
    CHANNELS,
    LEVEL_SIZE,
    LEVELS,
    NAMES,
    PLANES,
    RARE,
    SIZE,
    add_tones,
    size_of_sums,
)
from giflab_core.model import Tone

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.joint import Joint
    from giflab_core.model import FramePair, Plane

    Doubles = npt.NDArray[np.float64]

# So many moments of a clip are looked at; in fewer than a quarter of them too little differs to judge the whole.
MOMENTS, LEAST_MOMENTS = 12, 3
# Below these there is nothing to compare: grey levels squared of luma and of chroma, of steps between neighbours.
LEAST_VARIANCE, LEAST_CHROMA, LEAST_STEPS = 25.0, 64.0, 0.25
# What is said of the whole must explain so much of what there is: the squared correlation.
LEAST_RELATED = 0.6
# A shift of the mean must explain so much of the squared difference: what is in a smaller share of the pixels cannot.
LEAST_SHIFTED = 0.4
# Below this share of the chroma, what is left of it has no hue that the eye would compare.
LEAST_SATURATION = 0.3
# The steps are summed up in so many places across and down.
PLACES = 6
# The detail of the whole can be told if so many of the places have any.
LEAST_DRAWN = 1 / 6
# Exponents that are tried, and the levels by which: near black and white a gamma changes nothing.
EXPONENTS = np.exp(np.linspace(-1, 1, 101))
MIDDLE_LEVELS = slice(8, 248)
NEARBY = np.exp(np.linspace(-0.01, 0.01, 11))[:, None]
TINY, ROUNDING = 1e-12, 1e-3
# A gamma must leave less than this share of the error that none leaves.
BETTER = 0.7
# Channels are rounded to few levels if these make so many times as many colours, which colours that were chosen hardly
# do, and each level became one of them whatever the other channels are, but for this share of the squared error;
# dithering leaves more of it. Of greys, which have one level for each colour, but for the second share.
COLOURS, MIXED, MIXED_OF_GREYS = 1.5, 0.6, 0.003
# There were so many times as many levels, and the error is that of steps of so many.
FEWER, LEAST_BANDS = 3, 12.0
# Luma alone is rounded to few levels if it is a function of the original's luma, but for this share of the squared
# error, and this share of that is a saw about no change: an honest palette's colours do not all have one of few lumas.
MIXED_LUMA, SAW = 0.1, 0.7


class ToneJudge:
    """Looks at the pairs on screen at some moments of two clips, `total_ms` of which are compared."""

    def __init__(self, total_ms: int) -> None:
        self._total_ms = max(1, total_ms)
        self._sums = np.zeros(size_of_sums(PLACES))
        self._different = 0

    def moments(self, pair: FramePair) -> int:
        """How many of the moments are within a pair's time: the middles of equal parts of the whole."""
        first, last = (
            (2 * MOMENTS * ms + self._total_ms - 1) // (2 * self._total_ms)
            for ms in (pair.start_ms, pair.start_ms + pair.duration_ms)
        )
        return last - first

    def add(self, joint: Joint, x: Plane, y: Plane, moments: int) -> None:
        """Two different pictures were on screen at so many moments: their colours, and their luma on a grey."""
        add_tones(joint, x, y, PLACES, moments, self._sums)
        self._different += moments

    def tone(self, earlier: ToneJudge | None = None) -> Tone | None:
        """What was found, also in the time before, which another one saw; None where too little differs."""
        different = self._different + (earlier._different if earlier else 0)
        if different < LEAST_MOMENTS:
            return None
        sums = (self._sums + earlier._sums if earlier else self._sums) / different
        return _tone(sums[:-LEVEL_SIZE], sums[-LEVEL_SIZE:], min(1.0, different / MOMENTS))


def _tone(sums: Doubles, levels: Doubles, share: float) -> Tone:
    counts, lumas = sums[:LEVELS], sums[LEVELS : 2 * LEVELS]
    found = dict(zip(NAMES, sums[2 * LEVELS : SIZE].tolist(), strict=True))
    saturation, hue = _chroma(found)
    (gamma, brightness), rounded = _curve(counts, lumas, found), _levels(levels)
    pixels, recoloured, uncovered = sums[-3:].tolist()
    return Tone(
        gamma=gamma,
        contrast=_contrast(found),
        brightness=brightness,
        saturation=saturation,
        hue=hue,
        cast=_cast(found),
        detail=_detail(sums[SIZE:-3].reshape(-1, 3), pixels) if recoloured > uncovered else 1.0,
        levels=rounded if rounded < LEVELS else _levels_of_luma(counts, lumas, found),
        share=share,
    )


def _levels(sums: Doubles) -> float:
    """How many levels the channel with most of them is left with, by rounding alone; `LEVELS` otherwise."""
    before, means, squares, after = sums[:-2].reshape(PLANES, CHANNELS, LEVELS)
    colours, are_many = sums[-2:].tolist()
    if are_many:
        return float(LEVELS)
    levels = np.arange(LEVELS)
    error = float((before * levels**2 - 2 * levels * means + squares).sum())
    mixed = float((squares - means**2 / np.maximum(before, TINY)).sum())
    few = np.count_nonzero(after > RARE, axis=1)
    most_mixed = MIXED if colours >= COLOURS * few.max() else MIXED_OF_GREYS
    is_rounded = mixed <= most_mixed * error and FEWER * few.sum() <= np.count_nonzero(before > RARE)
    is_seen = 12 * error / CHANNELS >= LEAST_BANDS**2
    return float(few.max()) if is_rounded and is_seen else float(LEVELS)


def _levels_of_luma(counts: Doubles, lumas: Doubles, found: dict[str, float]) -> float:
    """About how many levels luma is left with, if it was rounded whatever the chroma is; `LEVELS` otherwise.

    Rounding to steps leaves an error that goes from half a step below to half a step above as the level rises, again
    and again: about its mean over the levels of one step.
    """
    error, shown = found["y11"] + found["y22"] - 2 * found["y12"], counts > RARE
    step = sqrt(12 * max(error, 0.0))
    if step < LEAST_BANDS or step * np.count_nonzero(shown) < FEWER * LEVELS:
        return float(LEVELS)
    weights = np.where(shown, counts, 0.0)
    off = np.where(shown, lumas / np.maximum(counts, TINY) - np.arange(LEVELS), 0.0)
    window = np.ones(2 * min(LEVELS // 2 - 1, max(1, round(step / 2))) + 1)
    near, size = (np.convolve(each, window, "same") for each in (weights * off, weights))
    saw = float((weights * (off - near / np.maximum(size, TINY)) ** 2).sum())
    mixed = found["y22"] - float((lumas[shown] ** 2 / counts[shown]).sum())
    is_rounded = mixed <= MIXED_LUMA * error and saw >= SAW * error
    return 1.0 + round((LEVELS - 1) / step) if is_rounded else float(LEVELS)


def _curve(counts: Doubles, lumas: Doubles, found: dict[str, float]) -> tuple[float, float]:
    """Gamma and brightness, each only if it explains the difference of luma, and the gamma only if no shift does more.

    One cause bears one name: if all levels went up by as much, that is not a gamma. Pixels may not go beyond black and
    white, so the shift that most made may be twice that of the mean.
    """
    difference = found["y11"] + found["y22"] - 2 * found["y12"]
    if difference <= 0:
        return 1.0, 0.0

    def explained(curves: Doubles) -> float:
        """The largest share of the squared difference that one of the curves, of shape (n, levels), takes away."""
        left = found["y22"] - 2 * (curves * lumas).sum(axis=1) + (curves**2 * counts).sum(axis=1)
        return float(1 - left.min() / difference)

    # No curve explains more than the one through the mean of each level; most palettes leave it little.
    by_levels = explained((lumas / np.maximum(counts, TINY))[None])
    if by_levels < LEAST_SHIFTED - ROUNDING and difference > ROUNDING:
        return 1.0, 0.0
    levels, mean = np.arange(LEVELS, dtype=np.float64), found["y2"] - found["y1"]
    by_shift = explained(np.clip(levels + np.linspace(mean, 2 * mean, 51)[:, None], 0, LEVELS - 1))
    brightness = mean if by_shift >= LEAST_SHIFTED else 0.0
    gamma = _gamma(counts, lumas) if by_levels >= LEAST_RELATED else 1.0
    if gamma == 1.0:
        return 1.0, brightness
    # With those between the exponents that were tried, so that a step between them does not decide.
    by_gamma = explained(_curves(levels, gamma * NEARBY))
    return gamma if max(by_gamma, LEAST_SHIFTED) >= by_shift else 1.0, brightness


def _curves(levels: Doubles, exponents: Doubles) -> Doubles:
    return np.asarray((LEVELS - 1) * (levels / (LEVELS - 1)) ** exponents)


@cache
def _all_curves() -> Doubles:
    """Of the middle levels, by each of the exponents."""
    return _curves(np.arange(LEVELS, dtype=np.float64)[MIDDLE_LEVELS], EXPONENTS[:, None])


def _cast(found: dict[str, float]) -> float:
    """How far the mean chroma moved; 0 if neither one move nor one turn and factor explains most of the difference."""
    squared = (found["u2"] - found["u1"]) ** 2 + (found["v2"] - found["v1"]) ** 2
    difference = found["c11"] + found["c22"] - 2 * found["c12"]
    if squared >= LEAST_SHIFTED * difference:
        return sqrt(squared)
    # From here on there is a difference; what a turn and a factor leave of it is what is not related.
    left = found["c22"] - (found["c12"] ** 2 + found["turn"] ** 2) / max(LEAST_CHROMA, found["c11"])
    return sqrt(squared) if left <= (1 - LEAST_RELATED) * difference else 0.0


def _detail(places: Doubles, pixels: float) -> float:
    """The change of the steps, of shape (places, 3), or 1 if most of the places have not even half of it.

    So it is if few places have any steps: what became of one thing on a ground is not said of the whole. The places
    weigh as the root of what there is in them, so that neither a ground nor one drawing rules.
    """
    xx, xy, yy = places.sum(axis=0).tolist()
    drawn = places[places[:, 0] > 0]
    if xx < LEAST_STEPS * pixels or len(drawn) < LEAST_DRAWN * len(places):
        return 1.0
    change = _least_change(xy / xx, sqrt(yy / xx))
    if change == 1:
        return 1.0
    changes = np.array([_least_change(xy / xx, sqrt(yy / xx)) for xx, xy, yy in drawn.tolist()])
    weights = np.sqrt(drawn[:, 0])
    alike = weights[(changes - 1) / (change - 1) >= 0.5].sum()
    return change if alike > weights.sum() / 2 else 1.0


def _contrast(found: dict[str, float]) -> float:
    """The slope of the compressed luma over the original's, or the ratio of deviations; 1 if they hardly relate."""
    before, after = (found[f"y{side}{side}"] - found[f"y{side}"] ** 2 for side in (1, 2))
    if before < LEAST_VARIANCE:
        return 1.0
    shared = found["y12"] - found["y1"] * found["y2"]
    if shared <= 0 or shared**2 < LEAST_RELATED * before * after:
        return 1.0
    return _least_change(shared / before, sqrt(max(0.0, after) / before))


def _chroma(found: dict[str, float]) -> tuple[float, float]:
    """Saturation and hue: the factor and the angle by which all chroma became what it is, as far as one pair can tell.

    A thing that got another colour is not a change of the whole: then they are 1 and 0.
    """
    before, after = found["c11"], found["c22"]
    related = found["c12"] ** 2 + found["turn"] ** 2
    if before < LEAST_CHROMA or (after >= LEAST_CHROMA and related < LEAST_RELATED * before * after):
        return 1.0, 0.0
    saturation = _least_change(sqrt(related) / before, sqrt(max(0.0, after) / before))
    has_hue = saturation >= LEAST_SATURATION and after >= LEAST_CHROMA
    return saturation, degrees(atan2(found["turn"], found["c12"])) if has_hue else 0.0


def _least_change(slope: float, ratio: float) -> float:
    """What a slope and a ratio of deviations both say: the one that is nearer to 1, or 1 where it is between them.

    Dithering adds to the deviation, and what is elsewhere takes from the slope; less contrast takes from both.
    """
    least, most = (slope, ratio) if slope < ratio else (ratio, slope)
    return most if most < 1 else least if least > 1 else 1.0


def _gamma(counts: Doubles, lumas: Doubles) -> float:
    """The exponent that brings the original's levels closest to the compressed luma there; 1 where none is closer.

    By absolute differences, with the square roots of counts as weights, so that neither a ground nor rare colours rule.
    Half of them must follow it: they move by half to twice as much as it says.
    """
    levels = np.arange(LEVELS, dtype=np.float64)[MIDDLE_LEVELS]
    counts, lumas = counts[MIDDLE_LEVELS], lumas[MIDDLE_LEVELS]
    shown = counts > RARE
    if np.count_nonzero(shown) < 2:
        return 1.0
    weights, means = np.sqrt(counts[shown]), lumas[shown] / counts[shown]
    off = _all_curves()[:, shown]
    off -= means
    np.abs(off, out=off)
    off *= weights
    errors = off.sum(axis=1)
    best = int(errors.argmin())
    if errors[best] >= BETTER * errors[len(EXPONENTS) // 2]:
        return 1.0
    moves, expected = means - levels[shown], _all_curves()[best, shown] - levels[shown]
    follows = (abs(moves) <= 2 * abs(expected)) & (2 * moves * expected >= expected**2)
    return float(EXPONENTS[best]) if weights[follows].sum() >= weights.sum() / 2 else 1.0
