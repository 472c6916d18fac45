"""Measure how the tones, the colours and the detail of a clip as a whole became others.

Each pixel alone may be off by as much in an honest palette of few colours; but those errors go both ways, and a change
of contrast goes one. So sums over the picture are taken, at moments that are evenly spread over the clip.
"""

from __future__ import annotations

from math import atan2, degrees, hypot, sqrt
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.tone import LEVELS, NAMES, SIZE, detail_sums, tone_sums
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
# Exponents that are tried, and the levels by which: near black and white a gamma changes nothing.
EXPONENTS = np.exp(np.linspace(-1, 1, 101))
MIDDLE_LEVELS = slice(8, 248)
RARE = 1e-4
# A gamma must leave less than this share of the error that none leaves.
BETTER = 0.7


class ToneJudge:
    """Looks at the pairs on screen at some moments of two clips, `total_ms` of which are compared."""

    def __init__(self, total_ms: int) -> None:
        self._total_ms = max(1, total_ms)
        self._sums = np.zeros(SIZE + 4)
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
        self._sums += moments * np.concatenate([tone_sums(joint), detail_sums(x, y), [x.size]])
        self._different += moments

    def tone(self, earlier: ToneJudge | None = None) -> Tone | None:
        """What was found, also in the time before, which another one saw; None where too little differs."""
        different = self._different + (earlier._different if earlier else 0)
        if different < LEAST_MOMENTS:
            return None
        sums = (self._sums + earlier._sums if earlier else self._sums) / different
        return _tone(sums)


def _tone(sums: Doubles) -> Tone:
    counts, lumas = sums[:LEVELS], sums[LEVELS : 2 * LEVELS]
    found = dict(zip(NAMES, sums[2 * LEVELS : SIZE].tolist(), strict=True))
    xx, xy, yy, pixels = sums[SIZE:].tolist()
    saturation, hue = _chroma(found)
    return Tone(
        gamma=_gamma(counts, lumas),
        contrast=_contrast(found),
        brightness=found["y2"] - found["y1"],
        saturation=saturation,
        hue=hue,
        cast=hypot(found["u2"] - found["u1"], found["v2"] - found["v1"]),
        detail=_least_change(xy / xx, sqrt(yy / xx)) if xx >= LEAST_STEPS * pixels else 1.0,
    )


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
    return found["c12"] / before, degrees(atan2(found["turn"], found["c12"]))


def _least_change(slope: float, ratio: float) -> float:
    """What a slope and a ratio of deviations both say: the one that is nearer to 1, or 1 where it is between them.

    Dithering adds to the deviation, and what is elsewhere takes from the slope; less contrast takes from both.
    """
    return sorted((slope, 1.0, ratio))[1]


def _gamma(counts: Doubles, lumas: Doubles) -> float:
    """The exponent that brings the original's levels closest to the compressed luma there; 1 where none is closer.

    By absolute differences, with the square roots of counts as weights, so that neither a ground nor rare colours rule.
    """
    levels = np.arange(LEVELS)[MIDDLE_LEVELS]
    counts, lumas = counts[MIDDLE_LEVELS], lumas[MIDDLE_LEVELS]
    shown = counts > RARE
    if np.count_nonzero(shown) < 2:
        return 1.0
    weights, means = np.sqrt(counts[shown]), lumas[shown] / counts[shown]
    curves = (LEVELS - 1) * (levels[shown] / (LEVELS - 1)) ** EXPONENTS[:, None]
    errors = (weights * abs(curves - means)).sum(axis=1)
    best = int(errors.argmin())
    return float(EXPONENTS[best]) if errors[best] < BETTER * errors[len(EXPONENTS) // 2] else 1.0
