"""Decide from measured seconds whether a change made a benchmark slower; pure, no clock and no file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from giflab_core.text import counted
from pytest_giflab.decision.estimates import CombinedEffect, Effect, pair_effects
from pytest_giflab.decision.means import Estimates, estimate
from pytest_giflab.decision.speeds import SMALLEST_MOMENT, Shift, Speed, shift, speed
from pytest_giflab.errors import DecisionError
from pytest_giflab.thresholds import DEFAULTS, Thresholds, Verdict

# Process pairs. Early looks see what is narrow at once. They leave less doubt when they clear, this share of the usual,
# so that more looks do not let more slip through.
FIRST_LOOK, FULL_LOOK, NEXT_LOOK = 3, 5, 3
EARLY_DOUBT = 0.4
LAST_LOOK, LAST_FINE_LOOK = 20, 38
# Below this threshold more pairs may be worth their time.
FINE = 0.05
# Pairs that must follow an alarm before it can be confirmed, and how many there must be in all: fewer cannot tell a
# critical change from a warning.
FRESH_PAIRS, CONFIRMING_PAIRS = 6, 10
SLOWER, FASTER = 1, -1
# How sure it must be that the mean of all calls stays below the threshold, two-sided. It is wider than the estimate of
# typical calls, which is held to the full confidence.
MEAN_CONFIDENCE = 0.7


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and what it rests on.

    `ratio` is head / base in time (above 1 is slower), `low` and `high` its interval at the thresholds' confidence, not
    corrected for several looks or benchmarks: 0 and infinity from a single process pair, all three NaN when the clock
    did not move. `pairs_used`: process pairs (processes measured now, for stored recordings) of these numbers.
    `next_pairs`: how many more to measure before asking again; 0 when the verdict is final. `reason`: a plain sentence.
    """

    verdict: Verdict
    ratio: float
    low: float
    high: float
    pairs_used: int
    next_pairs: int
    reason: str


def decide(base: ArrayLike, head: ArrayLike, *, thresholds: Thresholds = DEFAULTS, family: int = 1) -> Decision:
    """Compare two sides that were measured turn by turn, in fresh interpreters.

    `base`, `head`: seconds per call, 0 or more, shape (process pair, turn, round), pairs in the order they were
    measured; missing turns and rounds are trailing NaN. `family`: how many benchmarks are in question together; the
    confirming interval is widened for them (Bonferroni). Raises `DecisionError` for other arrays and for family < 1.

    The looks are replayed on the pairs given, so asking again with more pairs never revises a final verdict. A screen
    at 3, 4, 5, 8 ... 20 pairs (38 where the threshold is below 5 %) clears most benchmarks; one that seems slower or
    faster needs fresh pairs that agree.
    Estimate and error: trimmed means after Yuen (1974), Biometrika 61, 165-170.
    """
    _require_family(family)
    effects = pair_effects(base, head)
    look = FIRST_LOOK
    while look <= len(effects):
        usable = _moving(effects[:look])
        if usable is None:
            return _clock_stands_still(look)
        both = estimate(usable)
        chosen = both.chosen
        direction = _suspicion(chosen, thresholds)
        if direction:
            return _confirm(effects, look, direction, thresholds, family)
        if _clears(both, thresholds, EARLY_DOUBT if look < FULL_LOOK else 1.0):
            return _decision("ok", chosen, thresholds, look, _below(thresholds))
        if look == last_look(thresholds):
            return _decision("inconclusive", chosen, thresholds, look, _unseen(both, thresholds))
        look += 1 if look < FULL_LOOK else NEXT_LOOK
    return _unfinished(effects, look, thresholds, "too few pairs to decide")


def last_look(thresholds: Thresholds) -> int:
    """After how many pairs a benchmark that is still undecided is given up."""
    return LAST_LOOK if thresholds.warning >= FINE else LAST_FINE_LOOK


def decide_stored(
    recordings: Sequence[ArrayLike], current: ArrayLike, *, thresholds: Thresholds = DEFAULTS, family: int = 1
) -> Decision:
    """Compare a measurement made now with recordings of other moments, made in an equal environment.

    `recordings`: one array for each recorded moment, in time order; `current`: one array. Each holds CPU seconds per
    call, 0 or more, shape (process, turn, round), from 5 fresh processes or more; missing turns and rounds are trailing
    NaN. Fewer processes in `current` are inconclusive with `next_pairs` > 0; in a recording, or without any recording,
    they raise `DecisionError`, as do other arrays and family < 1.

    The interval holds the spread between processes, widened for `family` benchmarks, and the spread between moments,
    which is a wide prior until several recordings narrow it: with one recording even identical code is inconclusive,
    never ok, and only a change of about 1.6 times can be flagged.
    """
    _require_family(family)
    recorded = [speed(one, f"recording {number}") for number, one in enumerate(recordings)]
    for number, one in enumerate(recorded):
        if one.processes < SMALLEST_MOMENT:
            raise DecisionError(
                f"recording {number} has {one.processes} processes; record it again with {SMALLEST_MOMENT} or more"
            )
    now = speed(current, "current")
    if not all(one.moved for one in (*recorded, now)):
        return _clock_stands_still(now.processes)
    return _judge(shift(recorded, now), now, len(recorded), thresholds, family)


def _judge(change: Shift, now: Speed, moments: int, thresholds: Thresholds, family: int) -> Decision:
    more = max(0, SMALLEST_MOMENT - now.processes)
    if more:
        why = f"too few processes to decide: measure {more} more"
        return _decision("inconclusive", change, thresholds, now.processes, why, more)
    size = abs(change.log_ratio)
    if size >= thresholds.warning_cut and size > change.half_width(thresholds.confidence, family):
        word = "slower" if change.log_ratio > 0 else "faster"
        why = f"{word} than {counted(moments, 'recorded moment')} by more than moments differ"
        return _decision(_flag(change.log_ratio, thresholds), change, thresholds, now.processes, why)
    if _rules_out(change, thresholds):
        return _decision("ok", change, thresholds, now.processes, _below(thresholds))
    seen = _exp(max(thresholds.warning_cut, change.half_width(thresholds.confidence, family))) - 1
    told = f"{counted(moments, 'recorded moment')} can tell changes of {seen:+.0%} and more"
    why = f"{told}; measure side by side to see smaller ones (--giflab-against), or record more moments"
    return _decision("inconclusive", change, thresholds, now.processes, why)


def is_suspicious(decision: Decision, thresholds: Thresholds = DEFAULTS) -> bool:
    """Whether a decision that is not final yet has an estimate and an interval beyond the warning threshold's cut."""
    size = abs(math.log(decision.ratio)) if decision.ratio > 0 else 0.0
    return size >= thresholds.warning_cut and not decision.low <= 1 <= decision.high


def _suspicion(estimate: CombinedEffect, thresholds: Thresholds) -> int:
    """SLOWER or FASTER if the screen wants to look closer, else 0."""
    size = abs(estimate.log_ratio)
    if size >= thresholds.warning_cut and size > estimate.half_width(thresholds.confidence):
        return SLOWER if estimate.log_ratio > 0 else FASTER
    return 0


def _confirm(
    effects: Sequence[Effect | None], alarm: int, direction: int, thresholds: Thresholds, family: int
) -> Decision:
    """Ask pairs measured after the alarm, which chance has not selected, whether they see the change too."""
    word = "slower" if direction == SLOWER else "faster"
    look = max(alarm + FRESH_PAIRS, CONFIRMING_PAIRS)
    last = last_look(thresholds)
    if look > last:
        both = estimate([effect for effect in effects[:alarm] if effect])
        why = f"seemed {word} only at pair {alarm}, too late to confirm; {_unseen(both, thresholds)}"
        return _decision("inconclusive", both.chosen, thresholds, alarm, why)
    looks = 1 + -(-(last - look) // NEXT_LOOK)
    share = (1 - thresholds.confidence) / 2 / (2**looks - 1)
    while look <= len(effects):
        usable = _moving(effects[:look])
        if usable is None:
            return _clock_stands_still(look)
        # The chances that fresh pairs agree by luck add up to 5 %: least at first, and double at every look.
        share *= 2
        both, both_fresh = estimate(usable), estimate(usable[alarm:])
        total = both.chosen
        fresh = both_fresh.mean if total is both.mean else both_fresh.typical
        if _confirmed(total, direction, thresholds, family) and _repeated(fresh, direction, thresholds, share):
            told = _flag(total.log_ratio, thresholds)
            is_typical = _confirmed(both.typical, direction, thresholds, family) and told == _flag(
                both.typical.log_ratio, thresholds
            )
            why = f"{word}{'' if is_typical else _on_average(both)}, and {look - alarm} fresh pairs confirm it"
            return _decision(told, total, thresholds, look, why)
        if look == last:
            return _unconfirmed(both, both_fresh, word, thresholds)
        look = min(look + NEXT_LOOK, last)
    return _unfinished(effects, look, thresholds, f"seemed {word} after {alarm} pairs, not yet confirmed")


def _confirmed(total: CombinedEffect, direction: int, thresholds: Thresholds, family: int) -> bool:
    """Whether all pairs together show the change beyond doubt, for `family` benchmarks in question."""
    half = total.half_width(1 - (1 - thresholds.confidence) / family)
    return direction * total.log_ratio >= thresholds.warning_cut and direction * total.log_ratio > half


def _repeated(fresh: CombinedEffect, direction: int, thresholds: Thresholds, share: float) -> bool:
    """Whether the fresh pairs alone show at least half the change, with a one-sided p value below `share`."""
    return direction * fresh.log_ratio >= thresholds.warning_cut / 2 and fresh.chance_of_none(direction) < share


def _unconfirmed(both: Estimates, fresh: Estimates, word: str, thresholds: Thresholds) -> Decision:
    """All pairs are spent: ok only when all together and the fresh ones alone rule the threshold out."""
    doubt = f"seemed {word}, fresh pairs do not confirm it"
    total, last = both.chosen, last_look(thresholds)
    if _clears(both, thresholds) and _clears(fresh, thresholds) and not _suspicion(total, thresholds):
        return _decision("ok", total, thresholds, last, f"{doubt}; {_below(thresholds)}")
    return _decision("inconclusive", total, thresholds, last, f"{doubt}; {_unseen(both, thresholds)}")


def _unfinished(effects: Sequence[Effect | None], look: int, thresholds: Thresholds, why: str) -> Decision:
    usable = _moving(effects)
    if usable is None:
        return _clock_stands_still(len(effects))
    both, more = estimate(usable), look - len(effects)
    why = f"{why}: measure {more} more"
    if both.typical.freedom > 0:  # one pair alone has no interval to report
        why = f"{why}; {_unseen(both, thresholds)}"
    return _decision("inconclusive", both.chosen, thresholds, len(effects), why, more)


def _clears(both: Estimates, thresholds: Thresholds, doubt: float = 1.0) -> bool:
    """Whether no slowdown of the threshold is left to think of, neither of typical calls nor in the mean of all.

    `doubt`: the share (0-1) of the doubt that the confidence leaves.
    """
    mean = both.mean
    is_mean_below = mean.log_ratio + mean.half_width(MEAN_CONFIDENCE) < thresholds.limit
    return is_mean_below and _rules_out(both.chosen, thresholds, doubt)


def _on_average(both: Estimates) -> str:
    """Where the mean decided, and a typical call alone would not have had the same verdict: what that costs."""
    if both.chosen is both.typical:
        return ""
    return f" on average by what a call does now and then (a typical call: {_percent(both.typical.log_ratio)})"


def _rules_out(change: CombinedEffect | Shift, thresholds: Thresholds, doubt: float = 1.0) -> bool:
    return change.log_ratio + change.half_width(1 - doubt * (1 - thresholds.confidence)) < thresholds.limit


def _flag(log_ratio: float, thresholds: Thresholds) -> Verdict:
    if log_ratio < 0:
        return "improved"
    return "critical" if log_ratio >= thresholds.critical_cut else "warning"


def _decision(
    verdict: Verdict, change: CombinedEffect | Shift, thresholds: Thresholds, used: int, reason: str, more: int = 0
) -> Decision:
    half = change.half_width(thresholds.confidence)
    ratio, low, high = (_exp(change.log_ratio + step) for step in (0.0, -half, half))
    return Decision(verdict, ratio, low, high, pairs_used=used, next_pairs=more, reason=reason)


def _clock_stands_still(used: int) -> Decision:
    why = "the clock did not move; give each turn more calls or use a finer clock"
    return Decision("inconclusive", math.nan, math.nan, math.nan, pairs_used=used, next_pairs=0, reason=why)


def _moving(effects: Sequence[Effect | None]) -> list[Effect] | None:
    """The effects, or None when one pair has none because its clock stood still."""
    usable = [effect for effect in effects if effect]
    return usable if len(usable) == len(effects) else None


def _below(thresholds: Thresholds) -> str:
    return f"the interval ends below {_percent(thresholds.limit)}"


def _unseen(both: Estimates, thresholds: Thresholds) -> str:
    """The interval, and the smallest measured change that would have counted in spite of it."""
    change = both.chosen
    if change is both.mean:
        typical, mean = _percent(both.typical.log_ratio), _percent(both.mean.log_ratio)
        return f"typical calls changed by {typical}, all on average by {mean}; {_width(change, thresholds)}"
    if _rules_out(change, thresholds):
        half = both.mean.half_width(thresholds.confidence)
        low, high = (_percent(both.mean.log_ratio + step) for step in (-half, half))
        return f"a typical call is not slower, but the mean of all may be: it lies between {low} and {high}"
    return _width(change, thresholds)


def _width(change: CombinedEffect, thresholds: Thresholds) -> str:
    half = change.half_width(thresholds.confidence)
    low, high = _percent(change.log_ratio - half), _percent(change.log_ratio + half)
    smallest = max(thresholds.warning_cut, half)
    told = f"the change lies between {low} and {high}"
    if abs(change.log_ratio) >= smallest:
        return told  # it was seen, and other things speak against it
    return f"{told}; the smallest that would have been seen is {_percent(smallest)}"


def _percent(log_ratio: float) -> str:
    percent = 100 * (_exp(log_ratio) - 1)
    return f"{percent:+.1f} %" if percent < 1000 else f"{percent:+.3g} %"


def _exp(log_ratio: float) -> float:
    return math.exp(log_ratio) if log_ratio < 709 else math.inf  # math.exp raises above


def _require_family(family: int) -> None:
    if family < 1:
        raise DecisionError(f"family {family} must be 1 or more: the number of benchmarks in question")
