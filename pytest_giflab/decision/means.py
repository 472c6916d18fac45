"""What a call costs on average, beside what a call typically costs; pure, no decisions.

A cost that comes with every few calls (a flush, an eviction, a rehash) is in the mean of many calls, and trimming takes
it for a disturbance. So the mean has an estimate and an error of its own: wider, since disturbances are in it too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_giflab.decision.estimates import SMALLEST_ERROR, CombinedEffect, Effect, combine

# Closer together than this, or than by chance at this confidence, the mean and the typical call say the same. It is
# stricter than an interval's: choosing the mean by mistake makes what can be told less.
SAME, SURE = 0.01, 0.99


@dataclass(frozen=True, slots=True)
class Estimates:
    """What pairs say of the `typical` call and of the `mean` over all; `difference`: log ratio of mean to typical."""

    typical: CombinedEffect
    mean: CombinedEffect
    difference: CombinedEffect

    @property
    def differ(self) -> bool:
        """Whether the two are further apart than by chance."""
        return abs(self.difference.log_ratio) > max(SAME, self.difference.half_width(SURE))

    @property
    def chosen(self) -> CombinedEffect:
        """The mean where the two differ; else the estimate of the typical call, which has the smaller error."""
        return self.mean if self.differ else self.typical


def estimate(effects: Sequence[Effect]) -> Estimates:
    """Both estimates from one or more pairs.

    The mean is a ratio of sums over pairs, each in units of its own speed; its error is that of its linear
    approximation (Cochran, Sampling Techniques, chapter 6). Nothing is trimmed: a cost may come in every third pair
    alone. A single disturbance cannot look like a change for that, since it raises the error as much as the mean.
    """
    typical, count = combine(effects), len(effects)
    base = math.fsum(effect.base_mean for effect in effects) / count
    head = math.fsum(effect.head_mean for effect in effects) / count
    ratio = math.log(head / base)
    shares = [effect.head_mean / head - effect.base_mean / base for effect in effects]
    apart = [share - effect.log_ratio for share, effect in zip(shares, effects, strict=True)]
    mean = CombinedEffect(ratio, _error(shares), count - 1)
    return Estimates(typical, mean, CombinedEffect(ratio - typical.log_ratio, _error(apart), count - 1))


def _error(values: Sequence[float]) -> float:
    """Standard error of the mean of independent values; never smaller than clocks and caches allow."""
    count = len(values)
    if count < 2:
        return math.inf
    center = math.fsum(values) / count
    variance = math.fsum((value - center) ** 2 for value in values) / (count - 1)
    return max(math.sqrt(variance / count), SMALLEST_ERROR)
