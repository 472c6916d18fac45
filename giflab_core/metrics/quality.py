"""`quality`: one number for a pair of frames, from other metrics. Range 0 to 1, higher is better, 1 for equal clips.

A weighted geometric mean, so that a picture that fails in one respect is not saved by the others: each part is turned
into a similarity from 0 to 1, raised to its weight, and all are multiplied. Where a canvas is too small for a part, the
weights of the others are scaled to add up to 1. The form is that of MS-SSIM (Wang et al. 2003); parts and weights are
our own, see docs/decisions/0012-quality.md.

Pictures in another order are as good as each other, one by one. So where what moves does not move as in the original,
all pairs of the clip are worth less: their numbers are multiplied by the square of the correlation of motion
(motion.py) in units of `MOVING_ALIKE`, at most by 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import exp, prod
from types import MappingProxyType

from giflab_core.frozen import dataclass, replace
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE
from giflab_core.metrics.ciede2000 import CIEDE2000
from giflab_core.metrics.gmsd import GMSD
from giflab_core.metrics.haarpsi import HAARPSI
from giflab_core.metrics.mse import MSE
from giflab_core.metrics.temporal import TEMPORAL
from giflab_core.metrics.zncc import ZNCC

# Where a similarity has fallen to 1/e: a colour difference of 20 is another colour, an error of 1500 (16 dB) mostly
# another picture. Of half of that, which dithering has, 2 % are taken off. The largest deviation of gradients is about
# 0.35.
OTHER_COLOUR, RUINOUS_MSE, LARGEST_GMSD = 20.0, 1500.0, 0.35

# Honest recompressions have 0.68 and more, reversed and shuffled clips mostly less than 0.3.
MOVING_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Similarity:
    """How much a metric counts, and what its number is as a similarity from 0 to 1."""

    weight: float
    of: Callable[[float], float]


PARTS: Mapping[Metric, Similarity] = MappingProxyType(
    {
        HAARPSI: Similarity(0.35, lambda haarpsi: haarpsi),
        GMSD: Similarity(0.15, lambda gmsd: max(0.0, 1 - gmsd / LARGEST_GMSD)),
        ZNCC: Similarity(0.25, lambda zncc: max(0.0, zncc)),
        MSE: Similarity(0.10, lambda mse: exp(-((mse / RUINOUS_MSE) ** 2))),
        CIEDE2000: Similarity(0.10, lambda difference: exp(-difference / OTHER_COLOUR)),
        TEMPORAL: Similarity(0.05, lambda temporal: max(0.0, temporal)),
    }
)


def _score(pair: PairView) -> float:
    return prod(float(part.of(pair.score(metric)) ** part.weight) for metric, part in _fitting(*pair.size))


@lru_cache(maxsize=8)
def _fitting(width: int, height: int) -> tuple[tuple[Metric, Similarity], ...]:
    """The parts that a canvas of this size is large enough for, with weights that add up to 1."""
    fitting = {metric: part for metric, part in PARTS.items() if metric.absence(width, height) is None}
    total = sum(part.weight for part in fitting.values())
    return tuple((metric, replace(part, weight=part.weight / total)) for metric, part in fitting.items())


def _factor(motion: float | None) -> float:
    return 1.0 if motion is None else float(min(1.0, max(0.0, motion) / MOVING_ALIKE) ** 2)


QUALITY = Metric(
    CATALOGUE["quality"],
    score=_score,
    identical=1.0,
    over_time=True,
    parts=tuple(PARTS),
    factor=_factor,
)
