"""Turn one number a pair into numbers for the whole clip. Pure: no files, no frames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum
from operator import mul

from giflab_core.frozen import dataclass
from giflab_core.model import Better


@dataclass(frozen=True, slots=True)
class Sample:
    """Values and how long each was on screen.

    `values[i]` held for `weights_ms[i]` milliseconds, all above 0, in the order of the clip. Raises ValueError where
    the two differ in length, or are empty: an empty sample has no mean.
    """

    values: Sequence[float]
    weights_ms: Sequence[int]

    def __post_init__(self) -> None:
        if len(self.values) != len(self.weights_ms):
            raise ValueError(f"{len(self.values)} values with {len(self.weights_ms)} weights")
        if not self.values or min(self.weights_ms) <= 0:
            raise ValueError("a sample needs at least one value, and every weight must be above 0 ms")


@dataclass(frozen=True, slots=True)
class Pooled:
    """What a sample says about the whole clip; `worst_index` is the place of the worst value, the first of equals."""

    mean: float
    low: float
    high: float
    p01: float
    worst_index: int


def median(values: Iterable[float]) -> float:
    """The middle of some values, of an even number of them the mean of the two in the middle; at least one."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def weighted_mean(sample: Sample) -> float:
    """The mean of the values, each counted for its time on screen."""
    return fsum(map(mul, sample.values, sample.weights_ms)) / sum(sample.weights_ms)


def worst_percent_mean(sample: Sample, better: Better) -> float:
    """The mean over exactly the worst 1 % of the time, the last pair counted in part.

    This is the conditional value at risk (expected shortfall; Rockafellar and Uryasev 2000) at 1 %: unlike a
    percentile it sees how bad the worst moments are; unlike a minimum one frame of a long clip does not decide alone.
    """
    worst_first = sorted(
        zip(sample.values, sample.weights_ms, strict=True), key=lambda pair: pair[0], reverse=better == "lower"
    )
    # In hundredths of a millisecond, so that it is exact: 1 % of an odd number must not round a pair in or out.
    share = left = sum(sample.weights_ms)
    terms = []
    for value, weight_ms in worst_first:
        part = min(100 * weight_ms, left)
        terms.append(value * (part / share))
        left -= part
        if not left:
            break
    return fsum(terms)


def estimate(sample: Sample, better: Better) -> Pooled:
    """Mean, interval, worst 1 % and worst value of a clip every pair of which was scored.

    Nothing was left out, so the interval is the mean itself.
    """
    mean = weighted_mean(sample)
    worst = (min if better == "higher" else max)(sample.values)
    index = sample.values.index(worst)
    # Of a short clip the worst pair alone is on screen for so long.
    is_alone = 100 * sample.weights_ms[index] >= sum(sample.weights_ms)
    return Pooled(mean, mean, mean, float(worst) if is_alone else worst_percent_mean(sample, better), index)
