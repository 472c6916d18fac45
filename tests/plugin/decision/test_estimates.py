"""The estimate of a change and of its error."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from pytest_giflab.decision.estimates import Effect, combine, pair_effects, trimmed_error, trimmed_mean


def test_trimmed_mean_leaves_out_the_lowest_and_highest_fifth() -> None:
    assert trimmed_mean([10.0, 1.0, 3.0, 2.0, 4.0]) == 3.0  # (2 + 3 + 4) / 3


def test_trimmed_mean_of_few_values_is_their_mean() -> None:
    assert trimmed_mean([1.0, 2.0, 6.0]) == 3.0


@pytest.mark.parametrize("count", [5, 8, 11, 14, 17, 20, 53])
def test_trimmed_mean_agrees_with_scipy(count: int) -> None:
    values = np.random.default_rng(count).standard_cauchy(count)
    assert trimmed_mean(values.tolist()) == pytest.approx(stats.trim_mean(values, 0.2))


def test_error_is_that_of_yuen_1974() -> None:
    # Winsorized: 2 2 3 4 4, mean 3, sum of squares 4; three kept: sqrt(4 / (3 x 2)).
    assert trimmed_error([1.0, 2.0, 3.0, 4.0, 10.0]) == pytest.approx(math.sqrt(4 / 6))


def test_error_without_trimming_is_the_standard_error_of_the_mean() -> None:
    # Mean 3, squares 4 + 1 + 9 = 14, 14 / (3 x 2).
    assert trimmed_error([1.0, 2.0, 6.0]) == pytest.approx(math.sqrt(14 / 6))


@pytest.mark.parametrize("count", [5, 8, 11, 14, 17, 20])
def test_error_agrees_with_the_trimmed_t_test_of_scipy(count: int) -> None:
    values = np.random.default_rng(count).normal(1, 1, count)
    # Against a sample without spread, Welch's two-sample test turns into the one-sample test.
    with np.errstate(all="ignore"):
        other = stats.ttest_ind(values, np.zeros(count), equal_var=False, trim=0.2)
    assert trimmed_mean(values.tolist()) / trimmed_error(values.tolist()) == pytest.approx(other.statistic)


def test_interval_agrees_with_the_trimmed_t_test_of_scipy() -> None:
    values = np.random.default_rng(3).normal(0.1, 0.05, 11)
    estimate = combine([Effect(value, 0.0) for value in values.tolist()])
    with np.errstate(all="ignore"):
        other = stats.ttest_ind(values, np.zeros(11), equal_var=False, trim=0.2).confidence_interval(0.95)
    half = estimate.half_width(0.95)
    assert (estimate.log_ratio - half, estimate.log_ratio + half) == pytest.approx((other.low, other.high))


def test_six_pairs_are_not_trimmed_and_seven_are() -> None:
    odd = [0.0, 0.0, 0.0, 0.0, 0.0, 0.6]
    assert combine([Effect(value, 0.0) for value in odd]).log_ratio == pytest.approx(0.1)
    assert combine([Effect(value, 0.0) for value in [*odd, 0.0]]).log_ratio == 0.0


def test_p_value_agrees_with_the_t_test_of_scipy() -> None:
    values = [0.1, 0.05, 0.2]  # too few to trim: the plain test
    estimate = combine([Effect(value, 0.0) for value in values])
    expected = stats.ttest_1samp(values, 0, alternative="greater").pvalue
    assert estimate.chance_of_none(+1) == pytest.approx(expected)


def test_effect_takes_the_shortest_rounds_and_the_trimmed_mean_of_turn_ratios() -> None:
    base = np.ones((1, 6, 3))
    base[:, :, 1:] = 100.0  # disturbed
    head = base * np.exp([-30.0, 0.0, 1.0, 3.0, 30.0, 40.0])[None, :, None]
    (effect,) = pair_effects(base, head)
    assert effect is not None
    assert effect.log_ratio == pytest.approx(2.0)  # (1 + 3) / 2: 35 % of six turns are two at each end


def test_within_error_comes_from_the_median_absolute_deviation_of_turns() -> None:
    base = np.ones((1, 5, 1))
    head = base * np.exp([0.0, 1.0, 2.0, 3.0, 40.0])[None, :, None]
    (effect,) = pair_effects(base, head)
    assert effect is not None
    assert effect.within_error == pytest.approx(1.206 * 1.4826 / math.sqrt(5))  # deviations 2 1 0 1 38: median 1


@pytest.mark.parametrize("turns", [5, 8, 12])
def test_within_error_is_unbiased_for_normal_noise(turns: int) -> None:
    noise = np.random.default_rng(turns).normal(0, 0.01, (4000, turns, 1))
    effects = pair_effects(np.ones_like(noise), np.exp(noise))
    errors = [effect.within_error for effect in effects if effect]
    assert np.mean(errors) == pytest.approx(0.01 / math.sqrt(turns), rel=0.03)


def test_missing_rounds_are_not_the_shortest() -> None:
    (effect,) = pair_effects([[[1.0, 2.0, np.nan]]], [[[3.0, 2.0, np.nan]]])
    assert effect is not None
    assert effect.log_ratio == pytest.approx(math.log(2.0))


def test_the_shortest_round_is_one_in_which_the_clock_moved() -> None:
    (effect,) = pair_effects([[[0.0, 1.0]]], [[[3.0, 2.0]]])
    assert effect is not None
    assert effect.log_ratio == pytest.approx(math.log(2.0))
    assert pair_effects([[[0.0, np.nan]]], [[[1.0, np.nan]]]) == [None]


def test_error_within_pairs_counts_where_pairs_agree_by_chance() -> None:
    estimate = combine([Effect(0.0, 0.03)] * 9)
    assert estimate.standard_error == pytest.approx(0.01)  # 0.03 / sqrt(9)


def test_error_never_falls_below_a_fifth_of_a_percent() -> None:
    assert combine([Effect(0.0, 0.0)] * 20).standard_error == 0.002


@pytest.mark.parametrize(("pairs", "freedom"), [(1, 0), (5, 4), (6, 5), (7, 4), (8, 5), (11, 6), (20, 11)])
def test_degrees_of_freedom_are_the_kept_pairs_less_one(pairs: int, freedom: int) -> None:
    assert combine([Effect(0.0, 0.01)] * pairs).freedom == freedom
