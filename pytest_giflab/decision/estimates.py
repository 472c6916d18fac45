"""Turn seconds per call into an estimate of a change and of its error; pure, no decisions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_giflab.decision.student import cdf, quantile
from pytest_giflab.errors import DecisionError

TRIM = 0.2
SMALLEST_TRIMMED = 5  # below five values nothing is trimmed: two of three would be gone
# Of the turns of a pair more go: what changes the processor's speed between two turns hits single ones hard, and often.
TURN_TRIM = 0.35
# Of pairs more are needed: trimmed, five pairs are three, and two degrees of freedom cost more than an odd pair does.
TRIMMED_PAIRS = 7
MAD_TO_DEVIATION = 1.4826  # for normal noise, standard deviation = 1.4826 x median absolute deviation
# ... and in small samples more, by the count of values (Croux & Rousseeuw 1992, COMPSTAT 1, 411-428).
MAD_SMALL_SAMPLE = {2: 1.196, 3: 1.495, 4: 1.363, 5: 1.206, 6: 1.200, 7: 1.140, 8: 1.129, 9: 1.107}
SMALLEST_ERROR = 0.002  # a handful of pairs can agree by luck; the clocks and caches are not better than this

Seconds = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Effect:
    """What one process pair says: `log_ratio` = log(head / base), and the error of it seen within the pair.

    `base_mean`, `head_mean`: what a call costs on average, in units of the pair's own speed.
    """

    log_ratio: float
    within_error: float
    base_mean: float = 1.0
    head_mean: float = 1.0


@dataclass(frozen=True, slots=True)
class CombinedEffect:
    """A log ratio (above 0 is slower), its standard error, and the degrees of freedom of Student's t."""

    log_ratio: float
    standard_error: float
    freedom: int

    def half_width(self, confidence: float) -> float:
        """Half the two-sided interval at `confidence` (0-1), in log ratio; infinite without degrees of freedom."""
        return self.standard_error * quantile(self.freedom, (1 + confidence) / 2)

    def chance_of_none(self, direction: int) -> float:
        """One-sided p value of "no change in `direction`" (+1 slower, -1 faster)."""
        if self.freedom < 1:
            return 1.0
        return cdf(self.freedom, -direction * self.log_ratio / self.standard_error)


def trimmed_count(count: int, least: int = SMALLEST_TRIMMED, trim: float = TRIM) -> int:
    """How many of `count` values go from each end: this share, at least one from `least` values on."""
    return max(1, int(trim * count)) if count >= least else 0


def trimmed_mean(values: Sequence[float], least: int = SMALLEST_TRIMMED, trim: float = TRIM) -> float:
    """Mean of one or more finite `values` without the share `trim` at each end; of all of them below `least`.

    Exact summation, so that neither the order of the values nor their sign changes the last digit.
    """
    cut = trimmed_count(len(values), least, trim)
    kept = sorted(values)[cut : len(values) - cut]
    return math.fsum(kept) / len(kept)


def trimmed_error(values: Sequence[float], least: int = SMALLEST_TRIMMED) -> float:
    """Standard error of `trimmed_mean(values, least)`; 0 for a single value, which says nothing of its own error.

    With h values kept and SSD the sum of squared deviations of the winsorized sample from its mean:
    sqrt(SSD / (h (h - 1))), to be used with h - 1 degrees of freedom (Yuen 1974, Biometrika 61, 165-170).
    """
    count, cut = len(values), trimmed_count(len(values), least)
    kept = count - 2 * cut
    if kept < 2:
        return 0.0
    inner = sorted(values)[cut : count - cut]
    winsorized = [inner[0]] * cut + inner + [inner[-1]] * cut
    mean = math.fsum(winsorized) / count
    return math.sqrt(math.fsum((value - mean) ** 2 for value in winsorized) / (kept * (kept - 1)))


def freedom_of(pairs: int) -> int:
    """Degrees of freedom of what so many pairs say together: those kept, less one."""
    return pairs - 2 * trimmed_count(pairs, TRIMMED_PAIRS) - 1


def combine(effects: Sequence[Effect]) -> CombinedEffect:
    """The change that one or more process pairs agree on.

    The pairs are the independent samples: rounds and turns of one process share its memory layout. Yuen's error sees
    the spread between pairs; the error within pairs keeps it honest when few pairs agree by chance.
    """
    ratios = [effect.log_ratio for effect in effects]
    within = math.fsum(effect.within_error for effect in effects) / len(effects) / math.sqrt(len(effects))
    return CombinedEffect(
        log_ratio=trimmed_mean(ratios, TRIMMED_PAIRS),
        standard_error=max(trimmed_error(ratios, TRIMMED_PAIRS), within, SMALLEST_ERROR),
        freedom=freedom_of(len(ratios)),
    )


def pair_effects(base: ArrayLike, head: ArrayLike) -> list[Effect | None]:
    """One `Effect` for each process pair; None if the clock did not move in all rounds of a turn.

    `base`, `head`: seconds per call, 0 or more, shape (process pair, turn, round); trailing NaN for missing turns and
    rounds. Raises `DecisionError` for anything else, also when the sides of a pair differ in turns.
    """
    base, head = checked(base, "base"), checked(head, "head")
    if base.shape != head.shape:
        raise DecisionError(f"base has shape {base.shape}, head {head.shape}; measure both sides in the same pairs")
    base_turns, head_turns = turn_counts(base), turn_counts(head)
    if (base_turns != head_turns).any():
        pair = int(np.argmax(base_turns != head_turns))
        raise DecisionError(
            f"pair {pair} has {base_turns[pair]} turns of base and {head_turns[pair]} of head; drop the odd turn"
        )
    # Adjacent turns share the speed mode of the CPU, so the ratio is taken turn by turn, before any averaging.
    with np.errstate(divide="ignore", invalid="ignore"):
        base_logs, head_logs = np.log(_shortest_rounds(base)), np.log(_shortest_rounds(head))
        speeds = np.exp((np.nanmedian(base_logs, axis=1) + np.nanmedian(head_logs, axis=1)) / 2)
        means = [_means(side) / speeds for side in (base, head)]
        rows = zip(head_logs - base_logs, base_turns, *means, strict=True)
    return [_pair_effect(logs[:turns].tolist(), float(before), float(after)) for logs, turns, before, after in rows]


def _pair_effect(turns: list[float], base_mean: float, head_mean: float) -> Effect | None:
    if not all(map(math.isfinite, turns)):
        return None
    center = trimmed_mean(turns, trim=TURN_TRIM)
    middle = _median(turns)
    deviation = MAD_TO_DEVIATION * _median([abs(turn - middle) for turn in turns])
    small = MAD_SMALL_SAMPLE.get(len(turns), len(turns) / (len(turns) - 0.8))
    return Effect(center, small * deviation / math.sqrt(len(turns)), base_mean, head_mean)


def checked(seconds: ArrayLike, name: str) -> Seconds:
    """`seconds` as an array of shape (process, turn, round), or a `DecisionError` that names what is wrong."""
    try:
        array = np.asarray(seconds, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DecisionError(f"{name} is not an array of seconds: {error}") from error
    if array.ndim != 3:
        raise DecisionError(f"{name} has {array.ndim} dimensions; give (process, turn, round)")
    if array.size == 0:
        raise DecisionError(f"{name} has shape {array.shape} and so no measurement; measure at least one process")
    if np.isinf(array).any() or (array < 0).any():
        raise DecisionError(f"{name} has infinite or negative seconds; check the clock that measured it")
    missing = np.isnan(array)
    turn_missing = missing[..., 0]
    if (missing[..., :-1] & ~missing[..., 1:]).any() or (turn_missing[:, :-1] & ~turn_missing[:, 1:]).any():
        raise DecisionError(f"{name} has NaN before a measured turn or round; only trailing ones may be missing")
    if turn_missing[:, 0].any():
        process = int(np.argmax(turn_missing[:, 0]))
        raise DecisionError(f"{name} has no measurement in process {process}; leave that process out on both sides")
    return array


def turn_counts(seconds: Seconds) -> NDArray[np.intp]:
    """How many turns each process measured."""
    counts: NDArray[np.intp] = np.count_nonzero(~np.isnan(seconds[..., 0]), axis=1)
    return counts


def _shortest_rounds(seconds: Seconds) -> Seconds:
    """The shortest round of each turn in which the clock moved: it was disturbed least. 0 if there is none, NaN for a
    missing turn."""
    shortest: Seconds = np.fmin.reduce(np.where(seconds == 0, np.nan, seconds), axis=2)
    return np.where((seconds == 0).any(axis=2) & np.isnan(shortest), 0.0, shortest)


def _means(seconds: Seconds) -> Seconds:
    """Mean over all rounds of each process; exact, so that their order does not matter."""
    return np.array([math.fsum(rounds) / len(rounds) for rounds in (row[~np.isnan(row)] for row in seconds)])


def _median(values: Sequence[float]) -> float:
    ordered, count = sorted(values), len(values)
    return (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
