"""What comes with every few calls counts as much as it costs on average, in long calls as in short ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_giflab.decision.estimates import Effect, pair_effects
from pytest_giflab.decision.means import estimate
from pytest_giflab.decision.rule import decide
from tests.benchmarks.amortised import Schedule, measured
from tests.helpers.noise import MACHINES

Array = NDArray[np.float64]
QUIET = MACHINES["layout only"]


def turns_of_one_call(extra: float, every: int, pairs: int = 20) -> tuple[Array, Array]:
    """20 turns of one call a pair; of head's calls every so many cost more by so many times. With noise of 0.1 %."""
    noise = np.random.default_rng(1).normal(0, 1e-3, (2, pairs, 20, 1))
    base, head = 3e-3 * np.exp(noise)
    head[:, every - 1 :: every] *= 1 + extra
    return base, head


def test_an_effect_has_the_mean_of_all_calls_in_units_of_the_speed_of_its_pair() -> None:
    # Base 2 2 2, head 2 2 8: medians 2 and 2, so a speed of 2; means 2 and 4.
    (effect,) = pair_effects([[[2.0], [2.0], [2.0]]], [[[2.0], [2.0], [8.0]]])
    assert effect is not None
    assert (effect.base_mean, effect.head_mean) == pytest.approx((1, 2))


def test_the_mean_is_a_ratio_of_sums_with_the_error_of_its_linear_approximation() -> None:
    # Sums 3 and 3.6; head's shares 1, 1, 1.3 of 1.2 less 1: -1/6, -1/6, 1/3; deviation sqrt(1/12), error over sqrt(3).
    both = estimate([Effect(0.0, 0.0, 1.0, 1.0), Effect(0.0, 0.0, 1.0, 1.0), Effect(0.0, 0.0, 1.0, 1.6)])
    assert both.mean.log_ratio == pytest.approx(math.log(1.2))
    assert both.mean.standard_error == pytest.approx(math.sqrt(1 / 36))
    assert both.mean.freedom == 2


def test_one_disturbance_is_not_taken_for_a_change() -> None:
    both = estimate([Effect(0.0, 0.0, 1.0, 1.0)] * 7 + [Effect(0.0, 0.0, 1.0, 3.0)])
    assert not both.differ
    assert both.chosen is both.typical


@pytest.mark.parametrize(("extra", "mean"), [(2.0, "critical"), (0.45, "warning")])  # 3 of 20 calls: +30 %, +6.75 %
def test_a_cost_of_every_sixth_call_gets_the_verdict_of_the_mean(extra: float, mean: str) -> None:
    decision = decide(*turns_of_one_call(extra, every=6))
    assert decision.verdict == mean
    assert decision.ratio == pytest.approx(1 + 3 / 20 * extra, rel=0.01)
    assert "on average" in decision.reason
    assert "a typical call: " in decision.reason


def test_a_saving_of_every_sixth_call_is_an_improvement() -> None:
    assert decide(*reversed(turns_of_one_call(2.0, every=6))).verdict == "improved"


def test_faster_calls_do_not_hide_what_the_slow_ones_cost() -> None:
    base, head = turns_of_one_call(9.0, every=6)  # typical calls -30 %, all on average 0.7 x 2.35 = +64 %
    assert decide(base, 0.7 * head).verdict == "critical"


def test_what_costs_less_than_the_threshold_on_average_is_ok() -> None:
    assert decide(*turns_of_one_call(0.1, every=6)).verdict == "ok"  # +1.5 %


def test_a_cost_of_every_sixth_call_on_both_sides_is_no_change() -> None:
    _, base = turns_of_one_call(2.0, every=6)
    assert decide(base, base).verdict == "ok"


def test_a_cost_too_rare_to_confirm_is_inconclusive_and_says_so() -> None:
    base, head = turns_of_one_call(0.0, every=20)
    head[[2, 9, 16], 7] *= 12  # one call of 400 costs 12 times as much, in three pairs of 20: +8 % on average
    decision = decide(base, head)
    assert decision.verdict == "inconclusive"
    assert "the mean of all may be" in decision.reason


@pytest.mark.parametrize("call_s", [1e-5, 1e-4, 1e-3, 3e-3, 3e-2])
@pytest.mark.parametrize("every", [3, 6])
def test_calls_of_all_lengths_get_the_same_verdict(call_s: float, every: int) -> None:
    rng = np.random.default_rng(every)
    verdicts = [decide(*measured(rng, QUIET, call_s, every, 0.33)).verdict for _ in range(10)]
    assert verdicts == ["critical"] * 10


@pytest.mark.parametrize(
    ("call_s", "calls", "warm"),
    [(3e-2, 8, 0), (3e-3, 20, 0), (1e-3, 60, 1), (1e-4, 560, 1)],  # 80 ms of turns of 2.5 ms, at least 8, at most 20
)
def test_the_simulation_plays_as_many_calls_as_a_pair(call_s: float, calls: int, warm: int) -> None:
    schedule = Schedule.of(call_s, 80e-3, 20)
    assert (schedule.calls, schedule.warm) == (calls, warm)
