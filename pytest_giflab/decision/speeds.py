"""Compare a moment now with recorded moments: how far apart identical code may be; pure, no decisions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pytest_giflab.decision.estimates import SMALLEST_ERROR, checked, trimmed_mean
from pytest_giflab.decision.student import quantile
from pytest_giflab.errors import DecisionError

SMALLEST_MOMENT = 5  # fresh processes
FASTEST = 0.02  # quantile over the rounds of a process; its very fastest round may be a slip of the clock
# Processes further apart than this ran in different speed modes of the CPU; the spread between moments holds those.
SAME_MODE = 0.15
SPREAD_TO_ERROR = 2.0  # standard error of a minimum from the spread above it: simulated, 1.6 for a tail, 2.4 for normal
# Deviation of a moment from another of identical code, in log ratio, before any repetition was seen. With three degrees
# of freedom the 95 % interval from one recording is exp(+-0.45): it holds a switch of the CPU's speed mode (1.45 times,
# log 0.37) and leaves half as much again to a doubling (log 0.69).
PRIOR_DEVIATION = 0.10
PRIOR_FREEDOM = 3


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a benchmark was at one moment.

    `level`: log seconds per call; `error`: its standard error, from the spread of the processes.
    """

    level: float
    error: float
    processes: int

    @property
    def moved(self) -> bool:
        """Whether the clock moved; a level of -infinity is a round that took no time."""
        return math.isfinite(self.level)


@dataclass(frozen=True, slots=True)
class Shift:
    """Log ratio of now to the recorded moments, with the error of sampling processes and that between moments."""

    log_ratio: float
    process_error: float
    process_freedom: int
    moment_error: float
    moment_freedom: int

    def half_width(self, confidence: float, family: int = 1) -> float:
        """Half the two-sided interval at `confidence` (0-1), in log ratio, for `family` benchmarks in question.

        Only the sampling of processes is corrected for the family (Bonferroni): each benchmark draws its own. A moment
        is shared by all benchmarks of a run, so it is one draw however many there are.
        """
        sampling = self.process_error * quantile(self.process_freedom, 1 - (1 - confidence) / family / 2)
        return math.hypot(sampling, self.moment_error * quantile(self.moment_freedom, (1 + confidence) / 2))


def speed(seconds: ArrayLike, name: str) -> Speed:
    """How fast a benchmark was at one moment, from seconds per call, shape (process, turn, round).

    Noise on a shared machine only ever adds CPU time, and for seconds at a time, so that on a bad moment most processes
    are slow in all their rounds: only the fastest rounds of the fastest process repeat from moment to moment.
    """
    with np.errstate(divide="ignore"):
        levels = np.sort(np.log(np.nanquantile(checked(seconds, name), FASTEST, axis=(1, 2))))
    level = float(levels[0])
    if not math.isfinite(level):
        return Speed(level, math.inf, len(levels))
    lower_half = levels[: (len(levels) + 1) // 2]
    spread = float(np.minimum(lower_half - level, SAME_MODE).mean())
    return Speed(level, SPREAD_TO_ERROR * spread / math.sqrt(len(levels)), len(levels))


def shift(recorded: Sequence[Speed], now: Speed) -> Shift:
    """How far `now` lies from one or more `recorded` moments of the same code and environment.

    The variance between moments mixes a prior and the sample: (v d^2 + SS) / (v + k - 1) with the v degrees of
    freedom and deviation d of a scaled inverse chi-square prior and SS the sum of squares of k recorded levels;
    Student's t then has v + k - 1 degrees of freedom (Gelman et al., Bayesian Data Analysis, chapter 3).
    """
    count = len(recorded)
    if count == 0:
        raise DecisionError("no recorded moment to compare with; record one with --giflab-update-baseline")
    center = trimmed_mean([one.level for one in recorded])
    squares = math.fsum((one.level - center) ** 2 for one in recorded)
    freedom = PRIOR_FREEDOM + count - 1
    between = (PRIOR_FREEDOM * PRIOR_DEVIATION**2 + squares) / freedom
    sampling = now.error**2 + math.fsum(one.error**2 for one in recorded) / count**2
    return Shift(
        log_ratio=now.level - center,
        process_error=max(math.sqrt(sampling), SMALLEST_ERROR),
        process_freedom=sum(one.processes - 1 for one in (*recorded, now)),
        moment_error=math.sqrt(between * (1 + 1 / count)),
        moment_freedom=freedom,
    )
